"""Two requests that wait for each other's rows are both done; one that never comes through is told to come again."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from accounts.models import Unit
from tests import factories
from tests.review.test_races import together

_met: dict[str, Any] = {}


def crossing(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Changes two units, one after the other; the first time it waits until the other request holds its own."""
    with transaction.atomic():
        _change(first)
        if not request.META.get("tried"):
            request.META["tried"] = True
            _met["barrier"].wait(20)
        _change(second)
    return HttpResponse(request.POST.get("said", ""))


def always(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'deadlock_detected'; END $$")
    return HttpResponse()


def once_gone(request: HttpRequest) -> HttpResponse:
    """Reads every file to its end; the first try ends in a deadlock, after a store has taken or closed a file."""
    said = b"".join(file.read() for file in request.FILES.getlist("sent"))
    if not request.META.get("tried"):
        request.META["tried"] = True
        for file in request.FILES.getlist("sent"):
            if request.GET.get("how") == "closed":
                file.close()
            elif request.GET.get("how") == "moved":
                os.remove(file.temporary_file_path())
        return always(request)
    return HttpResponse(said)


def _change(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_unit WHERE id = %s FOR NO KEY UPDATE", [pk])
        cursor.execute("UPDATE accounts_unit SET name_en = name_en || '+' WHERE id = %s", [pk])


urlpatterns = [
    path("crossing/<int:first>/<int:second>/", crossing),
    path("always/", always),
    path("api/always/", always),
    path("once-gone/", once_gone),
    path("", include("filing_portal.urls")),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.filing_portal.test_deadlocks")
def test_of_two_requests_in_a_ring_both_are_done_once() -> None:
    one, two = factories.unit(), factories.unit()
    _met["barrier"] = threading.Barrier(2)

    def send(first: int, second: int) -> Any:
        return lambda: Client().post(f"/crossing/{first}/{second}/", {"said": "kept"})

    answers = together(send(one.pk, two.pk), send(two.pk, one.pk))
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"kept")] * 2
    names = Unit.objects.filter(pk__in=[one.pk, two.pk]).values_list("name_en", flat=True)
    assert [name.count("+") for name in names] == [2, 2]


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.filing_portal.test_deadlocks")
def test_what_never_comes_through_is_asked_for_again() -> None:
    page, interface = Client().get("/always/"), Client().get("/api/always/")
    assert (page.status_code, interface.status_code) == (503, 503)
    assert page["Retry-After"] == interface["Retry-After"] == "1"
    assert interface.json()["type"] == "busy"


def _sent(how: str) -> Any:
    files = [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")]
    return Client().post(f"/once-gone/?how={how}", {"sent": files})


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.filing_portal.test_deadlocks")
def test_every_file_is_read_anew_or_asked_for_again(settings: Any) -> None:
    assert (_sent("").status_code, _sent("").content) == (200, b"onetwo")
    assert _sent("closed").status_code == 503
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    assert _sent("").content == b"onetwo"
    moved = _sent("moved")
    assert (moved.status_code, moved["Retry-After"]) == (503, "1")
