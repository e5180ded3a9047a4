"""Institution data compared with the national base of schools (Opinions, 12). It informs, and bars nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Unit
from ledger.acts import Refused
from ledger.models import Record
from review import connectors as sources
from review.connectors import Answer, NoAnswer
from review.domain import unit_checks
from review.domain.external import MOST_TRIES, import_exchange
from review.models import UnitCheck
from tests import factories
from tests import factories_uses as uses
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R120")]


@pytest.fixture
def school(freeze: Any) -> Unit:
    freeze(NOW)
    uses.rules()
    row = uses.school(factories.authority("110108"))
    Unit.objects.filter(pk=row.pk).update(name="海淀示例小学（东校区）", school_code="2111000001")
    return Unit.objects.get(pk=row.pk)


@pytest.fixture
def base() -> Any:
    """A national base that says what it is told to."""

    class Source:
        key, label, timeout = "schools", "source", 0.1
        says: Any = NoAnswer("dead")
        asked = 0

        def ready(self) -> bool:
            return True

        def question(self, document: Any) -> Any:
            return dict(document["unit"])

        def ask(self, question: Any) -> Answer:
            self.asked += 1
            if isinstance(self.says, Exception):
                raise self.says
            return self.says

    kept, fake = sources.unit_connectors()["schools"], Source()
    sources.register_for_units(fake)
    yield fake
    sources.register_for_units(kept)


def table(**names: str) -> None:
    import_exchange(kind="school", rows=[{"key": key[1:], "name": name} for key, name in names.items()], now=NOW)


def compared(now: Any = NOW) -> list[tuple[str, bool | None]]:
    unit_checks.note_units(now=now)
    unit_checks.ask_units(now=now)
    return [(row.status, row.agrees) for row in UnitCheck.objects.order_by("pk")]


def test_uploaded_table_answers_for_the_base(school: Unit) -> None:
    assert compared() == [], "no table: nothing is asked, nothing is said"
    table(_2111000001="海淀示例小学 (东校区)")
    assert compared() == [("answered", True)]
    assert unit_checks.note_units(now=NOW) == 0, "what has been answered is not asked again"
    Unit.objects.filter(pk=school.pk).update(name="海淀另一小学")
    assert compared() == [("answered", False)]
    assert UnitCheck.objects.get().answer["name"] == "海淀示例小学 (东校区)"
    assert Record.objects.filter(verb="record_check", subject_id=school.pk).count() == 1
    Unit.objects.filter(pk=school.pk).update(school_code="2111000002")
    assert compared() == [("answered", None)]
    later = NOW + unit_checks.AGAIN + timedelta(days=1)
    assert unit_checks.note_units(now=later) == 1, "asked anew after a while"


def test_dead_base_is_asked_later_again_and_given_up(school: Unit, base: Any) -> None:
    other = uses.school(factories.authority("110108"))
    Unit.objects.filter(pk=other.pk).update(school_code="2111000009")
    assert compared() == [("pending", None), ("pending", None)]
    assert base.asked == 1, "a source that is silent is not asked for every unit"
    now = NOW
    for _minute in range(400):
        now += timedelta(minutes=1)
        unit_checks.ask_units(now=now)
    assert {row.status for row in UnitCheck.objects.all()} == {"failed"}
    assert base.asked == 2 * MOST_TRIES
    assert unit_checks.note_units(now=now) == 0
    base.says = Answer(True, {"found": True})
    day = now + unit_checks.AFTER_FAILURE + timedelta(minutes=1)
    assert compared(day) == [("answered", True), ("answered", True)]


@pytest.mark.parametrize("error", [TimeoutError(), KeyError("x")])
def test_base_that_breaks_holds_nothing_up(school: Unit, base: Any, error: Exception) -> None:
    base.says = error
    assert compared() == [("pending", None)]
    assert uses.confirmed(school).state == "confirmed"
    base.says = Answer(False, {"found": True, "name": "别的学校"})
    assert unit_checks.ask_units(now=NOW + timedelta(minutes=5)) == 1
    assert UnitCheck.objects.get().agrees is False
    assert uses.confirmed(school).state == "confirmed"


def test_authority_reads_it_on_the_sheet_and_asks_anew(school: Unit) -> None:
    uses.confirmed(school)
    table(_2111000001="别的小学")
    compared()
    district = factories.membership(Role.REVIEWER, unit=factories.authority("110108"))
    client, address = factories.client_for(district), reverse("use_sheet", args=[school.pk])
    assert "别的小学" in client.get(address).content.decode()
    own = factories.client_for(factories.membership(Role.INSTITUTION_LEAD, unit=school))
    assert "别的小学" not in own.get(address).content.decode()
    table(_2111000001="海淀示例小学（东校区）")
    again = reverse("use_sheet_compare", args=[school.pk])
    assert client.post(again).url == address
    assert client.post(again).status_code == 302
    assert Record.objects.filter(verb="request_check", subject_id=school.pk).count() == 1, "it waits already"
    unit_checks.ask_units(now=NOW)
    assert UnitCheck.objects.get().agrees is True
    assert own.post(again).status_code == 403
    foreign = factories.client_for(factories.membership(Role.REVIEWER, unit=factories.authority("44")))
    assert foreign.post(again).status_code == 404
    assert client.get(again).status_code == 405


def test_nobody_but_the_authorities_above_may_ask_or_see(school: Unit) -> None:
    table(_2111000001="别的小学")
    compared()
    above = factories.actor(Role.REVIEWER, factories.authority("11"))
    assert UnitCheck.objects.visible_to(above).count() == 1
    for actor in (
        factories.actor(Role.REVIEWER, factories.authority("110101")), factories.actor(Role.INSTITUTION_LEAD, school),
        factories.actor(Role.PROVIDER_OWNER, factories.unit()), None,
    ):  # fmt: skip
        assert not UnitCheck.objects.visible_to(actor).exists()
        if actor is not None:
            with pytest.raises(Refused):
                unit_checks.request_unit_check(unit=school, by=actor, now=NOW)
    Unit.objects.filter(pk=school.pk).update(school_code="")
    with pytest.raises(Refused) as refused:
        unit_checks.request_unit_check(unit=Unit.objects.get(pk=school.pk), by=above, now=NOW)
    assert refused.value.reasons.codes == ["no_school_code"]


def test_administrator_uploads_the_base(school: Unit) -> None:
    member = factories.membership(Role.SYSADMIN, person=factories.person(is_staff=True, is_superuser=True))
    client = factories.client_for(member)
    file = SimpleUploadedFile("s.csv", "\ufeffkey,name\n2111000001,海淀示例小学（东校区）\n".encode())
    client.post(reverse("admin:review_exchangerow_upload"), {"kind": "school", "file": file})
    assert compared() == [("answered", True)]
    assert client.get(reverse("admin:review_unitcheck_changelist")).status_code == 200


def test_nothing_is_asked_without_a_base_or_of_what_was_answered_meanwhile(school: Unit) -> None:
    above = factories.actor(Role.REVIEWER, factories.authority("11"))
    with pytest.raises(Refused) as refused:
        unit_checks.request_unit_check(unit=school, by=above, now=NOW)
    assert refused.value.reasons.codes == ["no_source"]
    assert not UnitCheck.objects.exists()
    table(_2111000001="别的小学")
    assert compared() == [("answered", False)]
    row, records = UnitCheck.objects.get(), Record.objects.count()
    assert unit_checks._ask(row.pk, NOW + timedelta(minutes=1)) is None
    assert (UnitCheck.objects.get().attempts, Record.objects.count()) == (row.attempts, records)
