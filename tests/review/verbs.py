"""All verbs on a filing and all kinds of people, for the matrix and the random sequences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from accounts.enums import Role, UnitKind
from ledger.acts import Actor
from providers import domain as provider_verbs
from providers.models import Filing
from review import domain as review_verbs
from review.models import Check
from tests import factories
from tests import factories_filings as make

Verb = Callable[[Filing, Actor, datetime], Any]


def failed_check(filing: Filing) -> None:
    """An automatic check that failed, for somebody to override."""
    Check.objects.update_or_create(
        filing=filing, version=max(filing.version, 1), code="uscc",
        defaults={"result": "fail", "checked_at": make.NOW},
    )  # fmt: skip


def _override(filing: Filing, by: Actor, now: datetime) -> Any:
    return review_verbs.override_check(filing=filing, code="uscc", reason="旧码", by=by, now=now)


def _assign(filing: Filing, by: Actor, now: datetime) -> Any:
    """To oneself where one could review, else to a reviewer of the authority."""
    from accounts.models import Membership, Person

    here = Membership.objects.filter(unit_id=by.unit_id, role__in=["reviewer", "review_lead", "ministry_reviewer"])
    found = here.first() or Membership.objects.filter(unit_id=filing.authority_id, role="reviewer").first()
    person = found.person if found else Person.objects.first()
    return review_verbs.assign(filing=filing, person=person, by=by, now=now)


VERBS: dict[str, Verb] = {
    "submit": lambda f, by, now: provider_verbs.submit(filing=f, by=by, now=now),
    "withdraw": lambda f, by, now: provider_verbs.withdraw(filing=f, by=by, now=now),
    "save_part": lambda f, by, now: provider_verbs.save_part(
        filing=f, part="app", values={"version": "1.0.1"}, by=by, now=now
    ),
    "lapse": lambda f, by, now: provider_verbs.lapse(filing=f, by=by, now=now + timedelta(days=60)),
    "claim": lambda f, by, now: review_verbs.claim(filing=f, by=by, now=now),
    "assign": _assign,
    "release": lambda f, by, now: review_verbs.release(filing=f, by=by, now=now),
    "give_verdict": lambda f, by, now: review_verbs.give_verdict(
        filing=f, field_key="app.version", ok=True, by=by, now=now
    ),
    "clear_verdict": lambda f, by, now: review_verbs.clear_verdict(filing=f, field_key="app.version", by=by),
    "answer_checklist": lambda f, by, now: review_verbs.answer_checklist(
        filing=f, key="in_scope", ok=True, by=by, now=now
    ),
    "override_check": _override,
    "propose": lambda f, by, now: review_verbs.propose(filing=f, by=by, now=now),
    "return_for_correction": lambda f, by, now: review_verbs.return_for_correction(
        filing=f, by=by, now=now, comment="请补正"
    ),
    "approve": lambda f, by, now: review_verbs.approve(filing=f, by=by, now=now),
    "decline": lambda f, by, now: review_verbs.decline(
        filing=f, by=by, now=now, comment="不属于备案范围", article="me-2"
    ),
}


def people(filing: Filing) -> dict[str, Actor]:
    """Everybody who could come along, by name of the part played."""
    unit, home, other = filing.unit, filing.authority, factories.authority("44")
    school = factories.unit(kind=UnitKind.SCHOOL, parent=factories.authority("110108"), school_code="")
    return {
        "owner": make.actor_in(unit, Role.PROVIDER_OWNER),
        "staff": make.actor_in(unit, Role.PROVIDER_STAFF),
        "owner of another unit": factories.actor(Role.PROVIDER_OWNER, factories.unit()),
        "reviewer": make.actor_in(home, Role.REVIEWER),
        "lead": make.actor_in(home, Role.REVIEW_LEAD),
        "reviewer of another province": factories.actor(Role.REVIEWER, other),
        "lead of another province": factories.actor(Role.REVIEW_LEAD, other),
        "reviewer of a district": factories.actor(Role.REVIEWER, factories.authority("110108")),
        "ministry": make.ministry_reviewer(),
        "institution lead": factories.actor(Role.INSTITUTION_LEAD, school),
        "institution staff": factories.actor(Role.INSTITUTION_STAFF, school),
        "partner": factories.actor(Role.PARTNER),
        "administrator": factories.actor(Role.SYSADMIN, factories.authority("moe")),
        "nobody": Actor(person_id=factories.person().pk, unit_id=None, role=""),
        "system": Actor.system(),
    }


PROVIDER = {"owner", "staff"}
HOME = {"reviewer", "lead"}


def allowed(state: str, verb: str) -> set[str]:
    """Who may do this in this state, from the design's table of states alone."""
    holders = {"submitted": HOME, "ministry_review": {"ministry"}}.get(state, set())
    if verb == "submit" or verb == "save_part":
        return PROVIDER if state in ("draft", "returned") else set()
    if verb == "withdraw":
        return PROVIDER if state in ("draft", "submitted", "returned") else set()
    if verb == "lapse":
        return {"system"} if state == "returned" else set()
    if verb in ("claim", "release"):
        return HOME if state == "returned" else holders
    if verb == "assign":
        return {"lead"} if state in ("submitted", "returned") else holders
    return holders
