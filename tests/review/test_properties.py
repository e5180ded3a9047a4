"""Random worlds: who sees what against a naive oracle, and invariants after random sequences of acts."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from ledger.acts import ActError, Actor
from ledger.domain.verify import verify
from providers.models import Filing, FilingVersion, Material
from registry.models import Entry
from rulebook.models import Clock
from tests import factories
from tests import factories_filings as make
from tests.review.verbs import VERBS, people

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
PROVINCES = ["11", "44", "51"]
ROLES = ["provider_owner", "provider_staff", "reviewer", "review_lead", "ministry_reviewer", "institution_lead",
         "partner"]  # fmt: skip
STATES = ["draft", "submitted", "returned", "filed", "withdrawn"]


def sees(actor: Actor, filing: Filing) -> bool:
    """In words: the provider its own; reviewers what was handed in to them; the ministry all that was handed in."""
    if actor.role in ("provider_owner", "provider_staff"):
        return filing.unit_id == actor.unit_id
    if filing.submitted_at is None:
        return False
    if actor.role in ("reviewer", "review_lead"):
        return filing.authority_id == actor.unit_id
    return actor.role == "ministry_reviewer" and actor.unit_code == "moe"


class _Undo(Exception):
    pass


@pytest.mark.breadth
@pytest.mark.django_db
@pytest.mark.requirement("R19", "R26")
@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(
    world=st.lists(
        st.tuples(st.sampled_from(PROVINCES), st.sampled_from(STATES)),
        min_size=1, max_size=6,
    ),
    looks=st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 5)), min_size=1, max_size=5),
)  # fmt: skip
def test_visible_to_agrees_with_the_oracle(world, looks):
    try:
        with transaction.atomic():
            filings = [make.in_state(state, factories.unit(province=province)) for province, state in world]
            for role, place in looks:
                filing = filings[place % len(filings)]
                if role in ("provider_owner", "provider_staff"):
                    unit = filing.unit
                elif role == "ministry_reviewer":
                    unit = factories.authority("moe")
                elif role in ("reviewer", "review_lead"):
                    unit = filing.authority
                else:
                    unit = None
                actor = factories.actor(role, unit)
                rows = [make.fresh(one) for one in filings]
                expected = {row.pk for row in rows if sees(actor, row)}
                assert set(Filing.objects.visible_to(actor).values_list("pk", flat=True)) == expected
                frozen = {
                    material.pk
                    for material in Material.objects.all()
                    if (actor.unit_id == material.unit_id if role.startswith("provider") else False)
                    or (not role.startswith("provider") and material.uses.filter(filing_id__in=expected).exists())
                }
                assert set(Material.objects.visible_to(actor).values_list("pk", flat=True)) == frozen
            raise _Undo
    except _Undo:
        pass


EXPECTED_CLOCKS = {"submitted": ["feedback"], "returned": ["supplement"], "ministry_review": ["ministry_target"]}


@pytest.mark.breadth
@pytest.mark.django_db
@pytest.mark.requirement("R83", "R85", "R88")
@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 14)), min_size=3, max_size=12),
    second_level=st.booleans(),
)
def test_invariants_hold_after_any_sequence_of_acts(steps, second_level):
    try:
        with transaction.atomic():
            if second_level:
                make.policy("11", second_level=True)
            filing = make.draft()
            everybody = list(people(filing).values())
            likely = {"submit": 0, "withdraw": 0, "save_part": 0, "lapse": 14}
            for verb, who in steps:
                # half of the time the person who probably may, else anybody
                actor = everybody[who] if who % 2 else everybody[likely.get(verb, 3 if who % 4 else 8)]
                try:
                    with transaction.atomic():
                        VERBS[verb](make.fresh(filing), actor, make.NOW)
                except ActError:
                    pass
                check_invariants(make.fresh(filing))
            assert list(verify()) == []
            raise _Undo
    except _Undo:
        pass


def check_invariants(row: Filing) -> None:
    state = str(row.state)
    assert (row.entry_id is not None) == (state == "filed")
    assert Entry.objects.count() == (1 if state == "filed" else 0), "a number if and only if it was filed"
    running = sorted(Clock.objects.running().filter(subject_id=row.pk).values_list("kind", flat=True))
    assert running == EXPECTED_CLOCKS.get(state, []), state
    assert Filing.objects.filter(app_id=row.app_id).open().count() <= 1
    assert FilingVersion.objects.filter(filing=row).count() == row.version
    assert (row.closed_at is not None) == (state in ("filed", "declined", "lapsed", "withdrawn"))
    assert bool(row.case_no) == (row.submitted_at is not None)
    if running:
        assert row.due_at == Clock.objects.running().get(subject_id=row.pk).due_at


def test_roles_of_the_oracle_exist():
    assert set(ROLES) <= set(Role.values)
