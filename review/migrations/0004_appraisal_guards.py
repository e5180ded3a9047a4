"""States of appraisals and of objections to their results change only through an act; scores stay within theirs."""

from django.db import migrations

GUARD = """
CREATE TRIGGER review_appraisal_state_guard BEFORE UPDATE OF state ON review_appraisal
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
CREATE TRIGGER review_resultobjection_state_guard BEFORE UPDATE OF state ON review_resultobjection
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
"""
UNGUARD = """
DROP TRIGGER review_appraisal_state_guard ON review_appraisal;
DROP TRIGGER review_resultobjection_state_guard ON review_resultobjection;
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0003_appraisals"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
