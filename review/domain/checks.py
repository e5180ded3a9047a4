"""Automatic checks: a failed one blocks approval until somebody overrides it with a reason."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, AlreadyMoved, Appended, Audience, Reason, Reasons, perform
from providers.enums import AUTHORITY_STATES
from providers.models import Filing
from providers.rules import same_version
from review import rules
from review.autochecks.findings import NEVER_OVERRIDDEN, token
from review.models import Check, CheckResult

BAR_STANDS = Reason(
    "bar_stands",
    _("A bar cannot be set aside: it ends with its term, or is lifted by who ordered it."),
    article="me-24",
)


def override_check(
    *,
    filing: Filing,
    code: str,
    reason: str,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
    seen_finding: str | None = None,
) -> Filing:
    """A reviewer lets a failed check pass, and says why (for instance a legacy credit code).

    It counts for this finding of this version alone; a check that finds anything else blocks again. A bar
    can never be set aside. ``seen_version`` and ``seen_finding`` (``findings.token``) are what the
    page showed.
    Effects: the check carries the reason and the person; ledger record for authorities.
    """

    def rule(actor: Actor, row: Filing) -> Reasons:
        if row.state not in AUTHORITY_STATES:
            raise AlreadyMoved(state=str(row.state))
        reasons = Reasons.of(rules.may_work_on(actor, row), same_version(row, seen_version))
        if not reason.strip():
            reasons.append(Reason("no_reason", _("Say why this check may be overridden.")))
        if code in NEVER_OVERRIDDEN:
            reasons.append(BAR_STANDS)
            return reasons
        failed = Check.objects.select_for_update(no_key=True).filter(
            filing=row, version=row.version, code=code, result=CheckResult.FAIL, overridden_by=None
        ).first()  # fmt: skip
        if failed is None:
            reasons.append(Reason("nothing_to_override", _("There is no failed check of this kind.")))
        elif seen_finding is not None and seen_finding != token(failed):
            reasons.append(Reason("newer_finding", _("The check has found something else since; look at it first.")))
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
