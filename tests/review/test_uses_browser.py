"""Confirmation desk and units of an authority in a real browser: accessible, narrow and wide, both languages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.actors import actor_for_membership
from accounts.domain import read_table, set_up_unit, start_import, work_off
from accounts.enums import Role
from review import domain
from rulebook.domain.seeds import seed_articles, seed_policies
from tests import factories
from tests import factories_uses as make
from tests.accounts.tables import csv_file, row
from tests.review.test_review_browser import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(freeze):
    """A district with some of everything: uses in several states, units in several states, a table of units."""
    freeze(make.NOW)
    make.rules()
    seed_policies(now=make.NOW)
    seed_articles()
    district = factories.authority("110108")
    lead = factories.membership(role=Role.REVIEW_LEAD, unit=district)
    by = actor_for_membership(lead)
    school = make.school(district, name="海淀区示例第一小学", school_code="2111080001")
    use = make.submitted(school, entry=make.entry("算筹口算"))
    make.submitted(school, entry=make.entry("日晷课表"))
    make.returned(make.school(district, name="海淀区示例第二小学"), entry=make.entry("雁书家校"))
    make.confirmed(make.school(district, name="海淀区示例中学"), entry=make.entry("砚池书法"))
    domain.claim(filing=use, by=by, now=make.NOW)
    domain.give_verdict(filing=use, field_key="use.necessity", ok=False, note="请写明必要性", by=by, now=make.NOW)
    set_up_unit(
        parent=district, kind="school", name="海淀区示例第三小学", school_code="2111080003", person="张某",
        email="third@school.example", by=by, now=make.NOW,
    )  # fmt: skip
    done = read_table(file=csv_file(row(1), row(2)), file_name="第一批.csv", by=by, now=make.NOW)
    start_import(batch=done, by=by, now=make.NOW)
    while work_off(batch_id=done.pk, now=make.NOW):
        pass
    file = csv_file(row(1), row(3), row(4, email="无"), row(5, school_code="2144000005"), row(6, superior="某区"))
    preview = read_table(file=file, file_name="第二批学校.csv", by=by, now=make.NOW)
    return lead, use, done, preview


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-hans"), (390, "en")])
def test_pages_are_accessible(world, live_server, new_page, assert_accessible, width, language):
    lead, use, done, preview = world
    page = signed_in(new_page(width=width), live_server, lead, language)
    case = reverse("use_case", args=[use.pk])
    for address in (
        reverse("uses_queue"), case, case + "?tab=content&note=use.necessity",
        case + "?tab=ledger", reverse("units"), reverse("unit_new"), reverse("unit_import"),
        reverse("unit_import_batch", args=[preview.pk]) + "?show=all", reverse("unit_import_batch", args=[done.pk]),
    ):  # fmt: skip
        page.goto(live_server.url + address)
        assert_accessible(page, leave_out=["iframe"])
