"""Nobody judges his own work, a bar holds, and what was set aside is what was seen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, Unit
from blacklist.models import Listing
from ledger.acts import Refused
from providers.models import Filing, FilingVersion
from review import domain as review_verbs
from review.autochecks import run_checks
from review.autochecks.findings import token
from review.models import Check
from rulebook.time import ZONE
from tests import factories
from tests import factories_filings as make
from tests.review.verbs import VERBS

pytestmark = pytest.mark.django_db


def codes(caught) -> list[str]:
    return caught.value.reasons.codes


# --- nobody for himself --------------------------------------------------------------------------------


@pytest.fixture
def ministry_filing():
    """An app of the ministry itself, which is filed with the ministry."""
    filing = make.submitted(factories.authority("moe"))
    assert filing.unit_id == filing.authority_id
    return filing


def reviewer() -> object:
    return factories.actor(Role.MINISTRY_REVIEWER, factories.authority("moe"))


@pytest.mark.requirement("R27")
def test_the_ministrys_own_filing_is_decided_by_two_persons(ministry_filing):
    first, second = reviewer(), reviewer()
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=ministry_filing, by=first, now=make.NOW)
    assert codes(refused) == ["no_proposal"]
    review_verbs.propose(filing=ministry_filing, by=first, now=make.NOW)
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=ministry_filing, by=first, now=make.NOW)
    assert codes(refused) == ["same_person"]
    done = review_verbs.approve(filing=ministry_filing, by=second, now=make.NOW)
    assert (done.state, done.entry.number) == ("filed", "教APP备0000001号")


@pytest.mark.requirement("R27")
@pytest.mark.parametrize("verb", ["propose", "approve", "return_for_correction", "decline", "claim", "give_verdict"])
def test_who_files_for_the_ministry_does_not_review_for_it(ministry_filing, verb):
    submitter = FilingVersion.objects.get(filing=ministry_filing).submitted_by
    place = Membership.objects.get(person=submitter)
    with pytest.raises(Refused) as refused:
        VERBS[verb](ministry_filing, make.actor_in(place.unit, place.role), make.NOW)
    assert "not_a_reviewer" in codes(refused)
    Membership.objects.filter(pk=place.pk).delete()  # he changes sides
    changed = factories.actor(Role.MINISTRY_REVIEWER, place.unit, person=submitter)
    with pytest.raises(Refused) as refused:
        VERBS[verb](ministry_filing, changed, make.NOW)
    assert "own_hand" in codes(refused)


def test_who_prepared_a_filing_and_left_does_not_decide_on_it():
    filing = make.submitted()
    owner = FilingVersion.objects.get(filing=filing).submitted_by
    Membership.objects.filter(person=owner).delete()
    with pytest.raises(Refused) as refused:
        review_verbs.approve(
            filing=filing, by=factories.actor(Role.REVIEWER, filing.authority, person=owner), now=make.NOW
        )
    assert codes(refused) == ["own_hand"]
    other = factories.person()
    filing.unit.materials.update(uploaded_by=other)
    with pytest.raises(Refused) as refused:
        review_verbs.approve(
            filing=filing, by=factories.actor(Role.REVIEWER, filing.authority, person=other), now=make.NOW
        )
    assert codes(refused) == ["own_hand"]
    assert make.fresh(filing).state == "submitted"


def test_a_province_does_not_decide_on_its_own_app_by_a_second_membership():
    filing = make.submitted(factories.authority("44"))
    person = factories.person()
    factories.membership(role=Role.REVIEWER, unit=factories.authority("44"), person=person)
    by = factories.actor(Role.MINISTRY_REVIEWER, factories.authority("moe"), person=person)
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=filing, by=by, now=make.NOW)
    assert codes(refused) == ["own_unit"]


# --- what was set aside --------------------------------------------------------------------------------


@pytest.fixture
def failing():
    """A filing whose credit code is no longer the one under which the unit is registered: a finding."""
    filing = make.submitted()
    register_anew(filing)
    run_checks(filing=make.fresh(filing), now=make.NOW)
    assert Check.objects.get(code="uscc").result == "fail"
    return make.fresh(filing)


def register_anew(filing: Filing) -> None:
    """Another code of the unit: the check finds something else."""
    Unit.objects.filter(pk=filing.unit_id).update(uscc=factories.uscc())


def test_override_counts_for_the_finding_that_it_was_made_for(failing):
    by = make.reviewer_of(failing)
    review_verbs.override_check(filing=failing, code="uscc", reason="已核", by=by, now=make.NOW)
    run_checks(filing=failing, now=make.NOW + timedelta(hours=1))
    assert Check.objects.get(code="uscc").override_reason == "已核", "the same finding again"
    register_anew(failing)
    run_checks(filing=make.fresh(failing), now=make.NOW + timedelta(hours=2))
    check = Check.objects.get(code="uscc")
    assert (check.result, check.overridden_by, check.override_reason, check.overridden_at) == ("fail", None, "", None)
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=failing, by=by, now=make.NOW)
    assert codes(refused) == ["failed_checks"]


@pytest.mark.requirement("R140")
def test_a_bar_is_never_set_aside():
    filing = make.submitted()
    by = make.reviewer_of(filing)
    Listing.objects.create(
        unit=filing.unit, uscc=filing.unit.uscc, authority=filing.authority, reason="逾期未整改", listed_at=make.NOW,
        bar_ends_at=datetime(2027, 3, 24, tzinfo=ZONE),
    )  # fmt: skip
    run_checks(filing=filing, now=make.NOW)
    with pytest.raises(Refused) as refused:
        review_verbs.override_check(filing=filing, code="not_barred", reason="无妨", by=by, now=make.NOW)
    assert codes(refused) == ["bar_stands"]
    Check.objects.filter(code="not_barred").update(
        overridden_by_id=by.person_id, override_reason="旧", overridden_at=make.NOW
    )
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=filing, by=by, now=make.NOW)
    assert codes(refused) == ["failed_checks"]


def test_stale_pages_set_nothing_aside_and_propose_nothing(failing):
    by = make.reviewer_of(failing)
    seen = token(Check.objects.get(code="uscc"))
    for stale, code in (({"seen_version": 2}, "newer_version"), ({"seen_finding": "other"}, "newer_finding")):
        with pytest.raises(Refused) as refused:
            review_verbs.override_check(filing=failing, code="uscc", reason="x", by=by, now=make.NOW, **stale)
        assert codes(refused) == [code]
    make.policy("11", second_person=True)
    with pytest.raises(Refused) as refused:
        review_verbs.propose(filing=failing, by=by, now=make.NOW, seen_version=2)
    assert "newer_version" in codes(refused)
    review_verbs.override_check(
        filing=failing, code="uscc", reason="x", by=by, now=make.NOW, seen_version=1, seen_finding=seen
    )
    assert Check.objects.get(code="uscc").overridden_by_id == by.person_id


def test_page_hands_back_what_it_showed(failing, freeze):
    freeze(make.NOW)
    member = factories.membership(role=Role.REVIEWER, unit=failing.authority)
    client = factories.client_for(member)
    page = client.get(reverse("case", args=[failing.pk])).content.decode()
    seen = token(Check.objects.get(code="uscc"))
    assert f'name="seen_finding" value="{seen}"' in page
    register_anew(failing)
    run_checks(filing=make.fresh(failing), now=make.NOW)
    address = reverse("case_override", args=[failing.pk, "uscc"])
    answer = client.post(address, {"reason": "已核", "seen_version": "1", "seen_finding": seen})
    assert answer.status_code in (403, 409)
    assert Check.objects.get(code="uscc").overridden_by_id is None
