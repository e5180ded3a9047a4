"""The database refuses what the one door would refuse: states set from outside, frozen rows changed."""

from django.db import migrations

FROZEN = ("userfilingversion", "usenote", "usedecision", "selectionsystem", "responsiblenaming")
GUARD = """
CREATE TRIGGER users_userfiling_state_guard BEFORE UPDATE OF state ON users_userfiling
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();
""" + "".join(
    f"""
CREATE TRIGGER users_{table}_append_only BEFORE UPDATE OR DELETE ON users_{table}
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""
    for table in FROZEN
)
UNGUARD = "DROP TRIGGER users_userfiling_state_guard ON users_userfiling;" + "".join(
    f"DROP TRIGGER users_{table}_append_only ON users_{table};" for table in FROZEN
)


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
