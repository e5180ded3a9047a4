"""What drafts, branches, platforms and reminders are refused for, with the reasons; and their rare turns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from accounts.enums import Role
from accounts.models import Unit
from ledger.acts import Actor, Refused
from ledger.models import Record
from notices.models import Notice
from providers import domain
from providers.domain import branches, platforms
from providers.domain.submission import latest_document
from providers.enums import BranchState, FilingKind
from providers.models import App, Branch, BusinessSystem, Filing, Material, PlatformBatch, ProviderProfile
from registry.models import Entry
from rulebook.time import ZONE
from tests import factories
from tests import factories_filings as filings

from .platform_rows import row as platform_row

pytestmark = pytest.mark.django_db
NOW = filings.NOW
LAST_DAY = date(2027, 9, 24)  # of what was confirmed at NOW


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy()
    freeze(NOW)


def codes(act: Callable[..., Any], **given: Any) -> list[str]:
    """Why the act is refused; it has left no record."""
    before = Record.objects.count()
    with pytest.raises(Refused) as refused:
        act(now=NOW, **given)
    assert Record.objects.count() == before
    return refused.value.reasons.codes


def owner(unit: Unit | None = None) -> Actor:
    return filings.actor_in(unit or factories.unit())


def unit_of(by: Actor) -> Unit:
    return Unit.objects.get(pk=by.unit_id)


# --- drafts --------------------------------------------------------------------------------------------


def test_app_is_begun_on_a_system_of_ones_own_alone() -> None:
    by, other = owner(), owner()
    unit = unit_of(by)
    foreign = domain.add_system(unit=unit_of(other), name="他人系统", by=other, now=NOW)
    start = {"unit": unit, "kind": FilingKind.INITIAL, "app_name": "新应用"}
    assert codes(domain.start, **start, system=foreign, by=by) == ["not_your_unit"]
    assert codes(domain.start, **start, by=other) == ["not_your_unit"]
    assert codes(domain.start, **start, by=factories.actor(Role.REVIEWER)) == ["not_a_provider"]
    assert codes(domain.add_system, unit=unit, name="系统", by=other) == ["not_your_unit"]
    assert not App.objects.exists()
    assert not BusinessSystem.objects.filter(unit=unit).exists()
    for name in ("系统甲", "系统乙"):
        own = domain.add_system(unit=unit, name=name, by=by, now=NOW)
    filing = domain.start(**start, system=own, by=by, now=NOW)
    assert filings.app_of(filing).system_id == own.pk  # the one chosen, not the first


def test_change_of_an_app_without_a_working_copy_starts_from_what_is_published() -> None:
    filing = filings.approved()
    app = filings.app_of(filing)
    app.data = {}
    app.save()
    change = domain.start(unit=filing.unit, kind=FilingKind.CHANGE, app=app, by=owner(filing.unit), now=NOW)
    assert filings.app_of(change).data == latest_document(filing)["app"]


def test_change_of_the_unit_has_no_part_about_an_app() -> None:
    filing = filings.approved()
    was = filings.app_of(filing).data
    change = filings.draft(filing.unit, kind=FilingKind.UNIT_CHANGE)
    domain.save_part(filing=change, part="app", values={"name": "另一名称"}, by=owner(filing.unit), now=NOW)
    assert filings.app_of(filing).data == was
    assert filings.fresh(change).data == change.data


def test_draft_has_no_document_of_a_version() -> None:
    with pytest.raises(LookupError):
        latest_document(filings.draft())


def kept(unit: Unit, by: Actor, **more: Any) -> dict[str, Any]:
    content = b"%PDF-1.4 refusals"
    return {
        "unit": unit, "upload": ContentFile(content), "name": "材料.pdf", "content_type": "application/pdf",
        "sha256": "ab" * 32, "pages": 1, "scan": "clean", "by": by, **more,
    }  # fmt: skip


def test_file_is_kept_once_and_for_ones_own_unit() -> None:
    by = owner()
    unit = unit_of(by)
    assert codes(domain.add_material, **kept(unit, owner())) == ["not_your_unit"]
    assert not Material.objects.exists()
    first = domain.add_material(**kept(unit, by), now=NOW)
    assert domain.add_material(**kept(unit, by), now=NOW) == first
    assert Material.objects.count() == 1


def test_file_whose_row_cannot_be_saved_does_not_stay_behind() -> None:
    by = owner()
    with pytest.raises(DatabaseError), transaction.atomic():
        domain.add_material(**kept(unit_of(by), by, sha256="cd" * 32, content_type="x" * 41), now=NOW)
    assert not Material.objects.exists()
    storage: Any = Material._meta.get_field("file").storage  # type: ignore[union-attr]
    assert not list(Path(storage.location).rglob("cd" * 16))


# --- branches ------------------------------------------------------------------------------------------


def declared(head: Actor, uscc: str) -> Branch:
    return branches.declare_branch(
        head=unit_of(head), uscc=uscc, name="示例分公司", province="44", by=head, now=NOW
    )


@pytest.mark.requirement("R31")
def test_branch_that_registered_after_its_declaration_is_tied_when_it_is_confirmed() -> None:
    head, code = owner(), factories.uscc()
    row = declared(head, code)
    unit = factories.unit(province="44", uscc=code)
    assert row.unit_id is None
    branches.confirm_branch(branch=row, by=factories.actor(Role.REVIEWER, factories.authority("44")), now=NOW)
    assert Branch.objects.get(pk=row.pk).unit_id == unit.pk
    assert Unit.objects.get(pk=unit.pk).head_office_id == head.unit_id


def test_declaration_of_a_unit_that_never_registered_is_taken_back() -> None:
    head, authority = owner(), factories.authority("44")
    row = branches.release_branch(branch=declared(head, factories.uscc()), reason="误报", by=head, now=NOW)
    assert row.state == BranchState.RELEASED
    told = set(Notice.objects.filter(kind="branch_released").values_list("to_unit_id", flat=True))
    assert told == {head.unit_id, authority.pk}
    assert not Record.objects.filter(verb="set_head_office").exists()


def test_branch_of_a_branch_is_not_confirmed() -> None:
    middle, above = owner(), owner()
    below = owner(factories.unit(province="44"))
    row = declared(middle, unit_of(below).uscc)
    branches.confirm_branch(branch=declared(above, unit_of(middle).uscc), by=middle, now=NOW)
    assert codes(branches.confirm_branch, branch=row, by=below) == ["chain"]
    assert unit_of(below).head_office_id is None


# --- platforms -----------------------------------------------------------------------------------------


def test_operator_is_a_registered_provider_and_takes_its_own_tables_alone() -> None:
    ministry = filings.ministry_reviewer()
    school = factories.unit(kind="school", parent=factories.authority("11"))
    assert codes(platforms.designate_operator, unit=school, platform="平台", by=ministry) == ["no_provider"]
    first, second = owner(), owner()
    for by in (first, second):
        platforms.designate_operator(unit=unit_of(by), platform="示例平台", by=ministry, now=NOW)
    batch = platforms.prepare(rows=[platform_row(2)], name="a.csv", by=first, now=NOW)
    assert codes(platforms.take, batch=batch, by=second) == ["not_your_unit"]
    assert PlatformBatch.objects.get().taken_at is None


# --- upkeep --------------------------------------------------------------------------------------------


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)


def entry_of(filing: Filing) -> Entry:
    return Entry.objects.select_related("authority", "unit").get(filings=filing)


@pytest.mark.requirement("R36")
def test_entries_are_confirmed_without_the_unit() -> None:
    filing = filings.approved()
    later = NOW + timedelta(days=3)
    domain.confirm_information(
        unit=filing.unit, entries=[entry_of(filing)], with_unit=False, by=owner(filing.unit), now=later
    )
    assert entry_of(filing).confirmed_at == later
    assert ProviderProfile.objects.get(unit=filing.unit).confirmed_at is None
    assert not Record.objects.filter(verb="confirm_unit").exists()


@pytest.mark.requirement("R36")
def test_authority_reminds_of_a_confirmation_that_is_due_once_a_day(freeze: Any) -> None:
    filing = filings.approved()
    by, entry = filings.reviewer_of(filing), entry_of(filing)
    assert codes(domain.remind, entry=entry, by=by) == ["nothing_owed"]
    later = at(LAST_DAY + timedelta(days=3))
    freeze(later)
    for _time in range(2):
        domain.remind(entry=entry, by=by, now=later)
    notice = Notice.objects.get(kind="information_stale")
    assert (notice.to_unit_id, notice.params["due_day"]) == (filing.unit_id, LAST_DAY.isoformat())


def test_run_before_the_publication_reminds_of_no_open_item() -> None:
    entry = entry_of(filings.approved())
    Entry.objects.filter(pk=entry.pk).update(open_items=["icp"], open_items_until=LAST_DAY)
    assert domain.remind_all(now=NOW - timedelta(days=1)).open_items == 0
    assert domain.remind_all(now=NOW).open_items == 1


# --- operators, drafts of others, drafts taken back -----------------------------------------------------


def test_operator_is_ended_by_the_ministry_alone() -> None:
    unit = factories.unit()
    by = filings.ministry_reviewer()
    operator = platforms.designate_operator(unit=unit, platform="示例平台", by=by, now=NOW)
    assert codes(platforms.end_operator, operator=operator, by=owner(unit)) == codes(
        platforms.designate_operator, unit=unit, platform="示例平台", by=owner(unit)
    )
    operator.refresh_from_db()
    assert operator.ended_at is None


def test_draft_of_another_unit_is_not_submitted() -> None:
    filing = filings.draft()
    assert codes(domain.submit, filing=filing, by=owner()) == ["not_your_unit"]
    assert filings.fresh(filing).state == "draft"


def test_authority_hears_nothing_of_a_draft_that_is_taken_back() -> None:
    filing = filings.draft()
    filing = domain.withdraw(filing=filing, by=owner(filing.unit), now=NOW)
    assert (filing.state, filing.closed_at) == ("withdrawn", NOW)
    assert not Notice.objects.filter(kind="filing_withdrawn").exists()
