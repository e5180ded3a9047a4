"""What a unit says of itself: its selection system, and who answers for its apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from ledger.acts import Actor, Reason, Reasons, Refused, append, perform
from users import rules
from users.models import ResponsibleNaming, SelectionSystem, UseMaterial

_COLUMNS = {"name": 60, "position": 60, "duty": 80, "phone": 30}
MOST_PERSONS = 20


def upload_selection_system(
    *, unit: Unit, title: str, material: UseMaterial, effective_on: date, by: Actor, now: datetime, note: str = ""
) -> SelectionSystem:
    """Puts a new version of the unit's selection system on record (Measures Art. 8, Opinions 10).

    ``material`` is a file of the unit. The same file again gives the version that has it. Effects: the row,
    frozen; a ledger record. Raises ``Refused``.
    """
    with transaction.atomic():
        reasons = rules.is_of_unit(by, unit.pk)
        if not title.strip():
            reasons.append(Reason("no_title", _("Give the document a title.")))
        if material.unit_id != unit.pk:
            reasons.append(rules.NOT_YOURS)
        if reasons:
            raise Refused(reasons)
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        newest = SelectionSystem.objects.filter(unit=unit).order_by("-number").first()
        if newest is not None and newest.material_id == material.pk and newest.effective_on == effective_on:
            return newest
        system = SelectionSystem.objects.create(
            unit=unit, number=newest.number + 1 if newest else 1, title=title.strip()[:160], material=material,
            effective_on=effective_on, note=note.strip()[:500], uploaded_by_id=by.person_id, uploaded_at=now,
        )  # fmt: skip
        append(
            verb="upload_selection_system", subject=system, by=by, now=now, basis=["me-8"],
            payload={"version": system.number, "sha256": material.sha256},
        )  # fmt: skip
    return system


def name_responsible(
    *, unit: Unit, department: str, persons: Sequence[Mapping[str, Any]], by: Actor, now: datetime
) -> ResponsibleNaming:
    """Names the department in charge of app work and who answers for it (Measures notice 1, Opinions 8).

    ``persons`` is ``[{"name", "position", "duty", "phone"}]``, at least one with a name and a position. Effects:
    a frozen row in the chain of namings, the unit's own row, a ledger record that carries no names.
    """
    kept = [_person(row) for row in persons]
    kept = [row for row in kept if any(row.values())]

    def rule(actor: Actor, row: Unit) -> Reasons:
        reasons = rules.is_of_unit(actor, row.pk)
        if not department.strip():
            reasons.append(Reason("no_department", _("Name the department in charge."), article="op-8"))
        if not kept or not all(one.get("name") and one.get("position") for one in kept):
            reasons.append(
                Reason("no_person", _("Name at least one person, each with a position."), article="op-8")
            )
        if len(kept) > MOST_PERSONS:
            reasons.append(Reason("too_many", _("At most %(most)s persons.") % {"most": MOST_PERSONS}))
        return reasons

    def change(row: Unit) -> None:
        row.functional_department, row.responsible_persons = department.strip()[:120], kept

    with transaction.atomic():
        row = perform(
            verb="name_responsible", subject=unit, by=by, now=now, rule=rule, change=change, basis=["me-n1", "op-8"],
            payload={"persons": len(kept)},
        )  # fmt: skip
        return ResponsibleNaming.objects.create(
            unit=row, department=row.functional_department, persons=kept, named_by_id=by.person_id, named_at=now
        )


def _person(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(row.get(key) or "").strip()[:most] for key, most in _COLUMNS.items() if row.get(key)}
