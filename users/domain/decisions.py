"""The confirming authority's decisions, and the unit's withdrawal.

None has a legal deadline: the policy's service target reminds, it never confirms (Measures Art. 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, AlreadyMoved, Appended, Reason, Reasons, Refused, perform
from notices.domain import serve
from notices.enums import Side
from providers.rules import same_version
from rulebook import clocks
from users import rules
from users.domain.common import clean_notes, held_entry, notice_params
from users.domain.steps import RELATED, decide, make_confirmed, says_something, tell_confirmed, write_notes
from users.enums import DecisionVerb, UseState
from users.models import UserFiling


def confirm(
    *, filing: UserFiling, by: Actor, now: datetime, comment: str = "", seen_state: str | None = None,
    seen_version: int | None = None,
) -> UserFiling:  # fmt: skip
    """The competent authority confirms the use, or its change (Measures Art. 19, 20).

    Effects: the version becomes the confirmed one and its public part what the public sees; the service
    target's clock stops; decision row; notice. An own app gets a number only where the policy says so (Art. 21).
    Refused where the app's entry is no longer in force, and to everybody who belongs to the applicant unit.
    """
    target: list[datetime | None] = []

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        target[:] = [row.due_at]
        reasons = Reasons.of(rules.may_decide(actor, row), same_version(row, seen_version))
        if not reasons:
            row.entry = held_entry(row.entry_id)
            reasons.extend(rules.entry_selectable(row.entry, now))
        return reasons

    def change(row: UserFiling) -> None:
        clocks.stop(subject=row, now=now)
        make_confirmed(row, now)

    def effects(row: UserFiling, record: Appended) -> None:
        decide(row, DecisionVerb.CONFIRM, by, now, comment=comment, article="me-19", target=target[0])
        tell_confirmed(row, now)

    return perform(
        verb="confirm", subject=filing, by=by, now=now, rule=rule, transition="confirm", change=change,
        effects=effects, seen_state=seen_state, related=RELATED,
        basis=["me-19"],
        payload=lambda row: {"version": row.version, "number": row.number},
    )  # fmt: skip


def confirm_many(
    *, filings: Sequence[UserFiling], by: Actor, now: datetime, comment: str = ""
) -> list[tuple[UserFiling, Exception | None]]:
    """Confirms several, each through the one door by itself; returns what happened to each."""
    outcome: list[tuple[UserFiling, Exception | None]] = []
    for filing in filings:
        try:
            done = confirm(
                filing=filing, by=by, now=now, comment=comment, seen_state=UseState.SUBMITTED,
                seen_version=filing.version,
            )  # fmt: skip
            outcome.append((done, None))
        except (Refused, AlreadyMoved) as error:
            outcome.append((filing, error))
    return outcome


def return_for_correction(
    *, filing: UserFiling, by: Actor, now: datetime, notes: Sequence[dict[str, str]] = (), comment: str = "",
    seen_state: str | None = None, seen_version: int | None = None,
) -> UserFiling:  # fmt: skip
    """Gives the filing back with notes on fields; at least one note or a comment is needed.

    ``notes`` is ``[{"field_key", "text", "article"}]``; an empty key means the whole filing. Effects: the
    notes, decision row, the service target's clock stops, notice. The law sets no period for the answer.
    """
    kept = clean_notes(notes)
    target: list[datetime | None] = []

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        target[:] = [row.due_at]
        return Reasons.of(
            rules.may_decide(actor, row), same_version(row, seen_version), says_something(kept, comment)
        )

    def change(row: UserFiling) -> None:
        clocks.stop(subject=row, now=now)
        row.returned_at, row.due_at, row.due_day = now, None, None

    def effects(row: UserFiling, record: Appended) -> None:
        write_notes(row, kept, now, within_unit=False)
        decide(
            row, DecisionVerb.RETURN, by, now, comment=comment, article="me-19", notes=len(kept), target=target[0]
        )
        serve(
            kind="use_returned", to_unit=row.unit, side=Side.INSTITUTION, subject=row,
            params={**notice_params(row), "notes": len(kept), "comment": comment.strip()}, now=now,
            dedupe=f"use_returned:{row.pk}:{row.version}",
        )  # fmt: skip

    return perform(
        verb="return_for_correction", subject=filing, by=by, now=now, rule=rule, transition="return_for_correction",
        change=change, effects=effects, seen_state=seen_state, related=RELATED, basis=["me-19"],
        payload=lambda row: {"version": row.version, "notes": len(kept)},
    )  # fmt: skip


def withdraw(
    *, filing: UserFiling, by: Actor, now: datetime, reason: str = "", notice_text: str = "",
    seen_state: str | None = None,
) -> UserFiling:  # fmt: skip
    """The unit ends the use, or drops a filing that is not confirmed (Opinions, item 16: 选用退出).

    A reason is needed once the filing has been handed in, and for a use that was confirmed also the text by
    which staff, students and parents are told. Effects: both on record, clocks stop, notice to the authority.
    """

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.may_withdraw(actor, row)
        if row.version and not reason.strip():
            reasons.append(Reason("no_reason", _("Say why the use ends."), article="op-16"))
        if row.confirmed_version and not notice_text.strip():
            reasons.append(
                Reason(
                    "nobody_told",
                    _("Write the notice to the staff, students and parents who use the app."),
                    article="op-16",
                )
            )
        return reasons

    def change(row: UserFiling) -> None:
        row.closed_at, row.withdrawn_reason = now, reason.strip()
        row.notice_text = notice_text.strip() if row.confirmed_version else ""
        row.due_at = row.due_day = None

    def effects(row: UserFiling, record: Appended) -> None:
        clocks.stop(subject=row, now=now)
        if row.submitted_at is not None:
            serve(
                kind="use_withdrawn", to_unit=row.authority, side=Side.AUTHORITY, subject=row,
                params={**notice_params(row), "reason": row.withdrawn_reason}, now=now,
                dedupe=f"use_withdrawn:{row.pk}",
            )  # fmt: skip

    return perform(
        verb="withdraw", subject=filing, by=by, now=now, rule=rule, transition="withdraw", change=change,
        effects=effects, seen_state=seen_state, related=RELATED, basis=["op-16"],
        payload=lambda row: {"version": row.version, "reason": reason.strip()[:200], "cause": row.withdrawal_cause},
    )  # fmt: skip
