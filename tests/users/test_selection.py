"""Selecting an app, the form and what it asks, and handing in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.enums import Role, UnitKind
from blacklist.models import Listing
from ledger.acts import AlreadyMoved, Refused
from ledger.models import Record
from notices.domain import send_reminders
from notices.models import Notice
from registry import domain as registry_verbs
from rulebook import clocks
from rulebook.models import Clock
from rulebook.time import ZONE
from tests import factories
from tests import factories_uses as make
from users import domain, queries, schema
from users.models import UserFiling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    make.rules()


def refused(verb, **more) -> list[str]:
    with pytest.raises(Refused) as caught:
        verb(now=make.NOW, **more)
    return caught.value.reasons.codes


def problems(filing: UserFiling, **use) -> dict[str, str]:
    """Field and code of everything that bars handing in the filing with these answers."""
    if use:
        filing = domain.save_part(filing=filing, part="use", values=use, by=make.lead(filing.unit), now=make.NOW)
    try:
        with transaction.atomic():
            domain.submit(filing=filing, by=make.lead(filing.unit), now=make.NOW)
            transaction.set_rollback(True)
    except domain.Incomplete as error:
        return {problem.field_key: problem.code for problem in error.problems}
    return {}


# --- which app ---------------------------------------------------------------------------------------


@pytest.mark.requirement("R7", "R96", "R97", "R99")
def test_published_app_of_any_province_is_selected_once():
    unit = make.school()
    by, entry = make.lead(unit), make.entry(province="44")
    filing = domain.start_use(unit=unit, entry=entry, by=by, now=make.NOW)
    assert (filing.state, filing.number, filing.app_name) == ("draft", entry.number, entry.app_name)
    assert filing.data["use"]["functions"] == ["reading"] and filing.data["use"]["channels"] == ["android"]
    again = domain.start_use(unit=unit, entry=entry, by=make.second(unit), now=make.NOW)
    assert again.pk == filing.pk
    assert Record.objects.filter(subject_type="users.userfiling").count() == 1


@pytest.mark.requirement("R96", "R97")
@pytest.mark.parametrize("fate", ["offline", "revoked", "cancelled", "barred"])
def test_app_that_is_not_in_force_is_refused_with_the_reason(fate):
    entry, unit, publisher = make.entry(), make.school(), make.publisher()
    kept = make.draft(entry=entry)
    if fate == "offline":
        registry_verbs.take_offline(entry=entry, reason="整改", by=publisher, now=make.NOW)
    elif fate == "revoked":
        registry_verbs.revoke(entry=entry, reason="违规", by=publisher, now=make.NOW)
    elif fate == "cancelled":
        registry_verbs.cancel(entry=entry, reason="停止服务", by=publisher, now=make.NOW)
    else:
        bar(entry)
    code = "provider_barred" if fate == "barred" else f"entry_{fate}"
    assert refused(domain.start_use, unit=unit, entry=entry, by=make.lead(unit)) == [code]
    assert code in refused(domain.submit, filing=kept, by=make.lead(kept.unit))
    assert not UserFiling.objects.filter(unit=unit).exists()


def bar(entry) -> None:
    Listing.objects.create(
        unit=entry.unit, uscc=entry.uscc, authority=entry.authority, reason="逾期未整改",
        listed_at=make.NOW - timedelta(days=1), bar_ends_at=make.NOW + timedelta(days=180),
    )  # fmt: skip


@pytest.mark.requirement("R21")
def test_only_institutions_file_uses():
    company = factories.unit()
    by = factories.actor(Role.INSTITUTION_LEAD, company)
    assert refused(domain.start_use, unit=company, entry=make.entry(), by=by) == ["not_an_institution"]
    for kind in (UnitKind.SCHOOL, UnitKind.AFFILIATED, UnitKind.UNIVERSITY):
        unit = factories.unit(kind=kind, parent=factories.authority("11"))
        assert domain.start_use(unit=unit, entry=make.entry(), by=make.lead(unit), now=make.NOW).pk
    district = factories.authority("110108")
    assert domain.start_use(unit=district, entry=make.entry(), by=make.lead(district), now=make.NOW).pk
    other = make.lead(make.school())
    assert refused(domain.start_use, unit=district, entry=make.entry(), by=other) == ["not_your_unit"]


# --- the form ----------------------------------------------------------------------------------------


def test_complete_form_has_no_problem():
    assert problems(make.draft()) == {}
    assert problems(make.self_use()) == {}


@pytest.mark.requirement("R98", "R99", "R104", "R14", "R24", "R25")
def test_empty_form_asks_for_everything_the_law_asks():
    unit = make.school()
    filing = domain.start_use(unit=unit, entry=make.entry(), by=make.lead(unit), now=make.NOW)
    found = problems(filing)
    asked = ("source", "nature", "start_on", "necessity", "criteria", "consultations", "fee", "has_ads", "has_games",
             "collects_information", "department", "responsible", "commit_no_credits", "commit_true", "signed_name",
             "users_count")  # fmt: skip
    assert set(found) >= {f"use.{name}" for name in asked}
    assert "use.decision_on" not in found  # due for required use alone
    channels = schema.field("use.channels")
    assert channels.required and {"mini_program", "official_account"} <= set(dict(channels.choices))


@pytest.mark.requirement("R98")
@pytest.mark.parametrize("source", ["self_developed", "self_selected", "required_by_superior"])
def test_each_source_is_taken_and_says_who_answers(source):
    filing = make.draft()
    more = {"superior_document": "示例教字〔2026〕1号", "superior_file": make.file_value(make.material(filing.unit))}
    if source == "required_by_superior":
        assert set(problems(filing, source=source)) == {"use.superior_document", "use.superior_file"}
    assert problems(filing, source=source, **more) == {}
    done = domain.submit(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert done.source == source
    assert done.responsibility == ("in_charge" if source == "self_developed" else "responsible")


@pytest.mark.requirement("R107")
def test_required_use_needs_a_collective_decision():
    filing = make.draft(decision_on="", decision_body="", decision_file=None)
    assert problems(filing) == {}  # recommended
    assert set(problems(filing, nature="required")) == {"use.decision_on", "use.decision_body", "use.decision_file"}
    assert problems(filing, decision_on="2026-09-30")["use.decision_on"] == "future"
    # and the database itself refuses one without
    decided = make.draft(nature="required")
    done = domain.submit(filing=decided, by=make.lead(decided.unit), now=make.NOW)
    with pytest.raises(IntegrityError, match="use_required_is_decided"), transaction.atomic():
        UserFiling.objects.filter(pk=done.pk).update(decision_on=None)


@pytest.mark.requirement("R111", "R112")
@pytest.mark.parametrize(
    ("field", "value"), [("fee", "charged"), ("fee", "voluntary"), ("has_ads", True), ("has_games", True)]
)
def test_required_use_costs_nothing_and_carries_no_ads_or_games(field, value):
    filing = make.draft(nature="recommended", fee_note="每学期十元", **{field: value})
    assert problems(filing) == {}
    assert problems(filing, nature="required") == {f"use.{field}": field.replace("has_", "")}


@pytest.mark.requirement("R111", "R112", "R113", "R114")
def test_commitments_go_with_the_nature_of_use():
    names = ("no_fee", "no_ads", "voluntary", "no_credits")
    filing = make.draft(**{f"commit_{name}": False for name in names})
    assert set(problems(filing)) == {"use.commit_voluntary", "use.commit_no_credits"}
    assert set(problems(filing, nature="required")) == {
        "use.commit_no_fee", "use.commit_no_ads", "use.commit_no_credits",
    }  # fmt: skip


@pytest.mark.requirement("R115", "R116", "R117")
def test_examination_business_is_justified_and_never_exclusive():
    filing = make.draft(functions=["exams"])
    assert set(problems(filing)) == {"use.exams_run_by", "use.commit_no_exclusive"}
    assert problems(filing, exams_run_by="joint", commit_no_exclusive=True) == {}
    assert set(problems(filing, exams_run_by="third_party")) == {
        "use.exams_justification", "use.exclusive_agreement", "use.other_ways",
    }  # fmt: skip
    told = {"exams_justification": "暂无自有系统", "other_ways": "现场办理", "exclusive_agreement": True}
    assert problems(filing, **told) == {"use.exclusive_agreement": "exclusive"}
    assert problems(filing, exclusive_agreement=False) == {}
    found = schema.validate(
        queries.working_copy(make.fresh(filing)), queries.policy_of(filing, make.NOW), "use", make.NOW.date()
    )
    assert [p.code for p in found if not p.is_error and p.field_key == "use.exams_run_by"] == ["third_party"]


@pytest.mark.requirement("R104")
def test_who_was_not_asked_is_pointed_out():
    filing = make.draft(user_groups=["staff", "parents"])
    staff = filing.data["use"]["consultations"][:1]
    assert problems(filing, consultations=[]) == {"use.consultations": "required"}
    assert problems(filing, consultations=staff) == {}
    document = queries.working_copy(make.fresh(filing))
    found = schema.validate(document, queries.policy_of(filing, make.NOW), "use", make.NOW.date())
    assert ("use.consultations", "not_all_asked", False) in [(p.field_key, p.code, p.is_error) for p in found]


@pytest.mark.requirement("R105")
def test_city_asks_for_alternatives_of_schools_in_its_districts():
    make.policy("440300", alternatives_needed=3)  # Shenzhen here stands for a city with such a rule
    filing = make.draft(make.school(factories.authority("440304")), entry=make.entry())
    row = {"name": "同类应用", "assessment": "功能不足"}
    assert problems(filing) == {"use.alternatives": "required"}
    assert problems(filing, alternatives=[row, row]) == {"use.alternatives": "too_few"}
    assert problems(filing, alternatives=[row, row, row]) == {}
    assert problems(make.draft(entry=make.entry())) == {}  # not asked in Beijing


@pytest.mark.requirement("R13")
def test_biometrics_and_large_collection_are_argued_where_the_policy_asks():
    filing = make.draft(biometrics=True, large_scale=True)
    assert problems(filing) == {}
    make.policy("11", biometrics_argumentation=True, collection_consultation=True)
    assert set(problems(filing)) == {
        "use.argumentation", "use.argumentation_file", "use.collection_consultation", "use.collection_file",
    }  # fmt: skip


@pytest.mark.requirement("R13")
def test_authority_adds_items_of_its_own():
    item = {"key": "class_count", "label_zh": "班级数", "label_en": "Classes", "kind": "number", "required": True}
    make.policy("11", use_items=[item])
    filing = make.draft()
    assert problems(filing) == {"use.extra.class_count": "required"}
    assert problems(filing, **{"extra.class_count": 12}) == {}


@pytest.mark.parametrize(
    "use",
    [
        {"consultations": "x"}, {"consultations": [{"group": ["a"]}]}, {"user_groups": [{"a": 1}]}, {"functions": 3},
        {"alternatives": [1]}, {"decision_on": 5}, {"users_count": "很多"}, {"nature": ["required"]}, {"stages": {}},
        {"responsible": [None]}, {"decision_file": {"id": "x", "sha256": "y"}}, {"signed_name": "a\x01"},
    ],
)  # fmt: skip
def test_nonsense_is_an_error_beside_its_field(use):
    assert {f"use.{name}" for name in use} <= set(problems(make.draft(), **use))


# --- warnings and limits -----------------------------------------------------------------------------


@pytest.mark.requirement("R105", "R119", "R95", "R14")
def test_overlap_number_system_and_department_are_warned_of():
    make.policy("11", limits={"uses_per_school": 1})
    unit = make.school()
    first = make.confirmed(unit)
    second = make.draft(unit)
    found = queries.warnings(second, make.NOW)
    assert found.codes == ["overlap", "too_many_uses", "no_selection_system", "no_department"]
    alone = make.draft()
    assert "no_second_person" in queries.warnings(alone, make.NOW).codes
    assert first.app_name in str(found[0])
    assert problems(second) == {}  # warnings bar nothing
    other = make.draft(unit, functions=["sports"])
    assert "overlap" not in queries.warnings(other, make.NOW).codes


@pytest.mark.requirement("R105")
def test_hard_limit_refuses_one_more():
    make.policy("11", limits={"uses_per_school": 1}, uses_limit_hard=True)
    unit = make.school()
    first = make.confirmed(unit)
    second = make.draft(unit)
    assert refused(domain.submit, filing=second, by=make.lead(unit)) == ["too_many_uses"]
    domain.withdraw(filing=first, by=make.lead(unit), now=make.NOW, reason="停用", notice_text="停用通知")
    assert domain.submit(filing=second, by=make.lead(unit), now=make.NOW).state == "unit_review"


# --- handing in --------------------------------------------------------------------------------------


@pytest.mark.requirement("R5", "R6", "R99", "R106")
def test_submission_freezes_numbers_times_and_tells():
    filing = make.submitted()
    assert filing.case_no == "SY-110108-2026-000001"
    assert make.submitted().case_no == "SY-110108-2026-000002"
    version = filing.versions.get()
    assert version.data["use"]["necessity"] and version.for_unit_review
    clock = clocks.running(filing, "confirm_target")
    assert (filing.due_day, filing.due_at) == (clock.due_day, clock.due_at)
    assert clocks.pill(clock, make.NOW + timedelta(days=60)).family == "off"  # a target is never late
    told = Notice.objects.filter(kind="use_submitted", subject_id=filing.pk)
    assert {notice.to_unit_id for notice in told} == {filing.unit_id, filing.authority_id}


@pytest.mark.requirement("R100")
def test_time_confirms_nothing():
    filing = make.submitted()
    clocks.sweep(now=make.NOW + timedelta(days=400))
    assert make.fresh(filing).state == "submitted"
    assert Clock.objects.get(subject_id=filing.pk, kind="confirm_target").status == "running"


@pytest.mark.requirement("R100")
def test_target_reminds_the_authority_in_words_of_a_target():
    filing = make.submitted()
    day = filing.due_day
    for later in (datetime(day.year, day.month, day.day, 10, 0, tzinfo=ZONE), make.NOW + timedelta(days=60)):
        send_reminders(now=later)
    told = Notice.objects.filter(kind__startswith="use_target").order_by("pk")
    assert [(n.kind, n.to_unit_id) for n in told] == [
        ("use_target_soon", filing.authority_id), ("use_target_passed", filing.authority_id),
    ]  # fmt: skip
    assert not Notice.objects.filter(kind__in=["reminder", "reminder_overdue", "feedback_escalated"]).exists()


@pytest.mark.requirement("R18")
def test_ministry_is_told_on_both_sides_of_its_own_use():
    own = make.submitted(factories.authority("moe"))
    sides = set(Notice.objects.filter(kind="use_submitted", subject_id=own.pk).values_list("side", flat=True))
    assert sides == {"authority", "institution"}


def test_frozen_papers_stay_as_they_are():
    filing = make.returned()
    for table in ("userfilingversion", "usenote", "usedecision"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM users_{table}")
    with pytest.raises(IntegrityError, match="only through an act"), transaction.atomic():
        UserFiling.objects.filter(pk=filing.pk).update(state="confirmed", confirmed_at=make.NOW)


def test_same_key_again_is_the_same_submission_and_a_late_one_is_not():
    filing = make.draft(make.university())
    by = make.lead(filing.unit)
    done = domain.submit(filing=filing, by=by, now=make.NOW, submit_key="k")
    again = domain.submit(filing=filing, by=by, now=make.NOW, submit_key="k")
    assert (again.pk, again.version) == (done.pk, 1)
    domain.return_for_correction(filing=done, by=make.confirmer(done), now=make.NOW, comment="请补正")
    with pytest.raises(AlreadyMoved):
        domain.submit(filing=filing, by=by, now=make.NOW, submit_key="k")


def test_return_says_something_on_fields_and_as_a_whole():
    filing = make.submitted()
    by = make.confirmer(filing)
    assert refused(domain.return_for_correction, filing=filing, by=by, comment=" ") == ["nothing_said"]
    notes = [{"field_key": "use.fee", "text": "请说明", "article": "op-11"}, {"field_key": "use.scope", "text": " "}]
    domain.return_for_correction(filing=filing, by=by, now=make.NOW, notes=notes)
    note = filing.return_notes.get()
    assert (note.field_key, note.text, note.article, note.version) == ("use.fee", "请说明", "op-11", 1)
    again = domain.submit(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert (again.state, again.version, again.case_no) == ("unit_review", 2, filing.case_no)


def test_decision_on_a_version_that_the_page_did_not_show_is_refused():
    filing = make.submitted()
    codes = refused(domain.confirm, filing=filing, by=make.confirmer(filing), seen_version=7)
    assert codes == ["newer_version"]


def test_many_are_confirmed_each_by_itself():
    uses = [make.submitted(), make.submitted(), make.returned()]
    outcome = domain.confirm_many(filings=uses, by=make.confirmer(uses[0]), now=make.NOW)
    assert [error is None for _filing, error in outcome] == [True, True, False]
    assert isinstance(outcome[2][1], AlreadyMoved)


@pytest.mark.requirement("R122")
def test_withdrawal_needs_reason_and_notice_to_those_concerned():
    filing = make.confirmed()
    by = make.lead(filing.unit)
    assert refused(domain.withdraw, filing=filing, by=by) == ["no_reason", "nobody_told"]
    done = domain.withdraw(filing=filing, by=by, now=make.NOW, reason="不再需要", notice_text="下月停用")
    assert (done.state, done.withdrawn_reason, done.notice_text) == ("withdrawn", "不再需要", "下月停用")
    assert Notice.objects.filter(kind="use_withdrawn", to_unit=filing.authority).count() == 1
    fresh = domain.start_use(unit=filing.unit, entry=filing.entry, by=by, now=make.NOW)
    assert fresh.pk != filing.pk  # what was left may be selected anew
    assert domain.withdraw(filing=fresh, by=by, now=make.NOW).state == "withdrawn"  # a draft needs no word
