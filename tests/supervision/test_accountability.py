"""What followed for persons: for leads alone, each look on record, in no export and on no public page (R165)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.enums import Role
from ledger.acts import Actor, Refused
from ledger.models import Record
from ledger.queries import timeline
from supervision import domain
from supervision.domain import Invalid
from supervision.models import CaseOutcome, Circular
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db
NOW = make.NOW
SECRET = "某处长诫勉谈话"


@pytest.fixture(autouse=True)
def _today(freeze: Any) -> None:
    freeze(NOW)
    filings.calendar()


def interview() -> Circular:
    lead = make.lead()
    row = domain.write_circular(
        kind="interview", audience="public", title_zh="约谈通知", body_zh="请到场", by=lead, now=NOW
    )
    return domain.publish_circular(circular=row, by=lead, now=NOW)


def outcome(case: Any, by: Actor | None = None, **more: Any) -> CaseOutcome:
    values: dict[str, Any] = {
        "consequence": "discipline", "text": SECRET, "decided_on": date(2026, 8, 30), "person_name": "某处长", **more
    }
    return domain.record_outcome(case=case, by=by or make.lead(), now=NOW, **values)


@pytest.mark.requirement("R165")
@pytest.mark.parametrize("kind", ["interview", "listing"])
def test_outcome_is_for_the_leads_of_the_deciding_authority_and_the_ministry(kind: str) -> None:
    case: Any = interview() if kind == "interview" else make.listing()
    outcome(case)
    cast = {
        "lead": make.lead(), "ministry": make.ministry(), "reviewer": make.reviewer(), "elsewhere": make.lead("44"),
        "provider": make.provider(factories.unit()), "system": Actor.system(),
        "school": factories.actor(Role.INSTITUTION_LEAD), "partner": factories.actor(Role.PARTNER),
    }  # fmt: skip
    for name, by in cast.items():
        assert CaseOutcome.objects.visible_to(by).exists() == (name in ("lead", "ministry")), name
        if name in ("lead", "ministry"):
            assert [one.text for one in domain.look_at_outcomes(case=case, purpose="核查", by=by, now=NOW)] == [SECRET]
        else:
            with pytest.raises(Refused):
                domain.look_at_outcomes(case=case, purpose="核查", by=by, now=NOW)
            with pytest.raises(Refused):
                outcome(case, by)
    looks = Record.objects.filter(verb="look_at_outcomes")
    assert {row.actor_id for row in looks} == {cast["lead"].person_id, cast["ministry"].person_id}
    assert all(row.payload["purpose"] == "核查" for row in looks)
    assert SECRET not in str([row.payload for row in Record.objects.all()])
    assert not timeline(case, audience="authority").filter(verb__contains="outcome").exists()


@pytest.mark.requirement("R165")
def test_a_look_that_finds_nothing_is_on_record_and_says_for_what() -> None:
    case = interview()
    assert domain.look_at_outcomes(case=case, purpose="查阅", by=make.lead(), now=NOW) == []
    assert Record.objects.get(verb="look_at_outcomes").subject_id == case.pk
    with pytest.raises(Invalid):
        domain.look_at_outcomes(case=case, purpose=" ", by=make.lead(), now=NOW)
    for field, more in (
        ("consequence", {"consequence": "x"}), ("text", {"text": ""}), ("decided_on", {"decided_on": date(2026, 9, 1)}),
    ):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            outcome(case, **more)
        assert list(invalid.value.errors) == [field]
    draft = domain.write_circular(
        kind="circular", audience="public", title_zh="草稿", body_zh="x", by=make.lead(), now=NOW
    )
    with pytest.raises(Refused):
        outcome(draft)
