"""The queue of user filings: whose they are, tabs, filters, keyset pages, constant cost, acts on several, export."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from ledger.domain.verify import verify
from notices.models import Notice
from review import queries
from review.models import SavedView, UseAssignment
from tests import factories
from tests import factories_uses as make
from users.models import UserFiling

pytestmark = pytest.mark.django_db
NO_REVIEW = {"functions": ["management"], "user_groups": ["staff"]}


@pytest.fixture
def district(freeze):
    freeze(make.NOW)
    make.rules()
    return factories.authority("110108")


@pytest.fixture
def member(district):
    return factories.membership(role=Role.REVIEW_LEAD, unit=district)


@pytest.fixture
def client(member):
    return factories.client_for(member)


def queue(client, **query):
    answer = client.get(reverse("uses_queue"), query)
    assert answer.status_code == 200
    return answer


def listed(answer):
    return [row["pk"] for row in answer.context["rows"]]


@pytest.mark.requirement("R5", "R22", "R100")
def test_each_authority_has_in_its_queue_what_it_confirms_and_nothing_else(client, district):
    """District: its schools. Province: its own and the districts'. MOE: universities. Nobody sees another branch."""
    of_school = make.submitted(make.school(district))
    other = make.submitted(make.school(factories.authority("110101")))
    of_district = make.submitted(district)
    of_university = make.submitted(make.university())
    assert listed(queue(client)) == [of_school.pk]
    clients = {
        "110101": other.pk, "11": of_district.pk, "moe": of_university.pk, "44": None,
    }  # fmt: skip
    for code, expected in clients.items():
        role = Role.MINISTRY_REVIEWER if code == "moe" else Role.REVIEWER
        who = factories.client_for(factories.membership(role, unit=factories.authority(code)))
        assert listed(queue(who)) == ([expected] if expected else []), code
    province = factories.client_for(factories.membership(Role.REVIEWER, unit=factories.authority("11")))
    assert set(listed(queue(province, area="all"))) == {of_school.pk, other.pk, of_district.pk}
    assert listed(queue(province, area=str(district.pk), kind="school")) == [of_school.pk]
    assert listed(queue(client, area=str(factories.authority("110101").pk))) == [], "no area beside one's own"
    assert client.get(reverse("use_case", args=[other.pk])).status_code == 404
    assert client.get(reverse("use_case", args=[of_university.pk])).status_code == 404
    assert province.get(reverse("use_case", args=[of_school.pk])).status_code == 200


def test_tabs_count_and_hold_what_their_name_says(client, member, district, freeze):
    fresh, returned = make.submitted(make.school(district)), make.returned(make.school(district))
    confirmed, suspended = make.confirmed(make.school(district)), make.suspended(make.school(district))
    make.draft(make.school(district))
    client.post(reverse("use_case_claim", args=[fresh.pk]))
    tabs = {
        "open": {fresh.pk, returned.pk}, "mine": {fresh.pk}, "unassigned": set(), "beyond": set(),
        "waiting": {returned.pk}, "confirmed": {confirmed.pk}, "suspended": {suspended.pk},
    }  # fmt: skip
    counts = [tab["count"] for tab in queue(client).context["tabs"]]
    assert counts == [len(rows) for rows in tabs.values()]
    for tab, rows in tabs.items():
        assert set(listed(queue(client, tab=tab))) == rows, tab
    freeze(make.NOW + timedelta(days=60))
    assert listed(queue(factories.client_for(member), tab="beyond")) == [fresh.pk]


def test_filters_search_and_junk(client, district):
    own = make.submitted(make.school(district, name="中关村示例小学"), **NO_REVIEW, nature="recommended")
    make.submitted(make.school(district), entry=make.entry("口算示例"))
    assert listed(queue(client, q="中关村")) == [own.pk]
    assert listed(queue(client, q=own.case_no)) == [own.pk]
    assert len(listed(queue(client, nature="recommended"))) == 2
    assert listed(queue(client, stage="higher")) == []
    assert len(listed(queue(client, kind="school", stage="primary"))) == 2
    assert listed(queue(client, assignee="999999")) == []
    for junk in ({"after": "x"}, {"before": "e30"}, {"area": "9" * 11}, {"q": "\x00"}, {"assignee": "²"}, {"tab": "?"}):
        queue(client, **junk)


