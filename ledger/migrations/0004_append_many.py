"""Records of many subjects in one call: a statement for all heads, one for all records, instead of some for each.

Hash, chain and columns are those of ``ledger_append``; a test compares the two, and ``verify_ledger`` knows no
difference. Each subject stands in a call once.
"""

from django.db import migrations

APPEND_MANY = """
CREATE FUNCTION ledger_append_many(p_types text[], p_ids bigint[], p_bodies text[])
RETURNS TABLE(id bigint, seq integer, hash text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF (SELECT count(*) <> count(DISTINCT (n.t, n.i)) FROM unnest(p_types, p_ids) AS n(t, i)) THEN
    RAISE EXCEPTION 'a subject stands twice among the records of one call' USING ERRCODE = 'cardinality_violation';
  END IF;
  INSERT INTO ledger_chain(subject_type, subject_id, length, head)
    SELECT n.t, n.i, 0, '' FROM unnest(p_types, p_ids) AS n(t, i)
    WHERE NOT EXISTS (SELECT 1 FROM ledger_chain c WHERE c.subject_type = n.t AND c.subject_id = n.i)
    ORDER BY n.t, n.i
    ON CONFLICT (subject_type, subject_id) DO NOTHING;
  -- In one order, so that two who append to several chains never wait for each other in a ring. The statement
  -- after this one has a snapshot of its own, and sees the heads as they are under the locks.
  PERFORM 1 FROM ledger_chain c JOIN unnest(p_types, p_ids) AS n(t, i) ON c.subject_type = n.t AND c.subject_id = n.i
    ORDER BY n.t, n.i FOR UPDATE OF c;
  RETURN QUERY
  WITH one AS MATERIALIZED (
    SELECT n.place, n.t, n.i, n.body, n.body::jsonb AS b, c.id AS chain, c.head AS previous, c.length + 1 AS seq,
      encode(sha256(convert_to(
        c.head || '|' || n.t || '|' || n.i || '|' || (c.length + 1) || '|' || n.body, 'UTF8')), 'hex') AS hash
    FROM unnest(p_types, p_ids, p_bodies) WITH ORDINALITY AS n(t, i, body, place)
    JOIN ledger_chain c ON c.subject_type = n.t AND c.subject_id = n.i
  ), added AS (
    INSERT INTO ledger_record(subject_type, subject_id, seq, at, verb, from_state, to_state, actor_kind, actor_id,
      actor_role, actor_unit_id, basis, payload, audience, body, previous, hash)
    SELECT t, i, seq, (b->>'at')::timestamptz, b->>'verb', b->>'from', b->>'to', b->'actor'->>'kind',
      (b->'actor'->>'id')::bigint, b->'actor'->>'role', (b->'actor'->>'unit')::bigint, b->'basis', b->'payload',
      b->>'audience', body, previous, hash
    FROM one ORDER BY place
    RETURNING id, subject_type, subject_id, seq, hash
  ), moved AS (
    UPDATE ledger_chain c SET length = one.seq, head = one.hash FROM one WHERE c.id = one.chain
  )
  SELECT added.id, added.seq, added.hash::text FROM added
    JOIN one ON one.t = added.subject_type AND one.i = added.subject_id ORDER BY one.place;
  PERFORM set_config('portal.act', '', true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_no_truncate_at_all")]

    operations = [migrations.RunSQL(APPEND_MANY, "DROP FUNCTION ledger_append_many(text[], bigint[], text[])")]
