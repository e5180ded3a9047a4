"""One act on many cases, each through the one door by itself; the page lists what happened to each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.acts import Actor
from providers.models import Filing
from providers.queries import policy_of
from review import domain, queries
from review.domain.blockers import blockers
from review.forms import MAX_ROWS, BulkForm
from review.rules import may_decide
from review.views.base import FILING, actor_of, authority_view
from review.views.queue import cases_file
from rulebook.time import now as moment


def chosen(request: HttpRequest, actor: Actor, model: Any) -> list[Any]:
    """The chosen cases that the reviewer may see, in the order of their due day."""
    ids = [int(value) for value in request.POST.getlist("id")[:MAX_ROWS] if value.isdecimal() and len(value) < 18]
    return list(
        model.objects.visible_to(actor).filter(pk__in=ids).select_related("authority", "unit").order_by("due_at", "pk")
    )


@require_POST
@authority_view
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Does the chosen act on the chosen rows. Approval is shown before it is done."""
    actor, now = actor_of(request), moment()
    form = BulkForm(request.POST, colleagues=queries.colleagues(actor))
    cases = chosen(request, actor, Filing)
    if not cases or not form.is_valid():
        text = str(form.errors["person"][0]) if form.errors.get("person") else _("Choose cases first.")
        messages.warning(request, text)
        return redirect("review_home")
    action = form.cleaned_data["action"]
    if action == "export":
        listed = Filing.objects.visible_to(actor).filter(pk__in=[filing.pk for filing in cases])
        return cases_file(listed.order_by("due_at", "pk"), actor)
    if action == "approve" and not form.cleaned_data["confirmed"]:
        return _ask(request, actor, cases)
    colleague = form.cleaned_data["person"]
    verbs = {
        "claim": lambda filing: domain.claim(filing=filing, by=actor, now=now),
        "assign": lambda filing: domain.assign(filing=filing, person=colleague, by=actor, now=now),
        "release": lambda filing: domain.release(filing=filing, by=actor, now=now),
        "approve": lambda filing: domain.approve(filing=filing, by=actor, now=now, **seen_of(request, filing)),
    }
    outcomes = domain.in_bulk(cases, verbs[action])
    context = {
        "outcomes": outcomes,
        "done": sum(outcome.done for outcome in outcomes),
        "failed": sum(not outcome.done for outcome in outcomes),
        "action": dict(BulkForm.ACTIONS)[action],
        "face": FILING,
    }
    return render(request, "review/bulk_result.html", context)


def seen_of(request: HttpRequest, filing: Any) -> dict[str, Any]:
    """State and version that the confirmation page showed for this row."""
    state, _dot, version = request.POST.get(f"seen_{filing.pk}", "").partition(".")
    return {
        "seen_state": state or None,
        "seen_version": int(version) if version.isdecimal() and len(version) < 6 else None,
    }


def _ask(request: HttpRequest, actor: Actor, chosen: list[Filing]) -> HttpResponse:
    """Which of the rows can be approved, and what stands against the others."""
    now = moment()
    rows = []
    for filing in chosen:
        reasons = may_decide(actor, filing)
        if not reasons:
            reasons = blockers(filing, actor, policy_of(filing, now))
        rows.append({"filing": filing, "reasons": reasons})
    possible = [row for row in rows if not row["reasons"]]
    return render(request, "review/bulk_approve.html", {"rows": rows, "possible": len(possible)})
