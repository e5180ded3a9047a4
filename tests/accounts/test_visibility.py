"""Who sees what: random trees and memberships against a naive oracle; and the plain cases by name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import actor_for_membership
from accounts.enums import AUTHORITY_ROLES, Level, MembershipStatus, Role, UnitKind
from accounts.models import ApiToken, Invitation, Membership, Person, Unit
from accounts.scope import scope_of
from ledger.acts import Actor
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

PROVINCES = ["11", "44", "51"]
LEVELS = [Level.MINISTRY, Level.PROVINCE, Level.CITY, Level.DISTRICT]


@dataclass
class Drawn:
    """A unit as drawn: its parent's index (None: outside the tree), kind, level and province."""

    parent: int | None
    kind: str
    level: str
    province: str


@st.composite
def worlds(draw: st.DrawFn) -> list[Drawn]:
    """A ministry, some provinces, and anything below and beside them."""
    rows = [Drawn(None, UnitKind.AUTHORITY, Level.MINISTRY, "")]
    for _number in range(draw(st.integers(1, 14))):
        choice = draw(st.integers(0, 9))
        if choice < 6:
            parent = draw(st.integers(0, len(rows) - 1))
            above = rows[parent]
            if above.parent is None and above.level == Level.NONE:
                above_is_outside = True
            else:
                above_is_outside = False
            if above.kind == UnitKind.AUTHORITY and above.level != Level.DISTRICT and draw(st.booleans()):
                level = LEVELS[LEVELS.index(above.level) + 1]
                province = draw(st.sampled_from(PROVINCES)) if level == Level.PROVINCE else above.province
                rows.append(Drawn(parent, UnitKind.AUTHORITY, level, province))
            elif not above_is_outside:
                kind = draw(st.sampled_from([UnitKind.SCHOOL, UnitKind.AFFILIATED]))
                rows.append(Drawn(parent, kind, Level.NONE, above.province))
        else:
            kind = draw(
                st.sampled_from([UnitKind.ENTERPRISE, UnitKind.SOCIAL, UnitKind.SCHOOL, UnitKind.PARTNER])
            )
            rows.append(Drawn(None, kind, Level.NONE, draw(st.sampled_from(PROVINCES))))
    return rows


def build(world: list[Drawn]) -> list[Unit]:
    units: list[Unit] = []
    for index, drawn in enumerate(world):
        unit = Unit(
            kind=drawn.kind,
            level=drawn.level,
            code=f"u{index}" if drawn.kind == UnitKind.AUTHORITY else "",
            name=f"单位{index}",
            province_code=drawn.province,
        )
        units.append(factories._save(unit, units[drawn.parent] if drawn.parent is not None else None))
    return units


def oracle(world: list[Drawn], heads: dict[int, int], own: int, role: str) -> set[int]:
    """The same said slowly: climb from every unit and look whether one's own is on the way."""
    if role == Role.SYSADMIN:
        return set(range(len(world)))
    if role in AUTHORITY_ROLES and world[own].level == Level.MINISTRY:
        return set(range(len(world)))
    seen = set()
    for index, drawn in enumerate(world):
        climb: int | None = index
        while climb is not None:
            if climb == own:
                seen.add(index)
            climb = world[climb].parent
        if heads.get(index) == own:
            seen.add(index)
        files_there = (
            role in AUTHORITY_ROLES
            and world[own].level == Level.PROVINCE
            and drawn.parent is None
            and drawn.kind != UnitKind.AUTHORITY
            and drawn.province == world[own].province
        )
        if files_there:
            seen.add(index)
    return seen


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    world=worlds(),
    own=st.integers(0, 100),
    role=st.sampled_from(list(Role)),
    head=st.tuples(st.integers(0, 100), st.integers(0, 100)),
    with_place=st.booleans(),
)
def test_units_visible_agree_with_oracle(
    db: None, world: list[Drawn], own: int, role: str, head: tuple[int, int], with_place: bool
) -> None:
    from django.db import transaction

    with transaction.atomic():
        units = build(world)
        own %= len(units)
        branch, office = head[0] % len(units), head[1] % len(units)
        heads = {}
        if branch != office:
            Unit.objects.filter(pk=units[branch].pk).update(head_office=units[office])
            heads[branch] = office
        member = factories.membership(role=role, unit=units[own])
        actor = actor_for_membership(member)
        if not with_place:
            actor = Actor(person_id=actor.person_id, unit_id=actor.unit_id, role=actor.role)
        index_of = {unit.pk: index for index, unit in enumerate(units)}
        rows = Unit.objects.filter(pk__in=index_of).visible_to(actor).values_list("pk", flat=True)
        found = [index_of[pk] for pk in rows]
        assert sorted(found) == sorted(oracle(world, heads, own, role)), (world, own, role)
        transaction.set_rollback(True)


