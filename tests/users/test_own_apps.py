"""自研自用: own apps of a unit, filed by affiliation inside the user filing."""

from __future__ import annotations

import pytest

from ledger.acts import Refused
from registry.models import Entry
from tests import factories
from tests import factories_uses as make
from users import domain, queries, schema
from users.models import UserFiling

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R102", "R103")]


@pytest.fixture(autouse=True)
def _rules():
    make.rules()


def test_own_app_goes_to_the_superior_with_the_provider_information():
    school = make.school(factories.authority("110108"))
    filing = make.submitted(of=make.self_use(school))
    assert filing.authority.code == "110108"  # by affiliation, not the province of registration
    document = queries.version(filing).data
    assert document["app"]["version"] == "1.0.0" and document["system"]["icp_number"]
    assert document["unit"]["name"] == school.name
    filing = domain.confirm(filing=filing, by=make.confirmer(filing), now=make.NOW)
    assert (filing.state, filing.number, filing.responsibility) == ("confirmed", "", "in_charge")
    assert not Entry.objects.exists()


def test_number_only_where_the_policy_says_so():
    make.policy("11", self_use_gets_number=True)
    first, second = (make.submitted(of=make.self_use()) for _ in range(2))
    numbers = [domain.confirm(filing=f, by=make.confirmer(f), now=make.NOW).number for f in (first, second)]
    assert numbers == ["自研1100001号", "自研1100002号"]


def test_provider_parts_are_asked_of_own_apps_alone():
    filing = make.draft()
    with pytest.raises(ValueError, match="unknown part"):
        domain.save_part(filing=filing, part="app", values={"name": "x"}, by=make.lead(filing.unit), now=make.NOW)
    assert [s.key for s in schema.sections("use")][:2] == ["use", "comparison"]
    assert "mlps" in [s.key for s in schema.sections("self_use")]


def test_missing_provider_information_bars_submission():
    unit = make.school()
    filing = domain.start_self_use(unit=unit, app_name="校务示例", by=make.lead(unit), now=make.NOW)
    with pytest.raises(domain.Incomplete) as caught:
        domain.submit(filing=filing, by=make.lead(unit), now=make.NOW)
    found = {problem.field_key for problem in caught.value.problems}
    assert {"system.icp_number", "app.version", "unit.legal_representative", "use.nature"} <= found
    assert "unit.uscc" not in found  # schools may have none


def test_own_app_is_one_that_the_unit_developed():
    filing = make.self_use(source="self_selected")
    with pytest.raises(domain.Incomplete) as caught:
        domain.submit(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert [(p.field_key, p.code) for p in caught.value.problems] == [("use.source", "self_use_source")]


def test_one_live_filing_per_name():
    unit = make.school()
    filing = make.self_use(unit, name="校务示例")
    again = domain.start_self_use(unit=unit, app_name=" 校务示例 ", by=make.lead(unit), now=make.NOW)
    assert again.pk == filing.pk
    other = make.self_use(unit, name="另一应用")
    with pytest.raises(Refused) as caught:
        domain.save_part(filing=other, part="app", values={"name": "校务示例"}, by=make.lead(unit), now=make.NOW)
    assert caught.value.reasons.codes == ["app_twice"]
    assert UserFiling.objects.count() == 2


def test_change_cannot_take_the_name_of_another_own_app():
    filing = make.submitted(of=make.self_use(make.university(), name="甲应用"))
    filing = domain.confirm(filing=filing, by=make.confirmer(filing), now=make.NOW)
    make.self_use(filing.unit, name="乙应用")
    by = make.lead(filing.unit)
    change = {"changed_on": "2026-09-24", "changed_parts": ["app"], "change_description": "改名"}
    domain.save_part(filing=filing, part="use", values=change, by=by, now=make.NOW)
    domain.save_part(filing=filing, part="app", values={"name": "乙应用"}, by=by, now=make.NOW)
    with pytest.raises(Refused) as refused:
        domain.report_change(filing=filing, by=by, now=make.NOW)
    assert refused.value.reasons.codes == ["app_twice"]
    assert make.fresh(filing).app_name == "甲应用"
