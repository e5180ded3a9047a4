"""A unit may file, decide and use apps: each notice is for those of it whom it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role, UnitKind
from notices.domain import mark_read, serve, serve_many
from notices.enums import Side, sides_of
from notices.models import EmailDelivery, Notice
from notices.queries import inbox, unread_count
from review import domain as review_verbs
from rulebook import clocks
from tests import factories
from tests import factories_filings as make

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R83")]


def kinds_in(actor) -> set[str]:
    seen = {row.kind for row in inbox(actor)}
    assert seen == {row.kind for row in Notice.objects.visible_to(actor)}
    assert unread_count(actor) == len(inbox(actor))
    return seen


def test_province_that_files_itself_reads_as_provider_what_is_for_the_provider():
    guangdong = factories.authority("44")
    filing = make.submitted(guangdong)  # filed with the ministry
    owner, reviewer = make.actor_in(guangdong), factories.actor(Role.REVIEWER, guangdong)
    make.submitted(factories.unit(province="44"))  # filed with the province
    assert (len(inbox(owner)), len(inbox(reviewer))) == (1, 1)
    (own,), (to_decide,) = inbox(owner), inbox(reviewer)
    assert (own.subject_id, own.side, to_decide.side) == (filing.pk, "provider", "authority")
    assert not mark_read(notice=to_decide, by=owner, now=make.NOW)
    assert not mark_read(notice=own, by=reviewer, now=make.NOW)
    assert set(own.deliveries.values_list("person_id", flat=True)) == {owner.person_id}
    assert set(to_decide.deliveries.values_list("person_id", flat=True)) <= {reviewer.person_id}


def test_ministry_is_served_twice_on_its_own_filing_each_side_for_itself():
    moe = factories.authority("moe")
    owner, reviewer = make.actor_in(moe), make.actor_in(moe, Role.MINISTRY_REVIEWER)
    filing = make.submitted(moe)
    assert kinds_in(owner) == kinds_in(reviewer) == {"filing_submitted"}
    assert {row.side for row in inbox(owner)} == {"provider"}
    review_verbs.return_for_correction(filing=filing, by=reviewer, now=make.NOW, comment="请补正")
    assert kinds_in(owner) == {"filing_submitted", "filing_returned"}
    assert kinds_in(reviewer) == {"filing_submitted"}
    make.calendar()
    clocks.sweep(now=make.NOW + timedelta(days=60))
    assert "filing_lapsed" in kinds_in(owner)
    assert "filing_lapsed" in kinds_in(reviewer)


def test_school_reads_by_role_and_what_is_for_all_is_for_all():
    school = factories.unit(kind=UnitKind.SCHOOL, parent=factories.authority("110108"), school_code="")
    owner, lead = (factories.actor(role, school) for role in (Role.PROVIDER_OWNER, Role.INSTITUTION_LEAD))
    common = {"to_unit": school, "subject": school, "params": {}, "now": make.NOW}
    serve(kind="to_provider", side=Side.PROVIDER, **common)
    serve(kind="to_institution", side=Side.INSTITUTION, legal=False, **common)
    serve(kind="to_all", **common)
    assert kinds_in(owner) == {"to_provider", "to_all"}
    assert kinds_in(lead) == {"to_institution", "to_all"}
    mailed = set(EmailDelivery.objects.values_list("notice__kind", "person_id"))
    assert mailed == {
        ("to_provider", owner.person_id), ("to_institution", lead.person_id),
        ("to_all", owner.person_id), ("to_all", lead.person_id),
    }  # fmt: skip


def test_page_of_another_side_is_not_found():
    guangdong = factories.authority("44")
    filing = make.submitted(factories.unit(province="44"))
    notice = Notice.objects.get(subject_id=filing.pk, to_unit=guangdong)
    reviewer = factories.membership(role=Role.REVIEWER, unit=guangdong)
    owner = factories.membership(role=Role.PROVIDER_OWNER, unit=guangdong)
    assert factories.client_for(reviewer).get(reverse("notice", args=[notice.pk])).status_code == 200
    assert factories.client_for(owner).get(reverse("notice", args=[notice.pk])).status_code == 404


def test_nothing_to_serve_and_roles_without_a_side():
    assert serve_many([], now=make.NOW) == 0
    assert sides_of(Role.PARTNER) == [""]
    assert sides_of(Role.REVIEWER) == ["", "authority"]
    assert sides_of(Role.REVIEW_LEAD) == ["", "authority", "institution"]


def test_lead_who_filed_an_authoritys_own_use_reads_what_becomes_of_it():
    from tests import factories_uses as uses
    from users import domain

    uses.rules()
    district = factories.authority("110108")
    filing = uses.submitted(district)
    lead = uses.lead(district)
    domain.return_for_correction(filing=filing, by=uses.confirmer(filing), now=make.NOW, comment="请补正")
    assert "use_returned" in kinds_in(lead)
    assert Notice.objects.get(kind="use_returned").deliveries.filter(person_id=lead.person_id).exists()
    assert "use_returned" not in kinds_in(factories.actor(Role.REVIEWER, district))
