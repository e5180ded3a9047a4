"""What this room hears from the rooms below."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts import hooks
from accounts.models import ImportBatch, Invitation, Membership, Person
from accounts.queries import owners
from ledger.acts import Actor
from notices import links
from notices.domain.letters import Letter, send_letters
from notices.domain.reminders import tell_moved
from notices.domain.serve import serve, serve_person
from notices.models import Notice
from rulebook import clocks
from rulebook.time import local_date


def register() -> None:
    """Called once, when the room is ready."""
    hooks.listen(hooks.INVITED, invited)
    hooks.listen(hooks.INVITED_MANY, invited_many)
    hooks.listen(hooks.UNITS_IMPORTED, units_imported)
    hooks.listen(hooks.MEMBER_REQUESTED, member_requested)
    hooks.listen(hooks.MEMBER_ADMITTED, member_admitted)
    hooks.listen(hooks.MEMBER_REFUSED, member_refused)
    hooks.listen(hooks.UNIT_HANDED_OVER, unit_handed_over)
    hooks.listen(hooks.SECOND_FACTOR_RESET, second_factor_reset)
    clocks.on_clock_moved(tell_moved)
    links.register(ImportBatch._meta.label_lower, page_of_import)


def page_of_import(notice: Notice, actor: Actor | None) -> str:
    """The import itself, for those who may see it."""
    seen = ImportBatch.objects.visible_to(actor).filter(pk=notice.subject_id)
    return reverse("unit_import_batch", args=[notice.subject_id]) if notice.subject_id and seen.exists() else ""


def _invitation(invitation: Invitation) -> dict[str, str]:
    return {
        "unit": invitation.unit.name,
        "unit_en": invitation.unit.name_en,
        "email": invitation.email,
        "role": invitation.role,
        "expires": local_date(invitation.expires_at).isoformat(),
    }


def invited(invitation: Invitation, *, now: datetime) -> None:
    """The invitation's e-mail; the unit's inbox says that it was sent, without the link."""
    serve(
        kind="invitation",
        to_unit=invitation.unit,
        subject=invitation,
        params=_invitation(invitation),
        now=now,
        legal=False,
        dedupe=f"invitation:{invitation.pk}",
        address=invitation.email,
    )


def invited_many(invitations: list[Invitation], *, now: datetime) -> None:
    """The same for many that were invited at once."""
    send_letters(
        [
            Letter("invitation", row.unit, row, _invitation(row), f"invitation:{row.pk}", row.email)
            for row in invitations
        ],
        now=now,
    )


def units_imported(batch: ImportBatch, *, now: datetime) -> None:
    """Whoever confirmed an import learns that it is finished."""
    serve(
        kind="units_imported",
        to_unit=batch.unit,
        to_person=batch.person,
        subject=batch,
        params={"file": batch.file_name, "rows": batch.total, "case_no": ""},
        now=now,
        legal=False,
        dedupe=f"units_imported:{batch.pk}",
    )


def _about(membership: Membership) -> dict[str, str]:
    return {
        "person": membership.person.name or membership.person.email,
        "email": membership.person.email,
        "unit": membership.unit.name,
        "unit_en": membership.unit.name_en,
    }


def member_requested(membership: Membership, *, now: datetime) -> None:
    """Each owner is told; the request lies with them."""
    for owner in owners(membership.unit):
        serve(
            kind="member_requested",
            to_unit=membership.unit,
            to_person=owner,
            subject=membership,
            params=_about(membership),
            now=now,
            legal=False,
            dedupe=f"member_requested:{membership.pk}:{owner.pk}",
        )


def member_admitted(membership: Membership, *, now: datetime) -> None:
    _answer("member_admitted", membership, now)


def member_refused(membership: Membership, *, now: datetime) -> None:
    _answer("member_refused", membership, now)


def unit_handed_over(membership: Membership, *, now: datetime, reason: str) -> None:
    """Those who acted for the unit until now, and its rightful owner, each in his own inbox."""
    serve(
        kind="unit_handed_over",
        to_unit=None,
        to_person=membership.person,
        subject=membership,
        params={**_about(membership), "reason": reason},
        now=now,
        dedupe=f"unit_handed_over:{membership.pk}",
    )


def second_factor_reset(person: Person, *, now: datetime) -> None:
    """Who has not asked for it must learn of it."""
    serve_person(
        kind="second_factor_reset", person=person, subject=None, params={"at": local_date(now).isoformat()}, now=now,
        dedupe=f"second_factor_reset:{person.pk}:{now.isoformat()}",
    )  # fmt: skip


def _answer(kind: str, membership: Membership, now: datetime) -> None:
    serve(
        kind=kind,
        to_unit=None,
        to_person=membership.person,
        subject=membership,
        params=_about(membership),
        now=now,
        legal=False,
        dedupe=f"{kind}:{membership.pk}",
    )
