"""Trainings: the list, an event with its registration, and for who holds it the list of those who come."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import actor_for
from accounts.sheets import csv_response
from guidance import domain, markup, queries, rules
from guidance.domain.training import taken
from guidance.enums import AttendanceState, EventState, HelpAudience, audience_of
from guidance.forms import NoteForm, RegisterForm
from guidance.models import Attendance, TrainingEvent
from guidance.views.public import language
from ledger.acts import ActError, Actor
from rulebook.time import local_date
from rulebook.time import now as moment

PAGE = 20
View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Sends who is not signed in to the sign-in page, and back here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def _event(request: HttpRequest, pk: int) -> tuple[TrainingEvent, Actor | None]:
    actor = actor_for(request)
    rows = TrainingEvent.objects.visible_to(actor).select_related("host", "material__current")
    return get_object_or_404(rows, pk=pk), actor


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Coming trainings, and those that were held."""
    now = moment()
    held = Paginator(queries.past(now), PAGE).get_page(request.GET.get("page"))
    actor = actor_for(request)
    coming = list(queries.coming(now, actor)[:100])
    context = {"coming": coming, "held": held, "hosts": rules.may_see_hosted(actor)}
    return render(request, "guidance/events.html", context)


@require_safe
@signed_in
def hosted(request: HttpRequest) -> HttpResponseBase:
    """What one's own authority holds: drafts, announced, cancelled; who is registered, who came; also as a table."""
    actor, now = actor_for(request), moment()
    if actor is None or actor.unit_id is None or not rules.may_see_hosted(actor):
        raise PermissionDenied
    rows = queries.hosted(actor.unit_id)
    if request.GET.get("format") == "csv":
        return csv_response(f"trainings-{local_date(now)}", _hosted_table(rows))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [(row, row.ends_at <= now, row.starts_at <= now, rules.holds(actor, row)) for row in page]
    context = {"page": page, "lines": lines, "total": page.paginator.count}
    return render(request, "guidance/hosted.html", context)


def _hosted_table(rows: Any) -> list[list[Any]]:
    words = dict(EventState.choices)
    heads = [_("Training"), _("Begins"), _("State"), _("Units registered"), _("Persons registered"),
             _("Persons who came")]  # fmt: skip
    return [heads, *(
        [one.title, local_date(one.starts_at).isoformat(), str(words[one.state]), one.units, one.people, one.came]
        for one in rows
    )]  # fmt: skip


@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One training; who may register finds the form on it."""
    row, actor = _event(request, pk)
    return _page(request, row, actor)


def _page(
    request: HttpRequest, row: TrainingEvent, actor: Actor | None, form: RegisterForm | None = None
) -> HttpResponse:
    now = moment()
    mine = None
    if actor is not None and actor.unit_id is not None:
        mine = Attendance.objects.visible_to(actor).filter(event=row, unit_id=actor.unit_id).first()
    registered = mine is not None and mine.state == AttendanceState.REGISTERED
    reasons = rules.may_register(actor, row, now) if actor is not None else []
    initial = {"people": mine.people if mine is not None and registered else 1}
    context = {
        "event": row,
        "body": markup.render(row.body, language()).html,
        "audiences": [word for value, word in HelpAudience.choices if value in row.audiences],
        "over": row.ends_at <= now,
        "left": max(row.seats - taken(row), 0) if row.seats is not None else None,
        "mine": mine,
        "registered": registered,
        "reasons": reasons,
        "addressed": actor is not None and (not row.audiences or audience_of(actor.role) in row.audiences),
        "may_leave": registered and actor is not None and mine is not None and not rules.may_leave(actor, mine, now),
        "form": form or RegisterForm(initial=initial),
        "holds": actor is not None and rules.holds(actor, row),
    }
    return render(request, "guidance/event.html", context, status=422 if form is not None else 200)


@require_POST
@signed_in
def register(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Registers the unit one works for, or changes how many persons come."""
    row, actor = _event(request, pk)
    if actor is None or actor.unit_id is None:
        raise PermissionDenied
    form = RegisterForm(request.POST)
    if form.is_valid():
        try:
            domain.register_unit(event=row, people=form.cleaned_data["people"], by=actor, now=moment())
        except domain.Invalid as error:
            form.take(error.errors)
        except ActError as error:
            messages.error(request, str(error))
            return redirect("help_event", pk)
        else:
            messages.success(request, _("Your unit is registered."))
            return redirect("help_event", pk)
    return _page(request, row, actor, form)


@require_POST
@signed_in
def leave(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Withdraws the registration of one's own unit."""
    row, actor = _event(request, pk)
    if actor is None or actor.unit_id is None:
        raise PermissionDenied
    mine = get_object_or_404(Attendance.objects.visible_to(actor), event=row, unit_id=actor.unit_id)
    try:
        domain.leave_event(attendance=mine, by=actor, now=moment())
    except ActError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The registration is withdrawn."))
    return redirect("help_event", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def attendance(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Registered units, for who holds the event: a table to take away, and to note who came."""
    row, actor = _event(request, pk)
    if actor is None or not rules.holds(actor, row):
        raise PermissionDenied
    rows = Attendance.objects.visible_to(actor).filter(event=row).select_related("unit", "registered_by")
    if request.method == "POST":
        form = NoteForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Give the number of persons who came, 0 where nobody did."))
            return redirect("help_attendance", pk)
        found = get_object_or_404(rows, pk=form.cleaned_data["attendance"])
        try:
            domain.note_attendance(attendance=found, came=form.cleaned_data["came"], by=actor, now=moment())
        except ActError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Noted for %(unit)s.") % {"unit": found.unit.name})
        return redirect("help_attendance", pk)
    if request.GET.get("format") == "csv":
        return csv_response(f"attendance-{local_date(row.starts_at)}-{row.pk}", _table(rows))
    shown = Paginator(rows.order_by("unit__name", "pk"), 100).get_page(request.GET.get("page"))
    context = {"event": row, "page": shown, "taken": taken(row), "begun": row.starts_at <= moment()}
    return render(request, "guidance/attendance.html", context)


def _table(rows: Any) -> list[list[Any]]:
    words = dict(AttendanceState.choices)
    heads = [_("Unit"), _("State"), _("Persons registered"), _("Persons who came"), _("Registered on")]
    lines = [
        [one.unit.name, str(words[one.state]), one.people, "" if one.came is None else one.came,
         local_date(one.registered_at).isoformat()]
        for one in rows.order_by("unit__name", "pk")
    ]  # fmt: skip
    return [heads, *lines]
