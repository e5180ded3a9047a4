"""Random trees, places and people: nobody acts or looks outside his subtree, and one authority confirms."""

from __future__ import annotations

import random

import pytest
from django.db import transaction

from accounts.domain import close_authority, move_unit, reopen_authority
from accounts.enums import Level, Role, UnitKind
from accounts.models import Unit
from accounts.queries import ministry
from ledger.acts import ActError, Actor
from review.domain import claim
from review.models import UseAssignment
from rulebook.models import Clock
from tests import factories
from tests import factories_uses as make
from tests.users.verbs import AUTHORITY, TABLE, VERBS
from users import queries
from users.models import UseMaterial, UserFiling, UserFilingVersion

pytestmark = [pytest.mark.django_db, pytest.mark.breadth]

LEVELS = (Level.PROVINCE, Level.CITY, Level.DISTRICT)
BELOW = (UnitKind.SCHOOL, UnitKind.AFFILIATED, UnitKind.UNIVERSITY)
SEEDS = range(6)


@pytest.fixture(autouse=True)
def _rules():
    make.rules()


def grow(chance: random.Random) -> list[Unit]:
    """A random tree: authorities of three levels (some left out), and units under anything but themselves."""
    units = [factories.authority("moe")]
    for number in range(chance.randint(4, 8)):
        above = chance.choice([u for u in units if u.kind == UnitKind.AUTHORITY])
        deeper = [level for level in LEVELS if above.level == Level.MINISTRY or LEVELS.index(level) > LEVELS.index(
            above.level)] if above.level != Level.DISTRICT else []  # fmt: skip
        if deeper:
            row = Unit(
                kind=UnitKind.AUTHORITY, level=chance.choice(deeper), code=f"t{chance.random()}"[:12], active=True,
                name=f"测试机关{number}", province_code=above.province_code or chance.choice(["11", "44", "51"]),
            )  # fmt: skip
            units.append(factories._save(row, above))
    for _ in range(chance.randint(6, 10)):
        above = chance.choice(units)
        units.append(factories.unit(kind=chance.choice(BELOW), province="11", parent=above))
    return units


def ancestors(unit: Unit) -> list[Unit]:
    """Everything above a unit, the nearest first: walked by parents, not by paths."""
    found = []
    while unit.parent_id is not None:
        unit = Unit.objects.get(pk=unit.parent_id)
        found.append(unit)
    return found


def oracle(unit: Unit) -> Unit:
    """The confirming authority by the words of the law alone."""
    if unit.level == Level.MINISTRY:
        return unit
    return next(one for one in ancestors(unit) if one.kind == UnitKind.AUTHORITY and one.active)


@pytest.mark.requirement("R5", "R18", "R100")
@pytest.mark.parametrize("seed", SEEDS)
def test_exactly_one_authority_confirms_and_it_stands_above(seed):
    for unit in grow(random.Random(seed)):
        found = queries.confirming_authority(unit)
        assert found == oracle(unit)
        assert found.kind == UnitKind.AUTHORITY
        assert unit.path.startswith(found.path)
        codes = queries.policy_codes(found)
        assert codes[0] == "moe" and codes[-1] == found.code and len(set(codes)) == len(codes)


@pytest.mark.requirement("R18", "R22")
def test_units_outside_the_tree_have_an_authority_too():
    moe = factories.authority("moe")
    assert queries.confirming_authority(factories.unit(kind=UnitKind.UNIVERSITY)) == moe
    assert queries.confirming_authority(factories.unit(kind=UnitKind.SCHOOL, province="44")).code == "44"
    lost = factories.unit(kind=UnitKind.AFFILIATED, province="")
    assert queries.confirming_authority(lost) == ministry()
    for code in ("11-yanshan", "11-etown", "110108"):
        body = factories.authority(code)
        assert queries.confirming_authority(make.school(body)) == body
        assert queries.confirming_authority(body).code == "11"
    closed = factories.authority("110105")
    Unit.objects.filter(pk=closed.pk).update(active=False)
    assert queries.confirming_authority(make.school(closed)).code == "11"


def random_people(chance: random.Random, units: list[Unit]) -> list[Actor]:
    found = []
    for unit in chance.sample(units, min(len(units), 7)):
        if unit.level == Level.MINISTRY:
            role = Role.MINISTRY_REVIEWER
        elif unit.kind == UnitKind.AUTHORITY:
            role = chance.choice([Role.REVIEWER, Role.REVIEW_LEAD, Role.INSTITUTION_LEAD])
        else:
            role = chance.choice([Role.INSTITUTION_LEAD, Role.INSTITUTION_STAFF])
        found.append(factories.actor(role, unit))
    return [*found, factories.actor(Role.PROVIDER_OWNER), factories.actor(Role.PARTNER)]


def may_see(actor: Actor, filing: UserFiling) -> bool:
    """Who sees a filing, by walking the tree."""
    own = actor.unit_id == filing.unit_id and (
        actor.role in (Role.INSTITUTION_LEAD, Role.INSTITUTION_STAFF, Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER)
    )
    if own:
        return True
    if filing.submitted_at is not None and leads_it(actor, filing):
        return True
    if filing.submitted_at is None or actor.role not in (Role.REVIEWER, Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER):
        return False
    return actor.unit_id in {filing.unit_id, *(one.pk for one in ancestors(filing.unit))}


