"""Two requests that wait for each other's rows are both done; one that never comes through is told to come again."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

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


@api_view(["POST"])
@authentication_classes([])
@permission_classes([])
def told(request: Request) -> Response:
    """Reads a JSON body; each of ``endings`` is how one try ends, the last try answers with the body."""
    ending = request.data["endings"][request.META.get("tries", 0)]
    request.META["tries"] = request.META.get("tries", 0) + 1
    if ending == "missing":
        raise Http404
    if ending != "done":
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{ending}'; END $$")  # noqa: S608
    return Response({"tries": request.META["tries"], "said": request.data["said"]})


def _change(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_unit WHERE id = %s FOR NO KEY UPDATE", [pk])
        cursor.execute("UPDATE accounts_unit SET name_en = name_en || '+' WHERE id = %s", [pk])


urlpatterns = [
    path("crossing/<int:first>/<int:second>/", crossing),
    path("always/", always),
    path("api/always/", always),
    path("api/told/", told),
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.filing_portal.test_deadlocks")
def test_a_json_body_is_read_twice_and_the_second_try_answers_like_a_first() -> None:
    client = Client(raise_request_exception=False)

    def tell(*endings: str) -> Any:
        return client.post("/api/told/", {"endings": endings, "said": "字"}, content_type="application/json")

    deadlock, data, integrity = "40P01", "22003", "23505"
    done = tell(deadlock, "done")
    assert (done.status_code, done.json()) == (200, {"tries": 2, "said": "字"})
    for ending, status in ((data, 400), (integrity, 500), ("missing", 404)):
        first, second = tell(ending), tell(deadlock, ending)
        assert first.status_code == second.status_code == status
        assert first.content == second.content
    third = tell(deadlock, deadlock, "done")
    assert (third.status_code, third.json()["tries"]) == (200, 3)
    never = tell(deadlock, deadlock, deadlock)
    assert (never.status_code, never["Retry-After"], never.json()["type"]) == (503, "1", "busy")
