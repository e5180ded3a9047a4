"""The public door: the notice, the form, following a case by its code, published replies (Measures Art. 22).

Nobody signs in, and no page names a complainant. A query code comes by POST alone, so that it stands in no
address, log or history.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger.acts import ActError, Reasons, Refused
from providers import materials
from registry import queries as registry_queries
from registry.models import Entry
from registry.numbers import Number, digits_of, read
from registry.throttles import client_address
from rulebook import policies
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, guard, queries
from supervision.domain import Invalid
from supervision.enums import ComplaintKind, ComplaintState, MessageKind
from supervision.models import Complaint
from supervision.public_forms import AnswerForm, CodeForm, ComplaintForm

REPLIES = 20
_PRIVATE = ("name", "phone", "email", "text", "code", "where_found")


def _address(request: HttpRequest) -> str:
    return client_address(request.META.get("HTTP_X_FORWARDED_FOR", ""), request.META.get("REMOTE_ADDR", ""))


def _kind(request: HttpRequest) -> ComplaintKind:
    given = request.POST.get("kind") or request.GET.get("kind") or ""
    return ComplaintKind(given) if given in ComplaintKind.values else ComplaintKind.COMPLAINT


def _entry(text: str) -> Entry | None:
    """The entry that a link from its page names."""
    reading = read(text[:40]) if text else None
    return registry_queries.entry_by_number(reading) if isinstance(reading, Number) else None


@require_safe
def complain(request: HttpRequest) -> HttpResponse:
    """What is accepted, by category, before anything is asked (Beijing notice 4(1))."""
    rows = queries.categories()
    entry = _entry(request.GET.get("number", ""))
    context = {
        "guide": queries.guide(local_date(moment())),
        "entry": entry,
        "digits": digits_of(entry.number) if entry else "",
        "accepted": [row for row in rows if row.kind == ComplaintKind.COMPLAINT and not row.elsewhere_zh],
        "unfiled": [row for row in rows if row.kind == ComplaintKind.UNFILED and not row.elsewhere_zh],
        "elsewhere": [row for row in rows if row.elsewhere_zh],
    }
    return render(request, "supervision/public/notice.html", context)


@never_cache
@sensitive_post_parameters(*_PRIVATE)
@require_http_methods(["GET", "HEAD", "POST"])
def complain_new(request: HttpRequest) -> HttpResponse:
    """The form, and what is shown once it was taken in: the query code, this once."""
    now, kind = moment(), _kind(request)
    if request.method != "POST":
        opened = guard.new_form(now)
        entry = _entry(request.GET.get("number", "")) if kind != ComplaintKind.UNFILED else None
        initial = {"number": entry.number, "app_name": entry.app_name} if entry else {}
        form = ComplaintForm(kind=kind, question=opened.question, now=now, initial=initial)
        return _form_page(request, form, opened, entry)
    token = request.POST.get("token", "")
    opened = guard.opened(token) or guard.new_form(now)
    form = ComplaintForm(request.POST, request.FILES, kind=kind, question=opened.question, now=now)
    status, received = 422, None
    if form.is_valid():
        pictures = _inspected(form)
        if not form.errors:
            status, received, opened = _take_in(request, form, pictures, opened, now)
    if received is not None:
        return _received_page(request, received, now)
    return _form_page(request, form, opened, form.entry, status=status)


def _take_in(
    request: HttpRequest, form: ComplaintForm, pictures: list[Any], opened: guard.OpenedForm, now: datetime
) -> tuple[int, domain.Received | None, guard.OpenedForm]:
    """Asks the guard last, and takes the complaint in; else the errors stand in the form."""
    reasons = guard.check(
        token=request.POST.get("token", ""), answer=form.cleaned_data["answer"],
        honeypot=request.POST.get("website", ""), address=_address(request), now=now,
    )  # fmt: skip
    if reasons:
        return _held_off(form, reasons), None, _opened_again(reasons, opened, now)
    try:
        received = domain.receive(**form.said(), screenshots=pictures, language=get_language() or "zh-hans", now=now)
    except Invalid as error:
        for field, message in error.errors.items():
            form.add_error(field if field in form.fields else None, str(message))
        return 422, None, guard.new_form(now)  # the token is used up
    except DatabaseError:  # nothing was kept; the same form, sent again, must not be told that it was
        guard.give_back(request.POST.get("token", ""))
        raise
    return 200, received, opened


def _held_off(form: ComplaintForm, reasons: Reasons) -> int:
    for reason in reasons:
        form.add_error("answer" if reason.code == "wrong_sum" else None, str(reason.message))
    return 429 if "flood" in reasons.codes else 422


def _opened_again(reasons: Reasons, opened: guard.OpenedForm, now: datetime) -> guard.OpenedForm:
    """The same form where the token is still good; else a new one, with what was typed."""
    spent = {"form_invalid", "too_old", "sent_already"} & set(reasons.codes)
    return guard.new_form(now) if spent else opened


def _inspected(form: ComplaintForm) -> list[tuple[materials.Inspected, UploadedFile]]:
    """Looks at every picture and has it scanned; errors stand at the field."""
    found = []
    for sent in form.cleaned_data["screenshots"]:
        try:
            seen = materials.examine(sent)
        except materials.Refused as refused:
            form.add_error("screenshots", f"{sent.name}: {refused.message}")
        else:
            kept = materials.Inspected(
                seen["content_type"], seen["sha256"], sent.size or 0, seen["pages"], seen["name"]
            )
            found.append((kept, sent))
    return found


def _form_page(
    request: HttpRequest, form: ComplaintForm, opened: guard.OpenedForm, entry: Entry | None, *, status: int = 200
) -> HttpResponse:
    form.fields["answer"].label = opened.question
    context = {
        "form": form,
        "kind": str(form.kind),
        "title": form.kind.label,
        "token": opened.token,
        "entry": entry,
        "guide": queries.guide(local_date(form.now)),
        "hints": [row for row in form.categories.values() if row.hint],
        "pictures_lost": bool(form.is_bound and request.FILES),
    }
    return render(request, "supervision/public/form.html", context, status=status)


def _received_page(request: HttpRequest, received: domain.Received, now: datetime) -> HttpResponse:
    row = received.complaint
    policy = policies.in_force(row.authority.policy_codes, on=local_date(now))
    context = {
        "complaint": row,
        "code": received.query_code,
        "accept_days": policy.get("complaint_accept_days"),
        "reply_days": policy.get("complaint_reply_days"),
    }
    return render(request, "supervision/public/received.html", context)


# --- following a case ------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("code", "text")
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """How it stands with a case, for who has its code."""
    if request.method != "POST":
        return _code_page(request, CodeForm())
    form = CodeForm(request.POST)
    found, status = _find(request, form)
    return _case_page(request, found, form) if found else _code_page(request, form, status=status)


@never_cache
@sensitive_post_parameters("code", "text")
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """The complainant answers a question of the authority; what was written stays where it cannot be taken."""
    code = CodeForm(request.POST)
    found, status = _find(request, code)
    if found is None:
        return _code_page(request, code, status=status)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _case_page(request, found, code, form, status=422)
    try:
        domain.answer_question(query_code=code.cleaned_data["code"], text=form.cleaned_data["text"], now=moment())
    except ActError as error:
        reasons = error.reasons if isinstance(error, Refused) else [error]
        for reason in reasons:
            form.add_error(None, str(getattr(reason, "message", reason)))
        return _case_page(request, found, code, form, status=422)
    found = queries.complaint_by_code(code.cleaned_data["code"])
    return _case_page(request, found, code, answered=True) if found else _code_page(request, code)


def _find(request: HttpRequest, form: CodeForm) -> tuple[Complaint | None, int]:
    """The case of the code; every try counts, so that nobody tries all codes."""
    if not form.is_valid():
        return None, 422
    if not guard.may_try_code(address=_address(request), now=moment()):
        form.add_error("code", _("Too many tries from your connection. Try again in an hour."))
        return None, 429
    found = queries.complaint_by_code(form.cleaned_data["code"])
    if found is None:
        form.add_error("code", _("There is no case with this code. Look whether every character is right."))
    return found, 422


def _code_page(request: HttpRequest, form: CodeForm, *, status: int = 200) -> HttpResponse:
    return render(request, "supervision/public/follow.html", {"form": form}, status=status)


def _case_page(
    request: HttpRequest, row: Complaint, code: CodeForm, form: AnswerForm | None = None, *, answered: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    shown = queries.public_view(row)
    context = {
        "case": shown,
        "kind": ComplaintKind(shown["kind"]).label,
        "steps": _steps(shown),
        "code": code.cleaned_data["code"],
        "form": form or AnswerForm(),
        "may_answer": shown["waiting_for_answer"],
        "answered": answered,
    }
    return render(request, "supervision/public/case.html", context, status=status)


def _steps(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The case so far, oldest first."""
    steps = [{"at": shown["received_at"], "title": pgettext("complaint", "Received"), "text": "", "family": "auth"}]
    if shown["accepted_at"]:
        title = pgettext("complaint", "Accepted")
        steps.append({"at": shown["accepted_at"], "title": title, "text": "", "family": "auth"})
    for line in shown["messages"]:
        asked = line["kind"] == MessageKind.QUESTION
        title = _("The authority asks") if asked else _("Your answer")
        steps.append({"at": line["at"], "title": title, "text": line["text"], "family": "act" if asked else "auth"})
    if shown["closed_at"]:
        over = shown["state"] == ComplaintState.NOT_ACCEPTED
        title, family = (pgettext("complaint", "Not accepted"), "end") if over else (_("Replied"), "ok")
        steps.append({"at": shown["closed_at"], "title": title, "text": "", "family": family})
    return sorted(steps, key=lambda step: step["at"])


# --- published replies -----------------------------------------------------------------------------------


@require_safe
def replies(request: HttpRequest) -> HttpResponse:
    """Replies that concern many (Opinions 15): the authority's own words, nothing of who wrote."""
    page = Paginator(queries.published_replies(), REPLIES).get_page(request.GET.get("page"))
    return render(request, "supervision/public/replies.html", {"page": page})
