"""What listing, lifting and objecting refuse, each with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError

from blacklist import domain
from blacklist.models import ListEdition, Listing, ListItem
from ledger.acts import Refused
from ledger.models import Record
from notices.models import Notice
from rulebook import clocks
from tests import factories
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


def test_what_the_database_refuses_otherwise_is_not_called_listed_already():
    of, by = make.entry(), make.lead()
    terms = {"authority": of.authority, "by": by, "reason": "拒不整改", "now": NOW}
    with pytest.raises(IntegrityError, match="listing_cause_is_whole"):
        domain.list_unit(unit=of.unit, ground="refused", cause=("", 7), **terms)
    with pytest.raises(IntegrityError, match="subject"):
        domain.add_line(kind="exit", subject=None, title_zh="某应用", **terms)  # type: ignore[arg-type]
    assert not Listing.objects.exists() and not ListItem.objects.exists()


def test_lines_say_what_they_are_about_and_why():
    terms = {"kind": "exit", "authority": factories.authority("11"), "subject": "app", "by": make.lead()}
    assert codes(domain.add_line, title_zh=" ", reason=" ", **terms) == ["title_needed", "reason_needed"]
    assert not ListItem.objects.exists()


def test_objection_to_a_listing_of_the_ministry_is_told_to_the_ministry_alone():
    of, by = make.entry(), make.ministry()
    listed = domain.list_unit(
        unit=of.unit, authority=factories.authority("moe"), ground="refused", reason="拒不整改", by=by, now=NOW
    )
    domain.object_to_listing(listing=listed, text="已整改", by=make.provider(of.unit), now=NOW)
    told = Notice.objects.filter(kind="listing_objection").values_list("to_unit__code", flat=True)
    assert list(told) == ["moe"]


def test_a_bar_that_has_run_out_is_ended_with_its_clock():
    listed = make.listing()
    (clock,) = clocks.running(listed)
    ended = domain.cool_off(listing=listed, now=clock.due_at)
    assert (ended.state, clocks.running(listed).count()) == ("cooled_off", 0)


def edition(**more):
    values = {"kind": "black", "authority": factories.authority("11"), "as_of": NOW.date(), "lines": [{"unit": "甲"}]}
    return domain.publish_edition(**{**values, "by": make.lead(), **more}, now=NOW)


@pytest.mark.requirement("R141")
def test_an_edition_is_published_once_and_its_file_is_missed_when_it_is_gone():
    edition()
    row = ListEdition.objects.get()
    assert edition(lines=[{"unit": "乙"}]).digest == row.digest, "the first stands"
    assert domain.verify_edition(row).ok
    row.file.storage.delete(row.file.name)
    assert not domain.verify_edition(ListEdition.objects.get()).ok


def test_an_edition_that_cannot_be_recorded_leaves_no_file(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    records = Record.objects.count()
    with pytest.raises(DatabaseError):
        edition(kind="k" * 20)
    assert not ListEdition.objects.exists() and Record.objects.count() == records
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    edition(as_of=NOW.date() + timedelta(days=1))
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".jsonl"]
