"""What befalls an app's entry, and what an authority advises, as it reaches one use."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Appended, Reason, Reasons, perform
from notices.domain import serve
from rulebook import clocks
from users import rules
from users.domain.common import notice_params
from users.domain.steps import RELATED
from users.enums import CONFIRM_TARGET, Cause, UseState
from users.models import UserFiling


def suspend(
    *, filing: UserFiling, cause: str, by: Actor, now: datetime, text: str = "", sweep: int = 0
) -> UserFiling:
    """The app's entry went offline or ended: the use is suspended and its withdrawal proposed (Opinions 16).

    A draft that was never confirmed is only told, by ``propose_withdrawal``. Effects: where it stood is
    remembered; the service target pauses; a notice to the unit. By the portal itself. ``sweep`` is the job.
    """

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if row.state == UseState.DRAFT and not row.confirmed_version:
            reasons.append(Reason("draft", _("A draft is not in use; its unit is only told.")))
        return reasons

    def change(row: UserFiling) -> None:
        row.suspended_from, row.suspended_at = str(row.state), now
        row.withdrawal_proposed_at, row.withdrawal_cause, row.withdrawal_text = now, cause, text
        row.last_sweep = max(row.last_sweep, sweep)
        if row.due_at is not None:
            clocks.pause(subject=row, kind=CONFIRM_TARGET, now=now)
            row.due_at = row.due_day = None

    def effects(row: UserFiling, record: Appended) -> None:
        _tell(row, "use_suspended", now, sweep)

    return perform(
        verb="suspend", subject=filing, by=by, now=now, rule=rule, transition="suspend", change=change,
        effects=effects, related=RELATED, basis=["op-16"],
        payload=lambda row: {"cause": cause, "from": row.suspended_from},
    )  # fmt: skip


def resume(*, filing: UserFiling, by: Actor, now: datetime, sweep: int = 0) -> UserFiling:
    """The app's entry is in force again: the use stands where it stood. Only after a time offline; a revoked or
    cancelled entry does not come back. Effects: the service target runs on; a notice to the unit."""

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

    def effects(row: UserFiling, record: Appended) -> None:
        _tell(row, "use_resumed", now, sweep)

    return perform(
        verb="resume", subject=filing, by=by, now=now, rule=rule, transition="resume", change=change,
        effects=effects, related=RELATED, basis=["me-15"], payload={"sweep": sweep},
    )  # fmt: skip


def propose_withdrawal(
    *, filing: UserFiling, cause: str, by: Actor, now: datetime, text: str = "", sweep: int = 0
) -> UserFiling:
    """Proposes to the unit that it ends the use; the state stays, the unit decides (Opinions 16).

    By the portal where the entry has ended or a draft's app is gone; by the confirming authority, with its
    reason (``cause="authority"``), for a use that is confirmed. Effects: the proposal on the row, a notice.
    """

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
        row.withdrawal_proposed_at, row.withdrawal_cause, row.withdrawal_text = now, cause, text.strip()
        row.last_sweep = max(row.last_sweep, sweep)

    def effects(row: UserFiling, record: Appended) -> None:
        kind = "use_entry_gone" if row.state == UseState.DRAFT else "use_withdrawal_proposed"
        _tell(row, kind, now, sweep)

    return perform(
        verb="propose_withdrawal", subject=filing, by=by, now=now, rule=rule, change=change, effects=effects,
        related=RELATED, basis=["op-16"], payload={"cause": cause},
    )  # fmt: skip


def clear_proposal(*, filing: UserFiling, by: Actor, now: datetime, sweep: int = 0) -> UserFiling:
    """A draft whose app was offline and is back: the mark goes, the unit is told. By the portal itself."""

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if row.state != UseState.DRAFT or row.withdrawal_cause != Cause.OFFLINE:
            reasons.append(Reason("nothing_proposed", _("There is no proposal that could be taken back.")))
        return reasons

    def change(row: UserFiling) -> None:
        _forget(row)
        row.last_sweep = max(row.last_sweep, sweep)

    def effects(row: UserFiling, record: Appended) -> None:
        _tell(row, "use_resumed", now, sweep)

    return perform(
        verb="clear_proposal", subject=filing, by=by, now=now, rule=rule, change=change, effects=effects,
        related=RELATED, basis=["me-15"], payload={"sweep": sweep},
    )  # fmt: skip


def _forget(row: UserFiling) -> None:
    row.withdrawal_proposed_at, row.withdrawal_cause, row.withdrawal_text = None, "", ""


def _tell(row: UserFiling, kind: str, now: datetime, sweep: int) -> None:
    """One notice to the unit per job; without a job per moment."""
    mark = f"s{sweep}" if sweep else now.isoformat(timespec="microseconds")
    serve(
        kind=kind, to_unit=row.unit, subject=row,
        params={**notice_params(row), "cause": row.withdrawal_cause, "text": row.withdrawal_text}, now=now,
        dedupe=f"{kind}:{row.pk}:{mark}",
    )  # fmt: skip
