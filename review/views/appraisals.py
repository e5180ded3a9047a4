"""The authority's pages of appraisals and of recommended lists (Opinions, 9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES
from accounts.models import Person, Unit
from ledger.acts import AlreadyMoved, Refused
from ledger.queries import timeline
from registry.models import Entry
from registry.queries import NumberUnknown, entry_as_typed
from review import appraisal_queries as queries
from review import appraisal_rules as rules
from review import domain
from review.enums import AppraisalState, Outcome
from review.forms import AppraisalForm, ExpertForm, ListForm, NominationForm
from review.models import Appraisal, Expert, ResultObjection
from review.views.base import actor_of, authority_view
from rulebook.time import local_date
from rulebook.time import now as moment

STEPS = (
    (AppraisalState.DRAFT, gettext_lazy("Terms")),
    (AppraisalState.CALLED, gettext_lazy("Nominations")),
    (AppraisalState.SCORING, gettext_lazy("Scoring")),
    (AppraisalState.NOTICED, gettext_lazy("Public notice")),
    (AppraisalState.CONCLUDED, gettext_lazy("List")),
)
#: what the head of review may do next, with the words of the button
NEXT = {
    AppraisalState.DRAFT: ("call", gettext_lazy("Publish the call")),
    AppraisalState.CALLED: ("score", gettext_lazy("Close nominations and open the scoring")),
    AppraisalState.SCORING: ("notice", gettext_lazy("Give public notice of the result")),
    AppraisalState.NOTICED: ("conclude", gettext_lazy("Publish the list and report it")),
}
ACTS: dict[str, tuple[Any, Any]] = {
    "call": (domain.call_for_nominations, gettext_lazy("The call is public now.")),
    "score": (domain.open_scoring, gettext_lazy("The experts have been told that they can score.")),
    "notice": (domain.give_notice, gettext_lazy("The result stands for public notice.")),
    "conclude": (domain.conclude, gettext_lazy("The list is published and reported to the ministry.")),
}


def appraisal_of(request: HttpRequest, pk: int) -> Appraisal:
    """The appraisal, if the reviewer may see it; else 404."""
    rows = Appraisal.objects.visible_to(actor_of(request)).select_related("authority", "target", "edition")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
@authority_view
def appraisals(request: HttpRequest) -> HttpResponse:
    """All appraisals that one sees, and the authority's own lists; a new list is set up here."""
    actor = actor_of(request)
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        authority = get_object_or_404(Unit, pk=actor.unit_id)
        try:
            made = domain.create_list(authority=authority, by=actor, now=moment(), **form.cleaned_data)
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None if reason.code == "not_your_list" else "name", str(reason.message))
        else:
            messages.success(request, _("The list has been set up."))
            return redirect("appraisal_list", made.pk)
    context = {
        "rows": queries.appraisals_of(actor),
        "lists": queries.lists_of(actor),
        "form": form,
        "is_lead": actor.role in LEAD_ROLES,
    }
    return render(request, "review/appraisals.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@authority_view
def new_appraisal(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms of a new appraisal for one list."""
    actor = actor_of(request)
    target = get_object_or_404(queries.lists_of(actor), pk=pk)
    reasons = rules.may_keep_list(actor, target)
    if reasons:
        raise Refused(reasons)
    form = AppraisalForm(
        request.POST or None,
        initial={"nominations_until": local_date(moment()) + timedelta(days=30)},
        criteria=queries.last_criteria(target),
    )
    if request.method == "POST" and form.is_valid():
        row = domain.draft_appraisal(target=target, by=actor, now=moment(), **form.terms())
        messages.success(request, _("The draft is kept. Publish the call when it is right."))
        return redirect("appraisal", row.pk)
    return render(
        request, "review/appraisal_form.html", {"form": form, "target": target}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
@authority_view
def edit_appraisal(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms of a draft."""
    actor, row = actor_of(request), appraisal_of(request, pk)
    names = (
        "title", "title_en", "call", "call_en", "partners", "nominations_until", "minimum", "experts_needed",
        "notice_days",
    )  # fmt: skip
    form = AppraisalForm(
        request.POST or None, initial={name: getattr(row, name) for name in names}, criteria=row.criteria
    )
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            seen = request.POST.get("seen", "")
            domain.edit_appraisal(appraisal=row, by=actor, now=moment(), seen=seen, **form.terms())
        except AlreadyMoved as moved:
            if moved.state != AppraisalState.DRAFT:
                raise
            form.add_error(None, _("A colleague has changed this meanwhile. Look at it before you save over it."))
            row, status = appraisal_of(request, pk), moved.status
        else:
            messages.success(request, _("The terms have been changed."))
            return redirect("appraisal", row.pk)
    # What is corrected still stands on what was read when the page was opened.
    mark = request.POST.get("seen", "") if status == 422 else domain.terms_mark(row)
    context = {"form": form, "target": row.target, "appraisal": row, "mark": mark}
    return render(request, "review/appraisal_form.html", context, status=status)


@require_safe
@authority_view
def appraisal(request: HttpRequest, pk: int) -> HttpResponse:
    """One appraisal: where it stands, candidates, experts, scores, objections, ledger."""
    return _page(request, appraisal_of(request, pk))


def _page(request: HttpRequest, row: Appraisal, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    order = [state for state, _label in STEPS]
    place = order.index(AppraisalState(row.state)) if row.state in order else -1
    own = actor.role in LEAD_ROLES and actor.unit_id == row.authority_id
    context: dict[str, Any] = {
        "appraisal": row,
        "steps": [
            {"name": label, "state": "done" if number < place else "now" if number == place else ""}
            for number, (_state, label) in enumerate(STEPS)
        ],
        "sheet": queries.score_sheet(row),
        "objections": row.objections.select_related("candidate__entry").order_by("pk") if own else [],
        "own": own,
        "mark": domain.terms_mark(row),
        "next": NEXT.get(AppraisalState(row.state)) if own else None,
        "open": row.state not in (AppraisalState.CONCLUDED, AppraisalState.CANCELLED),
        "records": timeline(row, audience="authority"),
        "nomination": NominationForm(),
        "expert_form": ExpertForm(),
        **more,
    }
    return render(request, "review/appraisal.html", context, status=status)


@require_POST
@authority_view
def appraisal_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The next step, or the end of it; a page that is out of date does nothing."""
    actor, row = actor_of(request), appraisal_of(request, pk)
    if act != "cancel" and act not in ACTS:
        raise Http404
    try:
        seen = request.POST.get("seen_state") or None
        if act == "cancel":
            reason = request.POST.get("reason", "").replace("\x00", "")[:2000]
            domain.cancel_appraisal(appraisal=row, reason=reason, by=actor, now=moment(), seen_state=seen)
            messages.success(request, _("The appraisal is cancelled."))
        else:
            verb, said = ACTS[act]
            terms = {"seen": request.POST.get("seen", "")} if act == "call" else {}
            verb(appraisal=row, by=actor, now=moment(), seen_state=seen, **terms)
            messages.success(request, str(said))
    except AlreadyMoved:
        messages.warning(request, _("Somebody else has moved this appraisal on meanwhile; here is how it stands."))
    except Refused as refused:
        for reason_against in refused.reasons:
            messages.error(request, str(reason_against.message))
    return redirect("appraisal", pk)


@require_POST
@authority_view
def appraisal_nominate(request: HttpRequest, pk: int) -> HttpResponse:
    """The authority itself names a candidate by its number."""
    row = appraisal_of(request, pk)
    form = NominationForm(request.POST)
    if nominate_from(request, row, form):
        return redirect(reverse("appraisal", args=[pk]) + "#candidates")
    return _page(request, row, nomination=form, status=422)


def nominate_from(request: HttpRequest, row: Appraisal, form: NominationForm) -> bool:
    """Nominates what the form names; what is wrong stands in the form."""
    actor = request.actor  # type: ignore[attr-defined]
    if not form.is_valid():
        return False
    try:
        entry = entry_as_typed(form.cleaned_data["number"], closed_too=actor.role in AUTHORITY_ROLES)
    except NumberUnknown as unknown:
        form.add_error("number", unknown.message)
        return False
    try:
        domain.nominate(
            appraisal=row, entry=entry, grounds=form.cleaned_data["grounds"], by=actor, now=moment()
        )
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error("number", str(reason.message))
        return False
    messages.success(request, _("“%(name)s” is nominated.") % {"name": entry.app_name})
    return True


@require_POST
@authority_view
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Appoints somebody with an account."""
    actor, row = actor_of(request), appraisal_of(request, pk)
    form = ExpertForm(request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"].strip().lower()
        person = Person.objects.filter(email=email, is_active=True).first()
        if person is None:
            form.add_error("email", _("Nobody with this address has an account."))
        else:
            try:
                domain.appoint_expert(
                    appraisal=row, person=person, organisation=form.cleaned_data["organisation"], by=actor,
                    now=moment(),
                )  # fmt: skip
            except Refused as refused:
                for reason in refused.reasons:
                    form.add_error("email", str(reason.message))
            else:
                messages.success(request, _("%(person)s has been asked to declare interests.") % {"person": person})
                return redirect(reverse("appraisal", args=[pk]) + "#experts")
    return _page(request, row, expert_form=form, status=422)


@require_POST
@authority_view
def dismiss(request: HttpRequest, pk: int, expert: int) -> HttpResponse:
    """Takes an expert out."""
    actor, row = actor_of(request), appraisal_of(request, pk)
    one = get_object_or_404(Expert.objects.select_related("appraisal__authority"), pk=expert, appraisal=row)
    try:
        reason = request.POST.get("reason", "").replace("\x00", "")[:1000]
        domain.dismiss_expert(expert=one, reason=reason, by=actor, now=moment())
    except Refused as refused:
        for reason_against in refused.reasons:
            messages.error(request, str(reason_against.message))
    return redirect(reverse("appraisal", args=[pk]) + "#experts")


@require_POST
@authority_view
def decide_objection(request: HttpRequest, pk: int, objection: int) -> HttpResponse:
    """Upholds or rejects an objection to the result."""
    actor, row = actor_of(request), appraisal_of(request, pk)
    one = get_object_or_404(ResultObjection, pk=objection, appraisal=row)
    decision = request.POST.get("decision")
    if decision not in ("uphold", "recommend", "reject"):
        raise Http404
    try:
        domain.decide_result_objection(
            objection=one, upheld=decision != "reject",
            outcome=Outcome.RECOMMENDED if decision == "recommend" else Outcome.NOT_RECOMMENDED,
            decision=request.POST.get("reason", "").replace("\x00", "")[:2000], by=actor, now=moment(),
        )  # fmt: skip
    except AlreadyMoved:
        messages.warning(request, _("This objection has been decided already."))
    except Refused as refused:
        for reason in refused.reasons:
            messages.error(request, str(reason.message))
    return redirect(reverse("appraisal", args=[pk]) + "#objections")


@require_http_methods(["GET", "POST"])
@authority_view
def appraisal_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list of the authority with its editions; something is taken off it here."""
    actor = actor_of(request)
    row = get_object_or_404(queries.lists_of(actor), pk=pk)
    if request.method == "POST":
        chosen = request.POST.get("entry", "")
        entry = get_object_or_404(Entry, pk=chosen if chosen.isdecimal() and len(chosen) < 12 else 0)
        try:
            reason = request.POST.get("reason", "").replace("\x00", "")[:1000]
            domain.remove_from_list(target=row, entry=entry, reason=reason, by=actor, now=moment())
        except Refused as refused:
            for reason_against in refused.reasons:
                messages.error(request, str(reason_against.message))
        else:
            messages.success(request, _("“%(name)s” has left the list.") % {"name": entry.app_name})
        return redirect("appraisal_list", pk)
    context = {
        "list": row,
        "editions": row.editions.filter(published_at__isnull=False).order_by("-number"),
        "items": queries.current_items(row),
        "own": actor.role in LEAD_ROLES and actor.unit_id == row.authority_id,
    }
    return render(request, "review/appraisal_list.html", context)
