"""Every state of a filing can be reached through the verbs, with a complete document."""

from __future__ import annotations

import pytest

from ledger.domain.verify import verify
from providers import schema
from providers.queries import policy_of, working_copy
from rulebook.time import local_date
from tests import factories_filings as make


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["initial", "cancel"])
def test_document_of_the_factory_is_complete(kind):
    filing = make.draft()
    document = {**working_copy(filing), "filing": make.filing_data(kind)}
    problems = schema.validate(document, policy_of(filing, make.NOW), kind, local_date(make.NOW))
    assert [(p.field_key, str(p.message)) for p in problems if p.is_error] == []


@pytest.mark.django_db
@pytest.mark.parametrize("state", make.ALL_STATES)
def test_state_is_reached_through_the_verbs(state):
    filing = make.in_state(state)
    assert make.fresh(filing).state == state
    assert list(verify()) == []
