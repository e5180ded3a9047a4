"""The database refuses a role or a place in a unit that was changed outside an act."""

from django.db import migrations

GUARD = """
CREATE FUNCTION accounts_guard_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.status, NEW.role, NEW.unit_id, NEW.person_id) IS DISTINCT FROM (OLD.status, OLD.role, OLD.unit_id, OLD.person_id)
      AND coalesce(current_setting('portal.act', true), '') = '' THEN
    RAISE EXCEPTION 'a membership changes only through an act' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER accounts_membership_guard BEFORE UPDATE ON accounts_membership
  FOR EACH ROW EXECUTE FUNCTION accounts_guard_membership();
"""
UNGUARD = """
DROP TRIGGER accounts_membership_guard ON accounts_membership;
DROP FUNCTION accounts_guard_membership();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
