"""Head offices and their branches: declared by the one, confirmed by the other or the authority (Measures, Art. 11).

Apps of subsidiaries and branches are put together by the head office and filed in its province. So a declared
branch counts only once the branch's own people, or the authority where it is registered, have agreed: nobody
can take another's right to file by declaring it a branch.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.domain.units import normalise_uscc, uscc_reasons
from accounts.enums import AUTHORITY_ROLES, Level, Province, Role
from accounts.models import Unit
from accounts.queries import NoAuthority, authority_for_province, filing_authority
from ledger.acts import Actor, Appended, Reason, Reasons, Refused, append, perform
from notices.domain import serve
from notices.enums import Side
from providers import rules
from providers.enums import BranchState
from providers.models import Branch


def declare_branch(*, head: Unit, uscc: str, name: str, province: str, by: Actor, now: datetime) -> Branch:
    """A head office declares a branch or subsidiary by its credit code.

    Effects: the declaration, waiting; a ledger record; notices to the branch, where it is registered here, and to
    the authority of its province. Raises ``Refused``: not the head office's owner, a wrong code, its own code, a
    branch that declares, a chain of branches, or a unit that has been declared already.
    """
    code, title = normalise_uscc(uscc), " ".join(name.split())
    head = Unit.objects.get(pk=head.pk)  # as it stands now: it may have become a branch itself
    reasons = Reasons.of(_is_owner(by, head.pk), uscc_reasons(code))
    unit = Unit.objects.filter(uscc=code).first() if not reasons else None
    if head.head_office_id is not None:
        reasons.append(Reason("head_is_branch", _("Your unit is a branch itself; its head office declares branches.")))
    if code == head.uscc:
        reasons.append(Reason("itself", _("This is your own unit.")))
    if unit is not None:
        title, province = unit.name, unit.province_code or province
        if unit.branches.exists():
            reasons.append(Reason("has_branches", _("This unit is a head office itself. Release its branches first.")))
    if not title:
        reasons.append(Reason("name_missing", _("Enter the name of the branch as it stands on its licence.")))
    if province not in Province.values:
        reasons.append(Reason("province_missing", _("Choose the province where the branch is registered.")))
    if reasons:
        raise Refused(reasons)
    try:
        with transaction.atomic():
            row = Branch.objects.create(
                head=head, unit=unit, uscc=code, name=title[:120], province_code=province, declared_at=now
            )
            append(verb="declare_branch", subject=row, by=by, now=now, to_state=row.state, basis=["me-11"],
                   payload={"head": head.pk, "uscc": code})  # fmt: skip
            for whom in {unit, _authority(province)}:
                _tell("branch_declared", row, whom, now)
    except IntegrityError as error:
        raise Refused(
            Reasons([Reason("declared_already", _("This unit is declared as a branch already, or is one."))])
        ) from error
    return row


def confirm_branch(*, branch: Branch, by: Actor, now: datetime, seen_state: str | None = None) -> Branch:
    """The branch's owner, or the authority of its province, agrees that it is one.

    Effects: state ``confirmed``; the unit's head office, so that it files through it from now on; ledger records
    of both; notices. Filings that the branch has submitted go on with the authority that has them. Raises
    ``Refused``, ``AlreadyMoved``.
    """

    def effects(row: Branch, _record: Appended) -> None:
        unit = row.unit or Unit.objects.filter(uscc=row.uscc).first()
        if unit is not None:
            _set_head(unit, row.head, by, now)
            if row.unit_id is None:
                Branch.objects.filter(pk=row.pk).update(unit=unit)
        for whom in {row.head, unit}:
            _tell("branch_confirmed", row, whom, now)

    return _decide(branch, "confirm_branch", "confirm", by, now, effects, seen_state)


def refuse_branch(*, branch: Branch, reason: str, by: Actor, now: datetime, seen_state: str | None = None) -> Branch:
    """It is no branch of that head office. Effects: state ``refused``, a notice to the head office with the reason."""
    return _decide(
        branch, "refuse_branch", "refuse", by, now,
        lambda row, _record: _tell("branch_refused", row, row.head, now), seen_state, reason=reason,
    )  # fmt: skip


def release_branch(*, branch: Branch, reason: str, by: Actor, now: datetime, seen_state: str | None = None) -> Branch:
    """Undoes a declaration, confirmed or not: taken back, sold, or made independent.

    By the head office, or by whoever may confirm. Effects: state ``released``; the unit has no head office any
    more and files for itself, with the authority of its own province; notices to all three.
    """

    def effects(row: Branch, _record: Appended) -> None:
        if row.unit is not None and row.unit.head_office_id == row.head_id:
            _set_head(row.unit, None, by, now)
        for whom in {row.head, row.unit, _authority(row.province_code)}:
            _tell("branch_released", row, whom, now)

    return _decide(branch, "release_branch", "release", by, now, effects, seen_state, reason=reason)


def may_decide(by: Actor, branch: Branch) -> Reasons:
    """The owner of the branch, the authority of the province where it is registered, or the ministry."""
    if branch.unit_id is not None and not _is_owner(by, branch.unit_id):
        return Reasons()
    if by.role == Role.MINISTRY_REVIEWER and by.unit_code == "moe":
        return Reasons()
    if by.role in AUTHORITY_ROLES and by.unit_level == Level.PROVINCE and by.province_code == branch.province_code:
        return Reasons()
    return Reasons(
        [
            Reason(
                "not_yours_to_confirm",
                _("The owner of the branch, or the authority of its province, decides on this."),
                article="me-11",
            )
        ]
    )


def may_release(by: Actor, branch: Branch) -> Reasons:
    """The head office too."""
    return Reasons() if not _is_owner(by, branch.head_id) else may_decide(by, branch)


def _is_owner(by: Actor, unit_id: int) -> Reasons:
    reasons = rules.is_of_provider(by, unit_id)
    if not reasons and by.role != Role.PROVIDER_OWNER:
        reasons.append(Reason("owner_alone", _("Only the owner of the unit may do this.")))
    return reasons


def _decide(
    branch: Branch, verb: str, transition: str, by: Actor, now: datetime,
    effects: Callable[[Branch, Appended], None], seen_state: str | None, *, reason: str = "",
) -> Branch:  # fmt: skip
    """The common part of the three decisions."""
    said = " ".join(reason.split())

    def rule(actor: Actor, row: Branch) -> Reasons:
        reasons = may_release(actor, row) if transition == "release" else may_decide(actor, row)
        if transition != "confirm" and not said:
            reasons.append(Reason("reason_missing", _("State the reason.")))
        if transition == "confirm" and (row.head.head_office_id or (row.unit and row.unit.branches.exists())):
            reasons.append(Reason("chain", _("A branch of a branch cannot be confirmed; one of them files for all.")))
        return reasons

    def change(row: Branch) -> None:
        row.decided_at, row.reason = now, said[:500]

    return perform(
        verb=verb, subject=branch, by=by, now=now, rule=rule, transition=transition, change=change, effects=effects,
        seen_state=seen_state, basis=["me-11"], payload={"head": branch.head_id, "uscc": branch.uscc},
    )  # fmt: skip


def _set_head(unit: Unit, head: Unit | None, by: Actor, now: datetime) -> None:
    """The unit's head office, with a record in the unit's own chain."""
    before = unit.head_office_id

    def change(row: Unit) -> None:
        row.head_office = head

    perform(
        verb="set_head_office", subject=unit, by=by, now=now, rule=lambda _by, _row: Reasons(), change=change,
        basis=["me-11"], payload={"from": before, "to": head.pk if head else None},
    )  # fmt: skip


def _authority(province: str) -> Unit | None:
    try:
        return authority_for_province(province)
    except NoAuthority:
        return None


def _tell(kind: str, row: Branch, unit: Unit | None, now: datetime) -> None:
    if unit is None:
        return
    party = unit.pk in (row.head_id, row.unit_id) or unit.uscc == row.uscc
    serve(
        kind=kind, side=Side.PROVIDER if party else Side.AUTHORITY, to_unit=unit, subject=row, now=now,
        dedupe=f"{kind}:{row.pk}:{unit.pk}",
        params={"app_name": row.name, "branch": row.name, "head": row.head.name, "uscc": row.uscc,
                "reason": row.reason, "authority": filing_authority(row.head).name,
                "authority_en": filing_authority(row.head).name_en},
    )  # fmt: skip


def waiting_for(unit: Unit) -> list[Branch]:
    """Declarations that name this unit as a branch and wait for its owner."""
    return list(
        Branch.objects.filter(uscc=unit.uscc, state=BranchState.DECLARED).exclude(uscc="").select_related("head")
    )


def claim_of(unit: Unit, pk: int) -> Branch | None:
    """A waiting declaration that names this unit, also where it was declared before the unit was registered here.

    Effects: such a declaration is tied to the unit, so that its owner can see it and decide.
    """
    row = next((one for one in waiting_for(unit) if one.pk == pk), None)
    if row is not None and row.unit_id is None:
        Branch.objects.filter(pk=row.pk, unit=None).update(unit=unit)
        row.unit = unit
    return row
