"""The law of the decision: two levels, two persons, nobody for himself, reasons, and rows that stay."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from accounts.enums import Role
from ledger.acts import AlreadyMoved, Refused
from ledger.domain.verify import verify
from ledger.queries import timeline
from notices.models import Notice
from providers import domain as provider_verbs
from providers.models import Filing, FilingVersion, Material, ReturnNote
from registry.models import Entry
from review import domain as review_verbs
from review.models import Check, Decision, Verdict
from rulebook.domain.seeds import seed_policies
from rulebook.models import Clock
from tests import factories
from tests import factories_filings as make

ROOT = Path(__file__).resolve().parents[2]


def codes(caught) -> list[str]:
    return caught.value.reasons.codes


@pytest.mark.django_db
@pytest.mark.requirement("R80")
def test_second_level_of_beijing_sends_to_the_ministry_which_approves():
    make.policy("11", second_level=True)
    filing = make.submitted()
    province = make.reviewer_of(filing)
    filing = review_verbs.approve(filing=filing, by=province, now=make.NOW)
    assert (filing.state, filing.entry) == ("ministry_review", None)
    assert not Entry.objects.exists()
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=filing, by=province, now=make.NOW)
    assert codes(refused) == ["with_the_ministry"]
    filing = review_verbs.approve(filing=filing, by=make.ministry_reviewer(), now=make.NOW)
    assert filing.entry.number == "教APP备1100001号", "the number keeps the province's code"
    assert list(Decision.objects.order_by("pk").values_list("verb", flat=True)) == ["send_to_ministry", "approve"]


@pytest.mark.django_db
@pytest.mark.requirement("R80", "R84")
def test_what_the_ministry_returns_comes_back_to_the_province_first():
    make.policy("11", second_level=True)
    filing = make.in_state("ministry_review")
    filing = review_verbs.return_for_correction(
        filing=filing, by=make.ministry_reviewer(), now=make.NOW, comment="请补正"
    )
    filing = provider_verbs.submit(filing=filing, by=make.actor_in(filing.unit), now=make.NOW)
    assert filing.state == "submitted"
    with pytest.raises(Refused):
        review_verbs.approve(filing=filing, by=make.ministry_reviewer(), now=make.NOW)


@pytest.mark.django_db
@pytest.mark.requirement("R27")
def test_apps_of_a_provincial_authority_go_to_the_ministry_in_one_level():
    make.policy("44", second_level=True)
    filing = make.submitted(factories.authority("44"))
    assert (filing.authority.code, filing.second_level) == ("moe", False)
    with pytest.raises(Refused):
        review_verbs.approve(
            filing=filing, by=factories.actor(Role.REVIEWER, factories.authority("44")), now=make.NOW
        )
    filing = review_verbs.approve(filing=filing, by=make.ministry_reviewer(), now=make.NOW)
    assert filing.state == "filed"
    assert filing.entry.number == "教APP备0000001号"


@pytest.mark.django_db
@pytest.mark.requirement("R88", "R92")
@pytest.mark.parametrize(("province", "prefix"), [("11", "11"), ("44", "44"), ("51", "51"), ("66", "66")])
def test_number_has_the_province_of_the_authority_under_the_packaged_policies(province, prefix):
    seed_policies(now=make.NOW)
    from rulebook.models import PolicyVersion

    none = _off("moe") + _off("11")
    make.policy(province, since=date(2026, 1, 1), **{**_own(PolicyVersion, province), "checklist": none})
    unit = factories.unit(province=province)
    filing = make.submitted(unit, of=make.app(unit, **{"extra.staffing": "8人"}))
    filing = review_verbs.approve(filing=filing, by=make.reviewer_of(filing), now=make.NOW)
    if filing.state == "ministry_review":
        filing = review_verbs.approve(filing=filing, by=make.ministry_reviewer(), now=make.NOW)
    assert filing.entry.prefix == prefix


def _own(model, code):
    row = model.objects.filter(authority_code=code).order_by("-version").first()
    return dict(row.data) if row else {}


def _off(code):
    from rulebook.models import PolicyVersion

    row = PolicyVersion.objects.filter(authority_code=code).order_by("version").first()
    return [{"key": item["key"], "off": True} for item in row.data.get("checklist", [])] if row else []


@pytest.mark.django_db
def test_second_person_decides_after_the_first_proposed():
    make.policy("11", second_person=True)
    filing = make.submitted()
    one, two = make.actor_in(filing.authority, Role.REVIEWER), make.actor_in(filing.authority, Role.REVIEW_LEAD)
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=filing, by=two, now=make.NOW)
    assert codes(refused) == ["no_proposal"]
    review_verbs.propose(filing=filing, by=one, now=make.NOW)
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=filing, by=one, now=make.NOW)
    assert codes(refused) == ["same_person"]
    with pytest.raises(Refused) as refused:
        review_verbs.propose(filing=filing, by=two, now=make.NOW)
    assert codes(refused) == ["already_proposed"]
    assert review_verbs.approve(filing=filing, by=two, now=make.NOW).state == "filed"


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["approve", "return_for_correction", "decline", "claim", "give_verdict"])
def test_nobody_decides_for_a_unit_he_belongs_to(verb):
    from tests.review.verbs import VERBS

    filing = make.submitted()
    person = factories.person()
    factories.membership(role=Role.PROVIDER_STAFF, unit=filing.unit, person=person)
    reviewer = factories.actor(Role.REVIEWER, filing.authority, person=person)
    with pytest.raises(Refused) as refused:
        VERBS[verb](filing, reviewer, make.NOW)
    assert codes(refused) == ["own_unit"]
    assert make.fresh(filing).state == "submitted"


@pytest.mark.django_db
@pytest.mark.requirement("R88")
def test_every_blocker_of_an_approval_is_named_at_once():
    make.policy("11", checklist=[{"key": "in_scope", "label_zh": "属于", "label_en": "In scope"}], second_person=True)
    filing = make.submitted()
    reviewer = make.reviewer_of(filing)
    review_verbs.give_verdict(filing=filing, field_key="app.version", ok=False, note="不符", by=reviewer, now=make.NOW)
    Check.objects.create(filing=filing, version=1, code="uscc", result="fail", checked_at=make.NOW)
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=filing, by=reviewer, now=make.NOW)
    assert set(codes(refused)) == {"open_notes", "failed_checks", "checklist", "no_proposal"}


@pytest.mark.django_db
def test_override_is_recorded_with_its_reason_and_only_once():
    filing = make.submitted()
    reviewer = make.reviewer_of(filing)
    found = {"why": "uscc_wrong", "code": "1"}
    Check.objects.create(filing=filing, version=1, code="uscc", result="fail", params=found, checked_at=make.NOW)
    with pytest.raises(Refused) as refused:
        review_verbs.override_check(filing=filing, code="uscc", reason=" ", by=reviewer, now=make.NOW)
    assert codes(refused) == ["no_reason"]
    review_verbs.override_check(filing=filing, code="uscc", reason="旧码，执照为证", by=reviewer, now=make.NOW)
    record = timeline(filing, audience="authority").get(verb="override_check")
    assert record.payload == {"code": "uscc", "reason": "旧码，执照为证"}
    assert not timeline(filing).filter(verb="override_check").exists(), "not for the provider's eyes"
    with pytest.raises(Refused):
        review_verbs.override_check(filing=filing, code="uscc", reason="再次", by=reviewer, now=make.NOW)


@pytest.mark.django_db
@pytest.mark.requirement("R83")
def test_notes_reach_the_provider_with_the_return_alone():
    filing = make.submitted()
    reviewer = make.reviewer_of(filing)
    review_verbs.give_verdict(
        filing=filing, field_key="app.version", ok=False, note="版本不符", article="me-12", by=reviewer, now=make.NOW
    )
    review_verbs.give_verdict(filing=filing, field_key="app.name", ok=True, by=reviewer, now=make.NOW)
    assert not ReturnNote.objects.exists()
    assert not timeline(filing).filter(verb__contains="verdict").exists()
    review_verbs.return_for_correction(filing=filing, by=reviewer, now=make.NOW)
    sent = list(ReturnNote.objects.values_list("field_key", "text", "article"))
    assert sent == [("app.version", "版本不符", "me-12")]
    notice = Notice.objects.get(kind="filing_returned")
    assert (notice.to_unit_id, notice.params["notes"]) == (filing.unit_id, 1)


@pytest.mark.django_db
def test_return_needs_a_note_or_a_comment_and_decline_a_reason_and_an_article():
    filing = make.submitted()
    reviewer = make.reviewer_of(filing)
    with pytest.raises(Refused) as refused:
        review_verbs.return_for_correction(filing=filing, by=reviewer, now=make.NOW, comment="  ")
    assert codes(refused) == ["nothing_said"]
    with pytest.raises(Refused) as refused:
        review_verbs.decline(filing=filing, by=reviewer, now=make.NOW, comment="", article="")
    assert codes(refused) == ["no_reason", "no_article"]


@pytest.mark.django_db
def test_decision_on_an_older_version_is_refused():
    filing = make.returned()
    provider_verbs.submit(filing=filing, by=make.actor_in(filing.unit), now=make.NOW)
    with pytest.raises((Refused, AlreadyMoved)):
        review_verbs.approve(
            filing=make.fresh(filing), by=make.reviewer_of(filing), now=make.NOW, seen_state="submitted", seen_version=1
        )
    assert make.fresh(filing).state == "submitted"


@pytest.mark.django_db
@pytest.mark.requirement("R91")
def test_change_keeps_the_number_and_a_declined_change_leaves_the_entry():
    first = make.approved()
    number = first.entry.number
    change = make.submitted(of=make.app_of(first), kind="change")
    assert Entry.objects.get().change_under_review
    review_verbs.decline(
        filing=change, by=make.reviewer_of(change), now=make.NOW, comment="不符", article="me-15"
    )
    entry = Entry.objects.get()
    assert (entry.number, entry.change_under_review, entry.version) == (number, False, 1)
    change = make.submitted(of=make.app_of(first), kind="change")
    review_verbs.approve(filing=change, by=make.reviewer_of(change), now=make.NOW)
    entry = Entry.objects.get()
    assert (entry.number, entry.change_under_review, entry.version) == (number, False, 2)


@pytest.mark.django_db
def test_cancellation_and_unit_change_are_carried_out():
    first = make.approved()
    unit_change = make.submitted(first.unit, kind="unit_change")
    review_verbs.approve(filing=unit_change, by=make.reviewer_of(unit_change), now=make.NOW)
    assert Entry.objects.get().version == 2
    cancel = make.submitted(of=make.app_of(first), kind="cancel")
    review_verbs.approve(filing=cancel, by=make.reviewer_of(cancel), now=make.NOW)
    assert Entry.objects.get().state == "cancelled"
    assert list(verify()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ["update", "delete"])
@pytest.mark.parametrize("table", ["review_decision", "providers_filingversion", "providers_returnnote"])
def test_what_was_decided_and_sent_cannot_be_changed(table, operation):
    filing = make.submitted()
    reviewer = make.reviewer_of(filing)
    review_verbs.give_verdict(filing=filing, field_key="app.version", ok=False, note="不符", by=reviewer, now=make.NOW)
    review_verbs.return_for_correction(filing=filing, by=reviewer, now=make.NOW)
    rows = {"review_decision": Decision, "providers_filingversion": FilingVersion, "providers_returnnote": ReturnNote}
    model = rows[table]
    assert model.objects.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        if operation == "delete":
            model.objects.all()._raw_delete(model.objects.db)
        else:
            model.objects.update(version=9) if hasattr(model, "version") else model.objects.update(number=9)


@pytest.mark.django_db
def test_database_refuses_a_state_set_from_outside():
    filing = make.submitted()
    with pytest.raises(DatabaseError, match="only through an act"), transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(state="filed")
    with pytest.raises(AttributeError):
        filing.state = "filed"


def _sets_a_state(tree: ast.AST) -> list[int]:
    """Lines that assign ``….state``, or call ``update(state=…)``."""
    found = []
    for node in ast.walk(tree):
        targets = getattr(node, "targets", []) if isinstance(node, ast.Assign) else []
        found += [node.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == "state"
                  and not (isinstance(target.value, ast.Name) and target.value.id == "self")]  # fmt: skip
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = {keyword.arg for keyword in node.keywords}
            if node.func.attr in ("update", "bulk_update") and "state" in named:
                found.append(node.lineno)
    return found


@pytest.mark.breadth
def test_no_state_is_set_outside_the_one_door():
    rooms = ["rulebook", "accounts", "notices", "blacklist", "registry", "providers", "users", "review", "supervision",
             "guidance", "filing_portal"]  # fmt: skip
    offenders, read = [], 0
    for room in rooms:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            read += 1
            tree = ast.parse(path.read_text(encoding="utf-8"))
            offenders += [f"{path.relative_to(ROOT)}:{line}" for line in _sets_a_state(tree)]
    assert read > 100
    # Parts of the task list have a state of their own; they are no rows.
    offenders = [place for place in offenders if not place.startswith("providers/presentation.py:")]
    assert offenders == []


@pytest.mark.parametrize("text", ["x.state = 'filed'", "q.update(state='x')", "a.b.state = c"])
def test_the_search_for_states_finds_them(text):
    assert _sets_a_state(ast.parse(text)) == [1]


@pytest.mark.django_db
def test_material_is_seen_by_the_authority_once_it_was_submitted():
    filing = make.draft()
    row = Material.objects.get(unit=filing.unit)
    reviewer, other = make.reviewer_of(filing), factories.actor(Role.REVIEWER, factories.authority("44"))
    owner, stranger = make.actor_in(filing.unit), factories.actor(Role.PROVIDER_OWNER, factories.unit())
    seen = lambda actor: Material.objects.visible_to(actor).filter(pk=row.pk).exists()  # noqa: E731
    assert (seen(owner), seen(stranger), seen(reviewer)) == (True, False, False)
    provider_verbs.submit(filing=filing, by=owner, now=make.NOW)
    assert (seen(reviewer), seen(other), seen(make.ministry_reviewer()), seen(None)) == (True, False, True, False)


@pytest.mark.django_db
def test_ministry_claims_beside_the_province():
    filing = make.submitted()
    province = make.reviewer_of(filing)
    review_verbs.claim(filing=filing, by=province, now=make.NOW)
    Filing.objects.filter(pk=filing.pk).update(second_level=True)
    filing = review_verbs.approve(filing=make.fresh(filing), by=province, now=make.NOW)
    review_verbs.claim(filing=filing, by=make.ministry_reviewer(), now=make.NOW)
    assert filing.assignments.count() == 2


@pytest.mark.django_db
def test_clocks_and_verdicts_of_an_open_case():
    filing = make.submitted()
    assert Clock.objects.running().filter(subject_id=filing.pk).count() == 1
    assert not Verdict.objects.exists()
