"""An appraisal's expert by token: his own declaration and points, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from review.models import Expert, Score
from tests import factories
from tests import factories_appraisals as make
from tests.accounts.test_people_api import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R123")]


@pytest.fixture
def where(freeze: Any) -> make.Scene:
    freeze(make.NOW)
    scene = make.scene(experts=0)
    scene.experts = [factories.membership(Role.INSTITUTION_STAFF), factories.membership(Role.REVIEWER)]
    return scene


def test_expert_reads_declares_and_scores(where: make.Scene, freeze: Any):
    _scene, row = make.appraisal_in("called", where)
    call = Caller(where.experts[0], "institution")
    other = Caller(where.experts[1], "authority")
    assert [one["appraisal"] for one in call.get("expert_appraisals").json()] == [row.pk]
    first, second = [one["id"] for one in call.get("expert_appraisal", row.pk).json()["candidates"]]
    said = call.post("expert_declare", row.pk, interests="曾为第二项提供咨询", recused_from=[second])
    assert [one["recused"] for one in said.json()["candidates"]] == [False, True]
    other.post("expert_declare", row.pk, interests="无")
    points = {"c1": 80, "c2": 60}
    early = call.post("expert_score", row.pk, first, points=points)
    assert (early.status_code, early.json()["reasons"][0]["code"]) == (403, "not_scoring")
    make.domain.open_scoring(appraisal=row, by=where.actor, now=make.CLOSED)
    freeze(make.CLOSED)
    assert call.post("expert_score", row.pk, first, points=points, comment="好").status_code == 200
    assert call.post("expert_score", row.pk, first, points=points, comment="好").status_code == 200, "the same again"
    assert Score.objects.count() == 2
    recused = call.post("expert_score", row.pk, second, points=points)
    assert recused.json()["reasons"][0]["code"] == "recused"
    seen = other.get("expert_appraisal", row.pk).json()
    assert (seen["candidates"][0]["points"], seen["interests"]) == ({}, "无"), "another expert's points stay his"
    assert call.get("expert_appraisal", row.pk).json()["candidates"][0]["points"] == points


def test_who_is_no_expert_or_was_dismissed_finds_nothing(where: make.Scene):
    _scene, row = make.appraisal_in("called", where)
    stranger = Caller(factories.membership(Role.INSTITUTION_LEAD), "institution")
    lead = Caller(where.lead, "authority")
    for call in (stranger, lead):
        assert call.get("expert_appraisals").json() == []
        assert call.get("expert_appraisal", row.pk).status_code == 404
        assert call.post("expert_declare", row.pk, interests="无").status_code == 404
    call = Caller(where.experts[0], "institution")
    one = Expert.objects.get(person=where.experts[0].person)
    make.domain.dismiss_expert(expert=one, reason="利益冲突", by=where.actor, now=make.NOW)
    assert call.get("expert_appraisal", row.pk).status_code == 404
    assert call.post("expert_declare", row.pk, interests="无").status_code == 404


def test_scope_and_shape_are_asked(where: make.Scene):
    where.experts.append(factories.membership(Role.PROVIDER_OWNER))
    _scene, row = make.appraisal_in("called", where)
    assert Caller(where.experts[2], "provider").get("expert_appraisals").status_code == 403
    reading = Caller(where.experts[0], "read")
    assert reading.get("expert_appraisal", row.pk).status_code == 200
    assert reading.post("expert_declare", row.pk, interests="无").status_code == 403
    assert Client().get(reverse("api_expert_appraisals")).status_code == 401
    call = Caller(where.experts[0], "institution")
    pk = row.candidates.order_by("pk").first().pk
    _other, elsewhere = make.appraisal_in("called", make.scene("44", experts=0))
    foreign = elsewhere.candidates.order_by("pk").first().pk
    for answer in (
        call.post("expert_declare", row.pk), call.post("expert_declare", row.pk, interests=" "),
        call.post("expert_declare", row.pk, interests="无", recused_from=[foreign]),
        call.post("expert_declare", row.pk, interests="无", recused_from="x"),
        call.post("expert_score", row.pk, pk, points={"c1": 101, "c2": 1}),
        call.post("expert_score", row.pk, pk, points=[1]),
    ):  # fmt: skip
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), answer.content
    assert call.post("expert_score", row.pk, foreign, points={"c1": 1, "c2": 1}).status_code == 404
    assert not Score.objects.exists()
