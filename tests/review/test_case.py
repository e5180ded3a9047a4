"""The case page: what it shows, the verdicts, the decision with its preview, stale tabs, who gets a 404."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from providers import domain as provider_verbs
from providers import schema
from providers.models import Filing, FilingVersion, ReturnNote
from providers.queries import policy_of
from review import domain as review_verbs
from review.models import Check, ChecklistAnswer, Decision, ExternalCheck, Verdict
from tests import factories
from tests import factories_filings as make

pytestmark = pytest.mark.django_db
TABS = ["compare", "content", "materials", "provider", "ledger"]


@pytest.fixture
def reviewer(freeze):
    freeze(make.NOW)
    make.calendar()
    return factories.membership(role=Role.REVIEWER, unit=factories.authority("11"))


@pytest.fixture
def client(reviewer):
    return factories.client_for(reviewer)


def page(filing, **query) -> str:
    return reverse("case", args=[filing.pk]) + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


@pytest.mark.parametrize("state", [state for state in make.ALL_STATES if state not in ("draft", "withdrawn")])
def test_every_tab_shows_every_state(client, state):
    filing = make.in_state(state)
    for language, tab in product(["zh-hans", "en"], TABS):
        client.cookies["django_language"] = language
        response = client.get(page(filing, tab=tab))
        assert response.status_code == 200, (language, tab)
        assert filing.case_no in response.content.decode(), (language, tab)


def grow(filing: Filing, count: int, author: Person) -> None:
    """Up to ``count`` of everything that a case may have many of."""
    fields = [item.key for _section, item in schema.fields(str(filing.kind), policy_of(filing, make.NOW))]
    newest = filing.versions.order_by("-number")[0]
    Verdict.objects.bulk_create(
        [
            Verdict(filing=filing, version=filing.version, field_key=key, ok=n % 3 > 0, note="请核对", author=author,
                    updated_at=make.NOW)
            for n, key in enumerate(fields[:count])
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    for number in range(count):
        at = {"filing": filing, "version": filing.version}
        Check.objects.get_or_create(**at, code=f"c{number}", defaults={"result": "pass", "checked_at": make.NOW})
        ChecklistAnswer.objects.get_or_create(
            **at, key=f"k{number}", defaults={"ok": True, "author": author, "updated_at": make.NOW}
        )
        ExternalCheck.objects.get_or_create(**at, connector=f"x{number}", defaults={"asked_at": make.NOW})
        if filing.return_notes.count() < count:
            ReturnNote.objects.create(**at, field_key=fields[number % 9], text="请核对", created_at=make.NOW)
        if filing.decisions.count() < count:
            Decision.objects.create(
                **at, verb="return_for_correction", unit=filing.authority, person=author, comment="见说明",
                decided_at=make.NOW,
            )  # fmt: skip
        if Filing.objects.filter(unit=filing.unit).count() < count + 1:
            make.submitted(filing.unit) if number < 2 else make.draft(filing.unit)
    files = [{"x": make.file_value(make.material(filing.unit))} for _ in range(count)]
    data = newest.data | {"app": newest.data["app"] | {"authorised_sites": files}}
    with connection.cursor() as cursor:  # versions are frozen; the guard is for everybody but this test
        cursor.execute("SET LOCAL session_replication_role = replica")
        FilingVersion.objects.filter(pk=newest.pk).update(data=data)
        cursor.execute("SET LOCAL session_replication_role = origin")
    actor = make.reviewer_of(filing)
    for _ in range(count // 2):
        review_verbs.claim(filing=filing, by=actor, now=make.NOW)
        review_verbs.release(filing=filing, by=actor, now=make.NOW)


@pytest.mark.breadth
def test_case_costs_the_same_few_queries_whatever_it_contains(client, reviewer):
    make.policy("11", second_person=True, checklist=[{"key": "k0", "label_zh": "属于", "label_en": "In scope"}])
    filing = make.returned()
    filing = provider_verbs.submit(filing=filing, by=make.actor_in(filing.unit), now=make.NOW)
    client.get(page(filing))
    costs: dict[str, list[int]] = {}
    for count in (1, 3, 100):
        grow(filing, count, reviewer.person)
        for tab in TABS:
            with CaptureQueriesContext(connection) as caught:
                assert client.get(page(filing, tab=tab)).status_code == 200
            costs.setdefault(tab, []).append(len(caught))
            assert len(caught) <= 15, (tab, count, [query["sql"] for query in caught])
    assert all(len(set(each)) == 1 for each in costs.values()), costs


@pytest.mark.parametrize(
    "name", ["case", "case_verdict", "case_decide", "case_claim", "case_checklist", "case_release"]
)
@pytest.mark.parametrize("who", ["province", "provider", "draft"])
def test_what_one_may_not_see_does_not_exist(who, name, freeze):
    freeze(make.NOW)
    filing = make.draft() if who == "draft" else make.submitted()
    member = {
        "province": lambda: factories.membership(role=Role.REVIEWER, unit=factories.authority("44")),
        "provider": lambda: factories.membership(unit=filing.unit),
        "draft": lambda: factories.membership(role=Role.REVIEWER, unit=filing.authority),
    }[who]()
    client = factories.client_for(member)
    method = client.get if name == "case" else client.post
    assert method(reverse(name, args=[filing.pk])).status_code == (403 if who == "provider" else 404)


@pytest.mark.requirement("R83")
def test_note_is_written_without_script_and_stays_hidden_until_the_return(client):
    filing = make.submitted()
    assert 'name="note"' in client.get(page(filing, note="app.version")).content.decode()
    client.post(
        reverse("case_verdict", args=[filing.pk]),
        {
            "field_key": "app.version", "verdict": "note", "note": "版本与商店不符", "article": "me-12",
            "seen_version": 1,
        },
    )
    verdict = Verdict.objects.get()
    assert (verdict.ok, verdict.note, verdict.article) == (False, "版本与商店不符", "me-12")
    assert not ReturnNote.objects.exists()
    provider = factories.client_for(factories.membership(unit=filing.unit))
    address = reverse("filing", args=[filing.pk])
    assert "版本与商店不符" not in provider.get(address, follow=True).content.decode()
    decided = client.post(
        reverse("case_decide", args=[filing.pk]),
        {"decision": "return", "comment": "", "confirmed": "yes", "seen_state": "submitted", "seen_version": 1},
    )
    assert decided.status_code == 302
    assert ReturnNote.objects.get().text == "版本与商店不符"


def test_decision_is_previewed_before_it_is_made(client):
    filing = make.submitted()
    form = {"decision": "return", "comment": "请补正全部材料", "seen_state": "submitted", "seen_version": 1}
    preview = client.post(reverse("case_decide", args=[filing.pk]), form)
    assert "请补正全部材料" in preview.content.decode()
    assert make.fresh(filing).state == "submitted"
    client.post(reverse("case_decide", args=[filing.pk]), {**form, "confirmed": "yes"})
    assert make.fresh(filing).state == "returned"


@pytest.mark.requirement("R88")
def test_approval_through_the_page_issues_the_number(client):
    filing = make.submitted()
    form = {"decision": "approve", "seen_state": "submitted", "seen_version": 1, "confirmed": "yes"}
    client.post(reverse("case_decide", args=[filing.pk]), form)
    row = make.fresh(filing)
    assert row.state == "filed"
    assert row.entry.number == "教APP备1100001号"
    assert row.entry.number in client.get(page(row)).content.decode()


@pytest.mark.requirement("R2")
def test_decline_needs_reason_and_article(client):
    filing = make.submitted()
    response = client.post(reverse("case_decide", args=[filing.pk]), {"decision": "decline", "comment": ""})
    assert response.status_code == 422
    assert make.fresh(filing).state == "submitted"


def test_stale_tab_is_told_who_was_first(client):
    filing = make.submitted()
    other = make.actor_in(filing.authority, Role.REVIEW_LEAD)
    review_verbs.return_for_correction(filing=filing, by=other, now=make.NOW, comment="请补正")
    form = {"decision": "approve", "seen_state": "submitted", "seen_version": 1, "confirmed": "yes"}
    response = client.post(reverse("case_decide", args=[filing.pk]), form)
    assert response.status_code == 409
    assert other.person_name in response.content.decode()
    assert Decision.objects.count() == 1


def test_stale_version_is_not_decided(client):
    filing = make.returned()
    provider_verbs.submit(filing=filing, by=make.actor_in(filing.unit), now=make.NOW)
    form = {"decision": "approve", "seen_state": "submitted", "seen_version": 1, "confirmed": "yes"}
    assert client.post(reverse("case_decide", args=[filing.pk]), form).status_code == 409
    assert make.fresh(filing).state == "submitted"


def test_verdict_on_a_case_that_moved_is_refused(client):
    filing = make.returned()
    response = client.post(
        reverse("case_verdict", args=[filing.pk]), {"field_key": "app.version", "verdict": "ok", "seen_version": 1}
    )
    assert response.status_code == 409


def test_blockers_are_shown_as_reasons(client):
    make.policy("11", checklist=[{"key": "in_scope", "label_zh": "属于教育应用", "label_en": "In scope"}])
    filing = make.submitted()
    text = client.get(page(filing)).content.decode()
    assert "属于教育应用" in text
    response = client.post(
        reverse("case_decide", args=[filing.pk]),
        {"decision": "approve", "seen_state": "submitted", "seen_version": 1, "confirmed": "yes"},
    )
    assert response.status_code == 403
    answers = {"item_in_scope": "yes", "item_other": "yes", "seen_version": 1}
    client.post(reverse("case_checklist", args=[filing.pk]), answers)
    assert list(filing.checklist_answers.values_list("key", "ok")) == [("in_scope", True)]


def test_failed_check_is_overridden_with_a_reason(client):
    filing = make.submitted()
    client.get(page(filing))
    Check.objects.filter(code="uscc").update(result="fail", params={"why": "uscc_wrong", "code": "旧码"})
    address = reverse("case_override", args=[filing.pk, "uscc"])
    assert client.post(address, {"reason": " "}).status_code == 403
    client.post(address, {"reason": "执照原件显示此码"})
    assert Check.objects.get(code="uscc").override_reason == "执照原件显示此码"
    assert review_verbs.approve(filing=filing, by=make.reviewer_of(filing), now=make.NOW).state == "filed"


def test_previous_and_next_follow_the_queue(client):
    first, second = make.submitted(), make.submitted()
    assert client.get(reverse("case_next", args=[first.pk])).url == page(second)
    assert client.get(reverse("case_previous", args=[second.pk])).url == page(first)
    assert client.get(reverse("case_next", args=[second.pk])).url == page(second)


def test_unknown_field_gets_no_verdict(client):
    filing = make.submitted()
    response = client.post(reverse("case_verdict", args=[filing.pk]), {"field_key": "unit.nothing", "verdict": "ok"})
    assert response.status_code == 404


@pytest.mark.requirement("R37")
def test_newest_version_is_compared_with_any_earlier_one(client):
    filing = make.submitted()
    for round_ in (1, 2):
        filing = review_verbs.return_for_correction(
            filing=make.fresh(filing), by=make.reviewer_of(filing), now=make.NOW, comment="请补正"
        )
        owner = make.actor_in(filing.unit)
        provider_verbs.save_part(filing=filing, part="app", values={"version": f"{round_}.9.9"}, by=owner, now=make.NOW)
        filing = provider_verbs.submit(filing=make.fresh(filing), by=owner, now=make.NOW)
    case = client.get(reverse("case", args=[filing.pk]))
    assert case.context["old_version"].number == 2
    assert "?against=1" in case.content.decode()
    first = client.get(reverse("case", args=[filing.pk]), {"against": "1"})
    (line,) = first.context["lines"]
    assert first.context["old_version"].number == 1
    assert (line.key, line.text) == ("app.version", "2.9.9")
    assert client.get(reverse("case", args=[filing.pk]), {"against": "99"}).context["old_version"].number == 2
