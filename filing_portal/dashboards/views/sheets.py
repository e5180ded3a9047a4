"""The compliance sheet of one institution: for the authorities above it, and for itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import actor_for
from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, Role, UnitKind
from accounts.models import Unit
from accounts.querysets import UnitQuerySet
from filing_portal.charts import table_response
from filing_portal.dashboards.figures import LIST_WORDS, entry_url
from ledger.acts import Actor, Refused
from registry.enums import Function
from review.connectors import labels, unit_connectors
from review.domain.unit_checks import request_unit_check
from review.models import UnitCheck
from rulebook.time import local_date, now
from users import overview
from users.models import UserFiling
from users.register import procurement_word
from users.schema.choices import PROCUREMENT


def reader(request: HttpRequest) -> Actor | HttpResponseBase:
    """Who reads for a unit, or the way to sign in. Raises ``PermissionDenied``."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    actor = actor_for(request)
    if actor is None or actor.unit_id is None:
        raise PermissionDenied
    return actor


def seen_units(actor: Actor) -> UnitQuerySet:
    """Whose papers somebody reads: an authority its subtree, an institution its own, its lead also those below it.

    Raises ``PermissionDenied`` for everybody else.
    """
    held: UnitQuerySet = Unit.objects.filter(use_standing__isnull=False)
    if actor.role in AUTHORITY_ROLES:
        return held.visible_to(actor).filter(path__startswith=actor.unit_path or "?")
    if actor.role not in INSTITUTION_ROLES:
        raise PermissionDenied
    if actor.role == Role.INSTITUTION_LEAD and actor.unit_kind != UnitKind.AUTHORITY and actor.unit_path:
        return held.filter(path__startswith=actor.unit_path)
    return held.filter(pk=actor.unit_id)


@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Selection system, responsible persons, filings, decisions, overdue items; to be printed, or as a file."""
    actor = reader(request)
    if not isinstance(actor, Actor):
        return actor
    unit = get_object_or_404(seen_units(actor).select_related("parent"), pk=pk)
    moment = now()
    made = overview.sheet_of(unit, actor, moment)
    if request.GET.get("format"):
        return _file(request, made)
    context = {
        "unit": unit,
        "sheet": made,
        "now": moment,
        "duties": duties(made),
        "rows": [_row(filing) for filing in made.uses],
        "ended": [_row(filing) for filing in made.ended],
        "overdue": [
            {"words": LIST_WORDS[what], "name": filing.app_name if filing else "", "since": since}
            for what, filing, since in made.overdue
        ],
        "overlaps": [
            {"word": dict(Function.choices).get(function, function), "filings": filings}
            for function, filings in made.overlaps
        ],
        "procured": [
            {"word": dict(PROCUREMENT).get(code, code) or _("Not said"), "count": count}
            for code, count in overview.procured(made.uses)
        ],
        "bases": bases_of(unit, actor),
        "by_authority": actor.role in AUTHORITY_ROLES,
        "persons": [person for person in unit.responsible_persons if isinstance(person, dict)],
    }
    return render(request, "dashboards/sheet.html", context)


def bases_of(unit: Unit, actor: Actor) -> list[dict[str, Any]]:
    """What the national bases say of the unit's code and name; for authorities alone (Opinions, 12)."""
    if not unit.school_code or actor.role not in AUTHORITY_ROLES:
        return []
    known = {row.connector: row for row in UnitCheck.objects.visible_to(actor).filter(unit=unit)}
    names = labels()
    return [
        {"label": names[key], "check": known.get(key)}
        for key, source in unit_connectors().items()
        if key in known or source.ready()
    ]


@require_POST
def compare(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An authority has a unit's code and name compared with the national base."""
    actor = reader(request)
    if not isinstance(actor, Actor):
        return actor
    if actor.role not in AUTHORITY_ROLES:
        raise PermissionDenied
    unit = get_object_or_404(seen_units(actor), pk=pk)
    try:
        request_unit_check(unit=unit, by=actor, now=now())
    except Refused as refused:
        for reason in refused.reasons:
            messages.error(request, str(reason.message))
    else:
        messages.success(request, _("The comparison has been asked for; its result will stand here within minutes."))
    return redirect("use_sheet", pk)


def duties(sheet: overview.Sheet) -> list[dict[str, Any]]:
    """What an institution has to have, whether it has, and the article that says so."""
    used, handed = sheet.in_use, sheet.handed_in
    return [
        {"word": _("Selection system on record"), "holds": sheet.system is not None, "article": "me-8"},
        {"word": _("Department and responsible persons named"), "holds": sheet.named, "article": "op-8"},
        {"word": _("Use of apps filed"), "holds": bool(handed), "article": "me-17"},
        {
            "word": _("Required uses decided collectively"),
            "holds": not sheet.undecided if used else None,
            "article": "op-11",
        },
        {"word": _("Nothing overdue"), "holds": not sheet.overdue, "article": "op-14"},
        {"word": _("No functions that overlap"), "holds": not sheet.overlaps if used else None, "article": "op-12"},
    ]


def _row(filing: UserFiling) -> dict[str, Any]:
    return {
        "filing": filing,
        "url": entry_url(filing.entry) if filing.entry else "",
        "fee": filing.public.get("fee", "") if isinstance(filing.public, dict) else "",
        "procurement": procurement_word(filing),
        "functions": [dict(Function.choices).get(code, code) for code in filing.functions],
    }


def _file(request: HttpRequest, sheet: overview.Sheet) -> HttpResponseBase:
    columns = [
        _("App"), _("Number"), _("Nature of use"), _("Source"), _("Collective decision"), _("Submitted"),
        _("Confirmed"), _("Status"), _("Reported late"), _("How the service is procured"),
    ]  # fmt: skip
    rows = (
        [filing.app_name, filing.number, filing.get_nature_display(), filing.get_source_display(), filing.decision_on,
         filing.submitted_at, filing.confirmed_at, filing.get_state_display(), _("Yes") if filing.late else _("No"),
         procurement_word(filing)]
        for filing in [*sheet.uses, *sheet.ended]
    )  # fmt: skip
    name = f"uses-{sheet.unit.school_code or sheet.unit.pk}-{local_date(now()).isoformat()}"
    return table_response(request.GET.get("format", ""), name, columns, rows)
