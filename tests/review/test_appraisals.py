"""Appraisals: fair, just and open, from the call to the list that is published and reported (Opinions, 9)."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from PIL import Image

from accounts.enums import Role
from ledger.acts import ActError, AlreadyMoved, Refused
from ledger.models import Record
from notices.models import Notice
from registry import domain as registry
from registry import opening
from review import domain
from review.enums import AppraisalState
from review.models import Appraisal, Score
from tests import factories
from tests import factories_appraisals as make
from tests import factories_uses as uses
from tests.factories_appraisals import CLOSED, NOW
from users.queries import on_recommended_list

pytestmark = pytest.mark.django_db


def codes(refused) -> list[str]:
    return refused.value.reasons.codes


@pytest.mark.requirement("R124", "R125", "R126", "R127")
def test_appraisal_ends_in_a_published_and_reported_list() -> None:
    where, row = make.appraisal_in("concluded")
    good, weak = row.candidates.order_by("pk")
    assert (good.score, good.outcome) == (Decimal("80.00"), "recommended")
    assert (weak.score, weak.outcome) == (Decimal("50.00"), "not_recommended")
    edition = row.edition
    assert edition is not None and edition.published_at is not None and edition.reported_at == edition.published_at
    assert [item.entry_id for item in edition.items.all()] == [good.entry_id]
    report = Notice.objects.get(kind="list_published")
    assert report.to_unit.code == "moe"
    day = edition.effective_from
    assert on_recommended_list(["moe", "11"], good.entry, day) == edition
    assert on_recommended_list(["moe", "11"], weak.entry, day) is None


@pytest.mark.requirement("R124")
def test_mean_is_weighted_and_leaves_out_who_is_recused() -> None:
    where, row = make.appraisal_in("scoring")
    first, second = row.experts.order_by("pk")
    one, two = row.candidates.order_by("pk")
    make.declare(first, two)
    for expert, candidate, c1, c2 in ((first, one, 90, 60), (second, one, 70, 100), (second, two, 33, 67)):
        domain.give_scores(
            expert=expert, candidate=candidate, points={"c1": c1, "c2": c2}, comment="", by=make.own(expert), now=CLOSED
        )
    domain.give_notice(appraisal=row, by=where.actor, now=CLOSED)
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.score == Decimal("80.00")  # (78 + 82) / 2
    assert two.score == Decimal("46.60")


@pytest.mark.requirement("R124")
def test_expert_with_an_interest_does_not_score_and_loses_what_he_gave() -> None:
    _where, row = make.appraisal_in("scoring")
    expert, candidate = row.experts.order_by("pk")[0], row.candidates.order_by("pk")[0]
    make.give(expert, candidate, 99)
    make.declare(expert, candidate)
    assert not Score.objects.filter(expert=expert).exists()
    with pytest.raises(Refused) as refused:
        make.give(expert, candidate, 99)
    assert codes(refused) == ["recused"]


def test_undeclared_dismissed_or_foreign_expert_does_not_score() -> None:
    where, row = make.appraisal_in("scoring")
    first, second = row.experts.order_by("pk")
    candidate = row.candidates.order_by("pk")[0]
    with pytest.raises(Refused) as refused:
        domain.give_scores(
            expert=first, candidate=candidate, points={"c1": 1, "c2": 1}, comment="", by=make.own(second), now=CLOSED
        )
    assert codes(refused) == ["not_this_expert"]
    domain.dismiss_expert(expert=first, reason="失联", by=where.actor, now=CLOSED)
    first.refresh_from_db()
    with pytest.raises(Refused):
        make.give(first, candidate, 80)


@pytest.mark.parametrize("points", [{"c1": 80}, {"c1": 80, "c2": 101}, {"c1": -1, "c2": 5}, {"c1": True, "c2": 5}, {}])
def test_points_must_be_complete_and_within_bounds(points: dict) -> None:
    _where, row = make.appraisal_in("scoring")
    expert, candidate = row.experts.order_by("pk")[0], row.candidates.order_by("pk")[0]
    with pytest.raises(Refused) as refused:
        domain.give_scores(
            expert=expert, candidate=candidate, points=points, comment="", by=make.own(expert), now=CLOSED
        )
    assert codes(refused) == ["points"]


def test_notice_waits_for_every_score() -> None:
    where, row = make.appraisal_in("scoring")
    with pytest.raises(Refused) as refused:
        domain.give_notice(appraisal=row, by=where.actor, now=CLOSED)
    assert codes(refused) == ["scores_missing"]


def test_who_runs_the_appraisal_does_not_score_in_it() -> None:
    where, row = make.appraisal_in("draft")
    with pytest.raises(Refused) as refused:
        domain.appoint_expert(
            appraisal=row, person=where.lead.person, organisation="本委", by=where.actor, now=NOW
        )
    assert codes(refused) == ["judge_in_own_cause"]


@pytest.mark.requirement("R124")
def test_public_notice_runs_in_working_days_and_objections_come_first() -> None:
    where, row = make.appraisal_in("noticed")
    end = make.after_notice(row)
    with pytest.raises(Refused) as refused:
        domain.conclude(appraisal=row, by=where.actor, now=end - timedelta(seconds=1))
    assert codes(refused) == ["notice_runs"]
    good = row.candidates.order_by("pk")[0]
    objection = domain.object_to_result(
        appraisal=row, candidate=good, name="王一", contact="13800000000", text="数据有误", now=CLOSED
    )
    with pytest.raises(Refused) as refused:
        domain.conclude(appraisal=row, by=where.actor, now=end)
    assert codes(refused) == ["objections_open"]
    domain.decide_result_objection(objection=objection, upheld=True, decision="属实", by=where.actor, now=end)
    with pytest.raises(AlreadyMoved):
        domain.decide_result_objection(objection=objection, upheld=False, decision="不属实", by=where.actor, now=end)
    row = domain.conclude(appraisal=row, by=where.actor, now=end)
    assert row.edition is not None and not row.edition.items.exists()


def test_objection_is_taken_until_the_end_of_the_notice_and_its_author_stays_unknown() -> None:
    _where, row = make.appraisal_in("noticed")
    end = make.after_notice(row)
    from rulebook import clocks

    said = {"appraisal": row, "candidate": None, "name": "王一", "contact": "1", "text": "不服"}
    domain.object_to_result(**said, now=end - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:  # the end of the day counts, not when the portal next looks at its clocks
        domain.object_to_result(**said, now=end)
    assert codes(refused) == ["no_notice"]
    clocks.sweep(now=end)
    with pytest.raises(Refused) as refused:
        domain.object_to_result(appraisal=row, candidate=None, name="王一", contact="1", text="不服", now=end)
    assert codes(refused) == ["no_notice"]
    assert not any("王一" in body for body in Record.objects.values_list("body", flat=True))


@pytest.mark.requirement("R127")
def test_later_editions_keep_what_is_in_force_and_exits_give_reasons() -> None:
    where, row = make.appraisal_in("concluded", points=(80, 90))
    one, two = [candidate.entry for candidate in row.candidates.order_by("pk")]
    edition = domain.remove_from_list(target=where.target, entry=one, reason="停止维护", by=where.actor, now=CLOSED)
    assert edition.number == 2 and "停止维护" in edition.note
    assert [item.entry_id for item in edition.items.all()] == [two.pk]
    assert row.edition.items.count() == 2, "an earlier edition stays as it was"
    with pytest.raises(Refused) as refused:
        domain.remove_from_list(target=where.target, entry=one, reason="再次", by=where.actor, now=CLOSED)
    assert codes(refused) == ["not_on_list"]
    assert on_recommended_list(["moe", "11"], one, CLOSED.date()) is None


def test_revoked_app_is_not_carried_into_the_next_edition() -> None:
    where, row = make.appraisal_in("concluded", points=(80, 90))
    one, two = [candidate.entry for candidate in row.candidates.order_by("pk")]
    registry.revoke(entry=one, reason="违规", by=uses.publisher("11"), now=CLOSED)
    edition = domain.remove_from_list(target=where.target, entry=two, reason="退出", by=where.actor, now=CLOSED)
    assert not edition.items.exists()
    assert edition.note.splitlines() == [
        f"{two.app_name}（{two.number}）：退出", f"{one.app_name}（{one.number}）：备案已撤销"
    ], "nothing leaves a list without its reason"


@pytest.mark.requirement("R124")
def test_objection_helps_an_app_that_was_wronged_and_its_decision_is_published(client) -> None:
    where, row = make.appraisal_in("noticed", points=(10, 90))
    end = make.after_notice(row)
    wronged, other = row.candidates.order_by("pk")
    assert wronged.outcome == "not_recommended"
    said = {"name": "王一", "contact": "13800000000", "text": "评分表录入有误"}
    objections = [
        domain.object_to_result(appraisal=row, candidate=one, now=CLOSED, **said) for one in (wronged, other, None)
    ]
    decide = {"by": where.actor, "now": end}
    with pytest.raises(Refused) as refused:
        domain.decide_result_objection(
            objection=objections[0], upheld=True, decision="属实", outcome="perhaps", **decide
        )
    assert codes(refused) == ["no_outcome"]
    domain.decide_result_objection(
        objection=objections[0], upheld=True, decision="经复核应予推荐", outcome="recommended", **decide
    )
    domain.decide_result_objection(objection=objections[1], upheld=False, decision="评分无误", **decide)
    told = Notice.objects.get(kind="appraisal_outcome_changed")
    assert (told.to_unit, told.params["reason"]) == (wronged.entry.unit, "经复核应予推荐")
    page = client.get(f"/recommended/appraisals/{row.pk}/").content.decode()
    assert page.count("经复核应予推荐") == 2 and page.count("评分无误") == 1  # beside the app, and among the decisions
    assert not any(word in page for word in said.values()), "who objected, and how, stays unknown"
    domain.decide_result_objection(objection=objections[2], upheld=True, decision="已说明", **decide)
    again = domain.object_to_result(appraisal=row, candidate=other, now=CLOSED, **{**said, "text": "评分理由不清"})
    domain.decide_result_objection(
        objection=again, upheld=True, decision="理由已补充", outcome="recommended", **decide
    )
    assert Notice.objects.filter(kind="appraisal_outcome_changed").count() == 1, "its result is what it was"
    row = domain.conclude(appraisal=row, **decide)
    assert row.edition is not None
    assert {item.entry_id for item in row.edition.items.all()} == {wronged.entry_id, other.entry_id}


@pytest.mark.parametrize("broken", [
    {"criteria": []}, {"criteria": [{"key": "c1", "label_zh": "甲", "weight": 99}]},
    {"criteria": [{"key": "c1", "label_zh": "", "weight": 100}]},
    {"criteria": [{"key": "c1", "label_zh": "甲", "weight": 50}, {"key": "c1", "label_zh": "乙", "weight": 50}]},
    {"nominations_until": (NOW - timedelta(days=1)).date()},
])  # fmt: skip
def test_call_with_incomplete_terms_is_refused(broken: dict) -> None:
    where = make.scene()
    row = domain.draft_appraisal(target=where.target, by=where.actor, now=NOW, **make.terms(**broken))
    with pytest.raises(Refused):
        domain.call_for_nominations(appraisal=row, by=where.actor, now=NOW)


def test_terms_stand_once_the_call_is_out() -> None:
    where, row = make.appraisal_in("called")
    with pytest.raises(Refused) as refused:
        domain.edit_appraisal(appraisal=row, by=where.actor, now=NOW, minimum=1)
    assert codes(refused) == ["call_is_out"]


def test_nomination_is_for_those_concerned_and_for_apps_in_force() -> None:
    where, row = make.appraisal_in("called")
    fresh, offline = uses.entry(), uses.entry()
    registry.take_offline(entry=offline, reason="整改", by=uses.publisher("11"), now=NOW)
    offline = type(offline).objects.get(pk=offline.pk)
    stranger = factories.actor(Role.PROVIDER_OWNER)
    owner = factories.actor(Role.PROVIDER_OWNER, fresh.unit)
    school = uses.lead(uses.school())
    elsewhere = uses.lead(uses.school(factories.authority("44")))
    for actor, entry, reason in (
        (stranger, fresh, "may_not_nominate"), (elsewhere, fresh, "may_not_nominate"),
        (school, offline, "not_published"), (school, where.entries[0], "named_already"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            domain.nominate(appraisal=row, entry=entry, grounds="好", by=actor, now=NOW)
        assert reason in codes(refused)
    domain.nominate(appraisal=row, entry=fresh, grounds="好", by=owner, now=NOW)
    with pytest.raises(Refused) as refused:
        domain.nominate(appraisal=row, entry=uses.entry(), grounds="好", by=school, now=CLOSED)
    assert "nominations_over" in codes(refused)


ACTS = {
    "edit": lambda row, by: domain.edit_appraisal(appraisal=row, by=by, now=CLOSED, title="x"),
    "call": lambda row, by: domain.call_for_nominations(appraisal=row, by=by, now=NOW),
    "score": lambda row, by: domain.open_scoring(appraisal=row, by=by, now=CLOSED),
    "notice": lambda row, by: domain.give_notice(appraisal=row, by=by, now=CLOSED),
    "conclude": lambda row, by: domain.conclude(appraisal=row, by=by, now=CLOSED + timedelta(days=60)),
    "cancel": lambda row, by: domain.cancel_appraisal(appraisal=row, reason="x", by=by, now=CLOSED),
}
FITS = {
    "draft": {"edit", "call", "cancel"},
    "called": {"cancel"},  # scoring waits for declared experts
    "scoring": {"cancel"},  # the notice waits for scores
    "noticed": {"conclude", "cancel"},
    "concluded": set(),
    "cancelled": set(),
}


@pytest.mark.parametrize("state", list(AppraisalState))
def test_acts_by_state_and_role(state: str) -> None:
    where, row = make.appraisal_in(str(state))
    authority = where.lead.unit
    people = {
        "lead": where.actor,
        "reviewer": factories.actor(Role.REVIEWER, authority),
        "other_lead": factories.actor(Role.REVIEW_LEAD, factories.authority("44")),
        "below": factories.actor(Role.REVIEW_LEAD, factories.authority("110108")),
        "ministry": factories.actor(Role.MINISTRY_REVIEWER, factories.authority("moe")),
        "provider": factories.actor(Role.PROVIDER_OWNER, row.candidates.first().entry.unit)
        if row.candidates.exists()
        else factories.actor(Role.PROVIDER_OWNER),
        "expert": make.own(row.experts.order_by("pk")[0]),
        "school": uses.lead(uses.school()),
    }
    done = set()
    for act, run in ACTS.items():
        for name, actor in people.items():
            try:
                with transaction.atomic():
                    run(Appraisal.objects.get(pk=row.pk), actor)
                    done.add((act, name))
                    raise _Undo
            except _Undo:
                pass
            except ActError as error:
                assert str(error)
    assert done == {(act, "lead") for act in FITS[str(state)]}


class _Undo(Exception):
    """Takes a trial back."""


def test_database_refuses_a_state_set_outside_an_act() -> None:
    _where, row = make.appraisal_in("draft")
    with pytest.raises(DatabaseError), transaction.atomic():
        Appraisal.objects.filter(pk=row.pk).update(state="concluded")


@pytest.mark.django_db(transaction=True)
def test_two_that_conclude_at_once_publish_one_edition() -> None:
    where, row = make.appraisal_in("noticed")
    end = make.after_notice(row)
    outcomes: list[str] = []

    def run() -> None:
        try:
            domain.conclude(appraisal=Appraisal(pk=row.pk), by=where.actor, now=end)
            outcomes.append("done")
        except ActError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["AlreadyMoved", "done"]
    assert where.target.editions.count() == 1


# --- pages ---------------------------------------------------------------------------------------------


@pytest.fixture
def at(freeze):
    freeze(CLOSED)


@pytest.mark.parametrize("state", list(AppraisalState))
def test_pages_show_every_state(state: str, at: None) -> None:
    where, row = make.appraisal_in(str(state))
    lead = factories.client_for(where.lead)
    for address in (
        reverse("appraisals"), reverse("appraisal", args=[row.pk]), reverse("appraisal_list", args=[where.target.pk]),
        reverse("appraisal_new", args=[where.target.pk]), reverse("recommended"),
    ):  # fmt: skip
        page = lead.get(address)
        assert page.status_code == 200, address
        assert "推荐名单" in page.content.decode() or address == reverse("recommended")
    public = factories.client_for(None).get(reverse("appraisal_public", args=[row.pk]))
    assert public.status_code == (404 if state in ("draft", "cancelled") else 200)
    if state in ("noticed", "concluded"):
        assert "80.00" in public.content.decode()
    elif public.status_code == 200:
        assert "80.00" not in public.content.decode(), "scores are not public before the notice"


def test_terms_are_typed_and_nothing_is_lost_by_an_error(now) -> None:
    where = make.scene()
    client = factories.client_for(where.lead)
    address = reverse("appraisal_new", args=[where.target.pk])
    values = {
        "title": "第二轮", "call": "说明", "nominations_until": "2026-12-01", "minimum": "70", "experts_needed": "3",
        "notice_days": "5", "criterion_1": "内容", "weight_1": "60", "criterion_2": "安全", "weight_2": "30",
    }  # fmt: skip
    wrong = client.post(address, values)
    assert wrong.status_code == 422
    assert "内容" in wrong.content.decode() and "100" in wrong.content.decode()
    done = client.post(address, {**values, "weight_2": "40"})
    row = Appraisal.objects.get()
    assert done.headers["Location"] == reverse("appraisal", args=[row.pk])
    assert [one["weight"] for one in row.criteria] == [60, 40]


@pytest.mark.requirement("R10")
def test_expert_without_a_unit_declares_and_scores_on_his_own_page(at: None, settings) -> None:
    where, row = make.appraisal_in("scoring")
    person = factories.person()
    expert = row.experts.order_by("pk")[0]
    type(expert).objects.filter(pk=expert.pk).update(person=person)
    client = factories.client_for(None)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = reverse("expert", args=[row.pk])
    assert client.get(page).status_code == 200
    candidate = row.candidates.order_by("pk")[0]
    address = reverse("expert_score", args=[row.pk, candidate.pk])
    wrong = client.post(address, {"points_c1": "80", "points_c2": "abc", "comment": "说明"})
    assert wrong.status_code == 422 and "说明" in wrong.content.decode()
    assert client.post(address, {"points_c1": "80", "points_c2": "70"}).status_code == 302
    assert Score.objects.filter(expert=expert).count() == 2
    assert factories.client_for(factories.membership()).get(page).status_code == 404


def test_anybody_objects_and_a_robot_does_not(at: None) -> None:
    _where, row = make.appraisal_in("noticed")
    client = factories.client_for(None)
    address = reverse("appraisal_public_object", args=[row.pk])
    values = {"name": "王一", "contact": "13800000000", "text": "数据有误", "candidate": ""}
    assert client.post(address, {**values, "website": "http://x"}, REMOTE_ADDR="192.0.2.1").status_code == 422
    assert client.post(address, {**values, "text": ""}, REMOTE_ADDR="192.0.2.1").status_code == 422
    for _twice in range(2):
        assert client.post(address, values, REMOTE_ADDR="192.0.2.1").status_code == 302
    assert row.objections.get().name == "王一"
    assert Notice.objects.filter(kind="appraisal_objection").count() == 1
    assert client.post(address, {**values, "text": "另一处有误"}, REMOTE_ADDR="192.0.2.1").status_code == 302
    assert row.objections.count() == 2
    assert "王一" not in client.get(reverse("appraisal_public", args=[row.pk])).content.decode()


def test_stale_page_changes_nothing(at: None) -> None:
    where, row = make.appraisal_in("noticed")
    client = factories.client_for(where.lead)
    address = reverse("appraisal_act", args=[row.pk, "cancel"])
    client.post(address, {"seen_state": "scoring", "reason": "x"})
    assert Appraisal.objects.get(pk=row.pk).state == "noticed"
    assert client.post(reverse("appraisal_act", args=[row.pk, "approve"])).status_code == 404


@pytest.mark.requirement("R125")
def test_list_is_public_with_its_editions_and_as_a_file(at: None) -> None:
    where, row = make.appraisal_in("concluded", points=(80, 90))
    client = factories.client_for(None)
    page = client.get(reverse("recommended_list", args=[where.target.pk])).content.decode()
    assert all(entry.number in page for entry in where.entries)
    file = client.get(reverse("recommended_edition", args=[where.target.pk, 1]), {"format": "csv"})
    assert file["Content-Type"].startswith("text/csv") and where.entries[0].number in file.getvalue().decode()
    assert client.get(reverse("recommended_edition", args=[where.target.pk, 9])).status_code == 404


@pytest.mark.parametrize("count", [1, 3, 12])
def test_page_of_an_appraisal_costs_the_same_however_many_candidates(
    count: int, at: None, django_assert_max_num_queries
) -> None:
    where, row = make.appraisal_in("noticed", make.scene(entries=count), points=(80,) * count)
    client = factories.client_for(where.lead)
    client.get(reverse("appraisal", args=[row.pk]))
    with django_assert_max_num_queries(15):
        client.get(reverse("appraisal", args=[row.pk]))


@pytest.mark.requirement("R93")
def test_app_that_is_not_yet_open_stands_on_no_public_list(at: None) -> None:
    where, row = make.appraisal_in("concluded", points=(80, 90))
    paths = [reverse("recommended_list", args=[where.target.pk]), reverse("appraisal_public", args=[row.pk])]
    client = factories.client_for(None)
    try:
        uses.policy("11", public_from="2027-01-01")
        opening.forget()
        for path in (*paths, f"{paths[0]}?format=csv"):
            text = client.get(path).getvalue().decode()
            assert not any(entry.app_name in text or entry.number in text for entry in where.entries), path
    finally:
        opening.forget()


@pytest.mark.requirement("R128")
def test_report_of_a_third_party_is_attached_and_seen_by_those_concerned(at: None) -> None:
    where, row = make.appraisal_in("scoring")
    candidate = row.candidates.order_by("pk")[0]
    client = factories.client_for(where.lead)
    address = reverse("assessment_attach", args=[row.pk, candidate.pk])
    values = {"kind": "security", "body": "示例测评中心", "issued_on": "2026-03-01"}
    wrong = client.post(address, {**values, "file": SimpleUploadedFile("a.pdf", b"<script>", "application/pdf")})
    assert wrong.status_code == 422 and "示例测评中心" in wrong.content.decode()
    content = image()
    assert client.post(address, {**values, "file": SimpleUploadedFile("a.png", content)}).status_code == 302
    assert client.post(address, {**values, "file": SimpleUploadedFile("b.png", content)}).status_code == 422
    report = candidate.assessments.get()
    assert "示例测评中心" in client.get(reverse("appraisal", args=[row.pk])).content.decode()
    file = client.get(reverse("assessment", args=[row.pk, report.pk]))
    assert file["Content-Type"] == "image/png" and "sandbox" in file["Content-Security-Policy"]
    other = factories.client_for(factories.membership(role=Role.REVIEW_LEAD, unit=factories.authority("44")))
    assert other.get(reverse("assessment", args=[row.pk, report.pk])).status_code == 404


@pytest.mark.requirement("R123")
def test_departments_that_take_part_are_named_in_the_public_call(at: None) -> None:
    where = make.scene()
    row = domain.draft_appraisal(target=where.target, by=where.actor, now=NOW, **make.terms(partners="网信办"))
    domain.call_for_nominations(appraisal=row, by=where.actor, now=NOW)
    assert "网信办" in factories.client_for(None).get(reverse("appraisal_public", args=[row.pk])).content.decode()


def image() -> bytes:
    """A small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, "PNG")
    return file.getvalue()


