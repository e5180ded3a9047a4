"""A number as people type it, for forms and interfaces alike."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role
from registry.queries import NumberUnknown, entry_as_typed
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze(make.NOW)
    filings.calendar()


def test_number_is_read_however_it_is_typed():
    row = make.entry()
    digits = row.number.removeprefix("教APP备").removesuffix("号")
    for typed in (row.number, digits, f" 教 app 备 {digits} ", f"教ＡＰＰ备{digits}号"):
        assert entry_as_typed(typed) == row
    for typed in ("", "备案", "教APP备9999999号", f"{digits}9999", "\x00", "²"):
        with pytest.raises(NumberUnknown) as unknown:
            entry_as_typed(typed)
        assert str(unknown.value.message)


def test_entry_that_is_not_yet_public_is_known_to_authorities_alone():
    row = make.entry()
    filings.policy("11", public_from=date(2027, 1, 1).isoformat())
    with pytest.raises(NumberUnknown):
        entry_as_typed(row.number)
    assert entry_as_typed(row.number, closed_too=True) == row


def test_form_of_an_order_takes_a_number_without_its_words():
    row = make.entry()
    digits = row.number.removeprefix("教APP备").removesuffix("号")
    client = factories.client_for(factories.membership(Role.REVIEWER, unit=factories.authority("11")))
    answer = client.post(reverse("sv_order_new"), {"number": digits})
    errors = answer.context["form"].errors
    assert answer.status_code == 422
    assert "number" not in errors, errors
    wrong = client.post(reverse("sv_order_new"), {"number": "教APP备9999999号"})
    assert "number" in wrong.context["form"].errors
