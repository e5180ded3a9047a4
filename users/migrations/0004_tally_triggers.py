"""The database keeps the counts: whatever changes a filing or a unit, in whatever way, writes the difference with it.

``users_use_facets`` says under which headings a filing is counted, ``users_unit_flags`` the same of a unit. An act
appends the differences to ``users_usedelta`` with the authorities concerned; ``users.tally.compact`` adds them to the
totals of each. What is read is always totals plus differences, so it is exact at all times.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION users_place(p_path text, p_kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_kind = 'authority' THEN p_path ELSE regexp_replace(p_path, '[^/]+/$', '') END
$$;

CREATE FUNCTION users_nodes(p_place text) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
  SELECT string_to_array('0' || rtrim(p_place, '/'), '/')::bigint[]
$$;

CREATE FUNCTION users_day(p_at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(p_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')
$$;

CREATE FUNCTION users_is_live(f users_userfiling) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT f.state <> 'withdrawn'
$$;

CREATE FUNCTION users_is_used(f users_userfiling) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT f.state <> 'withdrawn' AND f.confirmed_version > 0
$$;

CREATE FUNCTION users_use_facets(f users_userfiling) RETURNS TABLE(facet text, key text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  live boolean := users_is_live(f);
BEGIN
  RETURN QUERY SELECT 'state'::text, f.state::text;
  IF f.submitted_at IS NOT NULL THEN
    RETURN QUERY SELECT 'handed'::text, left(users_day(f.submitted_at), 7);
  ELSIF live THEN
    RETURN QUERY SELECT 'selected'::text, users_day(f.created_at);
  END IF;
  IF f.confirmed_at IS NOT NULL THEN
    RETURN QUERY SELECT 'confirmed'::text, left(users_day(f.confirmed_at), 7);
  END IF;
  IF f.late THEN
    RETURN QUERY SELECT 'late'::text, 'all'::text;
  END IF;
  IF f.state = 'submitted' AND f.due_day IS NOT NULL THEN
    RETURN QUERY SELECT 'due'::text, f.due_day::text;
  ELSIF f.state = 'returned' THEN
    RETURN QUERY SELECT 'returned'::text, users_day(f.returned_at);
  END IF;
  IF live AND f.withdrawal_proposed_at IS NOT NULL THEN
    RETURN QUERY SELECT 'proposed'::text, users_day(f.withdrawal_proposed_at);
  END IF;
  IF users_is_used(f) THEN
    RETURN QUERY SELECT 'use'::text, 'all'::text
      UNION ALL SELECT 'type', CASE WHEN f.self_use THEN 'self_use' ELSE 'registered' END
      UNION ALL SELECT 'nature', f.nature::text
      UNION ALL SELECT 'source', f.source::text
      UNION ALL SELECT DISTINCT 'stage', s::text FROM unnest(f.stages) AS s
      UNION ALL SELECT DISTINCT 'function', s::text FROM unnest(f.functions) AS s
      UNION ALL SELECT 'app', f.entry_id::text WHERE f.entry_id IS NOT NULL;
  END IF;
END $$;

CREATE FUNCTION users_unit_flags(s users_unitstanding) RETURNS TABLE(facet text, key text)
LANGUAGE sql IMMUTABLE AS $$
  SELECT 'units'::text, flag FROM (VALUES
    ('all', true), ('filed', s.handed_in > 0), ('used', s.in_use > 0), ('selected', s.selected > 0),
    ('system', s.systems > 0), ('named', s.named)
  ) AS flags(flag, holds) WHERE s.counts AND holds
$$;

CREATE FUNCTION users_stand(p_unit bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO users_unitstanding(unit_id, place, counts, named, systems, selected, handed_in, in_use)
  SELECT u.id, users_place(u.path, u.kind),
    u.active AND u.parent_id IS NOT NULL AND u.kind IN ('school', 'university', 'affiliated'),
    u.functional_department <> '' AND jsonb_typeof(u.responsible_persons) = 'array'
      AND jsonb_array_length(u.responsible_persons) > 0,
    0, 0, 0, 0
  FROM accounts_unit u WHERE u.id = p_unit
  ON CONFLICT (unit_id) DO UPDATE SET place = EXCLUDED.place, counts = EXCLUDED.counts, named = EXCLUDED.named
  WHERE (users_unitstanding.place, users_unitstanding.counts, users_unitstanding.named)
    IS DISTINCT FROM (EXCLUDED.place, EXCLUDED.counts, EXCLUDED.named)
$$;
"""