@pytest.mark.requirement("R16")
def test_queue_costs_the_same_at_one_three_and_a_hundred(client, district):
    costs = []
    first = make.submitted(make.school(district), **NO_REVIEW)
    queue(client)  # what is read once for a session is read
    for wanted in (1, 3, 100):
        for number in range(UserFiling.objects.count(), wanted):
            copy = UserFiling.objects.get(pk=first.pk)
            copy.pk, copy.case_no, copy.unit = None, f"SY-110108-2026-{number + 500:06d}", make.school(district)
            copy.save(force_insert=True)
        with CaptureQueriesContext(connection) as caught:
            answer = queue(client)
        costs.append(len([one for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert costs[0] == costs[1] == costs[2] <= 15, costs
    assert len(answer.context["rows"]) == 50
    pages = [set(listed(answer))]
    answer = client.get(reverse("uses_queue") + answer.context["next"])
    pages.append(set(listed(answer)))
    assert len(pages[0] | pages[1]) == 100
    assert set(listed(client.get(reverse("uses_queue") + answer.context["prev"]))) == pages[0]
    assert set(listed(queue(client, last="1"))) == pages[1]


@pytest.mark.requirement("R100", "R106")
def test_several_are_confirmed_after_a_preview_each_by_itself_and_once(client, district):
    one, two = make.submitted(make.school(district)), make.submitted(make.school(district))
    waiting = make.returned(make.school(district))
    strange = make.submitted(make.school(factories.authority("110101")))
    ids = [use.pk for use in (one, two, waiting, strange)]
    ask = client.post(reverse("uses_bulk"), {"action": "confirm", "id": ids})
    assert (ask.context["possible"], len(ask.context["rows"])) == (2, 3)
    assert UserFiling.objects.filter(state="confirmed").count() == 0
    sure = {
        "action": "confirm", "confirmed": "on", "id": ids,
        **{f"seen_{use.pk}": f"submitted.{use.version}" for use in (one, two)},
    }  # fmt: skip
    done = client.post(reverse("uses_bulk"), sure)
    assert (done.context["done"], done.context["failed"]) == (2, 1)
    again = client.post(reverse("uses_bulk"), sure)
    assert again.context["done"] == 0, "a double click confirms nothing twice"
    assert make.fresh(strange).state == "submitted"
    assert Notice.objects.filter(kind="use_confirmed").count() == 2
    assert list(verify()) == []


@pytest.mark.requirement("R16")
def test_units_are_reminded_once_a_day_of_what_lies_with_them(client, member, district, freeze):
    returned, fresh = make.returned(make.school(district)), make.submitted(make.school(district))
    ids = [returned.pk, fresh.pk]
    ask = client.post(reverse("uses_bulk"), {"action": "remind", "id": ids})
    assert "remind-text" in ask.content.decode()
    sure = {"action": "remind", "confirmed": "on", "id": ids, "text": "请尽快补正"}
    done = client.post(reverse("uses_bulk"), sure)
    assert (done.context["done"], done.context["failed"]) == (1, 1)
    assert client.post(reverse("uses_bulk"), sure).context["done"] == 0
    assert Notice.objects.get(kind="use_reminded").to_unit_id == returned.unit_id
    freeze(make.NOW + timedelta(days=1))
    assert factories.client_for(member).post(reverse("uses_bulk"), sure).context["done"] == 1


def test_cases_are_assigned_given_back_and_handed_over(client, member, district):
    colleague = factories.membership(role=Role.REVIEWER, unit=district).person
    uses = [make.submitted(make.school(district)) for _number in range(2)]
    ids = [use.pk for use in uses]
    client.post(reverse("uses_bulk"), {"action": "assign", "person": colleague.pk, "id": ids})
    assert UseAssignment.objects.filter(person=colleague).count() == 2
    client.post(reverse("use_case_release", args=[ids[0]]))
    assert UseAssignment.objects.filter(person=colleague).count() == 1
    client.post(reverse("uses_hand_over"), {"absent": colleague.pk, "to": member.person_id})
    assert UseAssignment.objects.get().person_id == member.person_id
    stranger = factories.membership(role=Role.REVIEWER, unit=factories.authority("44")).person
    assert client.post(reverse("use_case_assign", args=[ids[0]]), {"person": stranger.pk}).status_code == 404


def test_views_are_kept_apart_from_those_of_the_other_queue(client):
    client.post(reverse("uses_save_view"), {"name": "我的", "query": "tab=waiting&junk=1"})
    assert SavedView.objects.get().query == "tab=waiting"
    assert [item["view"].name for item in queue(client).context["views"]] == ["我的"]
    assert client.get(reverse("review_home")).context["views"] == []
    client.post(reverse("queue_remove_view", args=[SavedView.objects.get().pk]))
    assert not SavedView.objects.exists()


def test_export_has_every_row_that_the_filters_leave_and_no_formula(client, district):
    make.submitted(make.school(district, name="=1+1小学"))
    make.returned(make.school(district))
    text = b"".join(client.get(reverse("uses_export")).streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert "'=1+1小学" in text
    chosen = client.post(reverse("uses_bulk"), {"action": "export", "id": [UserFiling.objects.first().pk]})
    assert len(b"".join(chosen.streaming_content).decode().splitlines()) == 2


def test_counts_of_a_large_queue_are_some_seconds_old_but_never_after_ones_own_act(client, district, monkeypatch):
    monkeypatch.setattr(queries, "MANY_OPEN", 2)
    uses = [make.submitted(make.school(district)) for _ in range(2)]

    def shown(name: str = "open") -> int:
        tabs = client.get(reverse("uses_queue")).context["tabs"]
        return {tab["url"].partition("tab=")[2] or "open": tab["count"] for tab in tabs}[name]

    assert shown() == 2
    make.submitted(make.school(district))
    assert shown() == 2  # somebody else's, a moment ago
    client.post(reverse("use_case_claim", args=[uses[0].pk]))
    assert (shown(), shown("mine")) == (3, 1)
