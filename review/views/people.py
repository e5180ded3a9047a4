"""Who works on a case: take over, assign, give back, hand over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import LEAD_ROLES
from accounts.models import Person
from review import domain, queries
from review.desks import FILINGS, USES
from review.forms import HandOverForm
from review.views.base import (
    FILING,
    USE,
    actor_of,
    authority_view,
    back_to,
    case_of,
    case_url,
    face_of,
    use_of,
)
from rulebook.time import now as moment


def _case(request: HttpRequest, pk: int, uses: bool) -> Any:
    return use_of(request, pk) if uses else case_of(request, pk)


@require_POST
@authority_view
def claim(request: HttpRequest, pk: int, uses: bool = False) -> HttpResponse:
    """Takes the case over. ``uses``: a user filing."""
    filing = _case(request, pk, uses)
    domain.claim(filing=filing, by=actor_of(request), now=moment())
    messages.success(request, _("The case is yours now."))
    return back_to(request, case_url(filing))


@require_http_methods(["GET", "POST"])
@authority_view
def assign(request: HttpRequest, pk: int, uses: bool = False) -> HttpResponse:
    """Gives the case to a colleague."""
    filing, actor = _case(request, pk, uses), actor_of(request)
    colleagues = queries.colleagues(actor)
    if request.method == "GET":
        context = {
            "filing": filing, "colleagues": colleagues, "worker": domain.worker_of(filing, actor),
            "face": face_of(filing),
        }  # fmt: skip
        return render(request, "review/assign.html", context)
    person = next((row for row in colleagues if str(row.pk) == request.POST.get("person")), None)
    if person is None:
        raise Http404
    domain.assign(filing=filing, person=person, by=actor, now=moment())
    messages.success(request, _("Assigned to %(name)s.") % {"name": person.name or person.email})
    return back_to(request, case_url(filing))


@require_POST
@authority_view
def release(request: HttpRequest, pk: int, uses: bool = False) -> HttpResponse:
    """Gives the case back to the pool."""
    filing = _case(request, pk, uses)
    domain.release(filing=filing, by=actor_of(request), now=moment())
    messages.success(request, _("The case is unassigned again."))
    return back_to(request, case_url(filing))


@require_http_methods(["GET", "POST"])
@authority_view
def hand_over(request: HttpRequest, uses: bool = False) -> HttpResponse:
    """Hands the open cases of an absent colleague to another one; heads of review only."""
    actor, desk, face = actor_of(request), USES if uses else FILINGS, USE if uses else FILING
    if actor.role not in LEAD_ROLES:
        raise PermissionDenied
    held = desk.assignments.objects.filter(unit_id=actor.unit_id, filing__state__in=desk.in_hand)
    holders = Person.objects.filter(pk__in=held.values("person_id"))
    form = HandOverForm(request.POST or None, absent=list(holders), colleagues=queries.colleagues(actor))
    if request.method == "POST" and form.is_valid():
        done = domain.hand_over(
            absent=form.cleaned_data["absent"], to=form.cleaned_data["to"], by=actor, now=moment(), desk=desk
        )
        messages.success(
            request,
            ngettext("%(count)s case was handed over.", "%(count)s cases were handed over.", len(done))
            % {"count": len(done)},
        )
        return redirect(face.queue)
    return render(request, "review/hand_over.html", {"form": form, "face": face})
