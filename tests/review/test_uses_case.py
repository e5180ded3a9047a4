"""A user filing on the desk: what the page shows, notes, decisions, stale pages, forged requests, races."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from ledger.acts import Refused
from ledger.domain.verify import verify
from review import domain
from review.models import UseVerdict
from tests import factories
from tests import factories_uses as make
from tests.review.test_races import one_of_two, together
from users import domain as use_verbs
from users.models import UseDecision, UseNote

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(freeze):
    freeze(make.NOW)
    make.rules()
    return factories.authority("110108")


@pytest.fixture
def client(district):
    return factories.client_for(factories.membership(role=Role.REVIEWER, unit=district))


@pytest.fixture
def use(district):
    return make.submitted(make.school(district))


def decide(client, use, decision, **more):
    return client.post(
        reverse("use_case_decide", args=[use.pk]),
        {"decision": decision, "seen_state": "submitted", "seen_version": use.version, **more},
    )


def note(client, use, key="use.necessity", text="请写明必要性", **more):
    values = {"field_key": key, "verdict": "note", "note": text, "seen_version": use.version, **more}
    return client.post(reverse("use_case_verdict", args=[use.pk]), values)


@pytest.mark.parametrize("tab", ["compare", "content", "materials", "ledger", "?"])
def test_every_tab_shows_the_case(client, use, tab):
    page = client.get(reverse("use_case", args=[use.pk]), {"tab": tab})
    assert page.status_code == 200
    text = page.content.decode()
    assert use.unit.name in text
    assert use.entry.number in text
    assert use.case_no in text


def test_case_costs_the_same_few_queries_whatever_it_contains(client, district, use):
    by = factories.actor(Role.REVIEWER, district)
    client.get(reverse("use_case", args=[use.pk]))
    costs: dict[str, list[int]] = {}
    for cycles in (1, 2, 8):
        for _ in range(cycles):
            domain.claim(filing=make.fresh(use), by=by, now=make.NOW)
            domain.return_use(filing=make.fresh(use), by=by, now=make.NOW, comment="请补充")
            domain.release(filing=make.submitted(of=make.fresh(use)), by=by, now=make.NOW)
        for tab in ("compare", "content", "materials", "ledger"):
            with CaptureQueriesContext(connection) as caught:
                assert client.get(reverse("use_case", args=[use.pk]), {"tab": tab}).status_code == 200
            costs.setdefault(tab, []).append(len(caught))
            assert len(caught) <= 15, (tab, [query["sql"][:200] for query in caught])
    assert all(len(set(each)) == 1 for each in costs.values()), costs


@pytest.mark.parametrize("state", ["submitted", "returned", "confirmed", "suspended", "withdrawn"])
def test_page_of_every_state_opens(client, district, state):
    use = make.use_in_state(state, make.school(district))
    assert client.get(reverse("use_case", args=[use.pk])).status_code == 200


def test_draft_is_not_seen(client, district):
    use = make.draft(make.school(district))
    assert client.get(reverse("use_case", args=[use.pk])).status_code == 404


@pytest.mark.requirement("R100")
def test_notes_are_drafts_until_the_return_and_the_next_version_shows_what_changed(client, use):
    note(client, use)
    assert UseNote.objects.count() == 0, "the unit does not see a draft"
    preview = decide(client, use, "return", comment="见意见")
    assert "请写明必要性" in preview.content.decode()
    assert make.fresh(use).state == "submitted"
    answer = decide(client, use, "return", comment="见意见", confirmed="yes")
    assert answer.status_code == 302
    assert make.fresh(use).state == "returned"
    assert UseNote.objects.get().text == "请写明必要性"
    school = use.unit
    use = use_verbs.save_part(
        filing=make.fresh(use), part="use", values={"necessity": "改写后的必要性"}, by=make.lead(school), now=make.NOW
    )
    use = make.submitted(of=use)
    page = client.get(reverse("use_case", args=[use.pk]))
    assert [line.key for line in page.context["lines"]] == ["use.necessity"]
    assert not UseVerdict.objects.filter(version=use.version).exists()
    assert "请写明必要性" in client.get(reverse("use_case", args=[use.pk]), {"tab": "ledger"}).content.decode()


@pytest.mark.requirement("R100", "R106")
def test_use_is_confirmed_after_its_notice_was_shown(client, use):
    assert decide(client, use, "confirm").status_code == 200
    assert make.fresh(use).state == "submitted"
    decide(client, use, "confirm", confirmed="yes")
    assert make.fresh(use).state == "confirmed"
    assert UseDecision.objects.filter(filing=use, verb="confirm").count() == 1
    assert list(verify()) == []


def test_use_is_not_confirmed_over_a_note(client, use):
    note(client, use)
    assert client.get(reverse("use_case", args=[use.pk])).context["confirm_reasons"].codes == ["notes_left"]
    answer = decide(client, use, "confirm", confirmed="yes")
    assert answer.status_code == 403
    assert make.fresh(use).state == "submitted"
    note(client, use, verdict="clear")
    assert decide(client, use, "confirm", confirmed="yes").status_code == 302


def test_return_without_a_word_is_refused(client, use):
    assert decide(client, use, "return", confirmed="yes").status_code == 403
    assert make.fresh(use).state == "submitted"
    assert decide(client, use, "").status_code == 422


def test_stale_page_decides_nothing_and_says_who_was_first(client, use, district):
    other = make.as_confirmer(district, 2)
    domain.confirm_use(filing=use, by=other, now=make.NOW)
    answer = decide(client, use, "return", comment="晚了", confirmed="yes")
    assert answer.status_code == 409
    assert other.person_name in answer.content.decode()
    assert note(client, use).status_code == 409
    assert client.post(reverse("use_case_claim", args=[use.pk])).status_code == 403
    assert UseDecision.objects.filter(filing=use).exclude(verb="unit_approve").count() == 1


def test_colleague_who_was_first_keeps_the_case(client, use, district):
    domain.claim(filing=use, by=make.as_confirmer(district, 2), now=make.NOW)
    assert client.post(reverse("use_case_claim", args=[use.pk])).status_code == 409


@pytest.mark.requirement("R5", "R100")
@pytest.mark.parametrize("code", ["11", "moe"])
def test_superior_looks_on_but_a_forged_request_decides_nothing(client, use, code):
    role = Role.MINISTRY_REVIEWER if code == "moe" else Role.REVIEW_LEAD
    above = factories.client_for(factories.membership(role, unit=factories.authority(code)))
    assert above.get(reverse("use_case", args=[use.pk])).context["may_decide"] is False
    assert decide(above, use, "confirm", confirmed="yes").status_code == 403
    assert decide(above, use, "return", comment="x", confirmed="yes").status_code == 403
    assert note(above, use).status_code == 403
    for name in ("use_case_claim", "use_case_release"):
        assert above.post(reverse(name, args=[use.pk])).status_code == 403
    bulk = above.post(
        reverse("uses_bulk"), {"action": "confirm", "confirmed": "on", "id": [use.pk]}
    )
    assert bulk.context["done"] == 0
    assert make.fresh(use).state == "submitted"


@pytest.mark.parametrize("code", ["110101", "44"])
def test_other_branches_find_nothing(use, code):
    other = factories.client_for(factories.membership(Role.REVIEW_LEAD, unit=factories.authority(code)))
    for name in ("use_case", "use_case_decide"):
        assert other.get(reverse(name, args=[use.pk])).status_code == 404
    assert decide(other, use, "confirm", confirmed="yes").status_code == 404
    assert note(other, use).status_code == 404
    assert other.get(reverse("use_case_material", args=[make.material(use.unit, stored=True).pk])).status_code == 404


def test_unknown_field_takes_no_note(client, use):
    assert note(client, use, key="use.nonsense").status_code == 404
    assert note(client, use, key="app.version").status_code == 404
    assert not UseVerdict.objects.exists()


def test_change_is_compared_with_what_was_confirmed(client, district):
    use = make.confirmed(make.school(district))
    lead = make.lead(use.unit)
    values = make.use_data(use.unit, use.data["use"].get("decision_file"), change=True, necessity="扩大使用的必要性")
    use = use_verbs.save_part(filing=make.fresh(use), part="use", values=values, by=lead, now=make.NOW)
    use = use_verbs.report_change(filing=use, by=lead, now=make.NOW)
    if use.state == "unit_review":
        use = use_verbs.unit_approve(filing=use, by=make.second(use.unit), now=make.NOW)
    page = client.get(reverse("use_case", args=[use.pk]), {"against": "published"})
    assert page.context["against"] == "published"
    assert "use.necessity" in [line.key for line in page.context["lines"]]


def test_next_and_previous_follow_the_queue(client, use, district):
    later = make.submitted(make.school(district))
    assert client.get(reverse("use_case_next", args=[use.pk])).url == reverse("use_case", args=[later.pk])
    assert client.get(reverse("use_case_previous", args=[later.pk])).url == reverse("use_case", args=[use.pk])
    assert client.get(reverse("use_case_next", args=[later.pk])).url == reverse("use_case", args=[later.pk])


def test_who_belongs_to_the_school_does_not_decide_on_it(use, district):
    member = factories.membership(role=Role.REVIEWER, unit=district)
    factories.membership(role=Role.INSTITUTION_STAFF, unit=use.unit, person=member.person)
    client = factories.client_for(member)
    assert decide(client, use, "confirm", confirmed="yes").status_code == 403
    from accounts.actors import actor_for_membership

    with pytest.raises(Refused):
        domain.claim(filing=use, by=actor_for_membership(member), now=make.NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["confirm", "return"])
def test_of_two_decisions_at_once_only_one_counts(use, district, second):
    first, other = make.as_confirmer(district), make.as_confirmer(district, 2)

    def again():
        if second == "confirm":
            return domain.confirm_use(filing=use, by=other, now=make.NOW, seen_state="submitted")
        return domain.return_use(filing=use, by=other, now=make.NOW, comment="请补正", seen_state="submitted")

    one_of_two(
        together(lambda: domain.confirm_use(filing=use, by=first, now=make.NOW, seen_state="submitted"), again)
    )
    assert UseDecision.objects.filter(filing=use, verb__in=["confirm", "return_for_correction"]).count() == 1
    assert list(verify()) == []


@pytest.mark.parametrize("target", ["draft", "account_home", "//other.example/x", "https://other.example/"])
def test_way_back_that_is_no_address_of_ours_leads_to_the_case(client, use, target):
    answer = client.post(reverse("use_case_claim", args=[use.pk]), {"next": target})
    assert answer.status_code == 302 and "other.example" not in answer.headers["Location"]


@pytest.mark.requirement("R104", "R115", "R116")
def test_authority_is_shown_what_the_form_pointed_out_to_the_unit(client, district):
    exams = {"functions": ["exams"], "exams_run_by": "third_party", "exams_justification": "暂无自有系统",
             "other_ways": "现场办理", "exclusive_agreement": False, "commit_no_exclusive": True}  # fmt: skip
    plain, flagged = make.submitted(make.school(district)), make.submitted(make.school(district), **exams)
    pages = [client.get(reverse("use_case", args=[row.pk])) for row in (plain, flagged)]
    codes = [[reason.code for reason in page.context["warnings"]] for page in pages]
    assert "third_party" not in codes[0] and codes[1].count("third_party") == 1
    told = next(str(one.message) for one in pages[1].context["warnings"] if one.code == "third_party")
    assert told in pages[1].content.decode()


def test_page_advises_the_end_of_a_confirmed_use_and_shows_that_it_did(client, district):
    use = make.confirmed(make.school(district))
    case, advise = reverse("use_case", args=[use.pk]), reverse("use_case_advise", args=[use.pk])
    assert advise in client.get(case).content.decode()
    assert client.post(advise, {"text": ""}).status_code == 302
    assert make.fresh(use).withdrawal_cause == ""
    assert client.post(advise, {"text": "重复建设"}).status_code == 302
    page = client.get(case).content.decode()
    assert "重复建设" in page and advise not in page
    assert make.fresh(use).state == "confirmed"


def test_first_filing_shows_no_change_once_it_is_confirmed(client, district):
    use = make.confirmed(make.school(district))
    page = client.get(reverse("use_case", args=[use.pk]), {"tab": "content"})
    keys = [block.key for block in page.context["blocks"]]
    assert "use" in keys and "use_change" not in keys


def test_what_the_school_sent_back_within_itself_is_no_version_to_compare_with(client, district):
    use = make.unit_review(make.school(district))
    hidden = dict(use.data["use"]) | {"necessity": "校内草稿的说法"}
    use_verbs.unit_send_back(filing=use, by=make.second(use.unit), comment="校内意见", now=make.NOW)
    use = make.fresh(use)
    use = use_verbs.save_part(filing=use, part="use", values=hidden, by=make.lead(use.unit), now=make.NOW)
    use = use_verbs.submit(filing=use, by=make.lead(use.unit), now=make.NOW)
    use_verbs.unit_send_back(filing=make.fresh(use), by=make.second(use.unit), comment="再改", now=make.NOW)
    use = make.fresh(use)
    values = hidden | {"necessity": "交给主管部门的说法"}
    use = use_verbs.save_part(filing=use, part="use", values=values, by=make.lead(use.unit), now=make.NOW)
    use = make.submitted(of=make.fresh(use))
    assert use.version == 3
    page = client.get(reverse("use_case", args=[use.pk]), {"against": "2"})
    assert "校内草稿" not in page.content.decode()
    assert "交给主管部门的说法" in page.content.decode()
    assert page.context["old_version"] is None and list(page.context["older_versions"]) == []
