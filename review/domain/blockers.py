"""What stands against an approval, all of it at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ledger import rows
from ledger.acts import Actor, Reason, Reasons
from providers.models import Filing
from review.autochecks.findings import CHECKS as CHECK_NAMES
from review.autochecks.findings import stands_overridden
from review.models import Check, ChecklistAnswer, CheckResult, Proposal, Verdict
from review.rules import second_person_needed
from rulebook.policies import Policy


def blockers(filing: Filing, by: Actor, policy: Policy, *, checks: Iterable[Check] | None = None) -> Reasons:
    """What stands against approval: open notes, failed checks, unanswered checklist, the second person."""
    of_version = [filing.pk, filing.version]
    if checks is None:
        checks = rows.read(Check, "WHERE t0.filing_id = %s AND t0.version = %s AND t0.result = 'fail'", of_version)
    answers: Iterable[ChecklistAnswer] = ()
    if policy.get("checklist"):
        answers = rows.read(ChecklistAnswer, "WHERE t0.filing_id = %s AND t0.version = %s AND t0.ok", of_version)
    return open_points(
        verdicts=rows.read(Verdict, "WHERE t0.filing_id = %s AND t0.version = %s AND NOT t0.ok", of_version),
        checks=checks,
        answers=answers,
        proposal=proposal_of(filing, by, policy),
        by=by,
        policy=policy,
        two_persons=second_person_needed(filing, policy),
    )


def proposal_of(filing: Filing, by: Actor, policy: Policy) -> Proposal | None:
    """The first person's proposal for this version, where a second one has to decide."""
    if not second_person_needed(filing, policy):
        return None
    found = Proposal.objects.filter(filing=filing, version=filing.version, unit_id=by.unit_id)
    return found.select_related("person").first()


def open_points(
    *,
    verdicts: Iterable[Verdict],
    checks: Iterable[Check],
    answers: Iterable[ChecklistAnswer],
    proposal: Proposal | None,
    by: Actor,
    policy: Policy,
    two_persons: bool,
) -> Reasons:
    """The same from rows that are there already; asks the database nothing."""
    reasons = Reasons()
    against = sum(not verdict.ok for verdict in verdicts)
    if against:
        reasons.append(
            Reason(
                "open_notes",
                _("There are notes (%(count)s): return the filing, or withdraw them.") % {"count": against},
                url="#compare",
            )
        )
    failed = [check.code for check in checks if check.result == CheckResult.FAIL and not stands_overridden(check)]
    if failed:
        names = ", ".join(str(CHECK_NAMES.get(code, (code,))[0]) for code in failed)
        reasons.append(
            Reason("failed_checks", _("Automatic checks have failed: %(codes)s.") % {"codes": names}, url="#checks")
        )
    answered = {answer.key for answer in answers if answer.ok}
    open_items = [item["key"] for item in policy.get("checklist") or [] if item["key"] not in answered]
    if open_items:
        reasons.append(
            Reason(
                "checklist",
                _("Items of the checklist are open: %(count)s.") % {"count": len(open_items)},
                url="#checklist",
            )
        )
    if two_persons:
        if proposal is None:
            reasons.append(Reason("no_proposal", _("A first person must propose the approval.")))
        elif proposal.person_id == by.person_id:
            reasons.append(Reason("same_person", _("A second person must decide; you made the proposal.")))
    return reasons
