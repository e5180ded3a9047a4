"""Automatic checks: a failed one blocks approval until somebody overrides it with a reason."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, AlreadyMoved, Appended, Audience, Reason, Reasons, perform
from providers.enums import AUTHORITY_STATES
from providers.models import Filing
from review import rules
from review.models import Check, CheckResult


def override_check(*, filing: Filing, code: str, reason: str, by: Actor, now: datetime) -> Filing:
    """A reviewer lets a failed check pass, and says why (for instance a legacy credit code).

    Effects: the check carries the reason and the person; ledger record for authorities.
    """

    def rule(actor: Actor, row: Filing) -> Reasons:
        if row.state not in AUTHORITY_STATES:
            raise AlreadyMoved(state=str(row.state))
        reasons = rules.may_work_on(actor, row)
        if not reason.strip():
            reasons.append(Reason("no_reason", _("Say why this check may be overridden.")))
        if not Check.objects.filter(
            filing=row, version=row.version, code=code, result=CheckResult.FAIL, overridden_by=None
        ).exists():
            reasons.append(Reason("nothing_to_override", _("There is no failed check of this kind.")))
        return reasons

    def effects(row: Filing, record: Appended) -> None:
        Check.objects.filter(filing=row, version=row.version, code=code).update(
            overridden_by_id=by.person_id, override_reason=reason.strip(), overridden_at=now
        )

    return perform(
        verb="override_check",
        subject=filing,
        by=by,
        now=now,
        rule=rule,
        effects=effects,
        payload={"code": code, "reason": reason.strip()},
        audience=Audience.AUTHORITY,
    )
