"""The queue: tabs, filters, keyset pages, constant cost, bulk acts, export."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.sheets import safe_cell
from ledger.domain.verify import verify
from providers.models import App, Filing
from review import domain as review_verbs
from review import queries
from review.models import Assignment, SavedView
from review.queries import Filters
from rulebook.models import Clock
from tests import factories
from tests import factories_filings as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(freeze):
    freeze(make.NOW)
    make.calendar()
    return factories.membership(role=Role.REVIEW_LEAD, unit=factories.authority("11"))


@pytest.fixture
def client(lead):
    return factories.client_for(lead)


def rows(response) -> list[str]:
    return [row.filing.app_name for row in response.context["rows"]]


@pytest.mark.parametrize("role", [None, Role.PROVIDER_OWNER, Role.INSTITUTION_LEAD, Role.PARTNER, Role.SYSADMIN])
def test_queue_is_for_reviewers_alone(role, freeze):
    freeze(make.NOW)
    client = factories.client_for(factories.membership(role=role) if role else None)
    response = client.get(reverse("review_home"))
    assert response.status_code == (302 if role is None else 403)


@pytest.mark.requirement("R82")
def test_queue_shows_the_own_province_alone(client):
    mine = make.submitted()
    make.submitted(factories.unit(province="44"))
    make.draft()
    response = client.get(reverse("review_home"))
    assert rows(response) == [mine.app_name]
    assert mine.case_no in response.content.decode()


def test_counts_of_the_tabs_come_from_two_queries(client, lead):
    unit = factories.unit()
    waiting, mine, plain = make.returned(unit), make.submitted(unit), make.submitted(unit)
    make.approved(unit)
    make.in_state("ministry_review", unit)
    overdue = make.submitted(unit, now=make.NOW - timedelta(days=60))
    soon = make.submitted(unit, now=make.NOW - timedelta(days=10))
    actor = make.actor_in(lead.unit, Role.REVIEW_LEAD)
    review_verbs.claim(filing=mine, by=actor, now=make.NOW)
    day = queries.soon_day(make.NOW)
    with CaptureQueriesContext(connection) as caught:
        counts = queries.tab_counts(actor, make.NOW, day)
    assert len(caught) == 2
    assert counts == {
        "open": 6, "mine": 1, "unassigned": 3, "soon": 1, "overdue": 1, "waiting": 1, "ministry": 1,
    }  # fmt: skip
    for tab, names in {
        "mine": [mine], "overdue": [overdue], "soon": [soon], "waiting": [waiting],
        "unassigned": [overdue, soon, plain],
    }.items():  # fmt: skip
        assert rows(client.get(reverse("review_home"), {"tab": tab})) == [filing.app_name for filing in names]


def copied(filing: Filing) -> Filing:
    """A further case like this one, with its clock, without the verbs that a hundred of them would take."""
    app, clock = App.objects.get(pk=filing.app_id), Clock.objects.get(subject_id=filing.pk)
    app.pk = None
    app.save()
    again = Filing.objects.get(pk=filing.pk)
    again.pk, again.app, again.case_no = None, app, f"{filing.case_no[:12]}-{app.pk}"
    again.save()
    clock.pk, clock.subject_id = None, again.pk
    clock.save()
    return again


@pytest.mark.breadth
def test_queue_costs_the_same_number_of_queries_at_1_3_and_100_rows(client, lead):
    unit, costs, filing = factories.unit(), {}, None
    colleagues = [factories.membership(role=Role.REVIEWER, unit=lead.unit).person for _ in range(3)]
    client.get(reverse("review_home"))
    for count in (1, 3, 100):
        while Filing.objects.count() < count:
            filing = copied(filing) if filing else make.submitted(unit)
            Assignment.objects.create(
                filing=filing, unit=lead.unit, person=colleagues[filing.pk % 3], assigned_at=make.NOW
            )
            SavedView.objects.create(person=lead.person, unit=lead.unit, name=f"{filing.pk}", query="stage=primary")
        for address in ("", "?last=1", "?tab=unassigned", "?tab=mine&sort=name", "?q=应用&kind=initial&stage=primary"):
            with CaptureQueriesContext(connection) as caught:
                response = client.get(reverse("review_home") + address)
            costs.setdefault(address, []).append(len(caught))
            assert len(caught) <= 15, "\n".join(query["sql"] for query in caught)
            if not address:
                assert len(response.context["rows"]) == min(count, queries.PAGE_SIZE)
    for address in ("", "?last=1"):
        assert len(set(costs[address])) == 1, costs
    assert max(max(each) - min(each) for each in costs.values()) <= 2, costs  # nothing to ask about no rows


@pytest.mark.parametrize("sort", queries.SORTS)
@pytest.mark.parametrize("way", ["after", "before"])
@pytest.mark.parametrize("tab", ["open", "closed"])
def test_database_goes_on_from_the_place_of_a_page(way, sort, tab, lead):
    """Rows before the place are not read: the place is a condition of the index, for open and closed cases."""
    filing = make.submitted()
    cases = queries.filtered(make.actor_in(lead.unit, Role.REVIEW_LEAD), Filters(tab=tab), make.NOW, make.NOW.date())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        with CaptureQueriesContext(connection) as caught:
            queries.page_of(cases, sort, **{way: queries.cursor_of(filing, sort)})
        cursor.execute("EXPLAIN " + caught[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "ROW(" in condition or (tab, sort) == ("closed", "name"), plan


def test_counts_of_a_long_queue_are_kept_for_seconds_but_for_ones_own_acts(client, lead, monkeypatch):
    monkeypatch.setattr(queries, "MANY_OPEN", 2)
    make.submitted()
    filing = make.submitted()

    def counts() -> tuple[int, int]:
        tabs = {tab["name"]: tab["count"] for tab in client.get(reverse("review_home")).context["tabs"]}
        return tabs["open"], tabs["mine"]

    assert counts() == (2, 0)
    make.submitted()
    assert counts() == (2, 0)  # somebody else's act: seen a moment later
    client.post(reverse("case_claim", args=[filing.pk]))
    assert counts() == (3, 1)


@pytest.mark.parametrize("sort", queries.SORTS)
def test_keyset_pages_go_through_every_row_in_both_directions(sort, lead):
    unit = factories.unit()
    for number in range(11):
        filing = make.submitted(unit, now=make.NOW - timedelta(days=number % 4))
        if number % 3 == 0:
            Filing.objects.filter(pk=filing.pk).update(due_at=None)  # nothing runs: at the end
    actor = make.actor_in(lead.unit, Role.REVIEW_LEAD)
    cases = queries.filtered(actor, Filters(), make.NOW, queries.soon_day(make.NOW))
    everything = [row.pk for row in queries.page_of(cases, sort, size=50).rows]
    assert len(everything) == 11
    forwards, page = [], queries.page_of(cases, sort, size=4)
    assert page.previous == ""
    while True:
        forwards += [row.pk for row in page.rows]
        if not page.next:
            break
        page = queries.page_of(cases, sort, after=page.next, size=4)
    assert forwards == everything
    backwards, page = [], queries.page_of(cases, sort, last=True, size=4)
    assert page.next == ""
    while True:
        backwards = [row.pk for row in page.rows] + backwards
        if not page.previous:
            break
        page = queries.page_of(cases, sort, before=page.previous, size=4)
    assert backwards == everything
    middle = Filing.objects.get(pk=everything[5])
    assert queries.neighbours(cases, sort, middle) == (everything[4], everything[6])


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "bnVsbA", "😀"])
def test_broken_cursor_gives_the_first_page(client, cursor):
    make.submitted()
    assert len(rows(client.get(reverse("review_home"), {"after": cursor}))) == 1


def test_filters_stand_in_the_address(client, lead):
    reading = make.submitted(of=make.app(name="榆荚阅读"))
    make.submitted(of=make.app(name="砚池书法", stages=["senior"]))
    at = reverse("review_home")
    assert rows(client.get(at, {"q": "榆荚"})) == ["榆荚阅读"]
    assert rows(client.get(at, {"q": reading.case_no.lower()})) == ["榆荚阅读"]
    assert rows(client.get(at, {"stage": "senior"})) == ["砚池书法"]
    assert rows(client.get(at, {"kind": "change"})) == []
    assert rows(client.get(at, {"assignee": "none"})) == ["榆荚阅读", "砚池书法"]
    assert rows(client.get(at, {"assignee": str(lead.person_id)})) == []
    assert rows(client.get(at, {"q": "榆\x00荚"})) == ["榆荚阅读"]
    assert len(rows(client.get(at, {"tab": "nonsense", "sort": "x", "kind": "y", "assignee": "z"}))) == 2


def test_view_is_saved_and_removed(client, lead):
    client.post(reverse("queue_save_view"), {"name": "小学", "query": "stage=primary&evil=1"})
    view = SavedView.objects.get()
    assert view.query == "stage=primary"
    other = factories.client_for(factories.membership(role=Role.REVIEWER, unit=lead.unit))
    other.post(reverse("queue_remove_view", args=[view.pk]))
    assert SavedView.objects.exists()
    client.post(reverse("queue_remove_view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_bulk_says_what_happened_to_each_row(client, lead):
    open_case, closed = make.submitted(), make.approved()
    foreign = make.submitted(factories.unit(province="44"))
    response = client.post(
        reverse("queue_bulk"), {"action": "claim", "id": [open_case.pk, closed.pk, foreign.pk]}
    )
    outcome = {row.filing.pk: row.done for row in response.context["outcomes"]}
    assert outcome == {open_case.pk: True, closed.pk: False}
    assert list(Assignment.objects.values_list("filing_id", "person_id")) == [(open_case.pk, lead.person_id)]


def test_bulk_approval_is_shown_first_and_then_done_for_what_is_possible(client):
    good, noted = make.submitted(), make.submitted()
    reviewer = make.reviewer_of(noted)
    review_verbs.give_verdict(filing=noted, field_key="app.version", ok=False, note="不符", by=reviewer, now=make.NOW)
    chosen = {"action": "approve", "id": [good.pk, noted.pk]}
    response = client.post(reverse("queue_bulk"), chosen)
    assert response.context["possible"] == 1
    assert make.fresh(good).state == "submitted"
    client.post(reverse("queue_bulk"), {**chosen, "confirmed": "on", f"seen_{good.pk}": "submitted.1"})
    assert (make.fresh(good).state, make.fresh(noted).state) == ("filed", "submitted")
    assert list(verify()) == []


def test_export_is_scoped_and_safe_from_formulas(client):
    make.submitted(of=make.app(name="=HYPERLINK(1)"))
    make.submitted(factories.unit(province="44"))
    text = b"".join(client.get(reverse("queue_export")).streaming_content).decode()
    assert text.startswith("\ufeff")
    lines = text.strip().splitlines()
    assert len(lines) == 2
    assert "'=HYPERLINK(1)" in lines[1]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_cell_of_a_formula_is_made_text(text):
    assert safe_cell(text) == "'" + text


def test_absent_colleagues_cases_are_handed_over(client, lead):
    absent = factories.membership(role=Role.REVIEWER, unit=lead.unit)
    case, closed = make.submitted(), make.submitted()
    actor = make.actor_in(lead.unit, Role.REVIEW_LEAD)
    for filing in (case, closed):
        review_verbs.assign(filing=filing, person=absent.person, by=actor, now=make.NOW)
    review_verbs.approve(filing=closed, by=actor, now=make.NOW)
    client.post(reverse("review_hand_over"), {"absent": absent.person_id, "to": lead.person_id})
    assert Assignment.objects.get(filing=case).person_id == lead.person_id
    assert Assignment.objects.get(filing=closed).person_id == absent.person_id


@pytest.mark.requirement("R80")
def test_ministry_sees_its_second_level_and_its_own_filings(freeze):
    freeze(make.NOW)
    client = factories.client_for(factories.membership(role=Role.MINISTRY_REVIEWER))
    second = make.in_state("ministry_review")
    make.submitted()
    own = make.submitted(factories.authority("44"))
    assert own.authority.code == "moe"
    assert set(rows(client.get(reverse("review_home")))) == {second.app_name, own.app_name}
    assert set(rows(client.get(reverse("review_home"), {"tab": "unassigned"}))) == {second.app_name, own.app_name}
