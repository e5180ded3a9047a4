"""Referrals, measures, stores, the credit export, circulars and their spreading, editions of the lists."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Unit
from blacklist import domain as blacklist
from blacklist.models import ListEdition, ListItem
from ledger.acts import AlreadyMoved, Refused
from notices.models import EmailDelivery, Notice
from rulebook import clocks
from supervision import domain, queries
from supervision.domain import Invalid
from supervision.domain import circulars as spreading
from supervision.domain.editions import half_year, publish_due_editions, publish_list
from supervision.models import Broadcast, Circular, JointMeasure, Partner, Referral, Takedown
from tests import factories
from tests import factories_supervision as make

NOW = make.NOW


def partner(department: str, province: str = "11") -> Unit:
    unit = factories.unit(kind="partner", province=province, name=f"{department}部门")
    Partner.objects.create(unit=unit, department=department, province_code=province)
    return unit


@pytest.mark.django_db
@pytest.mark.requirement("R145", "R147", "R148", "R149", "R150", "R151", "R152", "R153", "R154")
@pytest.mark.parametrize(
    ("subject", "department"),
    [("provider_security", "cyberspace"), ("store", "cyberspace"), ("icp", "communications"), ("publication", "press"),
     ("registration", "civil_affairs"), ("charges", "market"), ("crime", "police"), ("obscene", "anti_porn"),
     ("training", "off_campus")],
)  # fmt: skip
def test_case_goes_to_the_department_that_its_subject_belongs_to(subject, department):
    unit, elsewhere = partner(department), partner(department, "44")
    of = make.entry()
    row = domain.refer(subject=subject, title="移送", text="请依法处理", entry=of, by=make.reviewer(), now=NOW)
    assert (row.department, row.partner, row.case_file["entry"]["number"]) == (department, unit, of.number)
    assert clocks.running(row, "referral").days == 20
    assert Notice.objects.filter(kind="referral_sent", to_unit=unit).exists()
    theirs, others = make.people(unit, "partner"), make.people(elsewhere, "partner")
    assert Referral.objects.visible_to(theirs).get() == row
    assert not Referral.objects.visible_to(others).exists()
    with pytest.raises(Refused):
        domain.answer_referral(referral=row, answer="不归我管", by=others, now=NOW)
    row = domain.answer_referral(referral=row, answer="已责令整改", by=theirs, now=NOW)
    assert (row.state, clocks.running(row, "referral")) == ("answered", None)
    with pytest.raises(AlreadyMoved):
        domain.answer_referral(referral=row, answer="再次", by=theirs, now=NOW)
    assert domain.close_referral(referral=row, by=make.reviewer(), now=NOW).state == "closed"


@pytest.mark.django_db
def test_case_without_an_account_of_the_department_is_answered_by_post_and_overdue_is_told():
    row = domain.refer(subject="icp", title="移送", text="请核查", by=make.reviewer(), now=NOW)
    assert row.partner is None
    clocks.sweep(now=row.due_at + timedelta(hours=1))
    assert make.fresh(row).overdue_since == row.due_at
    assert Notice.objects.filter(kind="referral_overdue", to_unit__code="11").count() == 1
    assert domain.answer_referral(referral=row, answer="来函答复", by=make.reviewer(), now=NOW).state == "answered"
    with pytest.raises(Invalid):
        domain.refer(subject="icp", title="x", text="x", department="press", by=make.reviewer(), now=NOW)


@pytest.mark.django_db
@pytest.mark.requirement("R142", "R143")
def test_measures_are_recorded_for_good_and_listings_exported():
    listed = make.listing()
    by = make.reviewer()
    row = domain.record_measure(
        unit=listed.unit, department="market", measure="列入经营异常名录", decided_on=date(2026, 9, 1), listing=listed,
        by=by, now=NOW,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        JointMeasure.objects.filter(pk=row.pk).update(measure="x")
    with pytest.raises(Refused):
        domain.record_measure(
            unit=listed.unit, department="market", measure="x", decided_on=date(2026, 9, 1), now=NOW,
            by=make.people(partner("market"), "partner"),
        )  # fmt: skip
    exported = list(queries.credit_export())
    assert [(one["uscc"], one["bar_last_day"], one["state"]) for one in exported] == [
        (listed.unit.uscc, "2027-02-28", "active")
    ]
    assert list(queries.credit_export(since=NOW + timedelta(days=1))) == []
    json.dumps(exported)


@pytest.mark.django_db
@pytest.mark.requirement("R146")
def test_store_is_asked_to_take_down_and_its_answer_kept():
    of = make.entry()
    row = domain.request_takedown(store="某应用商店", text="请下架", entry=of, by=make.reviewer(), now=NOW)
    assert (row.packages, clocks.running(row, "takedown").days) == (of.package_ids, 5)
    clocks.sweep(now=row.due_at + timedelta(hours=1))
    assert make.fresh(row).overdue_since is not None
    row = domain.answer_takedown(
        takedown=row, removed=True, answer="已下架", answered_on=date(2026, 9, 10), by=make.reviewer(), now=NOW
    )
    assert (row.state, clocks.running(row, "takedown")) == ("removed", None)
    assert not Takedown.objects.visible_to(make.provider(of.unit)).exists()
    assert Takedown.objects.visible_to(make.people(partner("cyberspace"), "partner")).count() == 1
    assert not Takedown.objects.visible_to(make.people(partner("press"), "partner")).exists()


# --- circulars ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.requirement("R138")
def test_blacklisting_reaches_the_whole_system_in_batches_and_users_with_an_email(monkeypatch):
    monkeypatch.setattr(spreading, "_worker", [])
    monkeypatch.setattr(spreading, "BATCH", 3)
    from tests import factories_uses as uses

    uses.rules()
    of = make.entry(functions=["homework"])
    school = uses.school()
    uses.confirmed(unit=school, entry=of)
    for _time in range(5):
        factories.unit(kind="school", parent=factories.authority("110108"))
    listed = make.listing(make.fresh(of))
    job = Broadcast.objects.get(circular__listing=listed)
    assert not spreading.spread(broadcast_id=job.pk, now=NOW, batches=2)  # stopped, and taken up again
    assert spreading.spread(broadcast_id=job.pk, now=NOW)
    assert spreading.spread(broadcast_id=job.pk, now=NOW)
    system = Unit.objects.filter(kind__in=spreading.SYSTEM_KINDS, active=True)
    told = Notice.objects.filter(subject_type="supervision.circular", to_unit__in=system)
    assert told.count() == system.count() == make.fresh(job).served
    used = told.get(kind="circular_used_app")
    assert used.to_unit == school
    assert EmailDelivery.objects.filter(notice__in=told).exclude(notice=used).count() == 0
    circular = job.circular
    assert Circular.objects.visible_to(None).get() == circular


@pytest.mark.django_db
@pytest.mark.requirement("R164")
def test_interview_is_written_from_a_template_published_and_recorded():
    make.seeded()
    from supervision.models import LetterTemplate

    target = factories.unit(kind="school", parent=factories.authority("110108"))
    lead = make.lead()
    values = {"unit": target.name, "reason": "未按时备案", "date": "2026-09-10", "authority": "北京市教育委员会"}
    row = domain.write_circular(
        kind="interview", audience="units", units=[target], by=lead, now=NOW, values=values,
        template=LetterTemplate.objects.get(key="interview"),
    )  # fmt: skip
    assert "未按时备案" in row.body_zh
    assert "%(" not in row.title_zh + row.body_zh
    row = domain.edit_circular(circular=row, body_zh=row.body_zh + "请准时。", by=lead, now=NOW)
    theirs = make.people(target, "institution_lead")
    assert not Circular.objects.visible_to(theirs).exists()
    row = domain.publish_circular(circular=row, by=lead, now=NOW)
    assert Circular.objects.visible_to(theirs).get() == row
    assert not Circular.objects.visible_to(None).exists()
    with pytest.raises(Refused):
        domain.edit_circular(circular=row, body_zh="x", by=lead, now=NOW)
    row = domain.record_interview(circular=row, held_on=date(2026, 9, 10), minutes="已说明", by=lead, now=NOW)
    assert (row.held_on, row.minutes) == (date(2026, 9, 10), "已说明")
    with pytest.raises(Refused):
        domain.write_circular(kind="circular", audience="public", title_zh="x", body_zh="x", by=theirs, now=NOW)
    with pytest.raises(Refused):
        domain.publish_circular(
            circular=domain.write_circular(
                kind="circular", audience="system", title_zh="通报", body_zh="内容", by=make.reviewer(), now=NOW
            ),
            by=make.reviewer(), now=NOW,
        )  # fmt: skip


# --- lists and editions --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.requirement("R141")
def test_negative_list_and_exit_list_are_kept_beside_the_blacklist():
    by = make.lead()
    values: dict[str, Any] = {"authority": factories.authority("11"), "reason": "不得提供", "by": by, "now": NOW}
    row = blacklist.add_line(kind="negative", subject="practice", title_zh="拍照搜题", **values)
    blacklist.add_line(kind="exit", subject="app", title_zh="某应用退出", number="教APP备1100001号", **values)
    with pytest.raises(Refused) as refused:
        blacklist.add_line(kind="exit", subject="app", title_zh="再次", number="教APP备1100001号", **values)
    assert refused.value.reasons.codes == ["listed_already"]
    with pytest.raises(Refused):
        blacklist.add_line(kind="negative", subject="practice", title_zh="x", **{**values, "by": make.reviewer()})
    with pytest.raises(Refused):
        blacklist.remove_line(item=row, reason=" ", by=by, now=NOW)
    assert blacklist.remove_line(item=row, reason="规定调整", by=by, now=NOW).state == "removed"
    assert [item.kind for item in ListItem.objects.listed()] == ["exit"]


@pytest.mark.django_db
@pytest.mark.requirement("R144")
def test_editions_are_dated_kept_and_verifiable():
    kept, gone = make.entry(), make.entry()
    listed = make.listing(gone)
    made = publish_due_editions(now=NOW)
    assert {(one.kind, one.authority.code if one.authority else "") for one in made} == {
        ("white", ""), ("black", ""), ("white", "11"), ("black", "11"),
    }  # fmt: skip
    assert {one.as_of for one in made} == {date(2026, 7, 1)}
    assert publish_due_editions(now=NOW + timedelta(days=1)) == []
    white = next(one for one in made if one.kind == "white" and one.authority is None)
    lines = [json.loads(line) for line in white.file.open("rb").read().decode().splitlines()]
    assert [line["number"] for line in lines] == [kept.number]
    black = next(one for one in made if one.kind == "black" and one.authority is None)
    assert listed.unit.uscc in black.file.open("rb").read().decode()
    assert blacklist.verify_edition(white).ok
    with white.file.storage.open(white.file.name, "ab") as file:
        file.write(b"{}\n")
    assert not blacklist.verify_edition(white).ok
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEdition.objects.filter(pk=white.pk).update(digest="0" * 64)
    exits = publish_list(kind="exit", authority=None, as_of=date(2026, 8, 31), by=make.ministry(), now=NOW)
    assert exits.rows == 1
    with pytest.raises(Refused):
        publish_list(kind="exit", authority=None, as_of=date(2026, 8, 30), by=make.lead(), now=NOW)


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2026, 6, 30), date(2026, 1, 1)), (date(2026, 7, 1), date(2026, 7, 1)), (date(2027, 1, 1), date(2027, 1, 1))],
)
def test_half_year(day, first):
    assert half_year(day) == first
