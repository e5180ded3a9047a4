"""Serving: the inbox first, the e-mail beside it; first reading; preferences."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from accounts.domain import admit_member, invite, refuse_member, request_to_join
from accounts.enums import Role
from ledger.acts import Actor
from ledger.queries import timeline
from notices import kinds, links
from notices.domain import choose_email, deliver, mark_read, serve, serve_person, without_email
from notices.domain.serve import NUDGE_KEY
from notices.enums import DeliveryStatus
from notices.models import EmailDelivery, Notice, Preference
from notices.queries import inbox, unread_count
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

PARAMS = {
    "case_no": "BJ-2026-000001",
    "app_name": "示例阅读",
    "provider_name": "示例公司",
    "authority": "北京市教育委员会",
    "authority_en": "Beijing Municipal Education Commission",
    "due_day": "2026-10-15",
}


def send(**changes: object) -> Notice:
    fields = {"kind": "filing_returned", "params": PARAMS, "now": NOW, **changes}
    unit = fields.setdefault("to_unit", None)
    fields.setdefault("subject", unit)
    return serve(**fields)


@pytest.mark.requirement("R83", "R84")
def test_serve_reaches_inbox_at_once_and_writes_one_email_per_member() -> None:
    owner = factories.membership(Role.PROVIDER_OWNER)
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    factories.membership(Role.PROVIDER_STAFF, unit=owner.unit, status="ended")
    factories.membership(Role.PROVIDER_STAFF, unit=owner.unit, status="requested")
    notice = send(to_unit=owner.unit)
    stored = Notice.objects.get()
    assert stored == notice
    assert (stored.received_at, stored.first_read_at, stored.legal) == (NOW, None, True)
    assert (stored.subject_type, stored.subject_id) == ("accounts.unit", owner.unit_id)
    assert set(EmailDelivery.objects.values_list("address", flat=True)) == {
        owner.person.email,
        staff.person.email,
    }


def test_serve_unit_without_people_is_served_all_the_same() -> None:
    unit = factories.unit()
    assert send(to_unit=unit).received_at == NOW
    assert not EmailDelivery.objects.exists()


def test_serve_same_key_again_returns_first_notice() -> None:
    owner = factories.membership()
    first = send(to_unit=owner.unit, dedupe="a")
    second = send(to_unit=owner.unit, dedupe="a", now=NOW + timedelta(days=1))
    assert first.pk == second.pk
    assert EmailDelivery.objects.count() == 1
    assert send(to_unit=owner.unit).pk != send(to_unit=owner.unit).pk


def test_serve_costs_few_queries(django_assert_max_num_queries) -> None:
    owner = factories.membership()
    for _number in range(5):
        factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    with django_assert_max_num_queries(5):  # with the savepoint's two
        send(to_unit=owner.unit)


def test_email_goes_out_in_the_language_of_the_person() -> None:
    owner = factories.membership(person=factories.person(language="en"))
    send(to_unit=owner.unit)
    assert deliver(now=NOW).sent == 1
    (letter,) = mail.outbox
    assert letter.to == [owner.person.email]
    assert letter.subject == "Returned for correction: 示例阅读"
    assert "Beijing Municipal Education Commission has returned the filing BJ-2026-000001" in letter.body
    assert "Oct. 15, 2026" in letter.body
    assert "%(" not in letter.body
    delivery = EmailDelivery.objects.get()
    assert (delivery.status, delivery.sent_at, delivery.attempts) == (DeliveryStatus.SENT, NOW, 1)


def test_without_email_serves_into_the_inbox_only() -> None:
    owner = factories.membership()
    with without_email():
        send(to_unit=owner.unit)
    assert Notice.objects.count() == 1
    assert not EmailDelivery.objects.exists()
    send(to_unit=owner.unit)
    assert EmailDelivery.objects.count() == 1


def test_commit_sends_through_the_worker_once_for_many(django_capture_on_commit_callbacks) -> None:
    from django.core.cache import cache

    cache.delete(NUDGE_KEY)
    owner = factories.membership()
    with django_capture_on_commit_callbacks(execute=True):
        send(to_unit=owner.unit)
        send(to_unit=owner.unit)
    assert len(mail.outbox) == 2
    assert cache.get(NUDGE_KEY) == 1


def test_broker_away_does_not_harm_the_act(django_capture_on_commit_callbacks, settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "no.such.Backend"}}
    from django.core.cache import caches

    if hasattr(caches._connections, "default"):
        del caches._connections.default
    settings.CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "unix:///nonexistent/socket",
    }
    caches.settings = caches.configure_settings(None)
    owner = factories.membership()
    with django_capture_on_commit_callbacks(execute=True):
        send(to_unit=owner.unit)
    assert EmailDelivery.objects.get().status == DeliveryStatus.PENDING


# --- preferences -----------------------------------------------------------------------------------


def test_preference_stops_email_but_not_the_inbox() -> None:
    owner = factories.membership()
    by = Actor(owner.person_id, owner.unit_id, owner.role)
    choose_email(by=by, kind="reminder", email=False)
    choose_email(by=by, kind="filing_returned", email=False)
    send(to_unit=owner.unit, kind="reminder", legal=False)
    assert not EmailDelivery.objects.exists()
    assert Notice.objects.count() == 1
    choose_email(by=by, kind="reminder", email=True)
    send(to_unit=owner.unit, kind="reminder", legal=False)
    assert EmailDelivery.objects.count() == 1
    assert Preference.objects.filter(kind="reminder").count() == 1


@pytest.mark.requirement("R83")
def test_legal_notices_cannot_be_switched_off() -> None:
    owner = factories.membership()
    choose_email(by=Actor(owner.person_id, owner.unit_id, owner.role), kind="filing_returned", email=False)
    send(to_unit=owner.unit, legal=True)
    assert EmailDelivery.objects.count() == 1


# --- reading -----------------------------------------------------------------------------------------


@pytest.mark.requirement("R83")
def test_first_reading_is_stored_once_with_who_read() -> None:
    owner = factories.membership()
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    notice = send(to_unit=owner.unit)
    later = NOW + timedelta(hours=3)
    assert mark_read(notice=notice, by=Actor(staff.person_id, staff.unit_id, staff.role), now=later)
    assert not mark_read(
        notice=notice, by=Actor(owner.person_id, owner.unit_id, owner.role), now=later + timedelta(1)
    )
    stored = Notice.objects.get()
    assert (stored.first_read_at, stored.first_read_by, stored.received_at) == (later, staff.person, NOW)
    assert [record.verb for record in timeline(notice)] == ["read_notice"]


def test_strangers_do_not_read() -> None:
    owner = factories.membership()
    notice = send(to_unit=owner.unit)
    admin = factories.actor(Role.SYSADMIN)
    for by in (factories.actor(), admin):
        assert not mark_read(notice=notice, by=by, now=NOW)
    assert Notice.objects.get().first_read_at is None
    assert Notice.objects.visible_to(admin).exists()


def test_inbox_of_a_unit_and_of_a_person() -> None:
    owner = factories.membership()
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    other = factories.membership()
    shared = send(to_unit=owner.unit)
    personal = send(to_unit=owner.unit, to_person=owner.person)
    alone = serve_person(kind="member_admitted", person=staff.person, subject=None, params={}, now=NOW)

    def seen(member) -> set[int]:
        return set(inbox(Actor(member.person_id, member.unit_id, member.role)).values_list("pk", flat=True))

    assert seen(owner) == {shared.pk, personal.pk}
    assert seen(staff) == {shared.pk, alone.pk}
    assert seen(other) == set()
    assert unread_count(owner) == 2
    assert unread_count(None) == 0
    assert not Notice.objects.visible_to(None).exists()
    assert set(Notice.objects.visible_to(Actor(other.person_id, other.unit_id, other.role))) == set()
    assert set(Notice.objects.visible_to(Actor(staff.person_id, staff.unit_id, staff.role))) == {
        shared,
        alone,
    }
    assert Notice.objects.visible_to(Actor.system()).count() == 3
    assert set(inbox(Actor(staff.person_id, None, ""))) == {alone}


def test_unread_count_says_what_the_inbox_says() -> None:
    owner, other = factories.membership(), factories.membership()
    province = factories.membership(Role.REVIEWER, factories.authority("44"))
    first, _second = send(to_unit=owner.unit), send(to_unit=owner.unit, to_person=owner.person)
    send(to_unit=owner.unit, to_person=other.person)
    send(to_unit=province.unit)
    send(to_unit=None, to_person=province.person)
    mark_read(notice=first, by=Actor(owner.person_id, owner.unit_id, owner.role), now=NOW)
    for row in (owner, other, province):
        for by in (Actor(row.person_id, row.unit_id, row.role), Actor(row.person_id, None, "")):
            assert unread_count(by) == inbox(by).unread().count(), by
    assert unread_count(owner) == 1
    assert unread_count(Actor.system()) == 0


def test_unread_count_is_one_query(django_assert_num_queries) -> None:
    owner = factories.membership()
    send(to_unit=owner.unit)
    by = factories.actor(unit=owner.unit)
    with django_assert_num_queries(1):
        assert unread_count(by) == 1


# --- what accounts tells -----------------------------------------------------------------------------


def test_request_to_join_tells_owners_and_then_the_person() -> None:
    owner = factories.membership()
    person = factories.person(name="王示例")
    by = Actor(person.pk, None, "")
    waiting = request_to_join(person=person, uscc=owner.unit.uscc, by=by, now=NOW)
    notice = Notice.objects.get(kind="member_requested")
    assert notice.to_person == owner.person
    assert kinds.title(notice.kind, notice.params).startswith("王示例")
    admit_member(membership=waiting, by=Actor(owner.person_id, owner.unit_id, owner.role), now=NOW)
    assert Notice.objects.get(kind="member_admitted").to_person == person
    second = request_to_join(person=factories.person(), uscc=owner.unit.uscc, by=by, now=NOW)
    refuse_member(membership=second, by=Actor(owner.person_id, owner.unit_id, owner.role), now=NOW)
    assert Notice.objects.get(kind="member_refused").to_person == second.person


def test_invitation_link_stands_in_the_email_only() -> None:
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("11"))
    invitation, secret = invite(
        unit=factories.authority("110108"), email="new@example.test", role=Role.REVIEWER, by=lead, now=NOW
    )
    notice = Notice.objects.get(kind="invitation")
    assert secret not in str(notice.params)
    assert secret not in kinds.body(notice.kind, notice.params)
    assert deliver(now=NOW).sent == 1
    assert mail.outbox[-1].to == ["new@example.test"]
    from notices.secrets import secret_link

    assert secret_link(notice).endswith(f"{secret}/")
    assert secret_link(notice) in mail.outbox[-1].body
    invitation.withdrawn_at = NOW
    invitation.save()
    assert secret_link(notice) == ""
    assert secret_link(Notice(kind="reminder")) == ""


# --- wording -------------------------------------------------------------------------------------------


def test_every_kind_has_title_and_text_in_both_languages() -> None:
    from django.utils import translation

    for language in ("zh-hans", "en"):
        with translation.override(language):
            for kind in kinds.all_kinds():
                assert kinds.title(kind.key, PARAMS)
                assert "%(" not in kinds.body(kind.key, PARAMS)
                assert kind.label


def test_unknown_kind_and_missing_params_are_no_error() -> None:
    assert kinds.body("never_registered", {"text": "a"}) == "a"
    assert kinds.title("filing_approved", {"due_day": "2026-13-99", "reason": None})


def test_links_lead_to_the_subject_where_a_room_registered() -> None:
    notice = send(to_unit=factories.unit())
    assert links.subject_url(notice, None) == ""
    links.register("accounts.unit", lambda row, actor: f"/units/{row.subject_id}/")
    try:
        assert links.subject_url(notice, None) == f"/units/{notice.subject_id}/"
    finally:
        links._links.pop("accounts.unit")
