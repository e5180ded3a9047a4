"""What listing, lifting and objecting refuse, each with its reason."""

from __future__ import annotations

import pytest

from blacklist import domain
from ledger.acts import Refused
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db
NOW = make.NOW


def codes(verb, **more) -> list[str]:
    with pytest.raises(Refused) as caught:
        verb(now=NOW, **more)
    return caught.value.reasons.codes


@pytest.mark.requirement("R138")
def test_listing_needs_its_reason_six_months_and_a_cause_of_its_own():
    of = make.entry()
    by = make.lead()
    terms = {"unit": of.unit, "authority": of.authority, "ground": "refused", "by": by, "cause": ("order", 7)}
    assert codes(domain.list_unit, reason=" ", bar_months=5, **terms) == ["reason_needed", "bar_too_short"]
    stranger = make.lead("44")
    assert codes(domain.list_unit, reason="拒不整改", **terms | {"by": stranger})
    domain.list_unit(reason="拒不整改", now=NOW, **terms)
    assert codes(domain.list_unit, reason="拒不整改", **terms) == ["listed_already"]


def test_ends_and_objections_are_given_reasons():
    listed = make.listing()
    by = make.lead(another=True)
    assert "reason_needed" in codes(domain.lift, listing=listed, reason=" ", by=by)
    owner = make.provider(listed.unit)
    assert codes(domain.object_to_listing, listing=listed, text=" ", by=owner) == ["reason_needed"]
    objection = domain.object_to_listing(listing=listed, text="已整改", by=owner, now=NOW)
    assert codes(domain.object_to_listing, listing=listed, text="再说一次", by=owner) == ["objection_open"]
    assert codes(domain.decide_objection, objection=objection, grant=False, decision=" ", by=by) == ["reason_needed"]
    assert "not_due" in codes(domain.cool_off, listing=listed)
    domain.decide_objection(objection=objection, grant=True, decision="属实", by=by, now=NOW)
    assert "listing_ended" in codes(domain.object_to_listing, listing=make.fresh(listed), text="x", by=owner)
