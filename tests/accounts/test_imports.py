"""Units by the hundred: what is read, what is refused beside the row, what is done, and what is done again."""

from __future__ import annotations

import io
import resource
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import actor_for_membership
from accounts.domain import read_table, resend_invitation, set_up_unit, start_import, work_off
from accounts.domain.imports import counts, silent
from accounts.domain.setting_up import school_code_reasons
from accounts.enums import BatchStatus, MembershipStatus, Role, RowOutcome
from accounts.models import ImportBatch, ImportRow, Invitation, Unit
from accounts.sheets import SheetRefused
from ledger.acts import AlreadyMoved, Refused
from ledger.domain.verify import verify
from ledger.models import Record
from notices.models import EmailDelivery, Notice
from tests import factories
from tests.accounts.tables import HEAD, book, csv_file, row
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    factories.authority("110108")
    return factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))


@pytest.fixture
def by(lead):
    return actor_for_membership(lead)


def read(by, file: io.BytesIO, name: str = "units.csv") -> ImportBatch:
    return read_table(file=file, file_name=name, by=by, now=NOW)


def problems(batch: ImportBatch) -> dict[int, list[str]]:
    """Row → the columns that something is wrong with."""
    return {
        item.number: [problem["key"] for problem in item.problems]
        for item in batch.rows.order_by("number")
        if item.problems
    }


def run(by, batch: ImportBatch) -> dict[str, int]:
    start_import(batch=batch, by=by, now=NOW)
    while work_off(batch_id=batch.pk, now=NOW, at_once=50):
        pass
    return counts(batch)


@pytest.mark.requirement("R21", "R5")
def test_table_is_previewed_then_set_up_under_each_superior_with_invitations(by):
    # The superior by key and by name; the last one by nothing: the authority itself.
    haidian = factories.authority("110108")
    file = book(
        row(1, superior="110108"), row(2, superior=haidian.name),
        row(3, kind="直属单位", school_code="", uscc=factories.uscc("12110000")),
    )  # fmt: skip
    batch = read(by, file, "units.xlsx")
    assert counts(batch)["create"] == 3
    assert Unit.objects.filter(name__startswith="示例").count() == 0, "a preview sets nothing up"
    assert run(by, batch)["done"] == 3
    first, second, third = Unit.objects.filter(name__startswith="示例").order_by("name")
    assert (first.parent, second.parent, third.parent_id) == (haidian, haidian, by.unit_id)
    assert first.path == f"{haidian.path}{first.pk}/"
    assert (first.province_code, third.kind) == ("11", "affiliated")
    invitation = Invitation.objects.get(unit=first)
    assert (invitation.email, invitation.role) == ("p1@school.example", Role.INSTITUTION_LEAD)
    assert EmailDelivery.objects.filter(address="p1@school.example").count() == 1
    assert Record.objects.filter(verb="create_unit", subject_id__in=[first.pk, second.pk, third.pk]).count() == 3
    assert Record.objects.filter(verb="invite").count() == 3
    assert Notice.objects.get(kind="units_imported").to_person_id == by.person_id
    assert list(verify()) == []


def test_problems_stand_beside_their_rows_and_columns(by):
    factories.unit(kind="school", parent=None, school_code="2111000099")
    file = csv_file(
        row(1), row(2, school_code="2144000002"), row(3, school_code="12"), row(4, email="nobody"),
        row(5, superior="不存在的区教委"), row(6, school_code="2111000001"), row(7, kind="企业"),
        row(8, uscc="91110108MA01TE5T3X"), row(9, person=""), row(10, school_code="2111000099"),
        row(11, school_code=""), row(1, school_code="2111000012"),
    )  # fmt: skip
    assert problems(read(by, file)) == {
        3: ["school_code"], 4: ["school_code"], 5: ["email"], 6: ["superior"], 7: ["school_code"], 8: ["kind"],
        9: ["uscc"], 10: ["person"], 11: ["school_code"], 12: ["school_code"], 13: ["name"],
    }  # fmt: skip


@pytest.mark.requirement("R21")
def test_same_table_again_does_only_what_is_missing(by):
    wrong = csv_file(row(1), row(2, email="nobody"), row(3))
    first = read(by, wrong)
    assert run(by, first) == {**dict.fromkeys(RowOutcome.values, 0), "done": 2, "faulty": 1}
    Invitation.objects.filter(email="p3@school.example").update(expires_at=NOW - timedelta(days=1))
    second = read(by, csv_file(row(1), row(2), row(3)))
    assert [item.outcome for item in second.rows.order_by("number")] == ["known", "create", "invite"]
    run(by, second)
    assert Unit.objects.filter(name__startswith="示例").count() == 3
    assert list(Invitation.objects.order_by("email", "pk").values_list("email", flat=True)) == [
        "p1@school.example", "p2@school.example", "p3@school.example", "p3@school.example",
    ]  # fmt: skip
    third = read(by, csv_file(row(1), row(2), row(3)))
    assert counts(third)["known"] == 3
    with pytest.raises(Refused):
        start_import(batch=third, by=by, now=NOW)


