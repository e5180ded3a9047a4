"""Reading uses: who confirms, by which policy, which document a reader sees, what stands against a selection."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.enums import INSTITUTION_ROLES, Level, UnitKind
from accounts.models import Membership, Unit
from accounts.queries import NoAuthority, authority_for_province, ministry
from ledger.acts import Actor, Reason, Reasons
from providers.checks.text import fill
from registry.enums import Function
from registry.models import Entry
from rulebook import policies
from rulebook.policies import Policy
from rulebook.time import local_date
from users import schema
from users.enums import AUTHORITY_STATES, UseState
from users.models import ListEdition, SelectionSystem, UnitStanding, UserFiling, UserFilingVersion, UseSweep
from users.models.scope import sight_of

Document = dict[str, dict[str, Any]]

#: stages of primary and secondary schools, whose learning apps need two reviews (Opinions, item 10)
SCHOOL_STAGES = frozenset({"primary", "junior", "senior"})


def path_ids(unit: Unit) -> list[int]:
    """Ids from the root of the tree to the unit itself."""
    return [int(one) for one in unit.path.split("/") if one] or [unit.pk]


def confirming_authority(unit: Unit) -> Unit:
    """The one authority that confirms the unit's filings of use (Measures Art. 19).

    The nearest authority above it in the tree; for an authority that is its superior. What stands directly
    under the ministry (its affiliated units and universities) files with the ministry, and so does the
    ministry itself (Art. 5), by a second person. A unit outside the tree: universities with the ministry,
    others with the authority of their province.
    """
    if unit.kind == UnitKind.AUTHORITY and unit.level == Level.MINISTRY:
        return unit
    above = path_ids(unit)[:-1]
    found = {row.pk: row for row in Unit.objects.filter(pk__in=above, kind=UnitKind.AUTHORITY, active=True)}
    nearest = next((found[pk] for pk in reversed(above) if pk in found), None)
    if nearest is not None:
        return nearest
    if unit.kind not in (UnitKind.UNIVERSITY, UnitKind.AUTHORITY) and unit.province_code:
        try:
            return authority_for_province(unit.province_code)
        except NoAuthority:
            pass
    return ministry()


#: (database, id of an authority) → its key, which it keeps for good
_CODES: dict[tuple[str, int], str] = {}


def policy_codes(authority: Unit) -> list[str]:
    """Keys of the authorities whose policies apply to what this authority confirms, the ministry's first."""
    place, ids = connection.settings_dict["NAME"], path_ids(authority)
    unknown = [pk for pk in ids if (place, pk) not in _CODES]
    if unknown:
        rows = Unit.objects.filter(pk__in=unknown, kind=UnitKind.AUTHORITY).exclude(code="")
        _CODES.update(((place, pk), code) for pk, code in rows.values_list("pk", "code"))
    codes = [_CODES[place, pk] for pk in ids if (place, pk) in _CODES]
    return codes if codes[:1] == ["moe"] else ["moe", *codes]


def policy_day(filing: UserFiling, now: datetime) -> date:
    """A round (a first filing, or a change) is judged by the policy of the day on which it was handed in."""
    if filing.judged_on is not None and filing.state not in (UseState.DRAFT, UseState.CONFIRMED):
        return filing.judged_on
    return local_date(now)


def policy_of(filing: UserFiling, now: datetime) -> Policy:
    """The policy by which the filing is judged."""
    return policies.in_force(policy_codes(filing.authority), on=policy_day(filing, now))


def policy_of_unit(unit: Unit, now: datetime) -> Policy:
    """The policy that holds for a unit's uses today."""
    return policies.in_force(policy_codes(confirming_authority(unit)), on=local_date(now))


def working_copy(filing: UserFiling) -> Document:
    """The document as it stands now with the unit. Who files 自研自用 is the registered unit, whatever was typed."""
    document = {part: dict(filing.data.get(part) or {}) for part in schema.parts_of(schema.form_kind(filing))}
    if filing.self_use:
        unit = filing.unit
        registered = {"name": unit.name, "uscc": unit.uscc, "province": unit.province_code, "kind": unit.kind}
        document["unit"] |= {key: value for key, value in registered.items() if value}
    return document


