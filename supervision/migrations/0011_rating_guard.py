"""What was recorded of a body's rating stays."""

from django.db import migrations

GUARD = (
    "CREATE TRIGGER supervision_industryrating_append_only BEFORE UPDATE OR DELETE ON supervision_industryrating"
    " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();"
)
UNGUARD = "DROP TRIGGER supervision_industryrating_append_only ON supervision_industryrating;"


class Migration(migrations.Migration):
    dependencies = [("supervision", "0010_tasks_stores_ratings"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