def test_unit_whose_person_has_joined_is_not_invited_again(by):
    run(by, read(by, csv_file(row(1))))
    unit = Unit.objects.get(name="示例第1小学")
    factories.membership(Role.INSTITUTION_LEAD, unit=unit)
    batch = read(by, csv_file(row(1, email="somebody.else@school.example")))
    assert counts(batch)["known"] == 1


def test_codes_of_other_branches_are_refused_without_telling_whose_they_are(by):
    factories.unit(
        kind="school", name="广东某校", province="44", parent=factories.authority("44"), school_code="2111000007"
    )
    batch = read(by, csv_file(row(7)))
    text = str(batch.rows.get().problems)
    assert problems(batch) == {2: ["school_code"]}
    assert "广东某校" not in text


def test_run_that_was_killed_goes_on_where_it_stopped(by):
    batch = read(by, csv_file(*[row(number) for number in range(1, 31)]))
    start_import(batch=batch, by=by, now=NOW)
    assert work_off(batch_id=batch.pk, now=NOW, at_once=10) == 10
    assert counts(batch)["create"] == 20
    assert silent(NOW + timedelta(seconds=30)) == []
    assert silent(NOW + timedelta(minutes=3)) == [batch.pk]
    while work_off(batch_id=batch.pk, now=NOW, at_once=10):
        pass
    batch.refresh_from_db()
    assert (batch.status, counts(batch)["done"]) == (BatchStatus.FINISHED, 30)
    assert Invitation.objects.count() == 30
    assert work_off(batch_id=batch.pk, now=NOW) == 0
    assert Notice.objects.filter(kind="units_imported").count() == 1


def test_row_that_somebody_else_set_up_meanwhile_fails_alone(by):
    batch = read(by, csv_file(row(1), row(2), row(3)))
    set_up_unit(
        parent=factories.authority("110108"), kind="school", name="另一名称", school_code="2111000002",
        person="某人", email="other@school.example", by=by, now=NOW,
    )  # fmt: skip
    done = run(by, batch)
    assert (done["done"], done["failed"]) == (2, 1)
    assert [problem["key"] for problem in ImportRow.objects.get(outcome="failed").problems] == ["school_code"]


def test_confirming_twice_is_refused_and_strangers_cannot(by):
    batch = read(by, csv_file(row(1)))
    stranger = factories.actor(Role.REVIEW_LEAD, factories.authority("44"))
    with pytest.raises(Refused):
        start_import(batch=batch, by=stranger, now=NOW)
    assert not ImportBatch.objects.visible_to(stranger).exists()
    start_import(batch=batch, by=by, now=NOW)
    with pytest.raises(AlreadyMoved):
        start_import(batch=batch, by=by, now=NOW)


def test_run_stops_when_its_person_no_longer_leads(by, lead):
    batch = read(by, csv_file(row(1)))
    start_import(batch=batch, by=by, now=NOW)
    from accounts.domain import end_membership

    end_membership(membership=lead, by=factories.actor(Role.SYSADMIN), now=NOW)
    assert lead.__class__.objects.get(pk=lead.pk).status == MembershipStatus.ENDED
    assert work_off(batch_id=batch.pk, now=NOW) == 0
    batch.refresh_from_db()
    assert batch.status == BatchStatus.STOPPED
    assert not Unit.objects.filter(name="示例第1小学").exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.INSTITUTION_LEAD, Role.PROVIDER_OWNER, Role.PARTNER])
def test_only_who_leads_an_authority_reads_tables(role):
    with pytest.raises(Refused):
        read(factories.actor(role), csv_file(row(1)))
    assert not ImportBatch.objects.exists()


# --- hostile tables ----------------------------------------------------------------------------------


def refused(by, file: io.BytesIO) -> str:
    with pytest.raises(SheetRefused) as caught:
        read(by, file)
    assert not ImportBatch.objects.exists(), "nothing is kept of a table that cannot be taken"
    return caught.value.code


def test_formulas_are_problems_of_their_cells(by):
    batch = read(by, book(row(1, name='=HYPERLINK("http://x","y")'), row(2, person="=1+1"), row(3)))
    assert problems(batch) == {2: ["name"], 3: ["person"]}


