"""A task's state changes only through an act; notes, outcomes and assessments stay as they are.

What circulars said of persons moves to the table that is restricted.
"""

from django.db import migrations

FROZEN = ("tasknote", "caseoutcome", "assessment")

GUARD = "\n".join(
    [
        "CREATE TRIGGER supervision_worktask_state_guard BEFORE UPDATE OF state ON supervision_worktask"
        " FOR EACH ROW EXECUTE FUNCTION ledger_guard_state();"
    ]
    + [
        f"CREATE TRIGGER supervision_{name}_append_only BEFORE UPDATE OR DELETE ON supervision_{name}"
        " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();"
        for name in FROZEN
    ]
)
UNGUARD = "\n".join(
    ["DROP TRIGGER supervision_worktask_state_guard ON supervision_worktask;"]
    + [f"DROP TRIGGER supervision_{name}_append_only ON supervision_{name};" for name in FROZEN]
)


def move_outcomes(apps, schema_editor):
    Circular = apps.get_model("supervision", "Circular")
    if not any(field.name == "accountability" for field in Circular._meta.get_fields()):
        return  # an empty database is made without the old column
    from rulebook.time import local_date

    CaseOutcome = apps.get_model("supervision", "CaseOutcome")
    CaseOutcome.objects.bulk_create(
        CaseOutcome(
            authority_id=row.authority_id, circular=row, consequence="other", text=row.accountability,
            decided_on=row.held_on or local_date(row.written_at), recorded_by_id=row.written_by_id,
            recorded_at=row.written_at,
        )
        for row in Circular.objects.exclude(accountability="")
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_accountability"), ("ledger", "0002_append_only")]

    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunPython(move_outcomes, migrations.RunPython.noop),
    ]
