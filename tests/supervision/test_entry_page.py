"""Decisions on one entry at its page: offline, back, revoked, each with reason, effects and refusals."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.enums import Role
from ledger.models import Record
from notices.models import Notice
from registry.models import Entry
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze(make.NOW)
    filings.calendar()


def client_of(role=Role.REVIEWER, code="11"):
    return factories.client_for(factories.membership(role=role, unit=factories.authority(code)))


def act(client, row, name, **data):
    return client.post(reverse("sv_entry_act", args=[row.pk, name]), {"seen_state": str(row.state), **data})


def state(row) -> str:
    return str(Entry.objects.get(pk=row.pk).state)


@pytest.mark.requirement("R139")
def test_entry_goes_offline_comes_back_and_is_revoked_with_reasons():
    row, client = make.entry(), client_of()
    assert act(client, row, "offline", reason="出现违规广告", public_text="整改期间下线").status_code == 302
    row = Entry.objects.get(pk=row.pk)
    assert (row.state, row.status_reason, row.status_public_text) == ("offline", "出现违规广告", "整改期间下线")
    assert act(client, row, "resume").status_code == 302
    row = Entry.objects.get(pk=row.pk)
    assert row.state == "published"
    assert act(client, row, "revoke", reason="备案信息虚假").status_code == 302
    assert state(row) == "revoked"
    kinds = list(Notice.objects.filter(to_unit=row.unit).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["entry_offline", "entry_resumed", "entry_revoked"]
    verbs = list(Record.objects.filter(subject_type="registry.entry", subject_id=row.pk).order_by("seq"))
    assert [record.verb for record in verbs][-3:] == ["take_offline", "resume", "revoke"]
    shown = client.get(reverse("sv_entry", args=[row.pk])).content.decode()
    assert "备案信息虚假" in shown
    assert reverse("sv_entry_act", args=[row.pk, "resume"]) not in shown, "nothing follows a revocation"


def test_reason_is_asked_for_and_nothing_is_lost():
    row, client = make.entry(), client_of()
    answer = act(client, row, "revoke", reason="  ", public_text="保留的文字")
    assert answer.status_code == 422
    assert "保留的文字" in answer.content.decode()
    assert state(row) == "published"


def test_other_provinces_find_no_such_page_and_the_ministry_does():
    row = make.entry()
    for role, code, status in (
        (Role.REVIEWER, "44", 404), (Role.REVIEW_LEAD, "110108", 404), (Role.REVIEW_LEAD, "11", 200),
        (Role.MINISTRY_REVIEWER, "moe", 200),
    ):  # fmt: skip
        client = client_of(role, code)
        assert client.get(reverse("sv_entry", args=[row.pk])).status_code == status, (role, code)
        if status == 404:
            assert act(client, row, "revoke", reason="越权").status_code == 404
    assert state(row) == "published"


def test_page_that_has_become_stale_decides_nothing():
    row, client = make.entry(), client_of()
    assert act(client, row, "offline", reason="下线").status_code == 302
    again = act(client, row, "offline", reason="下线")
    assert again.status_code == 409
    assert Notice.objects.filter(to_unit=row.unit).count() == 1


def test_act_that_does_not_exist_or_does_not_fit_the_state():
    row, client = make.entry(), client_of()
    assert act(client, row, "cancel", reason="x").status_code == 404
    assert act(client, row, "resume").status_code in (403, 409)
    assert state(row) == "published"


def test_public_page_leads_there_those_who_keep_the_entry():
    row = make.entry()
    address, page = reverse("sv_entry", args=[row.pk]), reverse("entry", args=[row.number])
    assert address in client_of().get(page, follow=True).content.decode()
    assert address in client_of(Role.MINISTRY_REVIEWER, "moe").get(page, follow=True).content.decode()
    assert address not in client_of(code="44").get(page, follow=True).content.decode()


def test_no_crumb_of_a_listing_decision_stands_twice() -> None:
    order = make.order_in("overdue")
    client = factories.client_for(factories.membership(unit=order.authority, role=Role.REVIEW_LEAD))
    page = client.get(reverse("sv_order_list", args=[order.pk])).content.decode()
    crumbs = re.findall(r"<li[^>]*>(.*?)</li>", page.split('class="p-crumb"')[1].split("</nav>")[0])
    words = [re.sub(r"<[^>]+>", "", crumb).strip() for crumb in crumbs]
    assert len(words) == len(set(words)) == 3
