"""Who sits at the desk in tests of the pages of supervision: a lead of Beijing and the ministry, on the same day."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.enums import Role
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make

__all__ = ["_today", "client", "lead", "ministry", "post"]


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze(make.NOW)
    filings.calendar()


@pytest.fixture
def lead():
    return factories.membership(role=Role.REVIEW_LEAD, unit=factories.authority("11"))


@pytest.fixture
def client(lead):
    return factories.client_for(lead)


@pytest.fixture
def ministry():
    return factories.client_for(factories.membership(role=Role.MINISTRY_REVIEWER, unit=factories.authority("moe")))


def post(client, name, pk, act=None, **data):
    return client.post(reverse(name, args=[pk] if act is None else [pk, act]), data)
