"""The state of an entry moves only through the one door; tsvector statistics fine enough for planning."""

from django.db import migrations

GUARD = """
CREATE TRIGGER registry_entry_guard_state BEFORE UPDATE OF state ON registry_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
CREATE FUNCTION registry_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a published entry is never deleted, and its number never changes'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER registry_entry_number_kept BEFORE UPDATE OF number, prefix, serial ON registry_entry
  FOR EACH ROW WHEN (OLD.number IS DISTINCT FROM NEW.number OR OLD.prefix IS DISTINCT FROM NEW.prefix
    OR OLD.serial IS DISTINCT FROM NEW.serial)
  EXECUTE FUNCTION registry_entry_is_kept();
CREATE TRIGGER registry_entry_no_delete BEFORE DELETE ON registry_entry
  FOR EACH ROW EXECUTE FUNCTION registry_entry_is_kept();
"""

UNGUARD = """
DROP TRIGGER IF EXISTS registry_entry_no_delete ON registry_entry;
DROP TRIGGER IF EXISTS registry_entry_number_kept ON registry_entry;
DROP FUNCTION IF EXISTS registry_entry_is_kept();
DROP TRIGGER IF EXISTS registry_entry_guard_state ON registry_entry;
"""

# The planner chooses between the GIN index (rare pairs) and the index by date (common pairs); it needs
# to know how common a pair is. Vectors are kept inline where possible: they are read row by row.
STATISTICS = """
ALTER TABLE registry_entry ALTER COLUMN search SET STATISTICS 1000;
ALTER TABLE registry_entry ALTER COLUMN search SET STORAGE MAIN;
ALTER TABLE registry_entry ALTER COLUMN verify_json SET STORAGE MAIN;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(STATISTICS, migrations.RunSQL.noop),
    ]
