"""The database refuses what the one door would refuse: states set from outside, frozen rows changed."""

from django.db import migrations

GUARD = """
CREATE TRIGGER providers_filing_state_guard BEFORE UPDATE OF state ON providers_filing
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
CREATE TRIGGER providers_filingversion_append_only BEFORE UPDATE OR DELETE ON providers_filingversion
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER providers_returnnote_append_only BEFORE UPDATE OR DELETE ON providers_returnnote
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""
UNGUARD = """
DROP TRIGGER providers_filing_state_guard ON providers_filing;
DROP TRIGGER providers_filingversion_append_only ON providers_filingversion;
DROP TRIGGER providers_returnnote_append_only ON providers_returnnote;
"""


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
