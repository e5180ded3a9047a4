"""The decision on a case: first the notice as it will be served, then, confirmed, the decision itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ledger.acts import Actor, Reasons, Refused
from providers import schema
from providers.enums import FilingState
from providers.models import Filing
from providers.queries import policy_of
from review import domain, rules
from review.domain.blockers import blockers
from review.forms import DecisionForm
from review.models import Verdict
from review.views.base import actor_of, authority_view, case_of, case_url, moved_page, seen, shown_case
from review.views.case import page_context
from rulebook import calendar
from rulebook.policies import Policy
from rulebook.time import local_date
from rulebook.time import now as moment


@require_http_methods(["GET", "POST"])
@authority_view
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """First the notice as it will be served, then, confirmed, the decision itself. It is final."""
    filing, actor, now = case_of(request, pk), actor_of(request), moment()
    if request.method == "GET":
        return redirect(case_url(filing))
    shown = seen(request)
    if (shown["seen_state"] and shown["seen_state"] != filing.state) or (
        shown["seen_version"] is not None and shown["seen_version"] != filing.version
    ):
        return moved_page(request, None)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        context = page_context(request, shown_case(request, pk), "compare", form=form)
        return render(request, "review/case.html", context, status=422)
    values = form.cleaned_data
    if request.POST.get("confirmed") != "yes":
        return _preview(request, filing, actor, values, now)
    args: dict[str, Any] = {"filing": filing, "by": actor, "now": now, "comment": values["comment"]}
    if values["decision"] == "return":
        filing = domain.return_for_correction(**args, **shown)
        said = _("Returned. The notice has reached the provider’s inbox; its period has begun.")
    elif values["decision"] == "approve":
        filing = domain.approve(**args, **shown)
        sent = filing.state == FilingState.MINISTRY_REVIEW
        said = _("Approved and sent to the ministry.") if sent else _("Approved.")
    elif values["decision"] == "propose":
        domain.propose(**args, **shown)
        said = _("Proposed. A second person decides.")
    else:
        filing = domain.decline(**args, article=values["article"], **shown)
        said = _("Declined. The provider has been told.")
    messages.success(request, said)
    return redirect(case_url(filing))


def _preview(
    request: HttpRequest, filing: Filing, actor: Actor, values: dict[str, Any], now: Any
) -> HttpResponse:
    """What will be served, before it is. Shows the reasons instead where the decision is not possible."""
    policy = policy_of(filing, now)
    notes = list(Verdict.objects.filter(filing=filing, version=filing.version, ok=False).order_by("field_key"))
    reasons = rules.may_decide(actor, filing)
    if not reasons and values["decision"] in ("approve", "propose"):
        reasons = blockers(filing, actor, policy)
        if values["decision"] == "propose":
            reasons = Reasons(r for r in reasons if r.code not in ("no_proposal", "same_person"))
    if reasons:
        raise Refused(reasons)
    due = calendar.add_working_days(local_date(now), int(policy.get("supplement_days")))
    context = {
        "filing": filing,
        "name": filing.app_name or filing.provider_name,
        "decision": values["decision"],
        "comment": values["comment"].strip(),
        "article": values["article"],
        "notes": [(_label(note.field_key, policy), note) for note in notes],
        "due": due,
        "days": policy.get("supplement_days"),
        "today": now,
        "onward": filing.second_level and filing.state == FilingState.SUBMITTED,
        "nothing": values["decision"] == "return" and not notes and not values["comment"].strip(),
    }
    return render(request, "review/notice_preview.html", context)


def _label(key: str, policy: Policy) -> Any:
    item = schema.field(key, policy)
    return item.label if item is not None else key
