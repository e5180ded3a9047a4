"""The provider's pages: what each shows, to whom, and that nothing is handed in twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership
from filing_portal.templatetags.dates import day
from ledger.queries import timeline
from providers.enums import FilingKind, FilingState
from providers.models import App, Filing
from rulebook.calendar import add_working_days
from rulebook.time import local_date
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db

PAGES = ("filing", "filing_check", "filing_done", "filing_receipt", "filing_withdraw", "filing_versions")


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy()
    freeze(filings.NOW)


def signed_in(filing: Filing) -> Client:
    return factories.client_for(Membership.objects.filter(unit=filing.unit, role=Role.PROVIDER_OWNER).first())


@pytest.mark.parametrize("state", list(FilingState))
@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_filing_opens_or_leads_on_in_every_state(state: str, name: str) -> None:
    filing = filings.in_state(state)
    answer = signed_in(filing).get(reverse(name, args=[filing.pk]))
    assert answer.status_code in (200, 302)
    if name == "filing":
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "kind", [FilingKind.CHANGE, FilingKind.RESUME, FilingKind.CANCEL, FilingKind.UNIT_CHANGE]
)
def test_pages_of_other_kinds_open(kind: str) -> None:
    first = filings.approved()
    app = filings.app_of(first)
    if kind == FilingKind.RESUME:
        from registry import domain as registry

        registry.take_offline(entry=app.entry, reason="整改", by=filings.reviewer_of(first), now=filings.NOW)
        app = filings.app_of(first)
    more: dict[str, Any] = {}
    if kind == FilingKind.RESUME:
        more = {
            "resume_reason": "已整改",
            "resume_evidence": filings.file_value(filings.material(first.unit)),
        }
    later = filings.draft(first.unit, kind=kind, of=None if kind == FilingKind.UNIT_CHANGE else app, **more)
    client = signed_in(later)
    for name in ("filing", "filing_check"):
        assert client.get(reverse(name, args=[later.pk])).status_code == 200
    sent = client.post(reverse("filing_submit", args=[later.pk]), {"submit_key": "k"})
    assert sent.headers.get("Location") == reverse("filing_done", args=[later.pk]), sent.content.decode()[
        :2000
    ]


@pytest.mark.parametrize("name", PAGES)
def test_page_of_another_providers_filing_does_not_exist(name: str) -> None:
    filing = filings.submitted()
    stranger = factories.client_for(factories.membership(role=Role.PROVIDER_OWNER, unit=factories.unit()))
    assert stranger.get(reverse(name, args=[filing.pk])).status_code == 404
    assert stranger.post(reverse("filing_submit", args=[filing.pk])).status_code == 404


def test_reviewer_is_shown_where_the_workspace_is_not_his() -> None:
    filing = filings.submitted()
    reviewer = Membership.objects.filter(unit=filing.authority).first() or factories.membership(
        role=Role.REVIEWER, unit=filing.authority
    )
    assert factories.client_for(reviewer).get(reverse("filing", args=[filing.pk])).status_code == 403


def test_visitor_is_sent_to_sign_in() -> None:
    filing = filings.draft()
    answer = Client().get(reverse("filing", args=[filing.pk]))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.headers["Location"]


def test_posting_twice_hands_in_once() -> None:
    filing = filings.draft()
    client = signed_in(filing)
    for _time in range(2):
        answer = client.post(reverse("filing_submit", args=[filing.pk]), {"submit_key": "the same"})
        assert answer.headers["Location"] == reverse("filing_done", args=[filing.pk])
    row = filings.fresh(filing)
    assert (row.state, row.version, row.versions.count()) == (FilingState.SUBMITTED, 1, 1)
    assert [record.verb for record in timeline(row)].count("submit") == 1


def test_posting_from_a_stale_page_says_that_it_moved_on() -> None:
    filing = filings.submitted()
    answer = signed_in(filing).post(reverse("filing_submit", args=[filing.pk]), {"submit_key": "another"})
    assert answer.status_code == 409


def test_incomplete_form_is_not_handed_in_and_links_to_every_field() -> None:
    filing = filings.draft()
    App.objects.filter(pk=filing.app_id).update(data={"name": filing.app_name})
    answer = signed_in(filing).post(reverse("filing_submit", args=[filing.pk]), {"submit_key": "k"})
    assert answer.status_code == 422
    assert reverse("filing_section", args=[filing.pk, "basics"]) in answer.content.decode()
    assert filings.fresh(filing).state == FilingState.DRAFT


def test_withdrawing_asks_first_and_then_ends_the_filing() -> None:
    filing = filings.submitted()
    client = signed_in(filing)
    address = reverse("filing_withdraw", args=[filing.pk])
    assert client.get(address).status_code == 200
    assert filings.fresh(filing).state == FilingState.SUBMITTED
    assert client.post(address, {"seen_state": "submitted"}).status_code == 302
    assert filings.fresh(filing).state == FilingState.WITHDRAWN


def test_withdrawing_from_a_page_that_is_stale_does_nothing() -> None:
    filing = filings.returned()
    answer = signed_in(filing).post(reverse("filing_withdraw", args=[filing.pk]), {"seen_state": "submitted"})
    assert answer.status_code == 409
    assert filings.fresh(filing).state == FilingState.RETURNED


def test_home_shows_what_waits_for_whom() -> None:
    company = factories.unit()
    draft, sent = filings.draft(company), filings.submitted(company)
    client = signed_in(draft)
    page = client.get(reverse("provider_home")).content.decode()
    assert reverse("filing", args=[draft.pk]) in page
    assert sent.case_no in page
    for name in ("provider_apps", "provider_unit", "provider_start"):
        assert client.get(reverse(name)).status_code == 200


def test_home_of_a_newcomer_says_how_to_begin() -> None:
    client = factories.client_for(factories.membership(role=Role.PROVIDER_OWNER, unit=factories.unit()))
    page = client.get(reverse("provider_home")).content.decode()
    assert reverse("provider_start") in page


@pytest.mark.parametrize("name", ["", "x" * 121])
def test_beginning_without_a_usable_name_is_explained(name: str) -> None:
    client = factories.client_for(factories.membership(role=Role.PROVIDER_OWNER, unit=factories.unit()))
    answer = client.post(reverse("provider_start"), {"kind": "initial", "name": name})
    assert answer.status_code == 422
    assert not Filing.objects.exists()


@pytest.mark.parametrize(
    "junk",
    [
        {"kind": "nonsense"},
        {"app": "９"},
        {"app": "9" * 40, "kind": "change"},
        {"system": "x", "name": "\x00a"},
    ],
)
def test_junk_at_the_start_page_gives_no_error_page(junk: dict[str, str]) -> None:
    client = factories.client_for(factories.membership(role=Role.PROVIDER_OWNER, unit=factories.unit()))
    assert client.post(reverse("provider_start"), junk).status_code in (302, 400, 422)
    assert client.get(reverse("provider_start"), junk).status_code == 200


def test_beginning_twice_under_one_name_opens_the_same_draft() -> None:
    client = factories.client_for(factories.membership(role=Role.PROVIDER_OWNER, unit=factories.unit()))
    places = {
        client.post(reverse("provider_start"), {"kind": "initial", "name": "榆荚阅读"}).headers["Location"]
        for _time in range(2)
    }
    assert len(places) == 1
    assert Filing.objects.count() == 1


def test_several_drafts_are_handed_in_at_once_each_with_its_answer() -> None:
    company = factories.unit()
    good, bad = filings.draft(company), filings.draft(company)
    App.objects.filter(pk=bad.app_id).update(data={"name": bad.app_name})
    answer = signed_in(good).post(reverse("provider_batch"), {"filing": [good.pk, bad.pk, "x", 10**30]})
    assert answer.status_code == 200
    assert filings.fresh(good).state == FilingState.SUBMITTED
    assert filings.fresh(bad).state == FilingState.DRAFT
    assert filings.fresh(good).case_no in answer.content.decode()


@pytest.mark.requirement("R84")
def test_supplement_shows_the_notes_and_the_versions_compare() -> None:
    from providers import domain as verbs
    from review import domain as review_verbs

    filing = filings.submitted()
    by = filings.reviewer_of(filing)
    review_verbs.give_verdict(
        filing=filing, field_key="system.mlps_number", ok=False, note="编号不一致", by=by, now=filings.NOW
    )
    filing = review_verbs.return_for_correction(filing=filing, by=by, now=filings.NOW, comment="请补正")
    client = signed_in(filing)
    page = client.get(reverse("filing", args=[filing.pk])).content.decode()
    assert "请补正" in page
    assert "is-act" in page
    owner = filings.actor_in(filing.unit)
    later = filings.NOW + timedelta(days=1)
    verbs.save_part(
        filing=filing, part="system", values={"mlps_number": "11010899021-20302"}, by=owner, now=later
    )
    verbs.submit(filing=filing, by=owner, now=later)
    page = client.get(reverse("filing_versions", args=[filing.pk])).content.decode()
    assert "11010899021-20302" in page
    assert (
        client.get(reverse("filing_versions", args=[filing.pk]), {"old": "x", "new": "99"}).status_code == 200
    )


def test_several_drafts_sent_twice_give_the_same_answers_and_one_version_each() -> None:
    unit = factories.unit()
    drafts = [filings.draft(unit), filings.draft(unit)]
    client = signed_in(drafts[0])
    page = client.get(reverse("provider_home"))
    key = page.context["submit_key"]
    assert f'name="submit_key" value="{key}"' in page.content.decode()
    sent = {"filing": [row.pk for row in drafts], "submit_key": key}
    for _time in range(2):
        answer = client.post(reverse("provider_batch"), sent)
        assert [error for _row, error in answer.context["outcome"]] == [None, None]
    assert [filings.fresh(row).version for row in drafts] == [1, 1]
    other = client.post(reverse("provider_batch"), {**sent, "submit_key": "another"})
    assert other.context["outcome"] == []


def test_service_target_of_the_policy_is_told_while_the_authority_holds_the_filing() -> None:
    """No period of the law is set for approval; the rulebook has a target, and nothing follows from it."""
    filings.policy(review_target_days=3)
    filing = filings.submitted()
    client = signed_in(filing)
    expected = add_working_days(local_date(filing.last_submitted_at), 3).date
    for name in ("filing", "filing_done"):
        page = client.get(reverse(name, args=[filing.pk]))
        assert page.context["target"] == expected
        assert day(expected) in page.content.decode()
    assert expected < filing.due_day
    draft = filings.draft(factories.unit())
    assert signed_in(draft).get(reverse("filing", args=[draft.pk])).context["target"] is None
