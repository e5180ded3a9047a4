"""A branch's state moves only through the one door; what an operator shared is not rewritten once taken in."""

from django.db import migrations

GUARD = """
CREATE TRIGGER providers_branch_state_guard BEFORE UPDATE OF state ON providers_branch
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
CREATE TRIGGER providers_platformbatch_kept BEFORE UPDATE OF rows, sha256, operator_id ON providers_platformbatch
  FOR EACH ROW WHEN (OLD.taken_at IS NOT NULL) EXECUTE FUNCTION ledger_refuse_change();
"""
UNGUARD = """
DROP TRIGGER providers_platformbatch_kept ON providers_platformbatch;
DROP TRIGGER providers_branch_state_guard ON providers_branch;
"""


class Migration(migrations.Migration):
    dependencies = [("providers", "0005_platforms_and_branches"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
