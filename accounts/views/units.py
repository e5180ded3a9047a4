"""Units below one's own: who has joined, setting one up, invitations sent again or withdrawn by the dozen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import listing
from accounts.domain import resend_invitation, set_up_unit, withdraw_invitation
from accounts.domain.setting_up import SUPERIOR_KINDS
from accounts.enums import KINDS_FROM_ABOVE, LEAD_ROLES, UnitKind
from accounts.forms import SetUpUnitForm
from accounts.models import Invitation, Unit
from accounts.views.base import actor_of, membership_required
from ledger.acts import ActError, Actor, Refused
from rulebook.time import now

View = Callable[..., HttpResponseBase]
MOST_AT_ONCE = 200
TAB_WORDS = {
    "all": pgettext_lazy("units", "All units"),
    "joined": pgettext_lazy("units", "Joined"),
    "open": pgettext_lazy("units", "Invited"),
    "missing": pgettext_lazy("units", "Not invited"),
}


def lead_required(view: View) -> View:
    """For those who answer for an authority's work; others are told so."""

    @wraps(view)
    @membership_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor_of(request).role not in LEAD_ROLES:
            return render(request, "accounts/not_yours.html", {"tab": ""}, status=403)
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@lead_required
def units(request: HttpRequest) -> HttpResponse:
    """Schools and affiliated units of one's subtree; a constant number of queries."""
    actor, moment = actor_of(request), now()
    filters = listing.Filters.of(request.GET)
    rows, following = listing.page(listing.filtered(actor, filters, moment), before=request.GET.get("before"))
    counts = listing.tab_counts(actor, moment)
    query = filters.query()
    return render(
        request,
        "accounts/units.html",
        {
            "filters": filters,
            "tabs": [
                {
                    "label": TAB_WORDS[name], "count": counts[name], "current": name == filters.tab,
                    "url": "?" + filters.query(tab=name),
                }
                for name in listing.TABS
            ],
            "tab_label": TAB_WORDS[filters.tab],
            "lines": listing.lines(rows, moment),
            "kinds": [(kind.value, kind.label) for kind in KINDS_FROM_ABOVE],
            "first": f"?{query}" if request.GET.get("before") else "",
            "next": f"?{query}{'&' if query else ''}before={following}" if following else "",
        },
    )  # fmt: skip


def superiors(actor: Actor) -> Any:
    """What a unit can be set up under: authorities and affiliated units of one's own subtree."""
    return Unit.objects.visible_to(actor).filter(
        active=True, path__startswith=actor.unit_path, kind__in=SUPERIOR_KINDS
    )


@require_http_methods(["GET", "POST"])
@lead_required
def new(request: HttpRequest) -> HttpResponse:
    """Sets up one unit and invites its person in charge."""
    actor = actor_of(request)
    form = SetUpUnitForm(
        request.POST if request.method == "POST" else None,
        units=superiors(actor),
        initial={"parent": request.GET.get("parent") or actor.unit_id, "kind": UnitKind.SCHOOL},
    )
    if form.is_bound and form.is_valid():
        try:
            unit, invitation = set_up_unit(by=actor, now=now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request,
                _("%(unit)s has been set up, and %(email)s has been invited.")
                % {"unit": unit.name, "email": invitation.email},
            )
            return redirect("unit_new" if "again" in request.POST else "units")
    return render(request, "accounts/unit_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@lead_required
def act(request: HttpRequest) -> HttpResponse:
    """Sends the chosen invitations again, or withdraws them; each by itself, and says what happened to each."""
    actor, moment = actor_of(request), now()
    verbs = {
        "resend": lambda row: resend_invitation(invitation=row, by=actor, now=moment),
        "withdraw": lambda row: withdraw_invitation(invitation=row, by=actor, now=moment),
    }
    verb = verbs.get(request.POST.get("action", ""))
    ids = [int(value) for value in request.POST.getlist("id")[:MOST_AT_ONCE] if value.isdecimal() and len(value) < 18]
    chosen = list(Invitation.objects.visible_to(actor).filter(pk__in=ids).select_related("unit").order_by("unit__name"))
    if verb is None or not chosen:
        messages.warning(request, _("Choose units first."))
        return redirect("units")
    outcomes = []
    for row in chosen:
        try:
            verb(row)
        except ActError as error:
            outcomes.append({"row": row, "error": error})
        else:
            outcomes.append({"row": row, "error": None})
    done = sum(outcome["error"] is None for outcome in outcomes)
    return render(
        request,
        "accounts/units_result.html",
        {
            "outcomes": outcomes, "done": done, "failed": len(outcomes) - done,
            "again": request.POST.get("action") == "resend",
        },
    )  # fmt: skip