# --- by name ---------------------------------------------------------------------------------------


def test_nobody_sees_nothing() -> None:
    factories.membership()
    for model in (Unit, Membership, Invitation, ApiToken, Person):
        assert not model.objects.visible_to(None).exists()
        assert model.objects.visible_to(Actor.system()).count() == model.objects.count()


def test_scope_costs_no_query_where_the_actor_carries_its_place(django_assert_num_queries) -> None:
    actor = factories.actor(Role.REVIEWER)
    with django_assert_num_queries(0):
        assert scope_of(actor).whole_province == "11"
    bare = Actor(person_id=actor.person_id, unit_id=actor.unit_id, role=actor.role)
    with django_assert_num_queries(1):
        assert scope_of(bare) == scope_of(actor)


def test_actor_of_closed_or_unknown_unit_sees_nothing() -> None:
    unit = factories.unit()
    Unit.objects.filter(pk=unit.pk).update(active=False)
    person = factories.person()
    assert not Unit.objects.visible_to(Actor(person.pk, unit.pk, Role.PROVIDER_OWNER)).exists()
    assert list(Person.objects.visible_to(Actor(person.pk, unit.pk, Role.PROVIDER_OWNER))) == [person]


def test_province_prefix_of_ids_is_no_kinship() -> None:
    """Unit 1 is not above unit 12 because "1" starts "12"."""
    units = [factories.unit() for _number in range(12)]
    for unit in units:
        assert list(Unit.objects.visible_to(factories.actor(unit=unit))) == [unit]


def test_members_of_another_unit_stay_unseen() -> None:
    owner, other = factories.membership(), factories.membership()
    mine = actor_for_membership(owner)
    assert list(Membership.objects.visible_to(mine)) == [owner]
    assert list(Person.objects.visible_to(mine)) == [owner.person]
    assert other.person not in Person.objects.visible_to(mine)


def test_provincial_lead_sees_people_below_but_not_providers_people() -> None:
    lead = factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))
    below = factories.membership(Role.REVIEWER, unit=factories.authority("110108"))
    provider = factories.membership()
    other = factories.membership(Role.REVIEWER, unit=factories.authority("44"))
    seen = set(Membership.objects.visible_to(actor_for_membership(lead)))
    assert seen == {lead, below}
    assert provider.unit in Unit.objects.visible_to(actor_for_membership(lead))
    assert other.unit not in Unit.objects.visible_to(actor_for_membership(lead))
    reviewer = actor_for_membership(below)
    assert set(Membership.objects.visible_to(reviewer)) == {below}


def test_ministry_sees_all_units_and_the_people_of_authorities_only() -> None:
    ministry = factories.membership(Role.MINISTRY_REVIEWER)
    reviewer = factories.membership(Role.REVIEWER)
    provider = factories.membership()
    actor = actor_for_membership(ministry)
    assert Unit.objects.visible_to(actor).count() == Unit.objects.count()
    assert set(Membership.objects.visible_to(actor)) == {ministry, reviewer}
    admin = factories.actor(Role.SYSADMIN)
    assert provider in Membership.objects.visible_to(admin)


def test_tokens_and_invitations_are_seen_by_whom_they_concern() -> None:
    from accounts.domain import invite, issue_token

    owner = factories.membership()
    issue_token(membership=owner, label="x", scope="read", days=1, by=actor_for_membership(owner), now=NOW)
    colleague = factories.membership(unit=owner.unit)
    assert ApiToken.objects.visible_to(actor_for_membership(owner)).count() == 1
    assert ApiToken.objects.visible_to(actor_for_membership(colleague)).count() == 0
    assert ApiToken.objects.visible_to(factories.actor(Role.SYSADMIN)).count() == 1
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("11"))
    invite(unit=factories.authority("110108"), email="a@example.test", role=Role.REVIEWER, by=lead, now=NOW)
    assert Invitation.objects.visible_to(lead).count() == 1
    for role, place in ((Role.REVIEWER, "11"), (Role.REVIEW_LEAD, "44"), (Role.REVIEW_LEAD, "110105")):
        assert not Invitation.objects.visible_to(factories.actor(role, factories.authority(place))).exists()
    assert Invitation.objects.visible_to(factories.actor(Role.SYSADMIN)).count() == 1


def test_superuser_without_unit_sees_all() -> None:
    factories.membership()
    actor = Actor(person_id=factories.person().pk, unit_id=None, role=Role.SYSADMIN)
    assert Unit.objects.visible_to(actor).count() == Unit.objects.count()
    assert Membership.objects.exclude(status=MembershipStatus.ENDED).visible_to(actor).exists()
