"""People and units of the demonstration, through the verbs of accounts wherever there is one."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts import domain as accounts
from accounts.actors import actor_for_membership
from accounts.enums import Role, UnitKind
from accounts.models import Membership, Person, Unit
from accounts.queries import authority_for_province, ministry
from filing_portal.demo.accounts import ACCOUNTS, PASSWORD
from filing_portal.demo.names import PLACES, MadeUpCompany
from filing_portal.demo.world import World
from ledger.acts import Actor
from providers.checks import uscc

#: key → (name, kind, province, credit code or serial of a made-up one, owner's account)
PROVIDERS: dict[str, tuple[str, str, str, str, str]] = {
    "yujia": ("北京榆荚星图教育科技有限公司", UnitKind.ENTERPRISE, "11", "91110108MA01TE5T3U", "provider@demo.test"),
    "yanchi": ("北京砚池文教科技有限公司", UnitKind.ENTERPRISE, "11", "9001", "provider2@demo.test"),
    "mumian": ("广州木棉信航教育科技有限公司", UnitKind.ENTERPRISE, "44", "9002", "provider.gd@demo.test"),
    "suishi": ("北京燧石学科辅导中心", UnitKind.SOCIAL, "11", "52110000MJ01A23XXA", ""),
    "zhujian": ("北京竹简文通教育科技有限公司", UnitKind.ENTERPRISE, "11", "9003", ""),
    "suanchou": ("北京算筹启明信息技术有限公司", UnitKind.ENTERPRISE, "11", "9004", ""),
    "rigui": ("北京日晷校园服务有限公司", UnitKind.ENTERPRISE, "11", "9005", ""),
    "hanqing": ("北京汗青数字文化有限公司", UnitKind.ENTERPRISE, "11", "9006", ""),
    "lulu": ("北京辘轳语言科技有限公司", UnitKind.ENTERPRISE, "11", "9007", ""),
    "huozi": ("北京活字坊教育咨询有限公司", UnitKind.ENTERPRISE, "11", "9008", ""),
    "hunyi": ("北京浑仪科普文化有限公司", UnitKind.ENTERPRISE, "11", "9009", ""),
    "sinan": ("北京司南地理信息有限公司", UnitKind.ENTERPRISE, "11", "9010", ""),
    "yanshu": ("北京雁书互联科技有限公司", UnitKind.ENTERPRISE, "11", "9011", ""),
    "jiaoye": ("成都蕉叶云课信息技术有限公司", UnitKind.ENTERPRISE, "51", "9012", ""),
    "zhuque": ("成都竹雀智学网络科技有限公司", UnitKind.ENTERPRISE, "51", "9013", ""),
    "lizhi": ("深圳荔枝湾教育科技有限公司", UnitKind.ENTERPRISE, "44", "9014", ""),
}
#: account → (authority's key, role)
OFFICIALS: dict[str, tuple[str, str]] = {
    "reviewer.bj@demo.test": ("11", Role.REVIEWER),
    "reviewer2.bj@demo.test": ("11", Role.REVIEWER),
    "lead.bj@demo.test": ("11", Role.REVIEW_LEAD),
    "reviewer.gd@demo.test": ("44", Role.REVIEWER),
    "reviewer.sc@demo.test": ("51", Role.REVIEWER),
    "ministry@demo.test": ("moe", Role.MINISTRY_REVIEWER),
    "admin@demo.test": ("moe", Role.SYSADMIN),
}


def make_people() -> dict[str, Person]:
    """The accounts of the sign-in page, each with a confirmed address."""
    hashed = make_password(PASSWORD)  # one hash for all: hashing is slow on purpose
    people = {}
    for row in ACCOUNTS:
        admin = row.email == "admin@demo.test"
        people[row.email] = Person.objects.create(
            email=row.email, name=row.name, password=hashed, is_demo=True, is_staff=admin, is_superuser=admin,
            language=row.language,
        )  # fmt: skip
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=person, email=email, verified=True, primary=True) for email, person in people.items()]
    )
    return people


def settle(world: World, people: dict[str, Person]) -> None:
    """Units and memberships; fills ``world.units`` and ``world.actors`` (by account and by unit)."""
    system, then = Actor.system(), world.moment(-250, 9)
    for email, (code, role) in OFFICIALS.items():
        unit = ministry() if code == "moe" else authority_for_province(code)
        world.units[code] = unit
        world.actors[email] = invited(people[email], unit, role, system, then)
    for key, (name, kind, province, code, owner) in PROVIDERS.items():
        full = code if len(code) == 18 else uscc.make("91" + PLACES[province][2], int(code))
        if owner:
            by = Actor(person_id=people[owner].pk, unit_id=None, role="")
            membership = accounts.register_provider_unit(
                person=people[owner], name=name, kind=kind, uscc=full, province=province, by=by, now=then
            )
            world.units[key] = membership.unit
            world.actors[owner] = world.actors[f"unit:{membership.unit_id}"] = _actor(membership)
        else:
            world.units[key] = accounts.create_unit(
                parent=None, kind=kind, name=name, uscc=full, province_code=province, by=system, now=then
            )


def company(made: MadeUpCompany, now: datetime) -> Unit:
    """A company of the registry's list."""
    code = uscc.make("91" + PLACES[made.province][2], made.serial)
    return accounts.create_unit(
        parent=None, kind=UnitKind.ENTERPRISE, name=made.name, uscc=code, province_code=made.province,
        by=Actor.system(), now=now,
    )  # fmt: skip


def invited(person: Person, unit: Unit, role: str, by: Actor, now: datetime) -> Actor:
    """An account from above: invited, then accepted an hour later."""
    invitation, secret = accounts.invite(unit=unit, email=person.email, role=role, by=by, now=now, name=person.name)
    himself = Actor(person_id=person.pk, unit_id=None, role="")
    membership = accounts.accept_invitation(
        invitation=invitation, secret=secret, person=person, by=himself, now=now + timedelta(hours=1)
    )
    return _actor(membership)


def _actor(membership: Membership) -> Actor:
    return actor_for_membership(Membership.objects.select_related("unit", "person").get(pk=membership.pk))
