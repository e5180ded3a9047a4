"""State × verb × person: exactly who holds the matter may act, and a refusal leaves no trace."""

from __future__ import annotations

import pytest
from django.db import transaction

from ledger.acts import ActError, AlreadyMoved, Refused
from tests import factories_filings as make
from tests.review.verbs import VERBS, allowed, everything, people


class _Undo(Exception):
    """Rolls the trial back."""


@pytest.mark.django_db
@pytest.mark.requirement("R20", "R82", "R88")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", make.ALL_STATES)
def test_verb_is_done_by_its_holder_alone(state, verb):
    filing = make.in_state(state)
    everybody = people(filing)
    expected = allowed(state, verb)
    done = set()
    for name, actor in everybody.items():
        before = everything(filing)
        try:
            with transaction.atomic():
                try:
                    VERBS[verb](make.fresh(filing), actor, make.NOW)
                except ActError as error:
                    assert isinstance(error, Refused | AlreadyMoved), (name, error)
                    assert str(error), "a refusal says something"
                    if isinstance(error, Refused):
                        assert error.reasons, "a refusal gives its reasons"
                    assert everything(filing) == before, name
                else:
                    done.add(name)
                raise _Undo
        except _Undo:
            pass
    assert done == expected


def test_the_matrix_is_complete():
    assert len(make.ALL_STATES) == 8
    assert len(VERBS) == 15
