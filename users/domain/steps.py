"""Steps that several verbs take inside their act: reaching the authority, confirming, writing decisions and notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Reason
from notices.domain import serve
from notices.enums import Side
from rulebook import clocks
from rulebook.policies import Policy
from rulebook.time import local_date
from users import queries, schema
from users.domain.common import both, next_number, notice_params
from users.enums import CONFIRM_TARGET, Cause
from users.models import UseDecision, UseNote, UserFiling

#: what every verb on a use reads with the row
RELATED = ("unit", "authority")


def reach_authority(row: UserFiling, policy: Policy, now: datetime, *, clock: bool = True) -> None:
    """The filing comes to the confirming authority: case number, times, and its service target starts."""
    row.authority = queries.confirming_authority(row.unit)
    row.last_submitted_at = now
    if row.submitted_at is None:
        row.submitted_at = now
        year = local_date(now).year
        serial = next_number(row.authority.code, year)
        row.case_no = f"SY-{row.authority.code.upper()}-{year}-{serial:06d}"
    row.due_at = row.due_day = None
    if clock:
        target = clocks.start(
            kind=CONFIRM_TARGET, subject=row, started_at=now, days=int(policy.get("confirm_target_days")),
            authority_code=row.authority.code, now=now,
        )  # fmt: skip
        row.due_at, row.due_day = target.due_at, target.due_day


def tell_authority(row: UserFiling, now: datetime, *, again: bool = False) -> None:
    """The authority and the unit are told that the filing is with the authority (Opinions 10: reported upwards)."""
    kind = "use_change_reported" if row.confirmed_version else "use_resubmitted" if again else "use_submitted"
    for unit, side in both(row):
        serve(
            kind=kind, to_unit=unit, side=side, subject=row, params=notice_params(row), now=now,
            dedupe=f"{kind}:{row.pk}:{row.version}:{side}",
        )  # fmt: skip


def make_confirmed(row: UserFiling, now: datetime) -> None:
    """Sets what a confirmation sets; the caller is inside ``perform``."""
    version = queries.version(row, row.version)
    row.confirmed_version, row.confirmed_at = row.version, now
    row.public = schema.public_view(version.data) if version is not None else {}
    if row.self_use:
        row.public["app_name"] = row.app_name
    row.due_at = row.due_day = None
    if row.check_since is not None and row.handed_in_at is not None and row.handed_in_at >= row.check_since:
        row.check_since = row.check_fields = None  # handed in with the changed app before one's eyes
    if row.withdrawal_cause == Cause.AUTHORITY:
        row.withdrawal_proposed_at, row.withdrawal_cause, row.withdrawal_text = None, "", ""
    if row.self_use and not row.number and queries.policy_of(row, now).get("self_use_gets_number"):
        province = row.unit.province_code or "00"
        row.number = f"自研{province}{next_number(f'own:{province}', 0):05d}号"


def tell_confirmed(row: UserFiling, now: datetime) -> None:
    """The unit is told; by a recommended list also the authority, since nobody of it has decided."""
    waived = row.authority_review_waived_by_id is not None
    for unit, side in both(row):
        if waived or side == Side.INSTITUTION:
            serve(
                kind="use_confirmed", to_unit=unit, side=side, subject=row, params=notice_params(row), now=now,
                dedupe=f"use_confirmed:{row.pk}:{row.version}:{side}",
            )  # fmt: skip


def says_something(notes: Sequence[dict[str, str]], comment: str) -> Reason | None:
    """A return without a word helps nobody."""
    if notes or comment.strip():
        return None
    return Reason("nothing_said", _("Write at least one note on a field, or a comment."))


def write_notes(row: UserFiling, notes: Sequence[dict[str, str]], now: datetime, *, within_unit: bool) -> None:
    """Keeps the notes of a return, as sent."""
    UseNote.objects.bulk_create(
        [UseNote(filing=row, version=row.version, within_unit=within_unit, created_at=now, **note) for note in notes]
    )


def decide(
    row: UserFiling, verb: str, by: Actor, now: datetime, *, comment: str = "", article: str = "", notes: int = 0,
    target: datetime | None = None,
) -> UseDecision:  # fmt: skip
    """Writes the immutable decision row. ``target`` is the end of the service target that it answers."""
    return UseDecision.objects.create(
        filing=row, version=row.version, verb=verb, unit_id=by.unit_id, person_id=by.person_id,
        comment=comment.strip(), article=article, notes=notes, decided_at=now,
        within_target=target is None or now < target,
    )  # fmt: skip
