"""An expert's own page: declares interests, then gives points. No membership in a unit is needed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ledger.acts import Actor, Refused
from review import domain
from review.enums import AppraisalState
from review.models import Candidate, Expert, Score
from rulebook.time import now as moment


def _expert(request: HttpRequest, pk: int) -> Expert:
    rows = Expert.objects.filter(person_id=request.user.pk, dismissed_at=None).exclude(
        appraisal__state=AppraisalState.CANCELLED
    )
    return get_object_or_404(rows.select_related("appraisal__authority"), appraisal_id=pk)


def _actor(request: HttpRequest) -> Actor:
    """The person, in the membership he works in at present, if any."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    return actor or Actor(person_id=request.user.pk, unit_id=None, role="expert", person_name=str(request.user))


@login_required
@require_safe
def expert_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked of the expert at this stage."""
    return _page(request, _expert(request, pk))


def _page(request: HttpRequest, expert: Expert, *, status: int = 200, **more: Any) -> HttpResponse:
    row = expert.appraisal
    recused = set(expert.recused_from.values_list("pk", flat=True))
    given: dict[int, dict[str, Any]] = {}
    for score in Score.objects.filter(expert=expert):
        given.setdefault(score.candidate_id, {"comment": score.comment, "points": {}})["points"][score.criterion] = (
            score.points
        )
    tried = more.get("tried", {})
    candidates = []
    for one in row.candidates.select_related("entry").prefetch_related("assessments").order_by("pk"):
        kept = tried if more.get("wrong") == one.pk else given.get(one.pk, {"points": {}, "comment": ""})
        candidates.append(
            {
                "candidate": one,
                "recused": one.pk in recused,
                "comment": kept["comment"],
                "done": one.pk in given,
                "wrong": more.get("wrong") == one.pk,
                "rows": [(criterion, kept["points"].get(criterion["key"], "")) for criterion in row.criteria],
            }
        )
    context = {
        "appraisal": row,
        "expert": expert,
        "candidates": candidates,
        "may_declare": row.state in (AppraisalState.DRAFT, AppraisalState.CALLED, AppraisalState.SCORING),
        "may_score": row.state == AppraisalState.SCORING and expert.declared_at is not None,
        **more,
    }
    return render(request, "review/expert.html", context, status=status)


@login_required
@require_POST
def declare(request: HttpRequest, pk: int) -> HttpResponse:
    """Interests, and from which apps the expert is recused."""
    expert = _expert(request, pk)
    chosen = [value for value in request.POST.getlist("recused") if value.isdecimal() and len(value) < 12]
    recused = list(Candidate.objects.filter(appraisal_id=expert.appraisal_id, pk__in=chosen))
    interests = request.POST.get("interests", "").replace("\x00", "")[:2000]
    try:
        domain.declare_interests(
            expert=expert, interests=interests, recused_from=recused, by=_actor(request), now=moment()
        )
    except Refused as refused:
        return _page(request, expert, status=422, declare_errors=[str(one.message) for one in refused.reasons])
    messages.success(request, _("Your declaration is kept."))
    return redirect("expert", pk)


@login_required
@require_POST
def score(request: HttpRequest, pk: int, candidate: int) -> HttpResponse:
    """Points for one candidate on every criterion."""
    expert = _expert(request, pk)
    one = get_object_or_404(Candidate.objects.select_related("entry"), pk=candidate, appraisal_id=expert.appraisal_id)
    points: dict[str, Any] = {}
    typed: dict[str, str] = {}
    for criterion in expert.appraisal.criteria:
        text = request.POST.get(f"points_{criterion['key']}", "").strip()
        typed[criterion["key"]] = text[:6]
        points[criterion["key"]] = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
    comment = request.POST.get("comment", "").replace("\x00", "")[:2000]
    try:
        domain.give_scores(
            expert=expert, candidate=one, points=points, comment=comment, by=_actor(request), now=moment()
        )
    except Refused as refused:
        return _page(
            request, expert, status=422, wrong=one.pk, tried={"points": typed, "comment": comment},
            score_errors=[str(reason.message) for reason in refused.reasons],
        )  # fmt: skip
    messages.success(request, _("Your points for “%(name)s” are kept.") % {"name": one.entry.app_name})
    return redirect("expert", pk)
