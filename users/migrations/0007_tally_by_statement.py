"""The counts of filings, a statement at a time: two hundred uses that are marked together write a few differences.

What is counted under which heading stands once, in ``headings``; the function that the check and the rebuild
read is made of it as well. As before whatever changes a filing, in whatever way, writes the difference with it.
"""

from django.db import migrations


def headings(f: str) -> str:
    """The headings under which a filing is counted; ``f`` names its row."""
    live = f"({f}.state <> 'withdrawn')"
    used = f"({live} AND {f}.confirmed_version > 0)"
    return f"""
    SELECT h.facet, h.key FROM (VALUES
      ('state'::text, {f}.state::text, true),
      ('handed', left(users_day({f}.submitted_at), 7), {f}.submitted_at IS NOT NULL),
      ('selected', users_day({f}.created_at), {f}.submitted_at IS NULL AND {live}),
      ('confirmed', left(users_day({f}.confirmed_at), 7), {f}.confirmed_at IS NOT NULL),
      ('late', 'all', {f}.late),
      ('due', {f}.due_day::text, {f}.state = 'submitted' AND {f}.due_day IS NOT NULL),
      ('returned', users_day({f}.returned_at), {f}.state = 'returned'),
      ('proposed', users_day({f}.withdrawal_proposed_at), {live} AND {f}.withdrawal_proposed_at IS NOT NULL),
      ('use', 'all', {used}),
      ('type', CASE WHEN {f}.self_use THEN 'self_use' ELSE 'registered' END, {used}),
      ('nature', {f}.nature::text, {used}),
      ('source', {f}.source::text, {used}),
      ('app', {f}.entry_id::text, {used} AND {f}.entry_id IS NOT NULL)
    ) AS h(facet, key, holds) WHERE h.holds
    UNION ALL SELECT DISTINCT 'stage'::text, s::text FROM unnest({f}.stages) AS s WHERE {used}
    UNION ALL SELECT DISTINCT 'function'::text, s::text FROM unnest({f}.functions) AS s WHERE {used}
    """


def standing(f: str, way: int) -> str:
    """What a filing adds to the standing of its unit, or takes from it."""
    live = f"({f}.state <> 'withdrawn')"
    return f"""SELECT {f}.unit_id,
      {way} * ({live} AND {f}.submitted_at IS NULL)::integer AS selected,
      {way} * ({live} AND {f}.submitted_at IS NOT NULL)::integer AS handed,
      {way} * ({live} AND {f}.confirmed_version > 0)::integer AS used"""


#: columns that a heading or the standing depends on
COUNTED = (
    "state", "submitted_at", "confirmed_at", "late", "due_day", "returned_at", "withdrawal_proposed_at", "created_at",
    "self_use", "entry_id", "nature", "source", "stages", "functions",
)  # fmt: skip
DIFFERS = "({}, o.confirmed_version > 0) IS DISTINCT FROM ({}, n.confirmed_version > 0)".format(
    ", ".join(f"o.{name}" for name in COUNTED), ", ".join(f"n.{name}" for name in COUNTED)
)


def body(*, old: bool, new: bool) -> str:
    """The trigger's function for one kind of statement; ``o`` and ``n`` are the rows before and after it."""
    both = old and new
    rows = f"o JOIN n ON n.id = o.id AND {DIFFERS}" if both else "o" if old else "n"
    one = "n" if new else "o"
    sides = [("o", -1)] * old + [("n", 1)] * new
    steps = " UNION ALL ".join(f"{standing(side, way)} FROM {rows}" for side, way in sides)
    counted = " UNION ALL ".join(
        f"SELECT {one}.unit_id, d.facet, d.key, {way} AS n FROM {rows} CROSS JOIN LATERAL ({headings(side)}) d"
        for side, way in sides
    )
    stays = (
        """
  IF EXISTS (SELECT 1 FROM o LEFT JOIN n ON n.id = o.id WHERE n.id IS NULL OR n.unit_id <> o.unit_id) THEN
    RAISE EXCEPTION 'a filing of use stays with its unit, and keeps its id' USING ERRCODE = 'restrict_violation';
  END IF;"""
        if both
        else ""
    )
    return f"""
DECLARE v_units bigint[]; v_moves boolean;
BEGIN{stays}
  SELECT array_agg(s.unit_id ORDER BY s.unit_id), coalesce(bool_or(s.moves), false) INTO v_units, v_moves FROM (
    SELECT d.unit_id, sum(d.selected) <> 0 OR sum(d.handed) <> 0 OR sum(d.used) <> 0 AS moves
    FROM ({steps}) d GROUP BY d.unit_id) s;
  IF v_units IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM users_stand(u) FROM unnest(v_units) AS u
    WHERE NOT EXISTS (SELECT 1 FROM users_unitstanding s WHERE s.unit_id = u);
  -- The locks make a move of a unit wait: it counts this act under the old place, or this act sees the new one.
  -- They are taken in one order, so that two statements over many units never wait for each other in a ring.
  IF v_moves THEN
    PERFORM 1 FROM users_unitstanding WHERE unit_id = ANY(v_units) ORDER BY unit_id FOR NO KEY UPDATE;
    UPDATE users_unitstanding s SET selected = s.selected + m.selected, handed_in = s.handed_in + m.handed,
      in_use = s.in_use + m.used
    FROM (SELECT d.unit_id, sum(d.selected) AS selected, sum(d.handed) AS handed, sum(d.used) AS used
      FROM ({steps}) d GROUP BY d.unit_id) m
    WHERE s.unit_id = m.unit_id AND (m.selected <> 0 OR m.handed <> 0 OR m.used <> 0);
  ELSE
    PERFORM 1 FROM users_unitstanding WHERE unit_id = ANY(v_units) ORDER BY unit_id FOR SHARE;
  END IF;
  INSERT INTO users_usedelta(nodes, facet, key, n)
  SELECT users_nodes(s.place), c.facet, c.key, sum(c.n) FROM ({counted}) c
    JOIN users_unitstanding s ON s.unit_id = c.unit_id
    GROUP BY s.place, c.facet, c.key HAVING sum(c.n) <> 0;
  RETURN NULL;
END"""


def trigger(event: str, *, old: bool, new: bool) -> str:
    name = f"users_filings_{event.lower()}"
    tables = " ".join(["OLD TABLE AS o"] * old + ["NEW TABLE AS n"] * new)
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body(old=old, new=new)} $$;
CREATE TRIGGER {name}_counted AFTER {event} ON users_userfiling REFERENCING {tables}
  FOR EACH STATEMENT EXECUTE FUNCTION {name}();"""


FORWARDS = (
    f"""
CREATE OR REPLACE FUNCTION users_use_facets(f users_userfiling) RETURNS TABLE(facet text, key text)
LANGUAGE sql STABLE AS $$ {headings("f")} $$;
DROP TRIGGER users_userfiling_counted ON users_userfiling;
DROP FUNCTION users_filing_changed();
"""
    + trigger("INSERT", old=False, new=True)
    + trigger("UPDATE", old=True, new=True)
    + trigger("DELETE", old=True, new=False)
)


class Migration(migrations.Migration):
    dependencies = [("users", "0006_uses_to_check")]

    operations = [migrations.RunSQL(FORWARDS)]