def digest(document: Document) -> str:
    """SHA-256 of the canonical text of a document, as 64 hex digits."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def version(filing: UserFiling, number: int | None = None) -> UserFilingVersion | None:
    """A frozen version; the newest without ``number``."""
    versions = filing.versions.order_by("-number")
    return versions.filter(number=number).first() if number is not None else versions.first()


def latest_visible_version(filing: UserFiling, actor: Actor | None) -> UserFilingVersion | None:
    """The newest version that this reader may see."""
    return UserFilingVersion.objects.visible_to(actor).filter(filing=filing).order_by("-number").first()


def document(filing: UserFiling, actor: Actor | None) -> Document:
    """What this reader sees: the newest version visible to him; for the unit's own people, before the first
    version, the working copy. Empty where there is nothing for him."""
    newest = latest_visible_version(filing, actor)
    if newest is not None:
        return newest.data
    own = UserFiling.objects.visible_to(actor).filter(pk=filing.pk)
    return working_copy(filing) if own.exists() and actor is not None and actor.unit_id == filing.unit_id else {}


def confirmed_document(filing: UserFiling) -> Document:
    """The version that was confirmed last: with it a reported change is compared. Empty before."""
    confirmed = version(filing, filing.confirmed_version) if filing.confirmed_version else None
    return confirmed.data if confirmed is not None else {}


def procurement_of(numbered: Any = None, *, actor: Actor | None = None) -> Subquery:
    """How the service of a filing is procured, as a column of its row: "" or None where nothing was said (R179).

    Of the version whose number is ``numbered`` (a column of the filing); else of the newest that ``actor`` may see.
    The filings must have been found by ``visible_to``.
    """
    rows = UserFilingVersion.objects.filter(filing=OuterRef("pk"))
    rows = rows.filter(number=numbered) if numbered is not None else rows.of_visible_filings(actor).order_by("-number")
    return Subquery(rows.values("data__use__procurement")[:1])


def previous_version(filing: UserFiling, number: int, actor: Actor | None) -> UserFilingVersion | None:
    """The version before ``number`` that this reader may see; with it a difference is shown."""
    rows = UserFilingVersion.objects.visible_to(actor).filter(filing=filing, number__lt=number)
    return rows.order_by("-number").first()


def is_learning_app(functions: Sequence[str], user_groups: Sequence[str]) -> bool:
    """Whether an app is one for learning: students use it, and not only for management or services.

    In doubt it is one: two reviews too many do less harm than one too few (Opinions, item 10).
    """
    for_students = not user_groups or "students" in user_groups
    return for_students and (not functions or bool(set(functions) - set(schema.NOT_LEARNING)))


def needs_unit_review(filing: UserFiling, policy: Policy, doc: Document | None = None) -> bool:
    """Whether the school's own second person reviews first: learning apps of primary and secondary schools,
    where the policy asks for dual review (Opinions, item 10)."""
    if not policy.get("dual_review") or filing.unit.kind != UnitKind.SCHOOL:
        return False
    use = (doc if doc is not None else working_copy(filing)).get("use") or {}
    entry = filing.entry
    filed = set(entry.stages if entry else [])
    stages = set(_texts(use.get("stages"))) or filed
    if stages and not SCHOOL_STAGES & stages and not (stages - filed and SCHOOL_STAGES & filed):
        return False  # unless the school names a stage that the app is not filed for: then it is in doubt
    functions = {*_texts(use.get("functions")), *(entry.functions if entry else [])}
    groups = {*_texts(use.get("user_groups")), *(entry.user_groups if entry else [])}
    return is_learning_app(sorted(functions), sorted(groups))


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def on_recommended_list(authority_codes: Sequence[str], entry: Entry | None, on: date) -> ListEdition | None:
    """The edition in force on that day, of a list of one of these authorities, on which the app stands."""
    if entry is None:
        return None
    editions = ListEdition.objects.in_force(on).filter(
        list__authority__code__in=list(authority_codes), items__entry_id=entry.pk
    )
    return editions.select_related("list__authority").order_by("-list__authority__path", "pk").first()


def waived_by(filing: UserFiling, policy: Policy) -> ListEdition | None:
    """The list edition that stands for the authority's review, where its policy says so (Opinions, item 10)."""
    if not policy.get("waive_by_recommended_list"):
        return None
    return on_recommended_list(policy_codes(filing.authority), filing.entry, policy.on)


