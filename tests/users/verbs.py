"""All verbs on a use and all kinds of people, for the matrix and the random sequences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.enums import Role
from ledger.acts import Actor
from tests import factories
from tests import factories_uses as make
from users import domain
from users.enums import Cause
from users.models import UserFiling

Verb = Callable[[UserFiling, Actor, datetime], Any]

VERBS: dict[str, Verb] = {
    "save_part": lambda f, by, now: domain.save_part(
        filing=f, part="use", values={"scope": "三年级"}, by=by, now=now
    ),
    "submit": lambda f, by, now: domain.submit(filing=f, by=by, now=now),
    "report_change": lambda f, by, now: domain.report_change(filing=f, by=by, now=now),
    "unit_approve": lambda f, by, now: domain.unit_approve(filing=f, by=by, now=now),
    "unit_send_back": lambda f, by, now: domain.unit_send_back(filing=f, by=by, now=now, comment="请补充"),
    "confirm": lambda f, by, now: domain.confirm(filing=f, by=by, now=now),
    "return_for_correction": lambda f, by, now: domain.return_for_correction(
        filing=f, by=by, now=now, comment="请补正"
    ),
    "withdraw": lambda f, by, now: domain.withdraw(
        filing=f, by=by, now=now, reason="不再需要", notice_text="停用通知"
    ),
    "advise_withdrawal": lambda f, by, now: domain.propose_withdrawal(
        filing=f, cause=Cause.AUTHORITY, text="不宜继续使用", by=by, now=now
    ),
    "propose_withdrawal": lambda f, by, now: domain.propose_withdrawal(
        filing=f, cause=Cause.REVOKED, by=by, now=now
    ),
    "suspend": lambda f, by, now: domain.suspend(filing=f, cause=Cause.OFFLINE, by=by, now=now),
    "resume": lambda f, by, now: domain.resume(filing=f, by=by, now=now),
    "clear_proposal": lambda f, by, now: domain.clear_proposal(filing=f, by=by, now=now),
    "reroute": lambda f, by, now: domain.reroute(filing=f, by=by, now=now),
}
UNIT, AUTHORITY, PORTAL = {"lead", "staff"}, {"reviewer", "head of review"}, {"system"}
NOBODY: set[str] = set()

#: state → verb → who, from the design's table of states alone; what is not named nobody may
TABLE: dict[str, dict[str, set[str]]] = {
    "draft": {"save_part": UNIT, "submit": UNIT, "withdraw": UNIT, "propose_withdrawal": PORTAL},
    # the lead has handed it in: the second person alone reviews
    "unit_review": {"unit_approve": {"staff"}, "unit_send_back": {"staff"}, "withdraw": UNIT, "suspend": PORTAL},
    "submitted": {
        "confirm": AUTHORITY, "return_for_correction": AUTHORITY, "withdraw": UNIT, "suspend": PORTAL,
    },
    "returned": {"save_part": UNIT, "submit": UNIT, "withdraw": UNIT, "suspend": PORTAL},
    "confirmed": {
        "save_part": UNIT, "report_change": UNIT, "withdraw": UNIT, "advise_withdrawal": AUTHORITY,
        "suspend": PORTAL,
    },
    "suspended": {"withdraw": UNIT, "resume": PORTAL, "propose_withdrawal": PORTAL},
    "withdrawn": {},
}  # fmt: skip


def people(filing: UserFiling) -> dict[str, Actor]:
    """Everybody who could come along, by name of the part played."""
    unit, home = filing.unit, filing.authority
    insider = factories.person()
    factories.membership(Role.INSTITUTION_STAFF, unit, insider)
    return {
        "lead": make.actor_in(unit, Role.INSTITUTION_LEAD),
        "staff": make.actor_in(unit, Role.INSTITUTION_STAFF),
        "lead of another school": make.lead(make.school()),
        "lead of a school elsewhere": make.lead(make.school(factories.authority("440106"))),
        "reviewer": make.actor_in(home, Role.REVIEWER),
        "head of review": make.actor_in(home, Role.REVIEW_LEAD),
        "reviewer who works for the school": factories.actor(Role.REVIEWER, home, insider),
        "reviewer of another district": factories.actor(Role.REVIEWER, factories.authority("110105")),
        "reviewer of the province": factories.actor(Role.REVIEWER, factories.authority("11")),
        "head of review of another province": factories.actor(Role.REVIEW_LEAD, factories.authority("44")),
        "ministry": make.actor_in(factories.authority("moe"), Role.MINISTRY_REVIEWER),
        "institution staff of the district": factories.actor(Role.INSTITUTION_STAFF, home),
        "provider": factories.actor(Role.PROVIDER_OWNER),
        "partner": factories.actor(Role.PARTNER),
        "administrator": factories.actor(Role.SYSADMIN, factories.authority("moe")),
        "nobody": Actor(person_id=factories.person().pk, unit_id=None, role=""),
        "system": Actor.system(),
    }
