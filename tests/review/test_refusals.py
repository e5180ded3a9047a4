"""What appraisals, experts, lists and desks refuse, each with its reason; what was refused has changed nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from ledger.acts import Actor, AlreadyMoved, Refused
from providers.enums import FilingKind
from providers.models import App, Filing
from registry import domain as registry
from registry.models import Entry
from review import domain
from review.domain import external, publishing
from review.models import Appraisal, Assessment, Candidate, ExternalCheck
from tests import factories
from tests import factories_appraisals as make
from tests import factories_filings as filings
from tests.factories_appraisals import CLOSED, NOW, Scene
from tests.races import second_comer
from tests.trace import trace

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any]) -> list[str]:
    """The reasons of a refusal that changed nothing."""
    before = trace()
    with pytest.raises(Refused) as caught:
        act()
    assert trace() == before
    return caught.value.reasons.codes


def appoint(where: Scene, row: Appraisal, **more: Any) -> Any:
    values = {"person": factories.person(), "organisation": "示例大学", "by": where.actor, "now": NOW, **more}
    return domain.appoint_expert(appraisal=row, **values)


def attach(candidate: Candidate, by: Actor, **more: Any) -> Assessment:
    values: dict[str, Any] = {
        "kind": "content", "body": "示例评测中心", "issued_on": NOW.date(), "sha256": "a" * 64, "name": "report.pdf",
        "content_type": "application/pdf", "upload": SimpleUploadedFile("report.pdf", b"%PDF-1.4"), **more,
    }  # fmt: skip
    return domain.attach_assessment(candidate=candidate, by=by, now=NOW, **values)


def elsewhere() -> tuple[Scene, Appraisal, Candidate]:
    """Another province's appraisal with its candidates."""
    where, row = make.appraisal_in("scoring", make.scene("44"))
    return where, row, row.candidates.order_by("pk")[0]


@pytest.mark.requirement("R124")
def test_appointing_needs_a_person_who_is_free_an_organisation_and_its_time() -> None:
    where, row = make.appraisal_in("draft")
    there = where.experts[0].person
    assert refused(lambda: appoint(where, row, organisation=" ")) == ["no_organisation"]
    assert refused(lambda: appoint(where, row, person=there)) == ["appointed_already"]
    domain.call_for_nominations(appraisal=row, by=where.actor, now=NOW)
    for expert in row.experts.all():
        make.declare(expert)
    domain.nominate(appraisal=row, entry=where.entries[0], grounds="好", by=where.actor, now=NOW)
    domain.open_scoring(appraisal=row, by=where.actor, now=CLOSED)
    assert refused(lambda: appoint(where, row)) == ["scoring_began"]


@pytest.mark.requirement("R124")
def test_experts_are_dismissed_once_and_with_a_reason() -> None:
    where, row = make.appraisal_in("scoring")
    one = row.experts.order_by("pk")[0]

    def dismiss(reason: str) -> Any:
        return domain.dismiss_expert(expert=one, reason=reason, by=where.actor, now=CLOSED)

    assert refused(lambda: dismiss(" ")) == ["no_reason"]
    assert dismiss("失联").dismissed_why == "失联"
    assert refused(lambda: dismiss("再次")) == ["dismissed_already"]


@pytest.mark.requirement("R124")
def test_declaring_and_scoring_are_about_this_appraisal_and_in_this_order() -> None:
    where, row = make.appraisal_in("called", make.scene(experts=3))
    first, second, third = row.experts.order_by("pk")
    *_others, foreign = elsewhere()

    def declare(interests: str, *recused: Candidate) -> Any:
        return domain.declare_interests(
            expert=first, interests=interests, recused_from=recused, by=make.own(first), now=NOW
        )

    assert refused(lambda: declare(" ")) == ["nothing_declared"]
    assert refused(lambda: declare("无", foreign)) == ["other_appraisal"]
    for expert in (first, second):
        make.declare(expert)
    candidate = row.candidates.order_by("pk")[0]
    assert "not_scoring" in refused(lambda: make.give(first, candidate, 50))
    domain.open_scoring(appraisal=row, by=where.actor, now=CLOSED)
    assert refused(lambda: make.give(third, candidate, 50)) == ["not_declared"]
    first.refresh_from_db()
    assert refused(lambda: make.give(first, foreign, 50)) == ["other_appraisal"]


@pytest.mark.requirement("R124")
def test_reports_of_third_parties_come_before_the_notice_and_once() -> None:
    where, row = make.appraisal_in("scoring")
    candidate = row.candidates.select_related("appraisal", "entry").order_by("pk")[0]
    assert refused(lambda: attach(candidate, where.actor, body=" ")) == ["no_body"]
    assert attach(candidate, where.actor).candidate == candidate
    assert refused(lambda: attach(candidate, where.actor)) == ["attached_already"]
    assert Assessment.objects.count() == 1


