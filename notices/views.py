"""The inbox: list, one notice, which e-mails one wants."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ledger.acts import Actor
from notices import kinds, links, queries
from notices.domain import choose_email, mark_read
from notices.models import Notice
from rulebook.time import now

PAGE = 30


def _actor(request: HttpRequest) -> Actor:
    actor = request.actor  # type: ignore[attr-defined]
    return actor or Actor(person_id=request.user.pk, unit_id=None, role="")


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first; ``?show=unread|legal``, ``?before=id`` for the next page (by key, never by counting)."""
    actor = _actor(request)
    rows = queries.inbox(actor).select_related("first_read_by")
    show = request.GET.get("show", "")
    if show == "unread":
        rows = rows.unread()
    elif show == "legal":
        rows = rows.filter(legal=True)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        last = Notice.objects.in_inbox_of(actor).filter(pk=int(before)).values("received_at", "pk").first()
        if last is not None:
            rows = rows.after(last["received_at"], last["pk"])
    page = list(rows[: PAGE + 1])
    more = len(page) > PAGE
    page = page[:PAGE]
    for row in page:
        row.title = kinds.title(row.kind, row.params)  # type: ignore[attr-defined]
        row.look = kinds.get(row.kind)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "rows": page,
        "show": show,
        "older": f"?{'show=' + show + '&' if show in ('unread', 'legal') else ''}before={page[-1].pk}"
        if more
        else "",
        "paged": bool(before),
        "unread": queries.unread_count(actor),
    }
    return render(request, "notices/inbox.html", context)


@login_required
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice. Opening it is the first reading, stored with who opened it."""
    actor = _actor(request)
    rows = Notice.objects.visible_to(actor) | Notice.objects.in_inbox_of(actor)
    row = get_object_or_404(rows.select_related("to_unit", "to_person", "first_read_by"), pk=pk)
    if mark_read(notice=row, by=actor, now=now()):
        row.refresh_from_db()
    return render(
        request,
        "notices/notice.html",
        {
            "notice": row,
            "title": kinds.title(row.kind, row.params),
            "body": kinds.body(row.kind, row.params),
            "kind": kinds.get(row.kind),
            "link": links.subject_url(row, actor),
        },
    )


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks what is not legal as read; a legal notice is read by opening it."""
    actor, moment = _actor(request), now()
    for row in queries.inbox(actor).unread().filter(legal=False)[:500]:
        mark_read(notice=row, by=actor, now=moment)
    messages.success(request, _("Marked as read. Legal notices count as read when they are opened."))
    return redirect("inbox")


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Which kinds also come by e-mail. Legal notices always do."""
    actor = _actor(request)
    shown = [kind for kind in kinds.all_kinds() if kind.optional]
    if request.method == "POST":
        for kind in shown:
            choose_email(by=actor, kind=kind.key, email=kind.key in request.POST.getlist("email"))
        messages.success(request, _("Saved."))
        return redirect("notice_preferences")
    off = queries.switched_off(request.user.pk or 0)
    return render(
        request,
        "notices/preferences.html",
        {
            "optional": [(kind, kind.key not in off) for kind in shown],
            "always": [kind for kind in kinds.all_kinds() if not kind.optional],
        },
    )