TRIGGERS = """
CREATE FUNCTION users_unit_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind IN ('authority', 'school', 'university', 'affiliated')
      OR EXISTS (SELECT 1 FROM users_unitstanding WHERE unit_id = NEW.id) THEN
    PERFORM users_stand(NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER users_unit_stands AFTER INSERT OR UPDATE ON accounts_unit
  FOR EACH ROW EXECUTE FUNCTION users_unit_changed();

CREATE FUNCTION users_standing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.place IS DISTINCT FROM NEW.place THEN
    INSERT INTO users_usedelta(nodes, facet, key, n)
    SELECT users_nodes(p.place), d.facet, d.key, p.way * count(*) FROM users_userfiling f
      CROSS JOIN LATERAL users_use_facets(f) d
      CROSS JOIN (VALUES (OLD.place, -1), (NEW.place, 1)) AS p(place, way)
    WHERE f.unit_id = NEW.unit_id GROUP BY p.place, p.way, d.facet, d.key;
  END IF;
  INSERT INTO users_usedelta(nodes, facet, key, n)
  SELECT users_nodes(c.place), c.facet, c.key, sum(c.n) FROM (
    SELECT NEW.place AS place, facet, key, 1 AS n FROM users_unit_flags(NEW) WHERE TG_OP <> 'DELETE'
    UNION ALL
    SELECT OLD.place, facet, key, -1 FROM users_unit_flags(OLD) WHERE TG_OP <> 'INSERT'
  ) c GROUP BY c.place, c.facet, c.key HAVING sum(c.n) <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER users_standing_counted AFTER INSERT OR UPDATE OR DELETE ON users_unitstanding
  FOR EACH ROW EXECUTE FUNCTION users_standing_changed();

CREATE FUNCTION users_system_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    UPDATE users_unitstanding SET systems = systems + 1 WHERE unit_id = NEW.unit_id;
  ELSE
    UPDATE users_unitstanding SET systems = systems - 1 WHERE unit_id = OLD.unit_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER users_system_counted AFTER INSERT OR DELETE ON users_selectionsystem
  FOR EACH ROW EXECUTE FUNCTION users_system_changed();

CREATE FUNCTION users_filing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  d_selected integer := 0; d_handed integer := 0; d_used integer := 0;
  v_unit bigint; v_place text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.unit_id <> NEW.unit_id THEN
      RAISE EXCEPTION 'a filing of use stays with its unit' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, OLD.submitted_at, OLD.confirmed_at, OLD.confirmed_version > 0, OLD.late, OLD.due_day,
        OLD.returned_at, OLD.withdrawal_proposed_at, OLD.created_at, OLD.self_use, OLD.entry_id, OLD.nature, OLD.source,
        OLD.stages, OLD.functions)
      IS NOT DISTINCT FROM
       (NEW.state, NEW.submitted_at, NEW.confirmed_at, NEW.confirmed_version > 0, NEW.late, NEW.due_day,
        NEW.returned_at, NEW.withdrawal_proposed_at, NEW.created_at, NEW.self_use, NEW.entry_id, NEW.nature, NEW.source,
        NEW.stages, NEW.functions) THEN
      RETURN NULL;
    END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    v_unit := NEW.unit_id;
    d_selected := (users_is_live(NEW) AND NEW.submitted_at IS NULL)::integer;
    d_handed := (users_is_live(NEW) AND NEW.submitted_at IS NOT NULL)::integer;
    d_used := users_is_used(NEW)::integer;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    v_unit := OLD.unit_id;
    d_selected := d_selected - (users_is_live(OLD) AND OLD.submitted_at IS NULL)::integer;
    d_handed := d_handed - (users_is_live(OLD) AND OLD.submitted_at IS NOT NULL)::integer;
    d_used := d_used - users_is_used(OLD)::integer;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM users_unitstanding WHERE unit_id = v_unit) THEN
    PERFORM users_stand(v_unit);
  END IF;
  -- The lock makes a move of the unit wait: it counts this act under the old place, or this act sees the new one.
  IF d_selected <> 0 OR d_handed <> 0 OR d_used <> 0 THEN
    UPDATE users_unitstanding SET selected = selected + d_selected, handed_in = handed_in + d_handed,
      in_use = in_use + d_used WHERE unit_id = v_unit RETURNING place INTO v_place;
  ELSE
    SELECT place INTO v_place FROM users_unitstanding WHERE unit_id = v_unit FOR SHARE;
  END IF;
  INSERT INTO users_usedelta(nodes, facet, key, n)
  SELECT users_nodes(v_place), c.facet, c.key, sum(c.n) FROM (
    SELECT facet, key, 1 AS n FROM users_use_facets(NEW) WHERE TG_OP <> 'DELETE'
    UNION ALL
    SELECT facet, key, -1 FROM users_use_facets(OLD) WHERE TG_OP <> 'INSERT'
  ) c GROUP BY c.facet, c.key HAVING sum(c.n) <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER users_userfiling_counted AFTER INSERT OR UPDATE OR DELETE ON users_userfiling
  FOR EACH ROW EXECUTE FUNCTION users_filing_changed();
"""

