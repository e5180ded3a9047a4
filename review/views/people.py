"""Who works on a case: take over, assign, give back, hand over."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import LEAD_ROLES
from accounts.models import Person
from providers.enums import OPEN_STATES
from review import domain, queries
from review.forms import HandOverForm
from review.models import Assignment
from review.views.base import actor_of, authority_view, back_to, case_of, case_url
from rulebook.time import now as moment


@require_POST
@authority_view
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the case over."""
    filing = case_of(request, pk)
    domain.claim(filing=filing, by=actor_of(request), now=moment())
    messages.success(request, _("The case is yours now."))
    return back_to(request, case_url(filing))


@require_http_methods(["GET", "POST"])
@authority_view
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the case to a colleague."""
    filing, actor = case_of(request, pk), actor_of(request)
    colleagues = queries.colleagues(actor)
    if request.method == "GET":
        worker = Assignment.objects.filter(filing=filing, unit_id=actor.unit_id).first()
        return render(request, "review/assign.html", {"filing": filing, "colleagues": colleagues, "worker": worker})
    person = next((row for row in colleagues if str(row.pk) == request.POST.get("person")), None)
    if person is None:
        raise Http404
    domain.assign(filing=filing, person=person, by=actor, now=moment())
    messages.success(request, _("Assigned to %(name)s.") % {"name": person.name or person.email})
    return back_to(request, case_url(filing))


@require_POST
@authority_view
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the case back to the pool."""
    filing = case_of(request, pk)
    domain.release(filing=filing, by=actor_of(request), now=moment())
    messages.success(request, _("The case is unassigned again."))
    return back_to(request, case_url(filing))


@require_http_methods(["GET", "POST"])
@authority_view
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hands the open cases of an absent colleague to another one; heads of review only."""
    actor = actor_of(request)
    if actor.role not in LEAD_ROLES:
        raise PermissionDenied
    holders = Person.objects.filter(
        pk__in=Assignment.objects.filter(unit_id=actor.unit_id, filing__state__in=OPEN_STATES).values("person_id")
    )
    form = HandOverForm(request.POST or None, absent=list(holders), colleagues=queries.colleagues(actor))
    if request.method == "POST" and form.is_valid():
        done = domain.hand_over(
            absent=form.cleaned_data["absent"], to=form.cleaned_data["to"], by=actor, now=moment()
        )
        messages.success(
            request,
            ngettext("%(count)s case was handed over.", "%(count)s cases were handed over.", len(done))
            % {"count": len(done)},
        )
        return redirect("review_home")
    return render(request, "review/hand_over.html", {"form": form})
