"""The database's own part of the ledger: one way in, no way to change, and the guard of states."""

from django.db import migrations

APPEND = """
CREATE FUNCTION ledger_append(p_type text, p_id bigint, p_body text)
RETURNS TABLE(id bigint, seq integer, hash text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  head ledger_chain%ROWTYPE;
  b jsonb := p_body::jsonb;
  new_id bigint;
  new_seq integer;
  new_hash text;
BEGIN
  SELECT * INTO head FROM ledger_chain WHERE subject_type = p_type AND subject_id = p_id FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO ledger_chain(subject_type, subject_id, length, head) VALUES (p_type, p_id, 0, '')
      ON CONFLICT (subject_type, subject_id) DO NOTHING;
    SELECT * INTO head FROM ledger_chain WHERE subject_type = p_type AND subject_id = p_id FOR UPDATE;
  END IF;
  new_seq := head.length + 1;
  new_hash := encode(sha256(convert_to(
    head.head || '|' || p_type || '|' || p_id || '|' || new_seq || '|' || p_body, 'UTF8')), 'hex');
  INSERT INTO ledger_record(subject_type, subject_id, seq, at, verb, from_state, to_state, actor_kind, actor_id,
      actor_role, actor_unit_id, basis, payload, audience, body, previous, hash)
    VALUES (p_type, p_id, new_seq, (b->>'at')::timestamptz, b->>'verb', b->>'from', b->>'to', b->'actor'->>'kind',
      (b->'actor'->>'id')::bigint, b->'actor'->>'role', (b->'actor'->>'unit')::bigint, b->'basis', b->'payload',
      b->>'audience', p_body, head.head, new_hash)
    RETURNING ledger_record.id INTO new_id;
  UPDATE ledger_chain SET length = new_seq, head = new_hash WHERE ledger_chain.id = head.id;
  PERFORM set_config('portal.act', '', true);
  RETURN QUERY SELECT new_id, new_seq, new_hash;
END $$;
"""

REFUSE_CHANGE = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' AND current_setting('portal.allow_truncate', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% of % is refused: these rows are append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_record_append_only BEFORE UPDATE OR DELETE ON ledger_record
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_record_no_truncate BEFORE TRUNCATE ON ledger_record
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_checkpoint_append_only BEFORE UPDATE OR DELETE ON ledger_checkpoint
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_checkpoint_no_truncate BEFORE TRUNCATE ON ledger_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

GUARD_STATE = """
CREATE FUNCTION ledger_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IS DISTINCT FROM OLD.state AND coalesce(current_setting('portal.act', true), '') = '' THEN
    RAISE EXCEPTION 'the state of % changes only through an act', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND, "DROP FUNCTION ledger_append(text, bigint, text)"),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION ledger_refuse_change() CASCADE"),
        migrations.RunSQL(GUARD_STATE, "DROP FUNCTION ledger_guard_state() CASCADE"),
    ]
