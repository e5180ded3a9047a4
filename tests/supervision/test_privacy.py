"""No address of the portal, no letter and no line of the log shows a provider anything of who complained."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from supervision import domain
from supervision.models import ComplaintAttachment
from tests import factories
from tests import factories_supervision as make
from tests.supervision.test_public_pages import PNG, opened, send

pytestmark = pytest.mark.django_db
SAID = "放学路上孩子误点了弹窗"
SECRETS = ("甄别名", "13912345678", "parent-zhen", SAID, "梧桐小学三班", "zhen-shot")


def names(patterns: Any = None, space: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every name of an address with its arguments; not the administration, which no provider enters."""
    for row in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(row, URLResolver):
            if row.namespace not in ("admin", "djdt"):
                yield from names(row.url_patterns, f"{space}{row.namespace}:" if row.namespace else space)
        elif isinstance(row, URLPattern) and row.name and "logout" not in row.name:
            yield space + row.name, set(row.pattern.regex.groupindex)


@pytest.mark.requirement("R129")
def test_no_address_of_the_portal_shows_a_provider_who_complained(freeze, caplog) -> None:
    cache.clear()
    make.seeded()
    factories.authority("moe")
    freeze(make.NOW)
    member = factories.membership("provider_owner")
    client, of = factories.client_for(member), make.entry(member.unit)
    with caplog.at_level(logging.DEBUG):
        page = send(
            opened(freeze, number=of.number), kind="complaint", category="ads_games", number=of.number, text=SAID,
            name="甄别名", phone="13912345678", email="parent-zhen@example.test",
            screenshots=SimpleUploadedFile("zhen-shot.png", PNG),
        )  # fmt: skip
        row, code = page.context["complaint"], page.context["code"]
        by = make.reviewer()
        row = domain.accept(complaint=row, by=by, now=make.NOW)
        domain.look_at_identity(complaint=row, purpose="回访甄别名", by=by, now=make.NOW)
        domain.ask_back(complaint=row, text="请问哪个学校？", by=by, now=make.NOW)
        domain.answer_question(query_code=code, text="梧桐小学三班", now=make.NOW)
        domain.forward_to_provider(complaint=row, text="请说明应用内弹窗。", by=by, now=make.NOW)
        order = make.order(of, complaint=row)
        domain.resolve(complaint=row, outcome="substantiated", reply="甄别名您好。", by=by, now=make.NOW)
        domain.refuse(order=order, reason="拒绝", by=make.provider(member.unit), now=make.NOW)
        domain.list_provider(order=order, reason="拒不整改", by=make.lead(), now=make.NOW)
        picture = ComplaintAttachment.objects.get()
        numbers = {row.pk, order.pk, picture.pk, 1}
        shown = walk(client, numbers, of.number)
    assert {"provider_home", "provider_order", "provider_forwarding", "inbox", "blacklist"} <= shown
    for letter in mail.outbox:
        assert not [one for one in SECRETS if one in f"{letter.subject}{letter.body}{letter.to}"], letter.subject
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert not [one for one in (*SECRETS, code) if one in said]


def walk(client: Client, numbers: set[int], number: str) -> set[str]:
    """Opens every address; returns the names of those that could be read."""
    shown = set()
    for name, wanted in names():
        rows: list[dict[str, Any]] = [{}]
        if wanted:
            known = {key: number for key in wanted if key in ("number", "digits")}
            rest = wanted - set(known)
            rows = [{**known, **dict.fromkeys(rest, one)} for one in numbers] if rest else [known]
        for arguments in rows:
            try:
                address = reverse(name, kwargs=arguments)
            except NoReverseMatch:
                continue
            answer = client.get(address)
            assert answer.status_code < 500, address
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            text = body.decode("utf-8", "replace")
            assert not [one for one in SECRETS if one in text], address
            assert PNG not in body, address
            if answer.status_code == 200:
                shown.add(name)
    return shown
