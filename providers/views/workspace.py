"""My filings, my apps, our unit, and beginning a filing."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.queries import filing_authority
from ledger.acts import Reason, Reasons
from providers import domain, rules, schema, upkeep
from providers.enums import OPEN_STATES, FilingKind, FilingState
from providers.models import App, Filing, PlatformOperator
from providers.views.base import actor_of, provider_view, unit_of
from registry import freshness
from rulebook import policies
from rulebook.time import local_date
from rulebook.time import now as moment

HISTORY = 50  # closed filings shown on the first page


@provider_view
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Own filings: what waits for us first, then what the authority holds, then what is over."""
    filings = Filing.objects.visible_to(actor_of(request)).select_related("authority", "entry", "app")
    open_filings = list(filings.filter(state__in=OPEN_STATES).order_by("due_at", "-id"))
    return render(
        request,
        "providers/home.html",
        {
            "ours": [f for f in open_filings if f.state in (FilingState.RETURNED, FilingState.DRAFT)],
            "theirs": [
                f for f in open_filings if f.state in (FilingState.SUBMITTED, FilingState.MINISTRY_REVIEW)
            ],
            "closed": filings.exclude(state__in=OPEN_STATES).order_by("-closed_at", "-id")[:HISTORY],
            "drafts": sum(1 for f in open_filings if f.state == FilingState.DRAFT),
            "submit_key": secrets.token_urlsafe(18),
            "blocked": rules.unit_may_file(unit_of(request), moment()),
            "authority": filing_authority(unit_of(request)),
            "owed": upkeep.of_unit(unit_of(request), moment()),
        },
    )


@provider_view
@require_safe
def apps(request: HttpRequest) -> HttpResponse:
    """The unit's apps with their numbers and what can be asked for each."""
    rows = []
    by, now, unit = actor_of(request), moment(), unit_of(request)
    months = freshness.months(local_date(now))
    queryset = App.objects.visible_to(by).select_related("entry__authority", "system").prefetch_related("filings")
    for app in queryset.order_by("name", "id"):
        current = next((f for f in app.filings.all() if f.is_open), None)
        possible = [] if current else rules.startable(by, unit, app, now)
        fresh = freshness.of_entry(app.entry, now, months) if app.entry is not None else None
        rows.append({"app": app, "open": current, "possible": possible, "fresh": fresh})
    asked = sum(1 for row in rows if row["fresh"] is not None and row["fresh"].asked)
    return render(request, "providers/apps.html", {"rows": rows, "asked": asked})


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begins a filing: for a new app by its name, or of some kind for an app that exists.

    What can be known now stops here already: the bar, a branch, a duplicate open filing.
    """
    unit, by, now = unit_of(request), actor_of(request), moment()
    blocked: Reasons = rules.unit_may_file(unit, now)
    kind = request.POST.get("kind") or request.GET.get("kind") or FilingKind.INITIAL
    if kind not in FilingKind.values:
        kind = FilingKind.INITIAL
    app = _own_app(request)
    name = request.POST.get("name", "").replace("\x00", "").strip()
    errors: list[Reason] = []
    doors = _doors(request, now) if kind == FilingKind.INITIAL and app is None else []
    if request.method == "POST":
        if kind == FilingKind.INITIAL and app is None and not name:
            errors.append(Reason("name", _("Enter the name of the app as users see it.")))
        elif len(name) > 120:
            errors.append(Reason("name", _("The name is longer than 120 characters.")))
        else:
            errors = (
                list(rules.may_start(by, unit, kind, app, now)) if app or kind != FilingKind.INITIAL else []
            )
        errors += [door["reason"] for door in doors if door["answer"] == "yes"]
        if not errors:
            system = unit.systems.filter(pk=_number(request.POST.get("system"))).first()
            filing = domain.start(unit=unit, kind=kind, app=app, app_name=name, system=system, by=by, now=now)
            said = {door["field"]: False for door in doors if door["answer"] == "no"}
            if said and filing.app_id is not None:
                domain.save_part(filing=filing, part="app", values=said, by=by, now=now)
            return redirect("filing", pk=filing.pk)
    context: dict[str, Any] = {
        "blocked": blocked,
        "kind": kind,
        "kind_label": FilingKind(kind).label,
        "app": app,
        "name": name,
        "errors": errors,
        "doors": doors,
        "systems": unit.systems.order_by("name"),
        "authority": filing_authority(unit),
        "unit": unit,
    }
    return render(request, "providers/start.html", context, status=422 if errors else 200)


#: Admission rules that one answer settles: asked before anything is filled in.
_DOORS = {
    "preschool_training": ("preschool_training", gettext_lazy("Does it train preschool children online?")),
    "photo_search": (
        "photo_search",
        gettext_lazy("Does it have “photo search” for answers, or anything similar?"),
    ),
}


def _doors(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """The questions that the policy in force puts before the first page, with what was answered."""
    policy = policies.in_force(filing_authority(unit_of(request)).policy_codes, on=local_date(now))
    found = []
    for rule in policy.get("admission_rules"):
        if rule["code"] in _DOORS:
            name, label = _DOORS[rule["code"]]
            message = schema.Bilingual(rule.get("message_zh", ""), rule.get("message_en", ""))
            reason = Reason(rule["code"], message, article=rule.get("article"))
            answer = request.POST.get(name, "")
            found.append({"field": name, "label": label, "reason": reason, "answer": answer})
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else None


def _own_app(request: HttpRequest) -> App | None:
    pk = _number(request.POST.get("app") or request.GET.get("app"))
    return (
        App.objects.visible_to(actor_of(request)).select_related("entry").filter(pk=pk).first()
        if pk
        else None
    )


@provider_view
@require_safe
def unit(request: HttpRequest) -> HttpResponse:
    """Our unit: what is known of it, who belongs to it, how to change it."""
    own = unit_of(request)
    return render(
        request,
        "providers/unit.html",
        {
            "unit": own,
            "authority": filing_authority(own),
            "systems": own.systems.order_by("name"),
            "branches": own.branches.order_by("name"),
            "platform": PlatformOperator.objects.filter(unit=own, ended_at=None).first(),
            "may_change": not rules.may_start(actor_of(request), own, FilingKind.UNIT_CHANGE, None, moment()),
        },
    )


@provider_view
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Submits several drafts in one go; each through the one door, each with its own answer.

    The same key again, as by a second click, gives the same answers and no second effect.
    """
    wanted = [pk for pk in (_number(text) for text in request.POST.getlist("filing")[:100]) if pk]
    key = request.POST.get("submit_key", "").replace("\x00", "")[:40]
    which = Q(state=FilingState.DRAFT)
    if key:
        which |= Q(submit_key__startswith=f"{key}:")
    filings = Filing.objects.visible_to(actor_of(request)).filter(which, pk__in=wanted)
    outcome = domain.submit_many(
        filings=list(filings.select_related("authority", "unit", "app").order_by("pk")),
        by=actor_of(request),
        now=moment(),
        submit_key=key,
    )
    return render(request, "providers/batch.html", {"outcome": outcome})