#: what the totals should be, from the rows themselves; the check and the rebuild read it
TRUTH = """
CREATE FUNCTION users_standing_truth() RETURNS TABLE(unit_id bigint, place text, counts boolean, named boolean,
  systems integer, selected integer, handed_in integer, in_use integer) LANGUAGE sql STABLE AS $$
SELECT u.id, users_place(u.path, u.kind),
  u.active AND u.parent_id IS NOT NULL AND u.kind IN ('school', 'university', 'affiliated'),
  u.functional_department <> '' AND jsonb_typeof(u.responsible_persons) = 'array'
    AND jsonb_array_length(u.responsible_persons) > 0,
  coalesce(s.systems, 0)::integer, coalesce(f.selected, 0)::integer,
  coalesce(f.handed_in, 0)::integer, coalesce(f.in_use, 0)::integer
FROM accounts_unit u
LEFT JOIN (SELECT unit_id, count(*) AS systems FROM users_selectionsystem GROUP BY unit_id) s ON s.unit_id = u.id
LEFT JOIN (
  SELECT unit_id, count(*) FILTER (WHERE state <> 'withdrawn' AND submitted_at IS NULL) AS selected,
    count(*) FILTER (WHERE state <> 'withdrawn' AND submitted_at IS NOT NULL) AS handed_in,
    count(*) FILTER (WHERE state <> 'withdrawn' AND confirmed_version > 0) AS in_use
  FROM users_userfiling GROUP BY unit_id) f ON f.unit_id = u.id
WHERE u.kind IN ('authority', 'school', 'university', 'affiliated') OR f.unit_id IS NOT NULL
$$;

CREATE FUNCTION users_tally_truth() RETURNS TABLE(node_id bigint, facet text, key text, n bigint)
LANGUAGE sql STABLE AS $$
SELECT node, placed.facet, placed.key, sum(placed.n)::bigint FROM (
  SELECT one.place, one.facet, one.key, count(*) AS n FROM (
    SELECT users_place(u.path, u.kind) AS place, d.facet, d.key
    FROM users_userfiling f JOIN accounts_unit u ON u.id = f.unit_id CROSS JOIN LATERAL users_use_facets(f) d
    UNION ALL
    SELECT t.place, 'units', flag FROM users_standing_truth() t
    CROSS JOIN LATERAL (VALUES ('all', true), ('filed', t.handed_in > 0), ('used', t.in_use > 0),
      ('selected', t.selected > 0), ('system', t.systems > 0), ('named', t.named)) AS flags(flag, holds)
    WHERE t.counts AND holds
  ) one GROUP BY 1, 2, 3
) placed CROSS JOIN LATERAL unnest(users_nodes(placed.place)) AS node GROUP BY 1, 2, 3
$$;

CREATE FUNCTION users_tally_rebuild() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE made bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('users_tally'));
  LOCK TABLE accounts_unit, users_userfiling, users_selectionsystem IN SHARE MODE;
  DELETE FROM users_unitstanding s WHERE NOT EXISTS (SELECT 1 FROM users_standing_truth() t WHERE t.unit_id = s.unit_id);
  INSERT INTO users_unitstanding AS s (unit_id, place, counts, named, systems, selected, handed_in, in_use)
  SELECT unit_id, place, counts, named, systems, selected, handed_in, in_use FROM users_standing_truth()
  ON CONFLICT (unit_id) DO UPDATE SET place = EXCLUDED.place, counts = EXCLUDED.counts, named = EXCLUDED.named,
    systems = EXCLUDED.systems, selected = EXCLUDED.selected, handed_in = EXCLUDED.handed_in, in_use = EXCLUDED.in_use
  WHERE (s.place, s.counts, s.named, s.systems, s.selected, s.handed_in, s.in_use) IS DISTINCT FROM
    (EXCLUDED.place, EXCLUDED.counts, EXCLUDED.named, EXCLUDED.systems, EXCLUDED.selected, EXCLUDED.handed_in,
     EXCLUDED.in_use);
  DELETE FROM users_usedelta;
  DELETE FROM users_usetally;
  INSERT INTO users_usetally(node_id, facet, key, n) SELECT node_id, facet, key, n FROM users_tally_truth();
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN made;
END $$;
SELECT users_tally_rebuild();
"""

BACK = """
DROP TRIGGER users_userfiling_counted ON users_userfiling; DROP TRIGGER users_system_counted ON users_selectionsystem;
DROP TRIGGER users_standing_counted ON users_unitstanding; DROP TRIGGER users_unit_stands ON accounts_unit;
DROP FUNCTION users_tally_rebuild(); DROP FUNCTION users_tally_truth(); DROP FUNCTION users_standing_truth();
DROP FUNCTION users_filing_changed(); DROP FUNCTION users_system_changed(); DROP FUNCTION users_standing_changed();
DROP FUNCTION users_unit_changed(); DROP FUNCTION users_stand(bigint);
DROP FUNCTION users_unit_flags(users_unitstanding); DROP FUNCTION users_use_facets(users_userfiling);
DROP FUNCTION users_is_used(users_userfiling); DROP FUNCTION users_is_live(users_userfiling);
DROP FUNCTION users_day(timestamptz); DROP FUNCTION users_nodes(text); DROP FUNCTION users_place(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("users", "0003_tally")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS + TRUTH, BACK)]