def test_hundred_thousand_rows_are_refused_in_bounded_memory(by):
    file = csv_file(*[[*row(number)[:5], "某", "a@b.cn"] for number in range(100_000)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(by, file) in ("too_many_rows", "too_large")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 120_000  # KiB


def test_wrong_columns_are_named(by):
    assert refused(by, csv_file(["甲", "乙"], head=["名字", "电话"])) == "no_heading"


def test_mixed_encodings_merged_cells_and_no_rows(by):
    mixed = io.BytesIO(csv_file(row(1)).getvalue() + b"\r\n" + ",".join(row(2)).encode("gb18030"))
    try:
        assert problems(read(by, mixed))
    except SheetRefused as caught:
        assert caught.code == "encoding"
    ImportBatch.objects.all().delete()
    merged = read(by, book(row(1), row(2), row(3), merge="A2:A3"))
    assert set(problems(merged)) == {2, 3}
    ImportBatch.objects.all().delete()
    assert refused(by, csv_file()) == "no_rows"
    assert refused(by, io.BytesIO(b"")) == "empty"


def test_gb18030_with_semicolons_is_read(by):
    text = "\r\n".join(";".join(line) for line in [HEAD, row(1)])
    assert counts(read(by, io.BytesIO(text.encode("gb18030"))))["create"] == 1


# --- rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "province", "fits"),
    [
        ("2111000001", "11", True), ("2144000001", "11", False), ("2111000001", "", True), ("0011000001", "11", False),
        ("2199000001", "", False), ("2111000000", "11", False), ("211100001", "11", False),
        ("21110000010", "11", False), ("２１１１０００００１", "11", False), ("2165000001", "66", True),
        ("2166000001", "66", True),
        ("2165000001", "65", True), ("211100000a", "11", False),
    ],
)  # fmt: skip
def test_school_code_is_checked_in_its_structure(code, province, fits):
    assert (not school_code_reasons(code, province)) == fits


def test_invitation_is_sent_again_once(by):
    _unit, invitation = set_up_unit(
        parent=factories.authority("110108"), kind="school", name="示例学校", school_code="2111000001",
        person="某人", email="a@school.example", by=by, now=NOW,
    )  # fmt: skip
    later = NOW + timedelta(days=20)
    renewed = resend_invitation(invitation=invitation, by=by, now=later)
    assert renewed.expires_at == later + timedelta(days=14)
    assert renewed.secret_digest != invitation.secret_digest
    with pytest.raises(Refused):
        resend_invitation(invitation=invitation, by=by, now=later)
    assert Invitation.objects.filter(withdrawn_at__isnull=True).count() == 1


@pytest.mark.requirement("R5", "R16")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_is_ever_set_up_outside_ones_own_subtree(data):
    """Random trees, a random lead, random superiors: what was made stands below the lead's unit, and nothing else."""
    from django.db import transaction

    with transaction.atomic():
        tree = [factories.authority("moe"), factories.authority("11"), factories.authority("44")]
        for number in range(data.draw(st.integers(1, 8))):
            above = data.draw(st.sampled_from(tree))
            kind = data.draw(st.sampled_from(["affiliated", "university", "school"]))
            tree.append(
                factories.unit(kind=kind, parent=above, province=above.province_code, name=f"树中单位{number}")
            )
        authorities = [unit for unit in tree if unit.kind == "authority"]
        home = data.draw(st.sampled_from(authorities))
        role = Role.MINISTRY_REVIEWER if home.code == "moe" else Role.REVIEW_LEAD
        by = factories.actor(role, home)
        there = set(Unit.objects.values_list("pk", flat=True))
        wanted = data.draw(st.lists(st.sampled_from(tree), min_size=1, max_size=5))
        rows = [
            row(number, superior=unit.name, school_code="", kind="直属单位") for number, unit in enumerate(wanted, 1)
        ]
        batch = read(by, csv_file(*rows))
        if counts(batch)["create"]:
            run(by, batch)
        made = Unit.objects.exclude(pk__in=there)
        assert all(unit.path.startswith(home.path) and unit.parent.path.startswith(home.path) for unit in made)
        may = sum(unit.path.startswith(home.path) and unit.kind != "school" for unit in wanted)
        assert made.count() == may
        for unit in wanted:
            if not unit.path.startswith(home.path):
                with pytest.raises(Refused):
                    set_up_unit(
                        parent=unit, kind="affiliated", name="越界单位", person="某人", email="x@school.example",
                        by=by, now=NOW,
                    )  # fmt: skip
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.breadth
def test_largest_table_is_taken_in_with_bounded_memory(by):
    """How long it takes is measured by ``make bench``."""
    file = csv_file(*[row(number, superior="110108" if number % 3 else "") for number in range(1, 5_001)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    batch = read(by, file)
    start_import(batch=batch, by=by, now=NOW)
    while work_off(batch_id=batch.pk, now=NOW):
        pass
    assert counts(batch)["done"] == 5_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # KiB
