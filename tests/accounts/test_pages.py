"""The account pages: what a person can do there, and what he cannot."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.actors import SESSION_KEY, actor_for_membership
from accounts.domain import invite, request_to_join
from accounts.enums import MembershipStatus, Role
from accounts.models import ApiToken, Invitation, Membership, Person, Unit
from accounts.secrets import invitation_secret
from ledger.acts import Actor
from notices.domain import deliver
from rulebook.time import now
from tests import factories
from tests.factories import PASSWORD, client_for

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.Backend")
    return client


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


@pytest.fixture
def owner() -> Membership:
    return factories.membership()


# --- arriving --------------------------------------------------------------------------------------


def test_new_person_is_sent_to_register_a_unit() -> None:
    response = signed_in(factories.person()).get(reverse("after_login"))
    assert response.url == reverse("register_unit")


def test_invited_or_waiting_person_is_sent_to_his_account(owner: Membership) -> None:
    person = factories.person()
    request_to_join(person=person, uscc=owner.unit.uscc, by=Actor(person.pk, None, ""), now=now())
    assert signed_in(person).get(reverse("after_login")).url == reverse("account_home")
    other = factories.person()
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("11"))
    invite(unit=factories.authority("11"), email=other.email, role=Role.REVIEWER, by=lead, now=now())
    client = signed_in(other)
    assert client.get(reverse("after_login")).url == reverse("account_home")
    assert "北京市教育委员会" in client.get(reverse("account_home")).content.decode()


def test_everybody_is_sent_to_the_workspace_of_his_role() -> None:
    from accounts.views.base import workspace_of

    for role in Role:
        member = factories.membership(role)
        assert client_for(member).get(reverse("after_login")).url == workspace_of(member)
    staff = factories.person(is_staff=True)
    assert signed_in(staff).get(reverse("after_login")).url == reverse("admin:index")
    admin = factories.membership(Role.SYSADMIN, person=staff)
    assert workspace_of(admin) == reverse("admin:index")


# --- registering and joining -----------------------------------------------------------------------


@pytest.mark.requirement("R26")
def test_register_unit_names_the_authority() -> None:
    factories.authority("44")
    person = factories.person()
    client = signed_in(person)
    assert client.get(reverse("register_unit")).status_code == 200
    fragment = client.get(reverse("competent_authority"), {"province": "44"}).content.decode()
    assert "广东省教育厅" in fragment
    assert (
        "广东省教育厅" not in client.get(reverse("competent_authority"), {"province": "99"}).content.decode()
    )
    fields = {"name": "示例公司", "kind": "enterprise", "uscc": "91110108ma01te5t3u", "province": "44"}
    response = client.post(reverse("register_unit"), fields)
    assert response.status_code == 302
    member = Membership.objects.get(person=person)
    assert (member.role, member.unit.uscc) == (Role.PROVIDER_OWNER, "91110108MA01TE5T3U")
    assert "广东省教育厅" in said(client.get(reverse("account_home")))


def test_register_unit_puts_errors_beside_their_fields(owner: Membership) -> None:
    client = signed_in(factories.person())
    response = client.post(
        reverse("register_unit"), {"name": "x", "kind": "enterprise", "uscc": "1", "province": "11"}
    )
    assert response.status_code == 422
    assert response.context["form"].errors["uscc"]
    taken = {"name": "x", "kind": "enterprise", "uscc": owner.unit.uscc, "province": "11"}
    response = client.post(reverse("register_unit"), taken)
    assert f"{reverse('join_unit')}?uscc={owner.unit.uscc}" in response.content.decode()
    assert Unit.objects.filter(uscc=owner.unit.uscc).count() == 1


def test_code_that_fails_its_check_may_be_confirmed_once_it_was_pointed_out() -> None:
    factories.authority("11")
    client = factories.client_for(None)
    client.force_login(factories.person(), backend=settings.AUTHENTICATION_BACKENDS[0])
    fields = {"name": "示例公司", "kind": "enterprise", "uscc": "91110108MA01TE5T30", "province": "11"}
    assert "as_certified" not in client.get(reverse("register_unit")).content.decode()
    refused = client.post(reverse("register_unit"), fields)
    assert refused.status_code == 422
    assert "as_certified" in refused.content.decode()
    assert client.post(reverse("register_unit"), {**fields, "as_certified": "on"}).status_code == 302
    assert Unit.objects.get(uscc="91110108MA01TE5T30").province_code == "11"


def test_join_then_admit_by_the_owner(owner: Membership) -> None:
    person = factories.person(name="李示例")
    client = signed_in(person)
    assert owner.unit.uscc in client.get(reverse("join_unit"), {"uscc": owner.unit.uscc}).content.decode()
    assert client.post(reverse("join_unit"), {"uscc": "1"}).status_code == 422
    assert client.post(reverse("join_unit"), {"uscc": owner.unit.uscc}).status_code == 302
    waiting = Membership.objects.get(person=person)
    assert client.get(reverse("members")).url == reverse("account_home"), "not a member yet"
    page = client_for(owner).get(reverse("members"))
    assert "李示例" in page.content.decode()
    response = client_for(owner).post(reverse("member_act", args=[waiting.pk, "admit"]), follow=True)
    assert "李示例" in said(response)
    waiting.refresh_from_db()
    assert waiting.active
    assert client.get(reverse("members")).status_code == 200


@pytest.mark.parametrize("verb", ["admit", "refuse", "role", "end"])
def test_members_of_others_are_not_found(owner: Membership, verb: str) -> None:
    stranger = client_for(factories.membership())
    response = stranger.post(reverse("member_act", args=[owner.pk, verb]), {"role": Role.PROVIDER_STAFF})
    assert response.status_code == 404
    owner.refresh_from_db()
    assert (owner.role, owner.status) == (Role.PROVIDER_OWNER, MembershipStatus.ACTIVE)


def test_staff_may_look_but_not_decide(owner: Membership) -> None:
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    client = client_for(staff)
    page = client.get(reverse("members"))
    assert not page.context["may_manage"]
    response = client.post(
        reverse("member_act", args=[staff.pk, "role"]), {"role": Role.PROVIDER_OWNER}, follow=True
    )
    assert said(response)
    staff.refresh_from_db()
    assert staff.role == Role.PROVIDER_STAFF


def test_owner_changes_role_refuses_and_ends(owner: Membership) -> None:
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    asks = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit, status=MembershipStatus.REQUESTED)
    client = client_for(owner)
    client.post(reverse("member_act", args=[staff.pk, "role"]), {"role": Role.PROVIDER_OWNER})
    client.post(reverse("member_act", args=[asks.pk, "refuse"]))
    staff.refresh_from_db()
    asks.refresh_from_db()
    assert (staff.role, asks.status) == (Role.PROVIDER_OWNER, MembershipStatus.ENDED)
    client.post(reverse("member_act", args=[staff.pk, "end"]))
    staff.refresh_from_db()
    assert staff.status == MembershipStatus.ENDED
    response = client.post(reverse("leave_unit", args=[owner.pk]), follow=True)
    assert "最后" in said(response) or "last owner" in said(response)


def test_lead_sees_the_people_of_a_unit_below() -> None:
    lead = factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))
    below = factories.membership(Role.REVIEWER, unit=factories.authority("110108"))
    client = client_for(lead)
    page = client.get(reverse("members"), {"unit": below.unit_id}).content.decode()
    assert str(below.person) in page
    response = client.post(reverse("member_act", args=[below.pk, "end"]))
    assert response.url.endswith(f"?unit={below.unit_id}")
    other = factories.membership(Role.REVIEWER, unit=factories.authority("44"))
    assert str(other.person) not in client.get(reverse("members"), {"unit": other.unit_id}).content.decode()


def test_leaving_takes_back_a_request_and_nothing_of_others(owner: Membership) -> None:
    person = factories.person()
    waiting = request_to_join(person=person, uscc=owner.unit.uscc, by=Actor(person.pk, None, ""), now=now())
    client = signed_in(person)
    client.post(reverse("leave_unit", args=[owner.pk]))
    owner.refresh_from_db()
    assert owner.active
    client.post(reverse("leave_unit", args=[waiting.pk]))
    waiting.refresh_from_db()
    assert waiting.status == MembershipStatus.ENDED


# --- switching ---------------------------------------------------------------------------------------


def test_switching_is_visible_and_only_between_own_units(owner: Membership) -> None:
    second = factories.membership(Role.REVIEWER, person=owner.person)
    stranger = factories.membership()
    client = client_for(owner)
    client.post(reverse("switch_unit"), {"membership": second.pk})
    assert client.session[SESSION_KEY] == second.pk
    page = client.get(reverse("account_home"))
    assert page.context["present"] == second
    for wrong in (stranger.pk, "x", "", 10**30):
        client.post(reverse("switch_unit"), {"membership": wrong})
        assert client.session[SESSION_KEY] == second.pk
    assert client.get(reverse("switch_unit")).status_code == 405


def test_ended_choice_falls_back_to_another_membership(owner: Membership) -> None:
    second = factories.membership(Role.REVIEWER, person=owner.person)
    client = client_for(second)
    factories.behind_the_door(Membership.objects.filter(pk=second.pk), status=MembershipStatus.ENDED)
    page = client.get(reverse("account_home"))
    assert page.context["present"] == owner
    Unit.objects.filter(pk=owner.unit_id).update(active=False)
    assert client.get(reverse("account_home")).context["present"] is None


def test_profile_is_saved(owner: Membership) -> None:
    client = client_for(owner)
    client.post(reverse("account_home"), {"name": "新名", "language": "en"})
    owner.person.refresh_from_db()
    assert (owner.person.name, owner.person.language) == ("新名", "en")
    assert client.post(reverse("account_home"), {"name": "x", "language": "xx"}).status_code == 200
    owner.person.refresh_from_db()
    assert owner.person.language == "en"


# --- invitations ---------------------------------------------------------------------------------------


@pytest.fixture
def lead() -> Membership:
    return factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))


def send_invitation(lead: Membership, email: str = "new@example.test") -> str:
    factories.authority("110108")
    response = client_for(lead).post(
        reverse("invitations"),
        {
            "form": "invite",
            "unit": factories.authority("110108").pk,
            "name": "赵示例",
            "email": email,
            "role": "reviewer",
        },
    )
    assert response.status_code == 302, response.context["form"].errors
    return reverse("accept_invitation", args=[invitation_secret(Invitation.objects.latest("pk").nonce)])


def test_invited_person_opens_an_account_from_the_link(lead: Membership) -> None:
    link = send_invitation(lead)
    deliver(now=now())
    assert link in mail.outbox[-1].body
    client = Client()
    page = client.get(link)
    assert "赵示例" in page.content.decode()
    bad = client.post(link, {"name": "赵示例", "password": "short", "again": "other"})
    assert bad.status_code == 422
    assert {"password"} <= set(bad.context["form"].errors)
    assert not Person.objects.filter(email="new@example.test").exists()
    response = client.post(link, {"name": "赵示例", "password": PASSWORD, "again": PASSWORD})
    assert response.status_code == 302
    member = Membership.objects.get(person__email="new@example.test")
    assert (member.role, member.unit.code) == (Role.REVIEWER, "110108")
    assert client.get(reverse("account_home")).context["present"] == member
    from allauth.account.models import EmailAddress

    assert EmailAddress.objects.get(user=member.person).verified
    assert Client().get(link).context["state"] == "accepted"
    assert Client().post(link, {"name": "x", "password": PASSWORD, "again": PASSWORD}).status_code == 200
    assert Person.objects.filter(email="new@example.test").count() == 1


def test_invited_person_with_account_signs_in_and_accepts(lead: Membership) -> None:
    person = factories.person("new@example.test")
    link = send_invitation(lead)
    page = Client().get(link)
    assert page.context["known"]
    assert f"next={link}" in page.content.decode()
    assert Client().post(link).status_code == 200
    other = signed_in(factories.person())
    other.post(link)
    assert not Membership.objects.filter(unit__code="110108").exists()
    assert signed_in(person).post(link).status_code == 302
    assert Membership.objects.get(unit__code="110108").person == person


def test_member_who_is_invited_again_is_told(lead: Membership) -> None:
    member = factories.membership(Role.REVIEWER, unit=factories.authority("110108"))
    link = send_invitation(lead, member.person.email)
    assert said(client_for(member).post(link))


def test_wrong_withdrawn_and_old_links_say_so(lead: Membership, freeze, beijing) -> None:
    assert Client().get(reverse("accept_invitation", args=["0" * 64])).status_code == 404
    freeze(beijing(2026, 3, 2, 10))
    link = send_invitation(lead)
    freeze(beijing(2026, 3, 16, 10))
    assert Client().get(link).context["state"] == "run_out"
    freeze(beijing(2026, 3, 3, 10))
    client_for(lead).post(reverse("invitation_withdraw", args=[Invitation.objects.get().pk]))
    assert Client().get(link).context["state"] == "withdrawn"
    page = client_for(lead).get(reverse("invitations"))
    assert page.context["rows"][0].look == "withdrawn"


def test_invitation_elsewhere_is_not_offered_and_refused(lead: Membership) -> None:
    fields = {"form": "invite", "name": "x", "email": "a@example.test", "role": "reviewer"}
    client = client_for(lead)
    for unit in (factories.authority("44"), factories.unit()):
        response = client.post(reverse("invitations"), {**fields, "unit": unit.pk})
        assert response.status_code == 422
        assert response.context["form"].errors["unit"]
    school = factories.unit(kind="school", parent=factories.authority("110108"))
    response = client.post(reverse("invitations"), {**fields, "unit": school.pk})
    assert response.context["form"].errors["role"]
    assert not Invitation.objects.exists()
    for role in (Role.REVIEWER, Role.PROVIDER_OWNER, Role.PARTNER):
        assert client_for(factories.membership(role)).get(reverse("invitations")).status_code == 403
    other = client_for(factories.membership(Role.REVIEW_LEAD, unit=factories.authority("44")))
    link = send_invitation(lead)
    assert other.post(reverse("invitation_withdraw", args=[Invitation.objects.get().pk])).status_code == 404
    assert Client().get(link).context["state"] == "open"


def test_lead_sets_up_a_school(lead: Membership) -> None:
    client = client_for(lead)
    district = factories.authority("110108")
    fields = {
        "form": "unit",
        "parent": district.pk,
        "kind": "school",
        "name": "示例小学",
        "school_code": "2111000001",
    }
    assert client.post(reverse("invitations"), {**fields, "school_code": "12"}).status_code == 422
    assert client.post(reverse("invitations"), {**fields, "uscc": "12"}).status_code == 422
    response = client.post(reverse("invitations"), fields)
    school = Unit.objects.get(name="示例小学")
    assert school.parent == district
    assert response.url.endswith(f"?unit={school.pk}")


# --- tokens ----------------------------------------------------------------------------------------------


def test_token_is_shown_once_and_revoked(owner: Membership) -> None:
    client = client_for(owner)
    page = client.post(reverse("tokens"), {"label": "ci", "scope": "provider", "days": "30"})
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert secret not in client.get(reverse("tokens")).content.decode()
    token = ApiToken.objects.get()
    assert (
        client_for(factories.membership()).post(reverse("token_revoke", args=[token.pk])).status_code == 404
    )
    client.post(reverse("token_revoke", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at
    for wrong in ({"scope": "authority"}, {"days": "400"}, {"label": ""}):
        fields = {"label": "ci", "scope": "provider", "days": "30", **wrong}
        assert client.post(reverse("tokens"), fields).status_code == 422
    assert ApiToken.objects.count() == 1


def test_account_pages_cost_few_queries(owner: Membership, django_assert_max_num_queries) -> None:
    for _number in range(20):
        factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    client = client_for(owner)
    client.get(reverse("members"))
    with django_assert_max_num_queries(12):
        client.get(reverse("members"))


@pytest.mark.parametrize("name", ["account_home", "register_unit", "join_unit", "members", "tokens", "inbox"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_render_in_both_languages(owner: Membership, name: str, language: str) -> None:
    client = client_for(owner)
    client.cookies["django_language"] = language
    response = client.get(reverse(name))
    assert response.status_code == 200
    body = response.content.decode()
    assert "style=" not in body
    assert "onclick" not in body
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in body
    assert actor_for_membership(owner).unit_name in body
