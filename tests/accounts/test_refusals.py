"""What tables, invitations and new units are refused for, with the reasons; and that nothing else happened."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from accounts.actors import actor_for_membership
from accounts.domain import (
    accept_invitation,
    discard_import,
    import_rows,
    invite,
    open_account,
    read_table,
    set_up_unit,
    start_import,
    work_off,
)
from accounts.domain.imports import _finish, counts
from accounts.domain.invitations import invite_many
from accounts.domain.setting_up import new_unit, set_up_units
from accounts.enums import BatchStatus, Role
from accounts.models import ImportBatch, ImportRow, Invitation, Membership, Person, Unit
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.models import Record
from notices.models import Notice
from tests import factories
from tests.accounts.tables import csv_file, row
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Membership:
    factories.authority("110108")
    return factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))


@pytest.fixture
def by(lead: Membership) -> Actor:
    return actor_for_membership(lead)


def read(by: Actor, file: io.BytesIO) -> ImportBatch:
    return read_table(file=file, file_name="units.csv", by=by, now=NOW)


def school(number: int = 1, parent: Unit | None = None, **more: Any) -> Unit:
    """The unit that ``row(number)`` is about, set up under the authority of Beijing."""
    said = {"kind": "school", "name": f"示例第{number}小学", "school_code": f"2111{number:06d}", **more}
    return factories.unit(parent=parent or factories.authority("11"), **said)


def said(number: int = 1, **more: Any) -> dict[str, Any]:
    """What is typed for such a unit."""
    return {
        "parent": factories.authority("11"), "kind": "school", "name": f"示例第{number}小学",
        "school_code": f"2111{number:06d}", "person": "某人", "email": f"p{number}@school.example", **more,
    }  # fmt: skip


def codes(act: Callable[..., Any], **given: Any) -> list[str]:
    """Why the act is refused; it has left no record."""
    before = Record.objects.count()
    with pytest.raises(Refused) as refused:
        act(now=NOW, **given)
    assert Record.objects.count() == before
    return refused.value.reasons.codes


@contextmanager
def first_comer(table: str, sign: str, make: Callable[[], Any]) -> Iterator[None]:
    """Somebody else saves what ``make`` saves just before a row with ``sign`` in it is inserted into ``table``."""
    busy = False

    def before(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal busy
        if not busy and sql.startswith(f'INSERT INTO "{table}"') and sign in str(params):
            busy = True
            try:
                make()
            finally:
                busy = False
        return execute(sql, params, many, context)

    with connection.execute_wrapper(before):
        yield


# --- rows about units that are there already -----------------------------------------------------------


@pytest.mark.requirement("R21")
@pytest.mark.parametrize(
    ("there", "table", "column"),
    [
        ({"active": False}, {}, "school_code"),
        ({"name": "另一名称"}, {}, "school_code"),
        ({"kind": "university"}, {}, "kind"),
        ({}, {"superior": "110108"}, "superior"),
        ({"uscc": "one"}, {"uscc": "one", "school_code": "2111000099"}, "school_code"),
    ],
)  # fmt: skip
def test_row_that_does_not_fit_the_unit_that_is_there(
    by: Actor, there: dict[str, Any], table: dict[str, str], column: str
) -> None:
    code = factories.uscc("12110000")
    fill = {"uscc": code} if "uscc" in there else {}
    unit = school(1, **{**there, **fill})
    batch = read(by, csv_file(row(1, **{**table, **fill})))
    line = batch.rows.get()
    assert ([one["key"] for one in line.problems], line.outcome, line.unit) == ([column], "faulty", None)
    assert not Invitation.objects.exists()
    assert Unit.objects.filter(name=unit.name).count() == 1


def test_row_with_the_codes_of_two_units_is_of_neither(by: Actor) -> None:
    code = factories.uscc("12110000")
    school(1)
    school(2, uscc=code)
    line = read(by, csv_file(row(1, uscc=code))).rows.get()
    assert [one["key"] for one in line.problems] == ["uscc"]
    assert line.unit is None


def test_known_unit_is_not_taken_from_a_faulty_row(by: Actor) -> None:
    school(1)
    line = read(by, csv_file(row(1, email="nobody"))).rows.get()
    assert ([one["key"] for one in line.problems], line.outcome, line.unit) == (["email"], "faulty", None)


def test_superior_whose_name_two_units_have_is_not_guessed(by: Actor) -> None:
    for parent in ("11", "110108"):
        factories.unit(kind="affiliated", name="同名中心", parent=factories.authority(parent))
    line = read(by, csv_file(row(1, superior="同名中心"))).rows.get()
    assert [one["key"] for one in line.problems] == ["superior"]
    assert line.parent is None


# --- confirming and working off ------------------------------------------------------------------------


def test_preview_is_thrown_away_once_and_by_its_authority_alone(by: Actor) -> None:
    batch = read(by, csv_file(row(1)))
    stranger = factories.actor(Role.REVIEW_LEAD, factories.authority("44"))
    assert codes(discard_import, batch=batch, by=stranger) == ["not_above"]
    assert batch.rows.count() == 1
    discard_import(batch=batch, by=by, now=NOW)
    assert not ImportRow.objects.exists()
    with pytest.raises(AlreadyMoved) as moved:
        discard_import(batch=batch, by=by, now=NOW)
    assert moved.value.state == BatchStatus.DISCARDED


def test_row_whose_superior_is_gone_fails_alone(by: Actor) -> None:
    batch = start_import(batch=read(by, csv_file(row(1), row(2))), by=by, now=NOW)
    batch.rows.filter(number=3).update(parent=None)
    assert work_off(batch_id=batch.pk, now=NOW) == 2
    assert list(batch.rows.order_by("number").values_list("outcome", flat=True)) == ["done", "failed"]
    assert [one["key"] for one in batch.rows.get(number=3).problems] == ["superior"]


def test_invitation_into_a_unit_that_was_closed_meanwhile_fails_alone(by: Actor) -> None:
    school(1)
    closed = school(2)
    batch = read(by, csv_file(row(1), row(2)))
    assert counts(batch)["invite"] == 2
    start_import(batch=batch, by=by, now=NOW)
    Unit.objects.filter(pk=closed.pk).update(active=False)
    work_off(batch_id=batch.pk, now=NOW)
    assert list(batch.rows.order_by("number").values_list("outcome", flat=True)) == ["done", "failed"]
    assert Invitation.objects.get().email == "p1@school.example"


@pytest.mark.requirement("R21")
def test_code_taken_in_the_very_moment_fails_its_row_and_no_other(by: Actor) -> None:
    batch = start_import(batch=read(by, csv_file(row(1), row(2), row(3))), by=by, now=NOW)
    with first_comer("accounts_unit", "2111000002", lambda: school(2, name="抢先学校")):
        work_off(batch_id=batch.pk, now=NOW)
    assert list(batch.rows.order_by("number").values_list("outcome", flat=True)) == ["done", "failed", "done"]
    assert Invitation.objects.count() == 2
    batch.refresh_from_db()
    assert batch.status == BatchStatus.FINISHED


def test_worker_that_finds_no_row_left_ends_the_import_and_tells_once(by: Actor) -> None:
    batch = start_import(batch=read(by, csv_file(row(1))), by=by, now=NOW)
    batch.rows.update(outcome="done")
    assert work_off(batch_id=batch.pk, now=NOW) == 0
    _finish(batch, NOW)  # another worker, at the same moment
    batch.refresh_from_db()
    assert batch.status == BatchStatus.FINISHED
    assert Notice.objects.filter(kind="units_imported").count() == 1


# --- single units --------------------------------------------------------------------------------------


def test_code_or_name_that_is_taken_is_refused(by: Actor) -> None:
    code = factories.uscc("12110000")
    factories.unit(kind="affiliated", name="示例中心", parent=by_unit(by), uscc=code)
    there = Unit.objects.count()
    again = {"kind": "affiliated", "school_code": ""}
    assert codes(set_up_unit, by=by, **said(**again, name="示例中心")) == ["name_taken"]
    assert codes(set_up_unit, by=by, **said(**again, uscc=code)) == ["uscc_known"]
    assert codes(set_up_units, by=by, units=[new_unit(**said(3)), new_unit(**said(3))]) == ["school_code_taken"]
    with first_comer("accounts_unit", "2111000004", lambda: school(4, name="抢先学校")):
        assert codes(set_up_unit, by=by, **said(4)) == ["key_taken"]
    assert Unit.objects.count() == there
    assert not Invitation.objects.exists()


def by_unit(by: Actor) -> Unit:
    return Unit.objects.get(pk=by.unit_id)


# --- invitations ---------------------------------------------------------------------------------------


def test_of_many_invitations_one_that_may_not_be_sent_stops_all(by: Actor) -> None:
    units = [school(1), factories.unit(kind="school", province="44", parent=factories.authority("44"))]
    people = [("甲", "a@school.example"), ("乙", "b@school.example")]
    assert codes(invite_many, units=units, people=people, role=Role.INSTITUTION_LEAD, by=by) == ["not_below"]
    assert not Invitation.objects.exists()


def invited(by: Actor, unit: Unit, name: str = "") -> dict[str, Any]:
    invitation, secret = invite(
        unit=unit, email="new@school.example", name=name, role=Role.INSTITUTION_LEAD, by=by, now=NOW
    )
    return {"invitation": invitation, "secret": secret}


def joining(person: Person) -> dict[str, Any]:
    return {"person": person, "by": Actor(person_id=person.pk, unit_id=None, role="")}


def test_nobody_joins_a_unit_that_was_closed_meanwhile(by: Actor) -> None:
    unit = school(1)
    link = invited(by, unit)
    Unit.objects.filter(pk=unit.pk).update(active=False)
    link["invitation"] = Invitation.objects.get()
    person = factories.person("new@school.example")
    assert codes(accept_invitation, **link, **joining(person)) == ["unit_closed"]
    assert not Membership.objects.filter(person=person).exists()
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(("own", "kept"), [("", "某校长"), ("本名", "本名")])
def test_name_of_the_invitation_serves_who_has_none(by: Actor, own: str, kept: str) -> None:
    person = factories.person("new@school.example")
    person.name = own
    person.save()
    accept_invitation(**invited(by, school(1), "某校长"), **joining(person), now=NOW)
    assert Person.objects.get(pk=person.pk).name == kept


def test_account_is_not_opened_twice_for_one_address(by: Actor) -> None:
    there = factories.person("new@school.example")
    given = {**invited(by, school(1)), "name": "某人", "password": factories.PASSWORD, "language": "zh-hans"}
    assert codes(open_account, **given) == ["has_account"]
    assert not Membership.objects.filter(person=there).exists()
    assert Invitation.objects.get().accepted_at is None


# --- faults of the database, long tables ----------------------------------------------------------------


def test_same_code_is_found_in_a_later_part_of_a_long_table(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_rows, "ASKED_AT_ONCE", 2)
    batch = read(by, csv_file(row(1), row(2), row(3), row(1, name="示例别的小学"), row(4)))
    assert batch.total == 5
    faulty = batch.rows.exclude(problems=[]).get()
    assert [one["key"] for one in faulty.problems] == ["school_code"]
    assert faulty.number == max(batch.rows.values_list("number", flat=True)) - 1
