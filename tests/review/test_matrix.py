"""State × verb × person: exactly who holds the matter may act, and a refusal leaves no trace."""

from __future__ import annotations

import pytest
from django.db import transaction

from ledger.acts import ActError, AlreadyMoved, Refused
from tests import factories_filings as make
from tests.review.verbs import VERBS, allowed, failed_check, people
from tests.trace import trace


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


@pytest.mark.breadth
@pytest.mark.django_db
@pytest.mark.requirement("R20", "R82", "R88")
@pytest.mark.parametrize("state", make.ALL_STATES)
def test_verb_is_done_by_its_holder_alone(state):
    filing = make.in_state(state)
    everybody = people(filing)
    found = {verb: who_may(filing, verb, everybody) for verb in VERBS if verb != "override_check"}
    failed_check(filing)  # last: it stands in the way of an approval
    found["override_check"] = who_may(filing, "override_check", everybody)
    assert found == {verb: allowed(state, verb) for verb in VERBS}


def test_the_matrix_is_complete():
    assert len(make.ALL_STATES) == 8
    assert len(VERBS) == 15
