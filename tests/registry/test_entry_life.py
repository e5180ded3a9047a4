"""The life of an entry: every verb in every state, what is published, and what the database refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.enums import Level, Role, UnitKind
from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.models import Record
from registry import domain
from registry.enums import EntryState
from registry.models import Entry

from .conftest import LATER, NOW, SNAPSHOT, UNTIL

pytestmark = pytest.mark.django_db

VERBS: dict[str, Callable[..., Entry]] = {
    "order_rectification": lambda **kw: domain.order_rectification(
        until=UNTIL, public_text="隐私政策入口不显著", **kw
    ),
    "clear_rectification": domain.clear_rectification,
    "take_offline": lambda **kw: domain.take_offline(reason="备案材料到期", **kw),
    "resume": domain.resume,
    "cancel": lambda **kw: domain.cancel(reason="应用停止服务", **kw),
    "revoke": lambda **kw: domain.revoke(reason="逾期未整改", **kw),
    "republish": lambda **kw: domain.republish(snapshot={**SNAPSHOT, "version": "5.0.0"}, **kw),
    "mark": lambda **kw: domain.mark_change_under_review(on=True, **kw),
}
#: state × verb → state afterwards; what is not named is refused and changes nothing
ALLOWED = {
    ("published", "order_rectification"): "rectifying",
    ("published", "take_offline"): "offline",
    ("published", "cancel"): "cancelled",
    ("published", "revoke"): "revoked",
    ("published", "republish"): "published",
    ("published", "mark"): "published",
    ("rectifying", "clear_rectification"): "published",
    ("rectifying", "revoke"): "revoked",
    ("rectifying", "take_offline"): "offline",
    ("rectifying", "republish"): "rectifying",
    ("rectifying", "mark"): "rectifying",
    ("offline", "resume"): "published",
    ("offline", "cancel"): "cancelled",
    ("offline", "revoke"): "revoked",
    ("offline", "republish"): "offline",
    ("offline", "mark"): "offline",
}


@pytest.mark.parametrize("state", EntryState.values)
@pytest.mark.parametrize("verb", VERBS)
def test_verb_in_state(state: str, verb: str, make_entry: Any, reviewer: Actor) -> None:
    entry = make_entry(state=state)
    before = Record.objects.count(), entry.events.count()
    target = ALLOWED.get((state, verb))
    if target is None:
        with pytest.raises((AlreadyMoved, Refused)):
            VERBS[verb](entry=entry, by=reviewer, now=LATER)
        entry = Entry.objects.get(pk=entry.pk)
        assert entry.state == state
        assert (Record.objects.count(), entry.events.count()) == before
        return
    moved = VERBS[verb](entry=entry, by=reviewer, now=LATER)
    assert moved.state == target
    moved = Entry.objects.get(pk=moved.pk)
    answer = json.loads(moved.verify_json)
    assert answer["status"] == target
    assert answer["filed"] is (target in ("published", "rectifying"))
    assert Record.objects.count() == before[0] + 1
    assert entry.events.count() == before[1] + (verb != "mark")


ACTORS = ["authority", "other_authority", "provider", "other_provider", "ministry", "system", "institution"]


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("verb", [*VERBS, "confirm"])
def test_verb_by_role(who: str, verb: str, make_entry: Any, reviewer: Actor, owner: Actor) -> None:
    actors = {
        "authority": reviewer,
        "other_authority": Actor(person_id=9, unit_id=reviewer.unit_id + 999, role=Role.REVIEWER),
        "provider": owner,
        "other_provider": Actor(person_id=9, unit_id=owner.unit_id + 999, role=Role.PROVIDER_OWNER),
        "ministry": Actor(person_id=9, unit_id=77, role=Role.MINISTRY_REVIEWER),
        "system": Actor.system(),
        "institution": Actor(person_id=9, unit_id=reviewer.unit_id, role=Role.INSTITUTION_LEAD),
    }
    holders = {"authority", "ministry", "system"}
    allowed = {"mark": holders | {"provider"}, "confirm": {"provider"}}.get(verb, holders)
    state = {"clear_rectification": "rectifying", "resume": "offline"}.get(verb, "published")
    entry = make_entry(state=state)
    act = {**VERBS, "confirm": domain.confirm}[verb]
    if who in allowed:
        act(entry=entry, by=actors[who], now=LATER)
        return
    with pytest.raises(Refused) as caught:
        act(entry=entry, by=actors[who], now=LATER)
    assert caught.value.reasons.codes == ["not_your_entry"]


@pytest.mark.requirement("R88", "R89")
def test_publish_writes_number_entry_event_and_record(make_entry: Any) -> None:
    first, second = make_entry(), make_entry(app_name="砚池书法")
    assert (first.number, second.number) == ("教APP备1100001号", "教APP备1100002号")
    first = Entry.objects.get(pk=first.pk)
    assert first.state == "published"
    assert first.package_ids == ["cn.example.yujia", "cn.example.yujia.ios"]
    assert first.public["authority_name"] == "北京市教育委员会"
    assert [event.kind for event in first.events.all()] == ["published"]
    record = Record.objects.get(subject_type="registry.entry", subject_id=first.pk)
    assert (record.verb, record.audience) == ("publish", "public")


@pytest.mark.requirement("R157", "R50")
def test_verification_answer_carries_age_range_and_type(make_entry: Any) -> None:
    answer = json.loads(make_entry(is_discipline=True).verify_json)
    assert answer["age_range"] == {"from": 8, "to": 15}
    assert answer["type"] == "discipline_training"


def test_publish_by_other_authority_refused(make_entry: Any, provider: Unit, authority: Unit) -> None:
    stranger = Actor(person_id=1, unit_id=authority.pk + 1, role=Role.REVIEWER)
    with pytest.raises(Refused), transaction.atomic():
        domain.publish(
            snapshot=SNAPSHOT,
            unit=provider,
            authority=authority,
            app_ref=1,
            prefix="11",
            by=stranger,
            now=NOW,
        )
    assert not Entry.objects.exists()


@pytest.mark.parametrize("missing", ["app_name", "provider_name", "uscc", "province_code"])
def test_publish_incomplete_snapshot_refused(missing: str, make_entry: Any) -> None:
    with pytest.raises(domain.SnapshotIncomplete) as caught, transaction.atomic():
        make_entry(**{missing: " "})
    assert caught.value.missing == [missing]


def test_publish_second_live_entry_of_app_refused(
    make_entry: Any, provider: Unit, authority: Unit, reviewer: Actor
) -> None:
    entry = make_entry()
    again: dict[str, Any] = {
        "snapshot": SNAPSHOT, "unit": provider, "authority": authority, "app_ref": entry.app_ref,
        "prefix": "11", "by": reviewer, "now": LATER,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        domain.publish(**again)
    domain.revoke(entry=entry, reason="逾期未整改", by=reviewer, now=LATER)
    with transaction.atomic():
        renewed = domain.publish(**again)
    assert renewed.number != entry.number


@pytest.mark.requirement("R91")
def test_republish_keeps_number_and_names_what_changed(make_entry: Any, reviewer: Actor) -> None:
    entry = domain.mark_change_under_review(entry=make_entry(), on=True, by=reviewer, now=LATER)
    assert entry.change_under_review
    assert entry.app_name == "榆荚阅读"
    renewed = domain.republish(
        entry=entry, snapshot={**SNAPSHOT, "version": "5.0.0", "app_name": "榆荚伴读"}, by=reviewer, now=LATER
    )
    assert renewed.number == entry.number
    assert not renewed.change_under_review
    assert renewed.version == 2
    params = renewed.events.get(kind="changed").params
    assert sorted(params["fields"]) == ["app_name", "version"]
    assert params["values"]["version"] == ["4.2.0", "5.0.0"]
    assert renewed.public["authority_name"] == "北京市教育委员会"


def test_mark_goes_when_the_entry_ends(make_entry: Any, reviewer: Actor) -> None:
    entry = domain.mark_change_under_review(entry=make_entry(), on=True, by=reviewer, now=LATER)
    assert (
        domain.revoke(entry=entry, reason="逾期未整改", by=reviewer, now=LATER).change_under_review is False
    )


@pytest.mark.requirement("R36")
def test_confirm_sets_date_and_history(make_entry: Any, owner: Actor) -> None:
    entry = domain.confirm(entry=make_entry(), by=owner, now=LATER)
    assert entry.confirmed_at == LATER
    assert entry.events.first().kind == "confirmed"


@pytest.mark.parametrize("verb", [domain.take_offline, domain.cancel, domain.revoke])
def test_negative_verb_without_reason_refused(verb: Any, make_entry: Any, reviewer: Actor) -> None:
    with pytest.raises(Refused) as caught:
        verb(entry=make_entry(), reason="  ", by=reviewer, now=LATER)
    assert caught.value.reasons.codes == ["reason_needed"]


def test_offline_text_says_it_is_not_a_removal_from_stores(make_entry: Any) -> None:
    assert "不代表已从应用商店下架" in make_entry(state="offline").status_public_text


def test_text_of_a_state_ends_with_the_state(make_entry: Any, reviewer: Actor) -> None:
    entry = domain.resume(entry=make_entry(state="offline"), by=reviewer, now=LATER)
    assert (entry.status_public_text, entry.status_reason) == ("", "")
    entry = domain.clear_rectification(entry=make_entry(state="rectifying"), by=reviewer, now=LATER)
    assert entry.rectify_until is None


def test_seen_state_moved_on_refused(make_entry: Any, reviewer: Actor) -> None:
    entry = make_entry(state="offline")
    with pytest.raises(AlreadyMoved):
        domain.revoke(entry=entry, reason="逾期未整改", by=reviewer, now=LATER, seen_state="published")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_entry SET state = 'revoked', status_reason = 'x' WHERE id = %s",
        "UPDATE registry_entry SET number = '教APP备1199999号' WHERE id = %s",
        "DELETE FROM registry_entry WHERE id = %s",
        "UPDATE registry_entry SET age_from = 20 WHERE id = %s",
    ],
)
def test_database_refuses_nonsense(statement: str, make_entry: Any) -> None:
    entry = make_entry()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [entry.pk])


@pytest.mark.parametrize("state", ["revoked", "offline", "rectifying", "nonsense"])
def test_database_refuses_state_without_its_text(state: str, make_entry: Any) -> None:
    entry = make_entry()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.act', 'test', true)")
        cursor.execute("UPDATE registry_entry SET state = %s WHERE id = %s", [state, entry.pk])


def test_state_cannot_be_set_directly(make_entry: Any) -> None:
    entry = make_entry()
    with pytest.raises(AttributeError):
        entry.state = "revoked"


def test_ministry_publishes_for_the_province(make_entry: Any, provider: Unit, authority: Unit) -> None:
    ministry = Unit.objects.create(kind=UnitKind.AUTHORITY, level=Level.MINISTRY, code="xmoe", name="教育部")
    by = Actor(person_id=3, unit_id=ministry.pk, role=Role.MINISTRY_REVIEWER)
    with transaction.atomic():
        entry = domain.publish(
            snapshot=SNAPSHOT, unit=provider, authority=authority, app_ref=5, prefix="11", by=by, now=NOW
        )
    assert entry.authority == authority
