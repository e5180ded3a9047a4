"""What was said to a checklist stays."""

from django.db import migrations

GUARD = (
    "CREATE TRIGGER supervision_checklistcomment_append_only BEFORE UPDATE OR DELETE ON supervision_checklistcomment"
    " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();"
)
UNGUARD = "DROP TRIGGER supervision_checklistcomment_append_only ON supervision_checklistcomment;"


class Migration(migrations.Migration):
    dependencies = [("supervision", "0007_checklist_comments"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
