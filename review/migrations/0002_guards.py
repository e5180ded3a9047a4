"""Decisions are immutable rows."""

from django.db import migrations

GUARD = """
CREATE TRIGGER review_decision_append_only BEFORE UPDATE OR DELETE ON review_decision
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""
UNGUARD = "DROP TRIGGER review_decision_append_only ON review_decision;"


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
