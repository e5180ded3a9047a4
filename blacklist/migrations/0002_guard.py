"""The state of a listing changes only through an act."""

from django.db import migrations

GUARD = """
CREATE TRIGGER blacklist_listing_state_guard BEFORE UPDATE OF state ON blacklist_listing
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
"""
UNGUARD = "DROP TRIGGER blacklist_listing_state_guard ON blacklist_listing;"


class Migration(migrations.Migration):
    dependencies = [("blacklist", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
