"""Tokens in the API, idle time-out, the second factor, the request's membership."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts import actors
from accounts.authentication import HasMembership, IsAuthority, IsInstitution, IsProvider, TokenAuthentication
from accounts.domain import issue_token
from accounts.enums import MembershipStatus, Role
from accounts.middleware import SEEN_KEY, TRACK_SECONDS, MembershipMiddleware
from accounts.models import ApiToken, Membership
from tests import factories
from tests.factories import NOW, client_for

pytestmark = pytest.mark.django_db


class Who(APIView):
    """Says who it takes the caller for."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [HasMembership]

    def get(self, request):
        actor = actors.actor_for(request)
        return Response(
            {"unit": actor.unit_id, "kind": str(actor.kind), "person": request.user.pk, "role": actor.role}
        )

    post = get


def call(secret: str, *, method: str = "get", permission: type | None = None, header: str = "Bearer "):
    view = Who.as_view(permission_classes=[permission]) if permission else Who.as_view()
    request = getattr(APIRequestFactory(), method)("/", HTTP_AUTHORIZATION=header + secret)
    return view(request)


def token_of(member: Membership, scope: str, days: int = 30) -> str:
    actor = actors.actor_for_membership(member)
    return issue_token(membership=member, label="t", scope=scope, days=days, by=actor, now=NOW)[1]


@pytest.fixture(autouse=True)
def _at_now(freeze) -> None:
    freeze(NOW)


def test_token_signs_in_to_its_own_membership() -> None:
    first = factories.membership()
    second = factories.membership(Role.PROVIDER_STAFF, person=first.person)
    answer = call(token_of(second, "provider"))
    assert answer.data == {
        "unit": second.unit_id, "kind": "token", "person": first.person_id, "role": Role.PROVIDER_STAFF,
    }  # fmt: skip


def test_token_use_is_noted_once_a_minute(freeze, django_assert_num_queries) -> None:
    secret = token_of(factories.membership(), "provider")
    call(secret)
    assert ApiToken.objects.get().last_used_at == NOW
    freeze(NOW + timedelta(seconds=59))
    with django_assert_num_queries(1):
        call(secret)
    assert ApiToken.objects.get().last_used_at == NOW
    freeze(NOW + timedelta(seconds=60))
    call(secret)
    assert ApiToken.objects.get().last_used_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize("header", ["Bearer ", "bearer "])
def test_scheme_is_read_in_any_case(header: str) -> None:
    assert call(token_of(factories.membership(), "provider"), header=header).status_code == 200


@pytest.mark.parametrize("secret", ["", "fp_", "fp_wrong", "x", "fp_ two", "fp_ä"])
def test_wrong_tokens_are_refused_alike(secret: str) -> None:
    answer = call(secret)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_other_scheme_is_left_alone() -> None:
    assert call("abc", header="Basic ").status_code == 401


@pytest.mark.parametrize("ending", ["member", "unit", "person", "role", "expired", "revoked"])
def test_token_dies_with_what_it_hangs_on(ending: str, freeze) -> None:
    member = factories.membership()
    secret = token_of(member, "provider", days=1)
    assert call(secret).status_code == 200
    if ending == "member":
        factories.behind_the_door(Membership.objects.all(), status=MembershipStatus.ENDED)
    elif ending == "role":
        factories.behind_the_door(Membership.objects.all(), role=Role.PARTNER)
    elif ending == "unit":
        type(member.unit).objects.update(active=False)
    elif ending == "person":
        type(member.person).objects.update(is_active=False)
    elif ending == "revoked":
        ApiToken.objects.update(revoked_at=NOW)
    else:
        freeze(NOW + timedelta(days=1))
    assert call(secret).status_code == 401


@pytest.mark.parametrize(
    ("role", "scope", "permission", "get", "post"),
    [
        (Role.PROVIDER_OWNER, "provider", IsProvider, 200, 200),
        (Role.PROVIDER_OWNER, "read", IsProvider, 200, 403),
        (Role.PROVIDER_OWNER, "provider", IsAuthority, 403, 403),
        (Role.REVIEWER, "authority", IsAuthority, 200, 200),
        (Role.REVIEWER, "read", IsAuthority, 200, 403),
        (Role.REVIEWER, "authority", IsProvider, 403, 403),
        (Role.INSTITUTION_STAFF, "institution", IsInstitution, 200, 200),
        (Role.INSTITUTION_STAFF, "institution", IsProvider, 403, 403),
        (Role.PARTNER, "read", HasMembership, 200, 403),
        (Role.PROVIDER_OWNER, "provider", HasMembership, 200, 200),
    ],
)
def test_scope_and_role_decide(role: str, scope: str, permission: type, get: int, post: int) -> None:
    secret = token_of(factories.membership(role), scope)
    assert call(secret, permission=permission).status_code == get
    assert call(secret, permission=permission, method="post").status_code == post


