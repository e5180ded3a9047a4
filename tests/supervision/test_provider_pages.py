"""What a provider meets of supervision, and what it never meets: anything of a complainant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from blacklist import domain as blacklist
from notices import links
from notices.models import Notice
from supervision import domain
from supervision.enums import OrderState
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests.supervision.test_public_pages import PNG

NOW = make.NOW
SECRETS = ("甄别名", "13912345678", "parent-zhen", "孩子误点")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _calendar(freeze) -> None:
    filings.calendar()
    freeze(NOW)


@pytest.fixture
def member() -> Any:
    return factories.membership("provider_owner")


@pytest.fixture
def owner(member: Any) -> Client:
    return factories.client_for(member)


@pytest.mark.requirement("R136")
def test_order_shows_findings_and_deadline_and_takes_evidence(owner: Client, member: Any) -> None:
    row = make.order_of(member.unit)
    home = owner.get(reverse("provider_home")).content.decode()
    assert reverse("provider_order", args=[row.pk]) in home
    url = reverse("provider_order", args=[row.pk])
    page = owner.get(url).content.decode()
    assert "含游戏广告" in page and row.due_day.isoformat() in page
    half = owner.post(url, {"text": " ", "seen_state": "issued", "evidence": SimpleUploadedFile("a.png", PNG)})
    assert half.status_code == 422
    (kept,) = half.context["kept"]
    bad = owner.post(url, {"text": "已删除", "evidence": SimpleUploadedFile("b.png", b"<html>"), "kept": kept.pk})
    assert bad.status_code == 422 and "已删除" in bad.content.decode() and "evidence" in bad.context["form"].errors
    done = owner.post(url, {"text": "已删除广告", "seen_state": "issued", "kept": [kept.pk, "x", "9" * 30]})
    assert done.status_code == 302
    row = make.fresh(row)
    assert row.state == OrderState.EVIDENCE_SUBMITTED
    assert [file.material for file in row.steps.get(kind="evidence").files.all()] == [kept]
    again = owner.post(url, {"text": "又及", "seen_state": "issued"})
    assert again.status_code == 409 and "又及" in again.content.decode()
    domain.send_back(order=row, reason="仍有广告", by=make.people(row.authority, "reviewer"), now=NOW)
    assert "仍有广告" in owner.get(url).content.decode()


def test_order_after_its_period_takes_nothing_more(owner: Client, member: Any, freeze) -> None:
    row = make.order_of(member.unit)
    freeze(row.due_at + timedelta(minutes=1))
    late = owner.post(reverse("provider_order", args=[row.pk]), {"text": "已删除"})
    assert late.status_code == 422 and make.fresh(row).state == OrderState.ISSUED


@pytest.mark.requirement("R129", "R131")
def test_forwarded_complaint_is_answered(owner: Client, member: Any) -> None:
    row = make.forwarding_of(member.unit)
    url = reverse("provider_forwarding", args=[row.pk])
    assert url in owner.get(reverse("provider_home")).content.decode()
    assert "请说明应用内广告的情况。" in owner.get(url).content.decode()
    assert owner.post(url, {"text": ""}).status_code == 422
    assert owner.post(url, {"text": "已下架该广告位。", "seen_state": "sent"}).status_code == 302
    assert make.fresh(row).reply == "已下架该广告位。"
    assert owner.post(url, {"text": "再答", "seen_state": "sent"}).status_code == 409
    assert url not in owner.get(reverse("provider_home")).content.decode()


@pytest.mark.requirement("R137", "R140")
def test_barred_unit_reads_why_and_until_when_and_objects(owner: Client, member: Any) -> None:
    row = make.listing_of(member.unit)
    url = reverse("provider_listing", args=[row.pk])
    for name in ("provider_home", "provider_supervision"):
        page = owner.get(reverse(name)).content.decode()
        assert url in page and "2027年2月28日" in page
    start = owner.get(reverse("provider_start")).content.decode()
    assert row.reason in start and url in start
    page = owner.get(url).content.decode()
    assert row.reason in page and row.numbers[0] in page
    assert owner.post(url, {"text": " "}).status_code == 422
    assert owner.post(url, {"text": "整改已于期限内完成"}).status_code == 302
    objection = row.objections.get()
    assert owner.post(url, {"text": "再次异议"}).status_code == 422
    blacklist.decide_objection(objection=objection, grant=True, decision="理由成立", by=make.ministry(), now=NOW)
    assert "理由成立" in owner.get(url).content.decode()
    assert url not in owner.get(reverse("provider_home")).content.decode()


def test_nobody_reaches_what_is_anothers(member: Any) -> None:
    stranger = factories.client_for(factories.membership("provider_owner"))
    for name, row in (
        ("provider_order", make.order_of(member.unit)),
        ("provider_forwarding", make.forwarding_of(member.unit)),
        ("provider_listing", make.listing_of(member.unit)),
    ):
        assert stranger.get(reverse(name, args=[row.pk])).status_code == 404
        assert stranger.post(reverse(name, args=[row.pk]), {"text": "x"}).status_code == 404


@pytest.mark.requirement("R129")
def test_nothing_of_the_complainant_reaches_the_provider(owner: Client, member: Any) -> None:
    of = make.entry(member.unit)
    case = make.complaint(of, state="accepted")
    by = make.people(case.authority, "reviewer")
    sent = domain.forward_to_provider(complaint=case, text="请说明应用内广告的情况。", by=by, now=NOW)
    ordered = make.order(of, complaint=case)
    domain.ask_back(complaint=case, text="请问孩子误点后出现什么？", by=by, now=NOW)
    domain.refuse(order=ordered, reason="拒绝整改", by=make.provider(member.unit), now=NOW)
    listed = domain.list_provider(order=ordered, reason="拒不整改", by=make.lead_of(ordered), now=NOW)
    pages = [
        reverse(name)
        for name in (
            "provider_home", "provider_supervision", "provider_apps", "inbox", "blacklist", "circulars",
            "complain_replies", "api_registry_blacklist",
        )
    ]  # fmt: skip
    pages += [
        reverse("provider_order", args=[ordered.pk]), reverse("provider_forwarding", args=[sent.pk]),
        reverse("provider_listing", args=[listed.pk]), reverse("entry", args=[of.number]),
    ]  # fmt: skip
    notices = Notice.objects.filter(to_unit=member.unit)
    assert notices
    pages += [reverse("notice", args=[row.pk]) for row in notices]
    for url in pages:
        answer = owner.get(url, follow=True)
        assert answer.status_code == 200, url
        for secret in (*SECRETS, case.case_no, case.text):
            assert secret not in answer.content.decode(), (url, secret)


def test_notices_lead_to_the_providers_pages(member: Any) -> None:
    by = make.people(member.unit, "provider_owner")
    ordered, sent = make.order_of(member.unit), make.forwarding_of(member.unit)
    listed = make.listing_of(member.unit)
    for row, name in ((ordered, "provider_order"), (sent, "provider_forwarding"), (listed, "provider_listing")):
        notice = Notice.objects.filter(
            to_unit=member.unit, subject_type=row._meta.label_lower, subject_id=row.pk
        ).first()
        assert notice is not None
        assert links.subject_url(notice, by) == reverse(name, args=[row.pk])
    notice = Notice.objects.filter(subject_type="blacklist.listing", subject_id=listed.pk).first()
    assert notice is not None
    pupil = make.people(factories.unit(kind="school", parent=factories.authority("110108")), "institution_staff")
    assert links.subject_url(notice, pupil).startswith(reverse("blacklist"))
    assert links.subject_url(notice, make.lead()) == reverse("sv_listing", args=[listed.pk])
