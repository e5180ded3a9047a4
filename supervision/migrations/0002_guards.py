"""States change only through an act; what was said, found and measured stays as it was."""

from django.db import migrations

STATES = (
    "complaint", "forwarding", "rectificationorder", "campaign", "samplingplan", "inspection", "referral", "takedown",
    "circular", "progressreport",
)
FROZEN = ("complaintmessage", "orderstep", "orderfile", "inspectionfinding", "jointmeasure")

GUARD = "\n".join(
    [
        f"CREATE TRIGGER supervision_{name}_state_guard BEFORE UPDATE OF state ON supervision_{name}"
        " FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();"
        for name in STATES
    ]
    + [
        f"CREATE TRIGGER supervision_{name}_append_only BEFORE UPDATE OR DELETE ON supervision_{name}"
        " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();"
        for name in FROZEN
    ]
)
UNGUARD = "\n".join(
    [f"DROP TRIGGER supervision_{name}_state_guard ON supervision_{name};" for name in STATES]
    + [f"DROP TRIGGER supervision_{name}_append_only ON supervision_{name};" for name in FROZEN]
)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
