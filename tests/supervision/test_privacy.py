"""Nothing that a provider, a partner department or the public can reach says who complained (Measures Art. 22).

One complainant with marks that occur nowhere else goes the whole way. Then every address is read as each of them
reads it, with what was sent to them and what was logged. The same reader finds the marks where they may be seen.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse

from accounts.enums import Role
from accounts.models import Membership
from blacklist import domain as blacklist
from blacklist.models import Listing
from ledger.models import Record
from notices.models import Notice
from notices.tasks import deliver_pending
from registry.models import Entry
from rulebook import clocks
from rulebook.time import now as moment
from supervision import domain
from supervision.models import (
    Complaint,
    ComplaintAttachment,
    Forwarding,
    Partner,
    RectificationOrder,
    Referral,
)
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests.supervision.crawl import Answer, addresses, plain, reach, unknown_parameters
from tests.supervision.test_public_pages import PNG

pytestmark = [pytest.mark.django_db, pytest.mark.breadth]
NAME, PHONE, EMAIL, ADDRESS = "欧阳甄别", "13900112233", "ouyang-zhenbie@example.test", "203.0.113.77"
FILE = "ouyang-zhenbie-family.png"
TEXT, WHERE, ANSWER, SECOND, NOTE = "甄别幸福里十二号", "甄别家长群", "甄别昨晚七点", "甄别另一位家长", "甄别回访记录"


@dataclass
class Play:
    """What came of the way, and who plays."""

    entry: Entry
    code: str
    complaint: Complaint
    handler: Client
    owner: Client
    staff: Client
    partner: Client
    marks: dict[str, str] = field(default_factory=dict)
    ids: set[int] = field(default_factory=set)
    near: set[int] = field(default_factory=set)


class Lines(logging.Handler):
    """Every line of every logger, as a file would hold it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    found, root = Lines(), logging.getLogger()
    deaf = [root] + [one for one in map(logging.getLogger, root.manager.loggerDict) if not one.propagate]
    level = root.level
    root.setLevel(logging.DEBUG)
    for one in deaf:
        one.addHandler(found)
    yield found
    root.setLevel(level)
    for one in deaf:
        one.removeHandler(found)


def send(freeze: Callable[..., Any], number: str, **more: Any) -> Any:
    """Fills in the public form, as a person does."""
    visitor = Client(REMOTE_ADDR=ADDRESS, headers={"accept-language": "en"})
    page = visitor.get(reverse("complain_new"), {"number": number}).content.decode()
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    asked = re.search(r"What is (\w+) plus (\w+)\?", page)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert asked
    assert token
    freeze(moment() + timedelta(minutes=1))
    answer = page_of = visitor.post(
        reverse("complain_new"),
        {"token": token[1], "answer": str(words.index(asked[1]) + words.index(asked[2])), "kind": "complaint",
         "category": "ads_games", "number": number, **more},
    )  # fmt: skip
    assert answer.status_code == 200, page_of.context["form"].errors
    return answer.context["code"]


def whole_way(freeze: Callable[..., Any]) -> Play:
    """From the form to the blacklist, with everything that goes out on the way."""
    cache.clear()
    make.seeded()
    filings.policy()
    factories.authority("moe")
    freeze(make.NOW)
    app = filings.app_of(filings.approved(now=make.NOW))
    entry = Entry.objects.get(pk=app.entry_id)
    owner = factories.membership(Role.PROVIDER_OWNER, unit=entry.unit)
    staff = factories.membership(Role.PROVIDER_STAFF, unit=entry.unit)
    office = factories.unit(kind="partner", province="11")
    Partner.objects.create(unit=office, department="police", province_code="11")
    partner = factories.membership(Role.PARTNER, unit=office)

    code = send(
        freeze, entry.number, text=f"{TEXT}的孩子看到游戏广告", where_found=WHERE, name=NAME, phone=PHONE, email=EMAIL,
        asked_operator="yes", screenshots=SimpleUploadedFile(FILE, PNG),
    )  # fmt: skip
    row = Complaint.objects.get()
    by = make.people(row.authority, Role.REVIEWER)
    handler = Membership.objects.get(person_id=by.person_id, unit=row.authority)
    now = moment()
    domain.accept(complaint=row, by=by, now=now)
    domain.ask_back(complaint=row, text="请说明时间", by=by, now=now)
    Client(REMOTE_ADDR=ADDRESS).post(reverse("complain_answer"), {"code": code, "text": ANSWER})
    domain.add_note(complaint=row, text=NOTE, by=by, now=now)
    sent = domain.forward_to_provider(complaint=row, text="请说明应用内广告的来源。", by=by, now=now)
    domain.provider_reply(forwarding=sent, text="已核实", by=make.provider(entry.unit), now=now)
    domain.investigate(complaint=row, by=by, now=now)
    send(freeze, entry.number, text=f"{SECOND}也看到广告", name=NAME, phone=PHONE)
    twin = Complaint.objects.exclude(pk=row.pk).get()
    domain.merge(complaint=twin, into=row, by=by, now=now)
    order = domain.order(
        unit=entry.unit, entry=entry, findings=[{"text": "含游戏广告", "article": "bj-3"}], days=15,
        public_text="含商业广告，限期整改。", complaint=row, by=by, now=now,
    )  # fmt: skip
    them = make.provider(entry.unit)
    domain.submit_evidence(
        order=order, text="已删除", materials=[filings.material(entry.unit, stored=True)], by=them, now=now
    )
    domain.send_back(order=make.fresh(order), reason="仍有广告", by=by, now=now)
    domain.refer(subject="crime", title="线索", text="请依法处理", complaint=row, order=order, by=by, now=now)
    domain.request_takedown(store="商店", text="请下架", entry=entry, by=by, now=now)
    domain.resolve(complaint=make.fresh(row), outcome="substantiated", reply="已责令整改。", by=by, now=now)
    domain.publish_reply(complaint=make.fresh(row), title="关于广告的答复", text="已责令整改。", by=by, now=now)
    order = make.fresh(order)
    assert order.due_at is not None
    missed = freeze(order.due_at + timedelta(hours=1))
    clocks.sweep(now=missed)
    listing = domain.list_provider(order=make.fresh(order), reason="逾期未整改", by=make.lead(), now=missed)
    blacklist.object_to_listing(listing=listing, text="不服", by=them, now=missed)
    domain.publish_list(kind="black", authority=None, as_of=missed.date(), by=make.ministry(), now=missed)
    deliver_pending()

    marks = {"name": NAME, "phone": PHONE, "e-mail": EMAIL, "address": ADDRESS, "file": FILE.removesuffix(".png"),
             "text": TEXT, "where": WHERE, "answer": ANSWER, "second": SECOND, "note": NOTE, "code": code,
             "code without hyphens": code.replace("-", "")}  # fmt: skip
    near = {row.pk}
    ids = {twin.pk, *ComplaintAttachment.objects.values_list("pk", flat=True)}
    rows = (Complaint, Forwarding, RectificationOrder, Listing, Referral, Entry)  # the links lead to others
    ids |= near | {pk for model in rows for pk in model.objects.values_list("pk", flat=True)}
    ids |= filings_of(entry)
    return Play(
        entry, code, make.fresh(row), factories.client_for(handler), factories.client_for(owner),
        factories.client_for(staff), factories.client_for(partner), marks, ids, near,
    )  # fmt: skip