@pytest.mark.requirement("R124")
def test_once_the_result_stands_nobody_is_dismissed_and_nothing_is_said_or_given() -> None:
    where, row = make.appraisal_in("noticed")
    expert = row.experts.order_by("pk")[0]
    candidate = row.candidates.select_related("appraisal", "entry").order_by("pk")[0]
    stands = ["result_stands"]
    assert refused(lambda: domain.dismiss_expert(expert=expert, reason="x", by=where.actor, now=CLOSED)) == stands
    assert refused(lambda: make.declare(expert)) == stands
    assert refused(lambda: attach(candidate, where.actor)) == stands


@pytest.mark.requirement("R124")
def test_appraisals_are_the_keepers_own_one_at_a_time_and_each_act_says_why() -> None:
    where, row = make.appraisal_in("called", make.scene(entries=0))
    stranger = factories.actor(Role.REVIEW_LEAD, factories.authority("44"))

    def draft(by: Actor) -> Appraisal:
        return domain.draft_appraisal(target=where.target, by=by, now=NOW, **make.terms())

    assert refused(lambda: draft(stranger)) == ["not_your_list"]
    second = draft(where.actor)
    assert refused(lambda: domain.call_for_nominations(appraisal=second, by=where.actor, now=NOW)) == ["under_way"]
    edited = domain.edit_appraisal(appraisal=second, by=where.actor, now=NOW, minimum=70, concluded_at=NOW)
    assert (edited.minimum, edited.concluded_at) == (70, None), "only the terms are edited"
    entry = make.uses.entry()
    assert refused(
        lambda: domain.nominate(appraisal=row, entry=entry, grounds=" ", by=where.actor, now=NOW)
    ) == ["no_grounds"]
    for expert in row.experts.all():
        make.declare(expert)
    assert refused(lambda: domain.open_scoring(appraisal=row, by=where.actor, now=CLOSED)) == ["no_candidates"]
    assert refused(
        lambda: domain.cancel_appraisal(appraisal=row, reason=" ", by=where.actor, now=NOW)
    ) == ["no_reason"]


@pytest.mark.requirement("R124")
def test_objections_are_whole_about_a_candidate_and_decided_in_time_with_reasons() -> None:
    where, row = make.appraisal_in("noticed")
    *_others, foreign = elsewhere()
    end = make.after_notice(row)

    def object_to(candidate: Candidate | None = None, text: str = "数据有误") -> Any:
        return domain.object_to_result(
            appraisal=row, candidate=candidate, name="王一", contact="13800000000", text=text, now=CLOSED
        )

    assert refused(lambda: object_to(foreign)) == ["other_appraisal"]
    assert refused(lambda: object_to(text=" ")) == ["incomplete"]
    objection = object_to()

    def decide(decision: str) -> Any:
        return domain.decide_result_objection(
            objection=objection, upheld=False, decision=decision, by=where.actor, now=end
        )

    assert refused(lambda: decide(" ")) == ["no_reason"]
    domain.cancel_appraisal(appraisal=row, reason="材料失实", by=where.actor, now=CLOSED)
    assert refused(lambda: decide("不属实")) == ["concluded"]


