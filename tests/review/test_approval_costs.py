"""What the speed of approvals rests on: few statements, and hardly any while the sequence of numbers is locked."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from review import domain as review_verbs
from review.autochecks import run_checks
from tests import factories
from tests import factories_filings as make

pytestmark = pytest.mark.django_db


def statements_of_approval(filing) -> list[str]:
    reviewer = make.reviewer_of(filing)
    with CaptureQueriesContext(connection) as seen:
        assert review_verbs.approve(filing=filing, by=reviewer, now=make.NOW).state == "filed"
    return [query["sql"] for query in seen]


@pytest.mark.requirement("R88")
def test_approval_costs_a_bounded_number_of_statements():
    """With the checks made by the worker, and where the worker was down. Other entries cost nothing more."""
    unit = factories.unit()
    checked, unchecked = make.submitted(unit), make.submitted(unit)
    run_checks(filing=checked, now=make.NOW)
    assert len(statements_of_approval(checked)) <= 27
    assert len(statements_of_approval(unchecked)) <= 30


@pytest.mark.requirement("R88")
def test_number_is_taken_late_in_the_approval():
    """From there to the commit others of the province wait: entry, its record, app, filing, decision, notice."""
    texts = statements_of_approval(make.submitted())
    (taken,) = [place for place, text in enumerate(texts) if "registry_numbersequence" in text]
    assert len(texts) - taken <= 8
    assert not [text for text in texts[taken + 1 :] if text.startswith("SELECT") and "ledger_append" not in text]
