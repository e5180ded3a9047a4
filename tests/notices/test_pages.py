"""The inbox in the browser: reading, filters, pages, preferences; the administration."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from ledger.queries import timeline
from notices.domain import serve
from notices.enums import DeliveryStatus
from notices.models import EmailDelivery, Notice
from tests import factories
from tests.factories import NOW, client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return factories.membership()


def send(unit, number: int = 0, **more):
    return serve(
        kind="filing_returned",
        to_unit=unit,
        subject=None,
        params={"app_name": f"应用{number}", "case_no": f"BJ-2026-{number:06d}"},
        now=NOW + timedelta(minutes=number),
        **more,
    )


@pytest.mark.requirement("R83")
def test_opening_is_the_first_reading(owner) -> None:
    notice = send(owner.unit)
    client = client_for(owner)
    page = client.get(reverse("inbox"))
    assert page.context["unread"] == 1
    response = client.get(reverse("notice", args=[notice.pk]))
    assert "应用0" in response.content.decode()
    stored = Notice.objects.get()
    assert stored.first_read_by == owner.person
    first = stored.first_read_at
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    assert str(owner.person) in client_for(staff).get(reverse("notice", args=[notice.pk])).content.decode()
    stored.refresh_from_db()
    assert stored.first_read_at == first
    assert timeline(notice).count() == 1
    assert client.get(reverse("inbox")).context["unread"] == 0


def test_notice_of_another_unit_is_not_found(owner) -> None:
    notice = send(owner.unit)
    for member in (factories.membership(), factories.membership(Role.REVIEW_LEAD)):
        assert client_for(member).get(reverse("notice", args=[notice.pk])).status_code == 404
    assert Notice.objects.get().first_read_at is None


def test_pages_by_key_hold_still_while_new_ones_arrive(owner) -> None:
    for number in range(65):
        send(owner.unit, number)
    client = client_for(owner)
    first = client.get(reverse("inbox"))
    send(owner.unit, 99)
    second = client.get(reverse("inbox") + first.context["older"])
    third = client.get(reverse("inbox") + second.context["older"])
    numbers = [
        int(row.params["case_no"][-2:]) for page in (first, second, third) for row in page.context["rows"]
    ]
    assert numbers == list(range(64, -1, -1))
    assert third.context["older"] == ""
    assert client.get(reverse("inbox"), {"before": "abc"}).status_code == 200
    assert client.get(reverse("inbox"), {"before": "999999"}).status_code == 200


def test_filters(owner) -> None:
    send(owner.unit, 1)
    send(owner.unit, 2, legal=False)
    client = client_for(owner)
    assert len(client.get(reverse("inbox"), {"show": "legal"}).context["rows"]) == 1
    assert len(client.get(reverse("inbox"), {"show": "unread"}).context["rows"]) == 2
    client.post(reverse("inbox_read_all"))
    assert Notice.objects.get(legal=False).first_read_at
    assert Notice.objects.get(legal=True).first_read_at is None
    assert len(client.get(reverse("inbox"), {"show": "unread"}).context["rows"]) == 1
    assert client.get(reverse("inbox"), {"show": "nonsense"}).status_code == 200


def test_preferences_are_saved(owner) -> None:
    client = client_for(owner)
    page = client.get(reverse("notice_preferences"))
    assert all(on for _kind, on in page.context["optional"])
    client.post(reverse("notice_preferences"), {"email": ["reminder"]})
    page = client.get(reverse("notice_preferences"))
    assert [kind.key for kind, on in page.context["optional"] if on] == ["reminder"]
    assert "filing_returned" in [kind.key for kind in page.context["always"]]


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_inbox_costs_the_same_at_any_length(owner, rows: int, django_assert_max_num_queries) -> None:
    for number in range(rows):
        send(owner.unit, number)
    client = client_for(owner)
    client.get(reverse("inbox"))
    with django_assert_max_num_queries(10):
        client.get(reverse("inbox"))


def test_inbox_of_somebody_without_unit() -> None:
    from notices.domain import serve_person

    person = factories.person()
    notice = serve_person(
        kind="member_refused", person=person, subject=None, params={"unit": "示例"}, now=NOW
    )
    member = factories.membership(person=person, status="requested")
    client = client_for(member)
    assert client.get(reverse("inbox")).context["rows"] == [notice]
    assert client.get(reverse("notice", args=[notice.pk])).status_code == 200


def test_administration_reads_and_sends_again_but_changes_nothing(owner) -> None:
    notice = send(owner.unit)
    EmailDelivery.objects.update(status=DeliveryStatus.FAILED)
    admin = factories.membership(Role.SYSADMIN, person=factories.person(is_staff=True, is_superuser=True))
    client = client_for(admin)
    for name in ("notice", "emaildelivery"):
        assert client.get(reverse(f"admin:notices_{name}_changelist")).status_code == 200
    assert client.get(reverse("admin:notices_notice_change", args=[notice.pk])).status_code == 200
    assert Notice.objects.get().first_read_at is None
    response = client.post(reverse("admin:notices_notice_change", args=[notice.pk]), {"kind": "x"})
    assert response.status_code == 403
    assert (
        client.post(reverse("admin:notices_notice_delete", args=[notice.pk]), {"post": "yes"}).status_code
        == 403
    )
    delivery = EmailDelivery.objects.get()
    client.post(
        reverse("admin:notices_emaildelivery_changelist"),
        {"action": "again", "_selected_action": [delivery.pk]},
    )
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.PENDING
