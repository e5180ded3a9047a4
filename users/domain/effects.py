"""What befalls an app's entry, and what an authority advises, as it reaches one use or many.

Each verb describes its act once; the singular does it to one use, ``…_many`` to a batch in one transaction,
with the same rule, change, record and notice for each use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Reason, Reasons, perform, perform_many
from notices.domain.serve import Item, serve_many
from notices.enums import Side
from rulebook import clocks
from users import rules
from users.domain.common import notice_params
from users.domain.steps import RELATED
from users.enums import CHECKED_FIELDS, CONFIRM_TARGET, Cause, UseState
from users.models import UserFiling


@dataclass(frozen=True)
class Act:
    """One kind of act, ready for one use or many."""

    verb: str
    rule: Callable[[Actor, UserFiling], Reasons]
    change: Callable[[UserFiling], None]
    payload: Callable[[UserFiling], Mapping[str, Any]]
    kind: str  # of the notice to the unit
    transition: str | None = None
    basis: Sequence[str] = ("op-16",)

    def do(self, filing: UserFiling, *, by: Actor, now: datetime, sweep: int = 0) -> UserFiling:
        """The act on one use."""

        def tell(row: UserFiling, record: object) -> None:
            serve_many([self._item(row, now, sweep)], now=now)

        return perform(
            verb=self.verb, subject=filing, by=by, now=now, rule=self.rule, transition=self.transition,
            change=self.change, effects=tell, related=RELATED, basis=self.basis, payload=self.payload,
        )  # fmt: skip

    def do_many(self, filings: Sequence[UserFiling], *, by: Actor, now: datetime, sweep: int) -> list[UserFiling]:
        """The same act on many uses: all of it or nothing."""

        def tell(rows: list[UserFiling]) -> None:
            serve_many([self._item(row, now, sweep) for row in rows], now=now)

        return perform_many(
            verb=self.verb, subjects=filings, by=by, now=now, rule=self.rule, transition=self.transition,
            change=self.change, effects=tell, related=RELATED, basis=self.basis, payload=self.payload,
        )  # fmt: skip

    def _item(self, row: UserFiling, now: datetime, sweep: int) -> Item:
        """One notice to the unit per job; without a job per moment."""
        kind = "use_entry_gone" if row.state == UseState.DRAFT and row.withdrawal_cause else self.kind
        mark = f"s{sweep}" if sweep else now.isoformat(timespec="microseconds")
        params = {**notice_params(row), "cause": row.withdrawal_cause, "text": row.withdrawal_text}
        if row.check_fields:
            words = [CHECKED_FIELDS[name] for name in row.check_fields if name in CHECKED_FIELDS]
            params |= {"changed": "、".join(word[0] for word in words), "changed_en": ", ".join(w[1] for w in words)}
        return Item(kind, row.unit, row, params, f"{kind}:{row.pk}:{mark}", Side.INSTITUTION)


def suspension(*, cause: str, text: str, now: datetime, sweep: int = 0) -> Act:
    """See :func:`suspend`."""

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if row.state == UseState.DRAFT and not row.confirmed_version:
            reasons.append(Reason("draft", _("A draft is not in use; its unit is only told.")))
        return reasons

    def change(row: UserFiling) -> None:
        row.suspended_from, row.suspended_at = str(row.state), now
        _propose(row, cause, text, now)
        row.last_sweep = max(row.last_sweep, sweep)
        if row.due_at is not None:
            clocks.pause(subject=row, kind=CONFIRM_TARGET, now=now)
            row.due_at = row.due_day = None

    return Act(
        "suspend", rule, change, lambda row: {"cause": cause, "from": row.suspended_from}, "use_suspended",
        transition="suspend",
    )  # fmt: skip


def suspend(
    *, filing: UserFiling, cause: str, by: Actor, now: datetime, text: str = "", sweep: int = 0
) -> UserFiling:
    """The app's entry went offline or ended: the use is suspended and its withdrawal proposed (Opinions 16).

    A draft that was never confirmed is only told, by ``propose_withdrawal``. Effects: where it stood is
    remembered; the service target pauses; a notice to the unit. By the portal itself. ``sweep`` is the job.
    """
    return suspension(cause=cause, text=text, now=now, sweep=sweep).do(filing, by=by, now=now, sweep=sweep)


def resumption(*, now: datetime, sweep: int = 0) -> Act:
    """See :func:`resume`."""

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if row.withdrawal_cause != Cause.OFFLINE:
            reasons.append(
                Reason("entry_ended", _("The app’s filing has ended; the use cannot be resumed."), "op-16")
            )
        return reasons

    def change(row: UserFiling) -> None:
        row.suspended_at = None
        _forget(row)
        row.last_sweep = max(row.last_sweep, sweep)
        if row.suspended_from == UseState.SUBMITTED:
            clock = clocks.resume(subject=row, kind=CONFIRM_TARGET, now=now)
            if clock is not None:
                row.due_at, row.due_day = clock.due_at, clock.due_day

    return Act(
        "resume", rule, change, lambda row: {"to": str(row.state)}, "use_resumed", transition="resume",
        basis=("me-15",),
    )  # fmt: skip


def resume(*, filing: UserFiling, by: Actor, now: datetime, sweep: int = 0) -> UserFiling:
    """The app's entry is in force again: the use stands where it stood. Only after a time offline; a revoked or
    cancelled entry does not come back. Effects: the service target runs on; a notice to the unit."""
    return resumption(now=now, sweep=sweep).do(filing, by=by, now=now, sweep=sweep)


def proposal(*, cause: str, text: str, now: datetime, sweep: int = 0) -> Act:
    """See :func:`propose_withdrawal`."""

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = Reasons.of(rules.may_propose_withdrawal(actor, row, cause))
        if cause == Cause.AUTHORITY:
            if row.state != UseState.CONFIRMED:
                reasons.append(Reason("not_in_use", _("Only the end of a confirmed use can be advised.")))
            if not text.strip():
                reasons.append(Reason("no_reason", _("Say why the use should end."), article="op-16"))
        elif row.state not in (UseState.DRAFT, UseState.SUSPENDED):
            reasons.append(Reason("not_told", _("A use is suspended with its app; drafts are told.")))
        return reasons

    def change(row: UserFiling) -> None:
        _propose(row, cause, text, now)
        row.last_sweep = max(row.last_sweep, sweep)

    return Act("propose_withdrawal", rule, change, _cause, "use_withdrawal_proposed")


def propose_withdrawal(
    *, filing: UserFiling, cause: str, by: Actor, now: datetime, text: str = "", sweep: int = 0
) -> UserFiling:
    """Proposes to the unit that it ends the use; the state stays, the unit decides (Opinions 16).

    By the portal where the entry has ended or a draft's app is gone; by the confirming authority, with its
    reason (``cause="authority"``), for a use that is confirmed. Effects: the proposal on the row, a notice.
    """
    return proposal(cause=cause, text=text, now=now, sweep=sweep).do(filing, by=by, now=now, sweep=sweep)


def clearing(*, sweep: int = 0) -> Act:
    """See :func:`clear_proposal`."""

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if row.state != UseState.DRAFT or row.withdrawal_cause != Cause.OFFLINE:
            reasons.append(Reason("nothing_proposed", _("There is no proposal that could be taken back.")))
        return reasons

    def change(row: UserFiling) -> None:
        _forget(row)
        row.last_sweep = max(row.last_sweep, sweep)

    return Act("clear_proposal", rule, change, _cause, "use_resumed", basis=("me-15",))


def clear_proposal(*, filing: UserFiling, by: Actor, now: datetime, sweep: int = 0) -> UserFiling:
    """A draft whose app was offline and is back: the mark goes, the unit is told. By the portal itself."""
    return clearing(sweep=sweep).do(filing, by=by, now=now, sweep=sweep)


def checking(*, fields: Sequence[str], now: datetime, sweep: int = 0) -> Act:
    """The app's entry has changed in what matters to its users, after the use was confirmed (Measures Art. 15, 20).

    The use goes on; it is marked until its unit has looked at it (``note_checked``) or a change of the use was
    handed in after it and confirmed. By the portal itself. Effects: the mark with the fields; a notice to the unit.
    """

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if not row.confirmed_version:
            reasons.append(Reason("not_in_use", _("Only a use that was confirmed is checked against its app.")))
        return reasons

    def change(row: UserFiling) -> None:
        row.check_since = now
        row.check_fields = sorted({*(row.check_fields or ()), *fields})
        row.last_sweep = max(row.last_sweep, sweep)

    return Act(
        "mark_to_check", rule, change, lambda row: {"fields": row.check_fields}, "use_to_check",
        basis=("me-15", "me-20"),
    )  # fmt: skip


def note_checked(
    *, filing: UserFiling, by: Actor, now: datetime, comment: str = "", seen_since: datetime | None = None
) -> UserFiling:
    """The unit has looked at what changed of the app, and its use stays as it is; else it reports a change (Art. 20).

    ``seen_since``: the mark that the page showed; one made after it is not taken away.
    Effects: the mark goes; a ledger record with what was looked at. Raises ``Refused``.
    """
    looked: list[list[str]] = []

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.may_submit(actor, row)
        looked[:] = [list(row.check_fields or ())]
        if row.check_since is None:
            reasons.append(Reason("nothing_to_check", _("Nothing of this app is to be checked.")))
        elif seen_since is not None and row.check_since > seen_since:
            reasons.append(Reason("changed_since", _("The app has changed again since you looked; look once more.")))
        return reasons

    def change(row: UserFiling) -> None:
        row.check_since = row.check_fields = None

    return perform(
        verb="note_checked", subject=filing, by=by, now=now, rule=rule, change=change, related=RELATED,
        basis=["me-20"], payload=lambda _row: {"fields": looked[0], "comment": comment.strip()[:500]},
    )  # fmt: skip


def _propose(row: UserFiling, cause: str, text: str, now: datetime) -> None:
    row.withdrawal_proposed_at, row.withdrawal_cause, row.withdrawal_text = now, cause, text.strip()


def _cause(row: UserFiling) -> dict[str, str]:
    return {"cause": row.withdrawal_cause}


def _forget(row: UserFiling) -> None:
    row.withdrawal_proposed_at, row.withdrawal_cause, row.withdrawal_text = None, "", ""
