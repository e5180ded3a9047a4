"""States change only through an act; a published version stays as it was."""

from django.db import migrations

STATES = ("helppage", "trainingevent", "attendance")
GUARD = "\n".join(
    [
        f"CREATE TRIGGER guidance_{name}_state_guard BEFORE UPDATE OF state ON guidance_{name}"
        " FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();"
        for name in STATES
    ]
    + [
        "CREATE TRIGGER guidance_pageversion_append_only BEFORE UPDATE OR DELETE ON guidance_pageversion"
        " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();"
    ]
)
UNGUARD = "\n".join(
    [f"DROP TRIGGER guidance_{name}_state_guard ON guidance_{name};" for name in STATES]
    + ["DROP TRIGGER guidance_pageversion_append_only ON guidance_pageversion;"]
)


class Migration(migrations.Migration):
    dependencies = [("guidance", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
