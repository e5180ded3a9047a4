"""Comments on the checklist of inspections (Opinions 18)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from accounts.enums import Role
from ledger.acts import Actor, Refused
from ledger.models import Record
from supervision import domain
from supervision.domain import Invalid
from supervision.models import ChecklistComment
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db
ITEMS = [{"key": "shown", "label_zh": "展示编号", "label_en": "Number shown", "article": "me-14"}]


@pytest.fixture(autouse=True)
def _checklist(freeze: Any) -> None:
    freeze(make.NOW)
    filings.policy("moe", inspection_checklist=ITEMS)


@pytest.mark.requirement("R168", "R169")
def test_firm_comments_on_an_item_and_authorities_alone_read_what_others_say() -> None:
    firm = factories.membership(role=Role.PROVIDER_OWNER)
    to, address = factories.client_for(firm), reverse("sv_checklist")
    assert "展示编号" in to.get(address).content.decode()
    assert to.post(address, {"key": "shown", "text": " "}).status_code == 422
    assert to.post(address, {"key": "other", "text": "x"}).status_code == 422
    assert to.post(address, {"key": "shown", "text": "启动页是否算展示？"}).status_code == 302
    row = ChecklistComment.objects.get()
    assert (row.key, row.unit_id) == ("shown", firm.unit_id) and row.label
    record = Record.objects.get(verb="comment_on_checklist")
    assert "启动页" not in str(record.payload)
    readers = {
        "own": firm, "other firm": factories.membership(role=Role.PROVIDER_OWNER),
        "partner": factories.membership(role=Role.PARTNER),
        "reviewer": factories.membership(role=Role.REVIEWER, unit=factories.authority("44")),
    }  # fmt: skip
    seeing = {
        name for name, one in readers.items()
        if "启动页是否算展示" in factories.client_for(one).get(address).content.decode()
    }  # fmt: skip
    assert seeing == {"own", "reviewer"}
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE supervision_checklistcomment SET text = 'x'")


def test_comment_is_a_persons_and_about_what_is_on_the_list() -> None:
    by = make.reviewer()
    assert domain.comment_on_checklist(text="宜增加一项", by=by, now=make.NOW).key == ""
    with pytest.raises(Invalid):
        domain.comment_on_checklist(text="x", key="gone", by=by, now=make.NOW)
    with pytest.raises(Refused):
        domain.comment_on_checklist(text="x", by=Actor.system(), now=make.NOW)
