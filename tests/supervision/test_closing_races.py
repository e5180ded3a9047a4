"""An authority is closed while others write what lies with it: nothing is left behind, and nobody waits in a ring."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.domain import close_authority
from accounts.enums import Role
from accounts.models import Unit
from ledger.acts import Actor
from supervision import domain
from supervision.domain.errors import Invalid
from supervision.models import WorkTask
from tests import factories
from tests import factories_supervision as make
from tests import factories_uses as uses
from tests.races import second_comer, until_it_waits
from tests.supervision.test_work import give
from users.domain import start_use
from users.models import UserFiling

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW


@pytest.fixture
def district() -> Unit:
    return factories.authority("110108")


def _close(district: Unit) -> Any:
    by: Actor = factories.actor(Role.SYSADMIN, factories.authority("moe"))
    return lambda: close_authority(unit=Unit.objects.get(pk=district.pk), by=by, now=NOW)


def test_dropping_a_task_and_closing_its_authority_make_no_ring(district: Unit) -> None:
    row, lead, close = give(), make.lead(), _close(district)
    met: list[BaseException] = []

    def run() -> None:
        try:
            close()
        except BaseException as error:
            met.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        WorkTask.objects.select_for_update(no_key=True).get(pk=row.pk)  # the first step of every act on the task
        thread.start()
        until_it_waits()  # it holds the authority and waits for the task
        domain.drop_task(task=row, reason="取消", by=lead, now=NOW)  # tells the authority, which names its row
    thread.join(30)
    assert met == []
    assert (make.fresh(row).state, Unit.objects.get(pk=district.pk).active) == ("dropped", False)


def test_a_task_given_at_that_moment_goes_on_or_is_refused(district: Unit) -> None:
    assert second_comer(give, _close(district)) is None
    assert WorkTask.objects.get().responsible.code == "11"


def test_no_task_is_given_to_an_authority_that_is_just_being_closed(district: Unit) -> None:
    make.lead()
    refused = second_comer(_close(district), give)
    assert isinstance(refused, Invalid) and "responsible" in refused.errors


@pytest.mark.parametrize("first", ["start", "close"])
def test_a_use_begun_at_that_moment_lies_with_the_authority_above(district: Unit, first: str) -> None:
    uses.rules()
    school, entry = uses.school(district), uses.entry()
    by, close = uses.lead(school), _close(district)

    def start() -> None:
        start_use(unit=school, entry=entry, by=by, now=uses.NOW)

    assert second_comer(*((start, close) if first == "start" else (close, start))) is None
    assert UserFiling.objects.get().authority.code == "11"