def test_lists_have_a_name_and_departures_a_reason() -> None:
    where, _row = make.appraisal_in("concluded")
    keeper: dict[str, Any] = {"by": where.actor, "now": CLOSED}
    assert refused(lambda: domain.create_list(authority=where.lead.unit, name=" ", **keeper)) == ["no_name"]
    assert refused(
        lambda: domain.remove_from_list(target=where.target, entry=where.entries[0], reason=" ", **keeper)
    ) == ["no_reason"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_second_of_two_lists_of_one_name_is_refused() -> None:
    where, _row = make.appraisal_in("draft")

    def named() -> object:
        return domain.create_list(authority=where.lead.unit, name="阅读清单", by=where.actor, now=NOW)

    met = second_comer(named, named)
    assert isinstance(met, Refused) and met.reasons.codes == ["name_taken"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_second_of_two_calls_for_one_list_is_refused() -> None:
    where, first = make.appraisal_in("draft")
    second = domain.draft_appraisal(target=where.target, by=where.actor, now=NOW, **make.terms())
    met = second_comer(
        lambda: domain.call_for_nominations(appraisal=first, by=where.actor, now=NOW),
        lambda: domain.call_for_nominations(appraisal=second, by=where.actor, now=NOW),
    )
    assert isinstance(met, Refused) and met.reasons.codes == ["under_way"]
    assert {row.pk: str(row.state) for row in Appraisal.objects.all()} == {first.pk: "called", second.pk: "draft"}


# --- the desk ------------------------------------------------------------------------------------------


def test_cases_are_given_back_by_their_holder_and_handed_over_by_a_head() -> None:
    filing = filings.submitted()
    holder = filings.reviewer_of(filing)
    colleague = factories.actor(Role.REVIEWER, filing.authority)
    head = factories.actor(Role.REVIEW_LEAD, filing.authority)
    domain.claim(filing=filing, by=holder, now=NOW)
    assert refused(lambda: domain.release(filing=filing, by=colleague, now=NOW)) == ["not_yours"]
    people = {"absent": filings_person(holder), "to": filings_person(colleague)}
    assert refused(lambda: domain.hand_over(**people, by=colleague, now=NOW)) == ["not_a_lead"]
    Filing.objects.filter(pk=filing.pk).update(second_level=True)
    domain.approve(filing=filings.fresh(filing), by=holder, now=NOW)
    assert domain.hand_over(**people, by=head, now=NOW) == [], "what lies with the ministry is no longer theirs to give"


def filings_person(by: Actor) -> Any:
    from accounts.models import Person

    return Person.objects.get(pk=by.person_id)


def test_a_verdict_against_a_field_says_what_is_wrong() -> None:
    filing = filings.submitted()
    before = trace()
    with pytest.raises(ValueError, match="what is wrong"):
        domain.give_verdict(
            filing=filing, field_key="app.version", ok=False, note=" ", by=filings.reviewer_of(filing), now=NOW
        )
    assert trace() == before


def test_outside_sources_are_asked_about_versions_and_a_source_that_is_gone_counts_as_no_answer() -> None:
    assert external.request_checks(filing=filings.draft(), now=NOW) == []
    filing = filings.submitted()
    row = ExternalCheck.objects.create(
        filing=filing, version=1, connector="gone", question={}, asked_at=NOW, next_attempt_at=NOW
    )
    found = external.ask(check_id=row.pk, now=NOW)
    assert found is not None
    assert (found.status, found.next_attempt_at) == (ExternalCheck.Status.PENDING, NOW + timedelta(minutes=1))


# --- what an approval does in the registry -------------------------------------------------------------


def test_a_filing_without_its_app_or_entry_reaches_no_registry() -> None:
    with pytest.raises(ValueError, match="has an app"):
        publishing.carry_out(Filing(kind=FilingKind.INITIAL), {}, Actor.system(), NOW)
    filing = filings.approved()
    document = filings_document(filing)
    App.objects.filter(pk=filing.app_id).update(entry=None)
    filing.kind = FilingKind.CHANGE
    by = filings.reviewer_of(filing)
    assert refused(lambda: publishing.carry_out(filing, document, by, NOW)) == ["no_entry"]


def filings_document(filing: Filing) -> dict[str, Any]:
    from providers.domain.submission import latest_document

    return latest_document(filing)


def test_an_app_comes_back_by_a_filing_to_resume() -> None:
    first = filings.approved()
    app = filings.app_of(first)
    assert app.entry is not None
    registry.take_offline(entry=app.entry, reason="停更", by=filings.reviewer_of(first), now=NOW)
    later = NOW + timedelta(days=1)
    proof = filings.file_value(filings.material(first.unit))
    filings.approved(
        first.unit, kind="resume", of=filings.app_of(first), now=later, resume_reason="已整改", resume_evidence=proof
    )
    assert str(Entry.objects.get(pk=app.entry.pk).state) == "published"


def test_a_change_of_the_unit_renews_entries_in_force_and_leaves_the_others() -> None:
    first = filings.approved()
    ended = filings.approved(first.unit)
    unfiled = filings.app(first.unit)  # its entry came from elsewhere: nothing was ever filed for it here
    kept = filings.app_of(filings.approved())
    App.objects.filter(pk=kept.pk).update(entry=None)
    App.objects.filter(pk=unfiled.pk).update(entry=kept.entry)
    gone, renewed = filings.app_of(ended).entry, filings.app_of(first).entry
    assert gone is not None and renewed is not None and kept.entry is not None
    registry.revoke(entry=gone, reason="违规", by=filings.reviewer_of(first), now=NOW)
    old = {row.pk: row.provider_name for row in Entry.objects.all()}
    change = filings.draft(first.unit, kind="unit_change", now=NOW)
    by = filings.actor_in(first.unit)
    from providers import domain as provider_verbs

    provider_verbs.save_part(filing=change, part="unit", values={"name": "改名后的公司"}, by=by, now=NOW)
    change = provider_verbs.submit(filing=filings.fresh(change), by=by, now=NOW)
    domain.approve(filing=change, by=filings.reviewer_of(change), now=NOW)
    new = {row.pk: row.provider_name for row in Entry.objects.all()}
    assert new == old | {renewed.pk: "改名后的公司"}


# --- filings -------------------------------------------------------------------------------------------


def test_case_is_given_to_a_colleague_alone() -> None:
    filing = filings.submitted()
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("11"))
    elsewhere = factories.membership(Role.REVIEWER, unit=factories.authority("44")).person
    assert refused(
        lambda: domain.assign(filing=filing, person=elsewhere, by=lead, now=filings.NOW)
    ) == ["not_a_colleague"]
    assert not filing.assignments.exists()


def test_on_a_closed_case_nothing_is_proposed_or_set_aside() -> None:
    filing = filings.approved()
    by = filings.reviewer_of(filing)
    before = trace()
    with pytest.raises(AlreadyMoved):
        domain.propose(filing=filing, by=by, now=filings.NOW)
    with pytest.raises(AlreadyMoved):
        domain.override_check(filing=filing, code="uscc_valid", reason="旧代码", by=by, now=filings.NOW)
    assert trace() == before
