"""State × verb × person: exactly who holds the matter may act, and a refusal leaves no trace."""

from __future__ import annotations

import pytest
from django.db import transaction

from ledger.acts import ActError, AlreadyMoved, Refused
from tests import factories_uses as make
from tests.trace import trace
from tests.users.verbs import TABLE, VERBS, people
from users import domain

pytestmark = [pytest.mark.django_db, pytest.mark.breadth]


class _Undo(Exception):
    """Rolls the trial back."""


def who_may(filing, verb, everybody) -> set[str]:
    """Tries the verb as everybody, each undone; checks that refusals say why and leave nothing behind."""
    done = set()
    before = trace()
    for name, actor in everybody.items():
        try:
            with transaction.atomic():
                try:
                    VERBS[verb](make.fresh(filing), actor, make.NOW)
                except ActError as error:
                    assert isinstance(error, Refused | AlreadyMoved), (verb, name, error)
                    assert str(error), "a refusal says something"
                    if isinstance(error, Refused):
                        assert error.reasons, "a refusal gives its reasons"
                    assert trace() == before, (verb, name)
                else:
                    done.add(name)
                raise _Undo
        except _Undo:
            pass
    return done


@pytest.mark.requirement("R18", "R21", "R100", "R108")
@pytest.mark.parametrize("state", make.ALL_STATES)
def test_verb_is_done_by_its_holder_alone(state):
    make.rules()
    filing = make.use_in_state(state)
    if state == "confirmed":  # the report of a change is prepared, so that only who asks matters
        values = make.use_data(filing.unit, change=True)
        domain.save_part(filing=filing, part="use", values=values, by=make.lead(filing.unit), now=make.NOW)
    everybody = people(filing)
    found = {verb: who_may(filing, verb, everybody) for verb in VERBS}
    assert found == {verb: TABLE[state].get(verb, set()) for verb in VERBS}


def test_the_matrix_is_complete():
    assert len(make.ALL_STATES) == 7
    assert len(VERBS) == 14


@pytest.mark.requirement("R108")
def test_second_person_is_who_did_not_hand_in():
    make.rules()
    filing = make.draft()
    unit = filing.unit
    filing = domain.submit(filing=filing, by=make.second(unit), now=make.NOW)
    assert who_may(filing, "unit_approve", people(filing)) == {"lead", }
    assert [r.code for r in _reasons(domain.unit_approve, filing, make.second(unit))] == ["same_person"]


def _reasons(verb, filing, by):
    with pytest.raises(Refused) as caught:
        verb(filing=filing, by=by, now=make.NOW)
    return caught.value.reasons


@pytest.mark.requirement("R100")
def test_authority_files_with_its_superior_and_never_decides_its_own():
    make.rules()
    from tests import factories

    district = factories.authority("110108")
    filing = make.submitted(district)
    assert filing.authority.code == "11"
    own = make.as_confirmer(district, 2)
    assert [r.code for r in _reasons(domain.confirm, filing, own)] == ["not_your_authority"]
    assert domain.confirm(filing=filing, by=make.as_confirmer(filing.authority), now=make.NOW).state == "confirmed"


@pytest.mark.requirement("R18")
def test_ministry_confirms_its_universities_and_its_own_uses_by_a_second_person():
    make.rules()
    from tests import factories

    filing = make.submitted(make.university())
    assert filing.authority.code == "moe"
    assert domain.confirm(filing=filing, by=make.confirmer(filing), now=make.NOW).state == "confirmed"
    own = make.submitted(factories.authority("moe"))
    assert own.authority_id == own.unit_id
    assert [r.code for r in _reasons(domain.confirm, own, make.lead(own.unit))] == ["same_person"]
    assert domain.confirm(filing=own, by=make.confirmer(own), now=make.NOW).state == "confirmed"
