"""Whatever goes wrong under the interfaces' prefix is answered with problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The document of an error, with what every one has to say."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"]
    assert body["title"]
    return body


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1/nothing/", "/api/v1/registry/nothing/here/", "/api/v1/authority/filings/123456789012345678901/"],
)
def test_address_that_leads_nowhere_is_a_problem_document(client: Client, path: str) -> None:
    problem(client.get(path), 404)


def test_page_that_is_not_there_stays_a_page(client: Client) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_titles_have_no_open_places(client: Client, language: str) -> None:
    told = {"HTTP_ACCEPT_LANGUAGE": language}
    bodies = [
        problem(client.delete("/api/v1/registry/entries/", **told), 405),
        problem(client.post("/api/v1/registry/verify/", "<a/>", content_type="text/xml", **told), 415),
    ]
    assert not any("{" in body["title"] + body["detail"] for body in bodies)


def test_failure_is_a_problem_document_without_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("registry.api.public.search_answer", fail)
    answer = Client(raise_request_exception=False).get("/api/v1/registry/entries/")
    problem(answer, 500)
    assert b"secret" not in answer.content


def test_host_that_is_not_ours_is_a_problem_document(client: Client) -> None:
    problem(client.get("/api/v1/provider/filings", HTTP_HOST="evil.example"), 400)