def test_permissions_without_membership_are_closed() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    for permission in (IsProvider, IsAuthority, IsInstitution, HasMembership):
        assert not permission().has_permission(request, None)


# --- membership of the request -----------------------------------------------------------------------


def through_middleware(request):
    MembershipMiddleware(lambda r: HttpResponse())(request)
    return request


def test_anonymous_request_has_no_membership_and_costs_nothing(django_assert_num_queries) -> None:
    request = through_middleware(RequestFactory().get("/"))
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert request.membership is None
        assert request.actor is None
        assert request.memberships == []


def test_signed_in_request_costs_one_query(django_assert_num_queries) -> None:
    member = factories.membership()
    request = through_middleware(RequestFactory().get("/"))
    request.user = member.person
    request.session = {actors.SESSION_KEY: member.pk}
    with django_assert_num_queries(1):
        assert request.actor.unit_id == member.unit_id
        assert request.membership == member
        assert request.actor is request.actor


def test_memberships_are_those_in_force_oldest_first() -> None:
    first = factories.membership()
    person = first.person
    factories.membership(person=person, status=MembershipStatus.ENDED)
    closed = factories.membership(Role.REVIEWER, factories.authority("44"), person=person).unit
    last = factories.membership(Role.INSTITUTION_STAFF, factories.unit(kind="school"), person=person)
    factories.membership()
    type(closed).objects.filter(pk=closed.pk).update(active=False)
    found = actors.memberships_of(person)
    assert found == list(Membership.objects.active().filter(person=person).order_by("pk")) == [first, last]
    assert [row.unit.name for row in found] == [first.unit.name, last.unit.name]
    assert all(row.person is person for row in found)


def test_who_is_no_longer_active_is_nobody() -> None:
    member = factories.membership()
    client = client_for(member)
    assert client.get(reverse("members")).status_code == 200
    type(member.person).objects.filter(pk=member.person_id).update(is_active=False)
    assert client.get(reverse("members")).status_code == 302
    type(member.person).objects.filter(pk=member.person_id).delete()
    assert client.get(reverse("members")).status_code == 302


def test_superuser_without_unit_acts_as_administrator() -> None:
    request = through_middleware(RequestFactory().get("/"))
    request.user = factories.person(is_superuser=True, is_staff=True)
    assert request.actor.role == Role.SYSADMIN
    assert request.actor.unit_id is None


def test_public_page_sets_no_vary_and_reads_no_session(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        response = Client().get("/i18n/nothing/")
    assert response.status_code == 404


# --- idle -------------------------------------------------------------------------------------------------


def test_idle_session_ends_and_leads_back(freeze, settings) -> None:
    settings.PORTAL_IDLE_MINUTES = 30
    client = client_for(factories.membership())
    assert client.get(reverse("members")).status_code == 200
    freeze(NOW + timedelta(minutes=30))
    assert client.get(reverse("members")).status_code == 200
    freeze(NOW + timedelta(minutes=60, seconds=1))
    response = client.get(reverse("members") + "?unit=1")
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert "next=/account/members/%3Funit%3D1" in response.url
    assert client.get(reverse("members")).status_code == 302


def test_idle_autosave_gets_401_with_login_url(freeze, settings) -> None:
    settings.PORTAL_IDLE_MINUTES = 30
    client = client_for(factories.membership())
    client.get(reverse("members"))
    freeze(NOW + timedelta(hours=1))
    for headers in (
        {"x-requested-with": "XMLHttpRequest"},
        {"hx-request": "true"},
        {"accept": "application/json"},
    ):
        response = client.post(
            reverse("join_unit"),
            headers={**headers, "referer": "http://testserver/account/unit/join/?uscc=1"},
        )
        assert response.status_code == 401, headers
        assert response.json()["login_url"] == "/accounts/login/?next=%2Faccount%2Funit%2Fjoin%2F%3Fuscc%3D1"
        assert response["X-Login-Url"] == response.json()["login_url"]


def test_idle_post_of_a_form_goes_to_sign_in(freeze, settings) -> None:
    settings.PORTAL_IDLE_MINUTES = 30
    client = client_for(factories.membership())
    client.get(reverse("members"))
    freeze(NOW + timedelta(hours=1))
    response = client.post(reverse("join_unit"))
    assert response.url == "/accounts/login/?next=%2F"


def test_session_is_written_at_most_once_a_minute(freeze, settings) -> None:
    settings.PORTAL_IDLE_MINUTES = 30
    client = client_for(factories.membership())
    client.get(reverse("members"))
    seen = client.session[SEEN_KEY]
    freeze(NOW + timedelta(seconds=59))
    client.get(reverse("members"))
    assert client.session[SEEN_KEY] == seen
    freeze(NOW + timedelta(seconds=60))
    client.get(reverse("members"))
    assert client.session[SEEN_KEY] == seen + 60


def test_idle_switched_off(freeze, settings) -> None:
    settings.PORTAL_IDLE_MINUTES = 0
    client = client_for(factories.membership())
    client.get(reverse("members"))
    freeze(NOW + timedelta(hours=11))
    assert client.get(reverse("members")).status_code == 200


# --- second factor ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", [Role.REVIEWER, Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER, Role.SYSADMIN, Role.PARTNER]
)
def test_second_factor_is_compulsory_for_authorities(role: str, settings) -> None:
    settings.PORTAL_MFA_REQUIRED = True
    member = factories.membership(role)
    client = client_for(member)
    assert client.get(reverse("members")).url == reverse("mfa_index")
    assert client.get(reverse("members"), headers={"accept": "application/json"}).status_code == 403
    assert client.get(reverse("mfa_index")).status_code in (200, 302)
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=member.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get(reverse("members")).status_code == 200
    assert client.session["mfa_ready"]