def leads_it(actor: Actor, filing: UserFiling) -> bool:
    """Whether the actor leads a unit (no authority) above the filing's."""
    above = {one.pk for one in ancestors(filing.unit)}
    return actor.role == Role.INSTITUTION_LEAD and actor.unit_kind != UnitKind.AUTHORITY and actor.unit_id in above


@pytest.mark.requirement("R5", "R16", "R100")
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_nobody_sees_or_acts_outside_his_subtree(seed):
    chance = random.Random(seed)
    units = grow(chance)
    states = ["draft", "unit_review", "submitted", "returned", "confirmed", "withdrawn"]
    uses = []
    for unit in chance.sample(units, 5):
        state = chance.choice([s for s in states if s != "unit_review" or unit.kind == UnitKind.SCHOOL])
        if unit.kind == UnitKind.AUTHORITY:
            state = chance.choice(["draft", "submitted", "confirmed"])
        uses.append(make.fresh(make.use_in_state(state, unit)))
    people = random_people(chance, units)
    for actor in people:
        expected = {filing.pk for filing in uses if may_see(actor, filing)}
        assert set(UserFiling.objects.visible_to(actor).values_list("pk", flat=True)) == expected, actor
        for version in UserFilingVersion.objects.visible_to(actor):
            assert version.filing_id in expected
        for material in UseMaterial.objects.visible_to(actor):
            assert material.unit_id == actor.unit_id or material.uses.filter(filing_id__in=expected).exists()
        for filing in uses:
            done = try_all(filing, actor)
            decided = done & set(TABLE["submitted"]) & {v for v, who in TABLE["submitted"].items() if who == AUTHORITY}
            assert not decided or actor.unit_id == filing.authority_id
            assert not done or filing.pk in expected, (actor, filing, done)
            if actor.unit_id not in (filing.unit_id, filing.authority_id):
                assert done == set(), (actor, filing)


def try_all(filing: UserFiling, actor: Actor) -> set[str]:
    """The verbs that this actor can do on the filing now, each undone."""
    done = set()
    for name, verb in VERBS.items():
        try:
            with transaction.atomic():
                verb(make.fresh(filing), actor, make.NOW)
                done.add(name)
                raise ActError
        except ActError:
            pass
    return done


@pytest.mark.requirement("R100")
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_filings_follow_a_unit_that_moves(seed):
    """After any move each live filing lies with the authority that stands above its unit now."""
    chance = random.Random(seed)
    units = grow(chance)
    admin = factories.actor(Role.SYSADMIN, factories.authority("moe"))
    uses = [make.use_in_state(chance.choice(["draft", "submitted", "confirmed"]), unit)
            for unit in chance.sample([u for u in units if u.level != Level.MINISTRY], 4)]  # fmt: skip
    for _ in range(4):
        unit, parent = chance.choice(units[1:]), chance.choice(units)
        try:
            move_unit(unit=Unit.objects.get(pk=unit.pk), parent=Unit.objects.get(pk=parent.pk), by=admin, now=make.NOW)
        except ActError:
            continue
    for filing in uses:
        row = make.fresh(filing)
        assert row.authority == oracle(row.unit)
        if row.state == "submitted":
            by = make.as_confirmer(row.authority)
            assert UserFiling.objects.visible_to(by).filter(pk=row.pk).exists()


@pytest.mark.requirement("R5", "R100")
@pytest.mark.parametrize("seed", SEEDS[:4])
def test_filings_go_on_with_one_authority_whichever_are_closed(seed):
    """After any closing, opening and moving: one open authority above the unit has each live filing and its clock,
    and nobody else works on it."""
    chance = random.Random(seed)
    units = grow(chance)
    admin = factories.actor(Role.SYSADMIN, factories.authority("moe"))
    below = [unit for unit in units if unit.level != Level.MINISTRY]
    uses = [make.use_in_state(chance.choice(["draft", "submitted", "confirmed", "returned"]), unit)
            for unit in chance.sample(below, min(5, len(below)))]  # fmt: skip
    for filing in uses:
        row = make.fresh(filing)
        if row.state == "submitted":
            claim(filing=row, by=make.as_confirmer(row.authority), now=make.NOW)
    due = {filing.pk: make.fresh(filing).due_at for filing in uses}
    ours = [unit for unit in units if unit.level in (Level.CITY, Level.DISTRICT)]
    for _ in range(8):
        act = chance.choice([close_authority, close_authority, reopen_authority, move_unit])
        more = {"parent": Unit.objects.get(pk=chance.choice(units).pk)} if act is move_unit else {}
        one = chance.choice(ours or below)
        try:
            act(unit=Unit.objects.get(pk=one.pk), by=admin, now=make.NOW, **more)
        except ActError:
            continue
        for filing in uses:
            row = make.fresh(filing)
            assert row.authority == oracle(row.unit)
            assert row.due_at == due[row.pk]
            clock = Clock.objects.about(row).running().first()
            assert (clock is not None) == (row.state == "submitted")
            assert clock is None or clock.authority_code == row.authority.code
            assert not UseAssignment.objects.filter(filing=row).exclude(unit=row.authority).exists()
