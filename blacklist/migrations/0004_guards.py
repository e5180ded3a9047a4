"""States change only through an act; an edition stays as it was published."""

from django.db import migrations

GUARD = """
CREATE TRIGGER blacklist_listingobjection_state_guard BEFORE UPDATE OF state ON blacklist_listingobjection
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
CREATE TRIGGER blacklist_listitem_state_guard BEFORE UPDATE OF state ON blacklist_listitem
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
CREATE TRIGGER blacklist_listedition_append_only BEFORE UPDATE OR DELETE ON blacklist_listedition
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""
UNGUARD = """
DROP TRIGGER blacklist_listingobjection_state_guard ON blacklist_listingobjection;
DROP TRIGGER blacklist_listitem_state_guard ON blacklist_listitem;
DROP TRIGGER blacklist_listedition_append_only ON blacklist_listedition;
"""


class Migration(migrations.Migration):
    dependencies = [("blacklist", "0003_lists_and_bars"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
