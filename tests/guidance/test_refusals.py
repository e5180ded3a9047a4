"""What the help centre refuses: pages, contacts and trainings; nothing of a refusal stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.enums import Role
from guidance import domain
from guidance.domain import seeds
from guidance.models import Attendance, Contact, HelpCategory, HelpPage, TrainingEvent
from ledger.acts import Actor, Refused
from ledger.models import Record
from tests import factories
from tests import factories_guidance as make
from tests.factories import NOW
from tests.races import second_comer

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def refused(act: Callable[[], Any]) -> list[str]:
    """The reasons of a refusal; nothing was recorded."""
    before = Record.objects.count()
    with pytest.raises(Refused) as caught:
        act()
    assert Record.objects.count() == before
    return caught.value.reasons.codes


def stranger() -> Actor:
    return factories.actor(Role.PROVIDER_OWNER)


@pytest.mark.parametrize(
    "act",
    [
        lambda: domain.save_event(event=None, by=make.SYSTEM, now=NOW, state="open"),
        lambda: domain.save_contact(contact=None, by=make.SYSTEM, now=NOW, edited_at=NOW),
        lambda: domain.edit_page(page=make.draft(), by=make.SYSTEM, now=NOW, state="published"),
    ],
    ids=["event", "contact", "page"],
)
def test_only_what_is_written_by_people_is_written(act: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"state|edited_at"):
        act()


def test_contacts_can_be_reached_and_are_an_authoritys_own() -> None:
    home, by = factories.authority("11"), stranger()
    with pytest.raises(domain.Invalid) as invalid:
        domain.save_contact(contact=None, by=make.SYSTEM, now=NOW, authority=home, name_zh="备案组", phone=" ")
    assert list(invalid.value.errors) == ["phone"]
    assert refused(
        lambda: domain.save_contact(contact=None, by=by, now=NOW, authority=home, name_zh="备案组", phone="010-1")
    ) == ["not_own_contact"]
    assert not Contact.objects.exists()


@pytest.mark.requirement("R170")
def test_trainings_are_held_by_their_host_in_time_for_somebody_and_called_off_with_a_reason() -> None:
    host, event = factories.authority("11"), make.event(announced=False)
    terms = {name: getattr(event, name) for name in ("starts_at", "ends_at", "register_until")}
    assert refused(lambda: domain.save_event(event=None, by=stranger(), now=NOW, host=host, **terms)) == ["not_host"]
    assert TrainingEvent.objects.count() == 1
    with pytest.raises(domain.Invalid) as invalid:
        domain.save_event(event=None, by=make.SYSTEM, now=NOW, host=host, **terms | {"ends_at": None})
    assert list(invalid.value.errors) == ["ends_at"]
    for_nobody = make.event(announced=False, audiences=[])

    def announce(row: TrainingEvent, now: Any) -> Any:
        return domain.announce_event(event=row, by=make.SYSTEM, now=now)

    def cancel(reason: str, now: Any) -> Any:
        return domain.cancel_event(event=event, reason=reason, by=make.SYSTEM, now=now)

    assert refused(lambda: announce(for_nobody, LATER)) == ["is_over", "for_nobody"]
    announce(event, NOW)
    assert refused(lambda: cancel(" ", NOW)) == ["reason_needed"]
    assert refused(lambda: cancel("下雨", event.starts_at)) == ["has_begun"]


@pytest.mark.requirement("R170")
def test_registrations_are_the_units_own_and_persons_are_counted_as_they_can_be() -> None:
    event = make.event()
    row = domain.register_unit(event=event, people=2, by=stranger(), now=NOW)
    assert refused(lambda: domain.leave_event(attendance=row, by=stranger(), now=NOW)) == ["not_own_unit"]
    for came in (-1, 51):
        with pytest.raises(domain.Invalid):
            domain.note_attendance(attendance=row, came=came, by=make.SYSTEM, now=LATER)
    assert Attendance.objects.get().came is None


def test_pages_are_withdrawn_with_a_reason_and_have_addresses_and_articles_that_exist() -> None:
    page = make.published()
    assert refused(lambda: domain.withdraw_page(page=page, reason=" ", by=make.SYSTEM, now=NOW)) == ["reason_needed"]
    for fields, key in (
        ({"slug": "contacts"}, "slug"), ({"slug": page.slug}, "slug"), ({"title_zh": " "}, "title_zh"),
        ({"body_en": "x" * 10**6}, "body_en"), ({"articles": ["me-999"]}, "articles"),
    ):  # fmt: skip
        with pytest.raises(domain.Invalid) as invalid:
            make.draft(**fields)
        assert list(invalid.value.errors) == [key]
    assert HelpPage.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_second_of_two_pages_with_one_address_is_told_so() -> None:
    make.category()
    met = second_comer(lambda: make.draft("same"), lambda: make.draft("same"))
    assert isinstance(met, domain.Invalid) and list(met.errors) == ["slug"]
    assert HelpPage.objects.count() == 1


def test_packaged_pages_leave_an_address_that_a_category_has() -> None:
    slug = next(iter(seeds.packaged_pages()))["slug"]
    HelpCategory.objects.create(slug=slug, audience="provider", name_zh="本地", name_en="Local")
    seeded = seeds.seed_help(by=make.SYSTEM, now=NOW)
    assert seeded.new == len(list(seeds.packaged_pages())) - 1
    assert not HelpPage.objects.filter(slug=slug).exists()