def current_system(unit: Unit) -> SelectionSystem | None:
    """The newest version of the unit's selection system."""
    return SelectionSystem.objects.filter(unit=unit).order_by("-number").first()


def limit_of(unit: Unit, policy: Policy) -> int | None:
    """How many apps a unit of this kind may use by the policy; None where it sets no limit."""
    value = (policy.get("limits") or {}).get(f"uses_per_{unit.kind}")
    return int(value) if value else None


def over_limit(filing: UserFiling, policy: Policy) -> Reason | None:
    """Why one more app would be too many (Opinions, item 10: strict criteria, limited number)."""
    most = limit_of(filing.unit, policy)
    if most is None or filing.confirmed_version:
        return None
    others = UserFiling.objects.live().filter(unit_id=filing.unit_id, version__gt=0).exclude(pk=filing.pk).count()
    if others < most:
        return None
    return Reason(
        "too_many_uses",
        fill(_("The unit uses %(count)s apps already; the policy allows %(most)s."), count=others, most=most),
        article="op-10",
    )


def overlapping(filing: UserFiling) -> QuerySet[UserFiling]:
    """The unit's other uses that serve one of the same functions (Opinions, item 12)."""
    use = filing.data.get("use") or {}
    functions = _texts(use.get("functions")) or list(filing.functions)
    known = [one for one in functions if one in Function.values and one != Function.OTHER]
    return UserFiling.objects.live().filter(unit_id=filing.unit_id, functions__overlap=known).exclude(pk=filing.pk)


def warnings(
    filing: UserFiling, now: datetime, *, policy: Policy | None = None, has_system: bool | None = None
) -> Reasons:
    """What speaks against the selection without barring it: overlap, number, no selection system, nobody named.

    ``policy`` and ``has_system`` for who has read them already.
    """
    found = Reasons()
    policy = policy or policy_of(filing, now)
    for other in overlapping(filing).order_by("pk")[:5]:
        text = _("“%(app)s” serves some of the same functions already; consider one comprehensive app.")
        found.append(Reason("overlap", fill(text, app=other.app_name), article="op-12"))
    if not policy.get("uses_limit_hard"):
        found.extend(Reasons.of(over_limit(filing, policy)))
    with_unit = filing.state not in AUTHORITY_STATES  # once the authority has it, that review lies behind
    if with_unit and needs_unit_review(filing, policy) and _people_of(filing.unit) < 2:
        found.append(
            Reason(
                "no_second_person",
                _("The school’s own review needs a second person; invite one before you hand in."),
                article="op-10",
            )
        )
    if not (has_system if has_system is not None else current_system(filing.unit)):
        found.append(
            Reason("no_selection_system", _("The unit has not uploaded its selection system."), article="me-8")
        )
    if not filing.unit.functional_department:
        found.append(
            Reason("no_department", _("The unit has not named its department in charge."), article="op-8")
        )
    return found


def _people_of(unit: Unit) -> int:
    """How many people act for the unit as an institution."""
    members = Membership.objects.active().filter(unit=unit, role__in=INSTITUTION_ROLES, person__is_active=True)
    return members.count()


def leads_others(actor: Actor) -> bool:
    """Whether the actor leads a unit with units below it, whose papers he may read."""
    below = sight_of(actor).below
    return bool(below) and UnitStanding.objects.filter(unit__path__startswith=below).exclude(
        unit_id=actor.unit_id
    ).exists()


def live_use(unit: Unit, entry: Entry) -> UserFiling | None:
    """The unit's open or confirmed use of an entry; there is at most one."""
    return UserFiling.objects.live().filter(unit=unit, entry=entry).first()


def sweeps_of(entry: Entry) -> QuerySet[UseSweep]:
    """The jobs that told, or tell, everybody who uses an entry; the newest first."""
    return UseSweep.objects.filter(entry=entry).order_by("-pk")