def filings_of(entry: Entry) -> set[int]:
    from providers.models import Filing, Material

    found = set(Filing.objects.filter(unit=entry.unit).values_list("pk", flat=True))
    return found | set(Material.objects.filter(unit=entry.unit).values_list("pk", flat=True))


def leaks(answers: Iterator[Answer], marks: dict[str, str]) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """(address, mark) of every mark that was read, and the status of every address."""
    found, statuses = [], {}
    for answer in answers:
        statuses[answer.address] = answer.status
        found += [(answer.address, what) for what, mark in marks.items() if mark in answer.text]
    return found, statuses


@pytest.mark.requirement("R129", "R130")
def test_nothing_that_is_read_sent_or_logged_says_who_complained(
    freeze: Callable[..., Any], lines: Lines, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        play = whole_way(freeze)
    numbers = [play.entry.number]
    own = {**play.marks, "case number": play.complaint.case_no}
    opened: dict[str, set[str]] = {}
    for who, client, marks, needed in (
        ("owner", play.owner, own, ("provider_order", "provider_forwarding", "provider_listing", "notice",
                                    "api_provider_order", "api_provider_complaint", "api_provider_listing")),
        ("anonymous", Client(), own, ("entry", "circular", "edition_file", "blacklist_file", "api_registry_replies")),
        ("partner", play.partner, play.marks, ("sv_partner_referral", "api_partner_referral", "api_partner_credit")),
        ("staff", play.staff, own, ("provider_order", "provider_forwarding", "api_provider_complaint")),
    ):  # fmt: skip
        assert not unknown_parameters(who), "say in WORDS what these parameters of new addresses may be"
        start = addresses(who, play.ids, numbers, play.near if who == "owner" else ())
        if who == "staff":  # sees what the owner sees, or less
            start = [address for address in start if address in opened["owner"]]
        found, statuses = leaks(reach(client, start), marks)
        assert not found, f"{who} reads of the complainant: {found[:10]}"
        opened[who] = {address for address, status in statuses.items() if status == 200}
        seen = {resolve(urlsplit(address).path).url_name for address in opened[who]}
        assert set(needed) <= seen, f"{who} never saw {set(needed) - seen}"

    # What was sent: every notice whoever it is for, and every e-mail with its parts.
    assert Notice.objects.filter(to_unit=play.entry.unit).count() >= 5
    said = json.dumps(list(Notice.objects.values()), ensure_ascii=False, default=str)
    letters = "\n".join(plain(letter.message().as_string() + letter.subject + letter.body) for letter in mail.outbox)
    assert mail.outbox, "nothing was sent, so nothing was tried"
    kept = "\n".join(Record.objects.values_list("body", flat=True))
    logged = "\n".join(lines.lines)
    assert "/complaints/" in logged, "the log was not listened to"
    for what, mark in play.marks.items():
        for where, text in (("notices", said), ("e-mails", letters), ("ledger", kept), ("log", logged)):
            assert mark not in text, f"{what} stands in the {where}"


def test_same_reader_finds_the_marks_where_they_may_be_seen(freeze: Callable[..., Any]) -> None:
    play = whole_way(freeze)
    case, who = reverse("sv_complaint", args=[play.complaint.pk]), reverse("sv_identity", args=[play.complaint.pk])
    page = next(reach(play.handler, [case]))
    assert page.status == 200
    assert {what for what, mark in play.marks.items() if mark in page.text} == {"text", "answer", "note"}
    looks = Record.objects.filter(
        subject_type="supervision.complaint", subject_id=play.complaint.pk, verb="look_at_identity"
    )
    assert not looks.exists()
    assert NAME not in play.handler.get(who).content.decode(), "not before the purpose is said"
    shown = play.handler.post(who, {"purpose": "回访"}).content.decode()
    assert all(mark in shown for mark in (NAME, PHONE, EMAIL))
    assert looks.get().payload == {"purpose": "回访"}
    told = json.dumps({"name": NAME})
    assert NAME not in told, "escaped, as an answer in JSON might be"
    assert NAME in Answer("", 200, plain(told.encode().decode("unicode_escape"))).text
