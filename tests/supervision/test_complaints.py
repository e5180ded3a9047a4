"""Complaints from the public form to the reply (Measures Art. 22; Opinions 13, 15; Beijing notice 4(1))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ledger.acts import ActError, Actor, Refused
from ledger.domain.verify import verify
from ledger.models import Record
from ledger.queries import timeline
from notices import kinds
from notices.models import Notice
from rulebook import clocks
from supervision import domain, guard, queries
from supervision.domain import Invalid
from supervision.domain.forwarding import forwarding_due
from supervision.enums import ComplaintState
from supervision.models import ComplainantIdentity, Complaint, ComplaintMessage, Forwarding
from tests import factories
from tests import factories_supervision as make

NOW = make.NOW
STATES = [str(state) for state in ComplaintState]
SECRET = ("甄别名", "13912345678", "parent-zhen@example.test", "parent-zhen")


@pytest.mark.django_db
@pytest.mark.requirement("R129")
def test_complaint_goes_to_the_authority_of_the_app_with_a_query_code():
    of = make.entry(province="44")
    received = make.received(of)
    row = received.complaint
    assert (row.state, row.authority.code, row.app_name, row.anonymous) == ("received", "44", of.app_name, False)
    assert queries.complaint_by_code(received.query_code.lower().replace("-", " ")) == row
    assert queries.complaint_by_code("AAAA-BBBB-CCCC-DDDD") is None
    assert received.query_code not in str(Record.objects.values_list("body", flat=True))
    notice = Notice.objects.get(kind="complaint_received")
    assert notice.to_unit.code == "44"
    assert clocks.running(row, "complaint_acceptance").days == 5


@pytest.mark.django_db
@pytest.mark.requirement("R32", "R97", "R131")
def test_reports_of_unfiled_apps_and_suggestions_have_the_same_door():
    factories.authority("51")
    report = domain.receive(
        kind="unfiled", category=make.category("unfiled_in_school"), text="学校要求安装", app_name="未备案应用",
        province="51", now=NOW,
    ).complaint
    assert (report.kind, report.authority.code, report.entry) == ("unfiled", "51", None)
    suggestion = domain.receive(
        kind="suggestion", category=make.category("suggestion"), text="建议增加英文界面", province="", now=NOW
    ).complaint
    assert (suggestion.authority.code, suggestion.anonymous) == ("moe", True)


@pytest.mark.django_db
@pytest.mark.requirement("R130")
def test_what_is_not_accepted_here_is_said_before_with_where_to_go():
    of = make.entry()
    with pytest.raises(Invalid) as invalid:
        make.received(of, category=make.category("commercial"))
    assert "12315" in str(invalid.value.errors["category"])
    with pytest.raises(Invalid) as invalid:
        domain.receive(kind="complaint", category=make.category(), text="", email="no", now=NOW)
    assert set(invalid.value.errors) == {"text", "app_name", "email"}
    assert "受理范围" in queries.guide(NOW.date()).text_zh
    assert [row.key for row in queries.categories("suggestion")] == ["suggestion"]


@pytest.mark.django_db
@pytest.mark.requirement("R131")
def test_question_answer_reply_and_publication():
    received = make.received()
    row, by = received.complaint, make.reviewer()
    row = domain.accept(complaint=row, by=by, now=NOW)
    assert (row.handler_id, clocks.running(row, "complaint_acceptance")) == (by.person_id, None)
    with pytest.raises(Refused):
        domain.answer_question(query_code=received.query_code, text="没有人问", now=NOW)
    domain.ask_back(complaint=row, text="请说明版本号", by=by, now=NOW)
    domain.answer_question(query_code=received.query_code, text="4.2.0", now=NOW)
    domain.add_note(complaint=row, text="内部：已联系", by=by, now=NOW)
    domain.investigate(complaint=row, by=by, now=NOW)
    row = domain.resolve(complaint=row, outcome="substantiated", reply="已责令整改。", by=by, now=NOW)
    view = queries.public_view(make.fresh(row))
    assert [line["text"] for line in view["messages"]] == ["请说明版本号", "4.2.0"]
    assert (view["state"], view["reply"]) == ("resolved", "已责令整改。")
    domain.publish_reply(complaint=row, title="关于广告的答复", text="已责令有关应用整改。", by=by, now=NOW)
    published = queries.published_replies().get()
    assert (published.public_title, published.public_reply) == ("关于广告的答复", "已责令有关应用整改。")
    assert clocks.running(row, "complaint_reply") is None


@pytest.mark.django_db
def test_merged_duplicates_show_the_reply_of_the_first():
    of = make.entry()
    first, second = make.complaint(of, state="accepted"), make.complaint(of)
    by = make.reviewer()
    domain.merge(complaint=second, into=first, by=by, now=NOW)
    with pytest.raises(Refused):
        domain.merge(complaint=first, into=first, by=by, now=NOW)
    with pytest.raises(Refused):
        domain.merge(complaint=make.complaint(make.entry(province="44")), into=first, by=make.reviewer("44"), now=NOW)
    domain.resolve(complaint=first, outcome="partly", reply="统一答复", by=by, now=NOW)
    assert queries.public_view(make.fresh(second))["reply"] == "统一答复"


@pytest.mark.django_db
def test_missed_target_is_told_once_and_the_duty_goes_on():
    row = make.complaint()
    late = row.due_at + timedelta(hours=1)
    clocks.sweep(now=late)
    clocks.sweep(now=late)
    row = make.fresh(row)
    assert (row.state, row.overdue_since is not None) == ("received", True)
    assert Notice.objects.filter(kind="complaint_overdue").count() == 2  # the authority and the ministry
    assert clocks.running(row, "complaint_acceptance") is not None


# --- who complained ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.requirement("R129")
def test_identity_is_seen_by_the_handler_alone_and_every_look_is_recorded():
    row = make.complaint()
    handler, colleague, lead = make.reviewer(), make.people(row.authority, "reviewer", another=True), make.lead()
    with pytest.raises(Refused):
        domain.look_at_identity(complaint=row, purpose="核实", by=handler, now=NOW)
    domain.take(complaint=row, by=handler, now=NOW)
    assert domain.look_at_identity(complaint=row, purpose="电话核实", by=handler, now=NOW).phone == "13912345678"
    assert domain.look_at_identity(complaint=row, purpose="复核", by=lead, now=NOW).name == "甄别名"
    with pytest.raises(Invalid):
        domain.look_at_identity(complaint=row, purpose=" ", by=handler, now=NOW)
    for by in (colleague, make.ministry(), make.reviewer("44"), make.provider(row.entry.unit)):
        with pytest.raises(Refused):
            domain.look_at_identity(complaint=row, purpose="好奇", by=by, now=NOW)
        assert not ComplainantIdentity.objects.visible_to(by).exists()
    looks = Record.objects.filter(verb="look_at_identity")
    assert [(one.actor_id, one.payload["purpose"], one.audience) for one in looks.order_by("id")] == [
        (handler.person_id, "电话核实", "authority"), (lead.person_id, "复核", "authority"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_forwarded_text_may_not_name_who_complained():
    row = make.complaint(state="accepted")
    by = make.reviewer()
    for text in ("家长甄 别名反映", "联系 139-1234-5678", "PARENT-ZHEN@example.test 来信", "parent-zhen 反映"):
        with pytest.raises(Invalid) as invalid:
            domain.forward_to_provider(complaint=row, text=text, by=by, now=NOW)
        assert "text" in invalid.value.errors
    assert not Forwarding.objects.exists()


@pytest.mark.django_db
@pytest.mark.requirement("R70")
def test_provider_replies_to_a_text_of_the_authority_in_working_days():
    row = make.complaint(state="accepted")
    by, them = make.reviewer(), make.provider(row.entry.unit)
    sent = domain.forward_to_provider(complaint=row, text="有用户反映应用内出现游戏广告，请说明。", by=by, now=NOW)
    with pytest.raises(Refused) as refused:
        domain.forward_to_provider(complaint=row, text="再次", by=by, now=NOW)
    assert refused.value.reasons.codes == ["sent_already"]
    assert clocks.running(sent, "forwarding").days == 10
    with pytest.raises(Refused):
        domain.provider_reply(forwarding=sent, text="x", by=factories.actor("provider_owner"), now=NOW)
    clocks.sweep(now=sent.due_at + timedelta(minutes=1))
    assert make.fresh(sent).state == "overdue"
    late = domain.provider_reply(forwarding=sent, text="已删除广告。", by=them, now=sent.due_at + timedelta(days=1))
    assert (late.state, late.reply) == ("replied", "已删除广告。")


@pytest.mark.django_db
def test_recalled_forwarding_is_gone_for_the_provider():
    row = make.complaint(state="accepted")
    by, them = make.reviewer(), make.provider(row.entry.unit)
    sent = domain.forward_to_provider(complaint=row, text="误发", by=by, now=NOW)
    domain.recall(forwarding=sent, reason="发错单位", by=by, now=NOW)
    assert not Forwarding.objects.visible_to(them).exists()
    assert clocks.running(sent, "forwarding") is None


def everything_a_provider_reads(unit: Any) -> str:
    """All that queries, notices and timelines give to the people of a provider, as one text."""
    from django.core import serializers

    from blacklist.models import Listing, ListingObjection
    from supervision import models
    from supervision.models import RectificationOrder

    by = make.provider(unit)
    texts: list[str] = []
    visible: list[Any] = [
        model.objects.visible_to(by)
        for model in (*(getattr(models, name) for name in models.__all__), Listing, ListingObjection)
        if hasattr(model.objects, "visible_to")
    ]
    for rows in visible:
        texts.append(serializers.serialize("json", rows))
    for notice in Notice.objects.visible_to(by):
        texts += [str(notice.params), kinds.title(notice.kind, notice.params), kinds.body(notice.kind, notice.params)]
    for subject in (*Forwarding.objects.visible_to(by), *RectificationOrder.objects.visible_to(by), unit):
        texts += [record.body for record in timeline(subject)]
    # even a complaint whose key was guessed: what its ledger shows to parties
    for row in Complaint.objects.all():
        texts += [record.body for record in timeline(row)]
    return "\n".join(texts)


@pytest.mark.django_db
@pytest.mark.requirement("R129")
def test_nothing_a_provider_can_reach_carries_anything_of_the_complainant():
    received = make.received(text="我是三年二班学生的家长，住在某某小区。")
    row, by = received.complaint, make.reviewer()
    unit = row.entry.unit
    domain.accept(complaint=row, by=by, now=NOW)
    domain.look_at_identity(complaint=row, purpose="核实", by=by, now=NOW)
    domain.ask_back(complaint=row, text="请问孩子几年级", by=by, now=NOW)
    domain.answer_question(query_code=received.query_code, text="三年级，电话13912345678", now=NOW)
    domain.add_note(complaint=row, text="家长甄别名情绪激动", by=by, now=NOW)
    sent = domain.forward_to_provider(complaint=row, text="有用户反映广告问题，请说明。", by=by, now=NOW)
    domain.provider_reply(forwarding=sent, text="已整改", by=make.provider(unit), now=NOW)
    order = make.order(row.entry, complaint=row)
    domain.refer(
        subject="illegal_content", title="移送", text="请依法处理", entry=row.entry, complaint=row, by=by, now=NOW
    )
    domain.resolve(complaint=row, outcome="substantiated", reply="甄别名您好，已责令整改。", by=by, now=NOW)
    domain.list_provider(order=make.overdue(order), reason="逾期未整改", by=make.lead(), now=make.later(order))
    text = everything_a_provider_reads(unit)
    assert sent.text in text, "the walk sees what the provider may see"
    for secret in (*SECRET, "三年二班", "某某小区", "三年级", "情绪激动", row.case_no, received.query_code):
        assert secret not in text, secret
    assert "甄别名" not in str(list(Record.objects.values_list("body", flat=True))), "the ledger keeps no name at all"


@pytest.mark.django_db
def test_case_file_of_a_referral_carries_nothing_of_the_complainant():
    row = make.complaint(state="accepted")
    referral = domain.refer(
        subject="crime", title="移送", text="请依法处理", complaint=row, entry=row.entry, by=make.reviewer(), now=NOW
    )
    assert referral.department == "police"
    assert row.text not in str(referral.case_file)
    assert not any(secret in str(referral.case_file) for secret in SECRET)


# --- the guard of the form ---------------------------------------------------------------------------


def send(form: guard.OpenedForm, **changes: Any) -> list[str]:
    values = {
        "token": form.token, "answer": str(form.first + form.second), "honeypot": "", "address": "203.0.113.7",
        "now": NOW + timedelta(seconds=30), **changes,
    }  # fmt: skip
    return guard.check(**values).codes


@pytest.mark.django_db  # counts in the cache
def test_guard_turns_machines_away():
    from django.core.cache import cache

    cache.clear()
    form = guard.new_form(NOW)
    assert send(form, honeypot="x") == ["robot"]
    assert send(form, now=NOW + timedelta(seconds=1)) == ["too_fast"]
    assert send(form, now=NOW + timedelta(days=1)) == ["too_old"]
    assert send(form, answer="99") == ["wrong_sum"]
    assert send(form, token=form.token + "x") == ["form_invalid"]
    assert send(form) == []
    assert send(form) == ["sent_already"]
    assert guard.opened(form.token) == form


@pytest.mark.django_db  # counts in the cache
def test_guard_counts_an_address_without_keeping_it():
    from django.core.cache import cache

    cache.clear()
    codes = [send(guard.new_form(NOW)) for _time in range(guard.PER_HOUR + 1)]
    assert codes == [[]] * guard.PER_HOUR + [["flood"]]
    assert send(guard.new_form(NOW), address="203.0.113.8") == []
    assert "203.0.113.7" not in guard.address_hash("203.0.113.7")


def test_guard_reads_a_sum_in_chinese_words():
    typed = ("七", "十", "十二", "１２", "12", "x", "")
    assert [guard._number(text) for text in typed] == [7, 10, 12, 12, 12, None, None]


# --- every verb in every state by every role ---------------------------------------------------------

Verb = Callable[[Complaint, Actor], Any]
VERBS: dict[str, Verb] = {
    "accept": lambda row, by: domain.accept(complaint=row, by=by, now=NOW),
    "do_not_accept": lambda row, by: domain.do_not_accept(
        complaint=row, reason="不属于", elsewhere="去那里", by=by, now=NOW
    ),
    "investigate": lambda row, by: domain.investigate(complaint=row, by=by, now=NOW),
    "resolve": lambda row, by: domain.resolve(complaint=row, outcome="noted", reply="答复", by=by, now=NOW),
    "ask_back": lambda row, by: domain.ask_back(complaint=row, text="问", by=by, now=NOW),
    "forward_to_provider": lambda row, by: domain.forward_to_provider(complaint=row, text="转办", by=by, now=NOW),
    "publish_reply": lambda row, by: domain.publish_reply(complaint=row, title="题", text="文", by=by, now=NOW),
}
FROM: dict[str, set[str]] = {
    "accept": {"received"}, "do_not_accept": {"received"}, "investigate": {"accepted"},
    "resolve": {"accepted", "investigating"}, "ask_back": {"received", "accepted", "investigating"},
    "forward_to_provider": {"accepted", "investigating"}, "publish_reply": {"resolved"},
}  # fmt: skip
ROLES = ["reviewer", "review_lead", "other_reviewer", "ministry_reviewer", "provider_owner", "institution_lead",
         "partner", "sysadmin"]  # fmt: skip


class _Undo(Exception):
    pass


def person(role: str, row: Complaint) -> Actor:
    if role in ("reviewer", "review_lead"):
        return make.people(row.authority, role)
    if role == "other_reviewer":
        return make.lead("44")
    if role == "provider_owner":
        return make.provider(row.entry.unit)
    return factories.actor(role)


@pytest.mark.django_db
@pytest.mark.requirement("R131")
@pytest.mark.parametrize("state", STATES)
def test_every_verb_by_every_role(state):
    row = make.complaint(state=state)
    for verb, act in VERBS.items():
        for role in ROLES:
            by = person(role, row)
            allowed = role in ("reviewer", "review_lead") and state in FROM[verb]
            try:
                with transaction.atomic():
                    act(make.fresh(row), by)
                    raise _Undo
            except _Undo:
                assert allowed, (state, verb, role)
            except ActError:
                assert not allowed, (state, verb, role)
    seen = {role for role in ROLES if Complaint.objects.visible_to(person(role, row)).filter(pk=row.pk).exists()}
    assert seen == {"reviewer", "review_lead", "ministry_reviewer"}
    assert list(verify()) == []


@pytest.mark.django_db
def test_messages_are_append_only_and_not_accepted_says_where():
    row = make.complaint(state="resolved")
    with pytest.raises(IntegrityError), transaction.atomic():
        ComplaintMessage.objects.filter(complaint=row).update(text="x")
    with pytest.raises(Invalid):
        domain.do_not_accept(complaint=make.complaint(), reason="x", elsewhere=" ", by=make.reviewer(), now=NOW)


@pytest.mark.django_db
def test_forwarding_clock_before_its_day_does_nothing():
    row = make.complaint(state="accepted")
    sent = domain.forward_to_provider(complaint=row, text="请说明", by=make.reviewer(), now=NOW)
    with pytest.raises(Refused):
        forwarding_due(clocks.running(sent, "forwarding"), NOW)
    assert make.fresh(sent).state == "sent"