def test_terms_typed_over_an_older_copy_do_not_undo_a_colleagues(freeze) -> None:
    where, row = make.appraisal_in("draft")
    freeze(NOW)
    browser = factories.client_for(where.lead)
    address = reverse("appraisal_edit", args=[row.pk])
    page = browser.get(address)
    sent = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    sent = {name: value for name, value in sent.items() if value is not None} | {"seen": page.context["mark"]}
    domain.edit_appraisal(appraisal=row, by=where.actor, now=NOW, minimum=75)  # the colleague
    mistyped = browser.post(address, sent | {"title": ""})
    assert (mistyped.status_code, mistyped.context["mark"]) == (422, sent["seen"]), "it has not been read yet"
    answer = browser.post(address, sent | {"title": "改过的标题"})
    assert answer.status_code == 409
    kept = Appraisal.objects.get(pk=row.pk)
    assert (kept.minimum, kept.title) == (75, row.title)
    assert "改过的标题" in answer.content.decode(), "what was typed is not lost"
    with pytest.raises(AlreadyMoved):
        domain.call_for_nominations(appraisal=kept, by=where.actor, now=NOW, seen=sent["seen"])
    knowingly = sent | {"title": "改过的标题", "seen": answer.context["mark"]}
    assert browser.post(address, knowingly).status_code == 302
    assert Appraisal.objects.get(pk=row.pk).title == "改过的标题"
    called = browser.get(reverse("appraisal", args=[row.pk])).context["mark"]
    assert domain.call_for_nominations(appraisal=kept, by=where.actor, now=NOW, seen=called).state == "called"


def test_english_reader_is_given_english_titles_where_there_are_any(client) -> None:
    where, row = make.appraisal_in("called")
    type(where.target).objects.filter(pk=where.target.pk).update(name_en="Recommended apps of spring")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("appraisal_public", args=[row.pk])).content.decode()
    assert "<h1>First round</h1>" in page and "Recommended apps of spring" in page
    assert "First round</a>" in client.get(reverse("recommended")).content.decode()
    client.cookies["django_language"] = "zh-hans"
    page = client.get(reverse("appraisal_public", args=[row.pk])).content.decode()
    assert "<h1>第一轮评议</h1>" in page and "Recommended apps of spring" not in page