def test_second_factor_is_a_choice_for_providers(settings) -> None:
    settings.PORTAL_MFA_REQUIRED = True
    member = factories.membership()
    assert client_for(member).get(reverse("members")).status_code == 200
    second = factories.membership(Role.REVIEWER, person=member.person)
    client = client_for(member)
    client.post(reverse("switch_unit"), {"membership": second.pk})
    assert client.get(reverse("members")).url == reverse("mfa_index")
    client.post(reverse("switch_unit"), {"membership": member.pk})
    assert client.get(reverse("members")).status_code == 200


def test_second_factor_is_compulsory_for_staff(settings) -> None:
    settings.PORTAL_MFA_REQUIRED = True
    client = Client()
    client.force_login(
        factories.person(is_staff=True, is_superuser=True),
        backend="accounts.backends.Backend",
    )
    assert client.get("/admin/").url == reverse("mfa_index")


# --- sign-in -------------------------------------------------------------------------------------------------


def test_failed_sign_ins_are_throttled() -> None:
    person = factories.person()
    client = Client()
    codes = [
        client.post(reverse("account_login"), {"login": person.email, "password": f"wrong-{number}"})
        for number in range(12)
    ]
    texts = [response.context["form"].errors.as_text() if response.context else "" for response in codes]
    assert texts[0] != texts[-1] or codes[-1].status_code == 429


def test_sessions_are_listed_and_ended_everywhere() -> None:
    member = factories.membership()
    here, there = client_for(member), client_for(member)
    for client in (here, there):
        client.get(reverse("members"))
    assert here.get(reverse("usersessions_list")).status_code == 200
    here.post(reverse("usersessions_list"))
    assert here.get(reverse("members")).status_code == 200
    assert there.get(reverse("members")).status_code == 302


def test_use_of_a_session_is_noted_every_few_minutes_and_at_once_from_elsewhere(freeze) -> None:
    member = factories.membership()
    client = client_for(member)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("members")).status_code == 200
        return [query["sql"] for query in caught if "usersessions" in query["sql"]]

    freeze(NOW)
    client.get(reverse("members"))
    assert UserSession.objects.filter(user=member.person).count() == 1
    assert queries() == []
    freeze(NOW + timedelta(seconds=TRACK_SECONDS - 1))
    assert queries() == []
    freeze(NOW + timedelta(seconds=TRACK_SECONDS))
    assert any(text.startswith("UPDATE") for text in queries())
    client.get(reverse("members"), headers={"user-agent": "another browser"})
    assert UserSession.objects.get(user=member.person).user_agent == "another browser"


def test_new_key_of_a_session_is_noted_at_once() -> None:
    member = factories.membership()
    client = client_for(member)
    client.get(reverse("members"))
    session = client.session
    old = session.session_key
    session.cycle_key()
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    client.get(reverse("members"))
    assert session.session_key != old
    assert UserSession.objects.filter(session_key=session.session_key).exists()


def test_page_with_the_cookie_of_nobody_notes_no_session() -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    client.get("/")
    assert not UserSession.objects.exists()
