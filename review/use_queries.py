"""Reading the queue of user filings: scope, tabs with their counts, filters, orders; what stands beside a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from accounts.enums import UnitKind
from accounts.models import Unit
from ledger.acts import Actor
from ledger.text import storable
from registry.enums import Stage
from review import queries
from review.keyset import Order, Page
from review.models import UseAssignment, UseVerdict
from rulebook.models import Clock
from users.enums import CONFIRM_TARGET, Nature, UseState
from users.models import UserFiling
from users.models.filing import DUE_PLACE, NEVER

OPEN = (UseState.SUBMITTED, UseState.RETURNED)
#: what a page of keys needs
PLACES = ("due_at", "last_submitted_at", "app_name")
SORTS: dict[str, Order] = {
    "due": Order(DUE_PLACE, lambda use: use.due_at or NEVER),
    "recent": Order(F("last_submitted_at"), lambda use: use.last_submitted_at, down=True),
    "submitted": Order(F("last_submitted_at"), lambda use: use.last_submitted_at),
    "name": Order(F("app_name"), lambda use: use.app_name, text=True),
}
TABS = ("open", "mine", "unassigned", "beyond", "waiting", "confirmed", "suspended")
#: kinds of units whose uses are confirmed
KINDS = (UnitKind.SCHOOL, UnitKind.UNIVERSITY, UnitKind.AFFILIATED, UnitKind.AUTHORITY)
#: what a line of the queue shows
ROW = (
    "pk", "state", "authority_id", "case_no", "version", "app_name", "stages", "nature", "late", "self_use",
    "confirmed_version", "last_submitted_at", "confirmed_at",
    "unit__name", "unit__name_en", "unit__kind", "authority__name", "authority__name_en",
)  # fmt: skip


WORKER = ("work__person__name", "work__person__email")


@dataclass(frozen=True)
class Filters:
    """What the address of the queue asks for. Unknown values count as not given.

    ``area``: "" for what one's own authority confirms, "all" for the whole subtree, or the id of an authority
    directly below: what lies in its subtree, to look at.
    """

    tab: str = "open"
    q: str = ""
    kind: str = ""
    nature: str = ""
    stage: str = ""
    area: str = ""
    assignee: str = ""
    sort: str = "due"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """From the address; forgiving."""

        def one_of(name: str, allowed: Iterable[str], default: str = "") -> str:
            value = query.get(name, "")
            return value if value in allowed else default

        def key(name: str, *words: str) -> str:
            value = query.get(name, "")
            return value if value in words or (value.isascii() and value.isdecimal() and len(value) < 12) else ""

        text = query.get("q", "").strip()[:80]
        return cls(
            tab=one_of("tab", TABS, "open"),
            q=text if storable(text) else "",
            kind=one_of("kind", KINDS),
            nature=one_of("nature", Nature.values),
            stage=one_of("stage", Stage.values),
            area=key("area", "all"),
            assignee=key("assignee", "none"),
            sort=one_of("sort", SORTS, "due"),
        )

    def query(self, **changes: str) -> str:
        """The address part, without what is default."""
        values = {**self.__dict__, **changes}
        plain = Filters().__dict__
        return urlencode({key: value for key, value in values.items() if value and value != plain.get(key)})

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.kind or self.nature or self.stage or self.assignee)


class Area(NamedTuple):
    """An authority directly below, as the filter shows it."""

    pk: int
    name: str
    name_en: str
    path: str


#: From so many authorities below on, their list is read again only after a minute: it is long, and hardly changes.
MANY_AREAS, AREAS_KEPT = 20, 60


def areas(actor: Actor) -> list[Area]:
    """The authorities directly below, for the filter; at most one query."""
    key = f"review-areas:{actor.unit_id}"
    found: list[Area] | None = cache.get(key)
    if found is None:
        below = Unit.objects.visible_to(actor).filter(parent_id=actor.unit_id, kind=UnitKind.AUTHORITY, active=True)
        found = [Area(*row) for row in below.order_by("code", "pk").values_list(*Area._fields)[:100]]
        if len(found) >= MANY_AREAS:
            cache.set(key, found, AREAS_KEPT)
    return found


def scope(actor: Actor, area: str = "", below: Iterable[Area] = ()) -> QuerySet[UserFiling]:
    """What the actor's authority confirms (Measures Art. 19), or what it oversees below. Never beyond its subtree."""
    seen: QuerySet[UserFiling] = UserFiling.objects.visible_to(actor).filter(submitted_at__isnull=False)
    if area == "all":
        return seen
    if area:
        place = next((one for one in below if str(one.pk) == area), None)
        return seen.filter(unit__path__startswith=place.path) if place else seen.none()
    return seen.filter(authority_id=actor.unit_id)


def keys(actor: Actor, area: str, cases: QuerySet[UserFiling]) -> QuerySet[UserFiling]:
    """``cases`` of a scope, for finding their order: of one's own desk by its index, without a look at their units.

    What an authority confirms lies in its subtree, so these are the same; who shows a row still reads it from
    ``cases``. With the units in the statement the database takes the desk for small and sorts all of it.
    """
    if area:
        return cases
    return UserFiling.objects.filter(authority_id=actor.unit_id, submitted_at__isnull=False)


def read_page(page: Page, cases: QuerySet[UserFiling]) -> list[UserFiling]:
    """The rows of a page of keys, whole, in its order, as far as ``cases`` has them; one query."""
    found = cases.select_related("unit", "authority").in_bulk([row.pk for row in page.rows])
    return [found[row.pk] for row in page.rows if row.pk in found]


def read_lines(page: Page, cases: QuerySet[UserFiling], actor: Actor) -> list[dict[str, Any]]:
    """The same as values of ``ROW``, with ``work__…`` who works on each for the actor's authority; one query."""
    work = FilteredRelation("assignments", condition=Q(assignments__unit_id=actor.unit_id))
    rows = cases.filter(pk__in=[row.pk for row in page.rows]).annotate(work=work).values(*ROW, *WORKER)
    found = {row["pk"]: row for row in rows}
    return [found[row.pk] for row in page.rows if row.pk in found]


def _assigned(actor: Actor, **more: Any) -> Exists:
    return Exists(UseAssignment.objects.filter(filing=OuterRef("pk"), unit_id=actor.unit_id, **more))


def tab_condition(tab: str, actor: Actor, now: datetime) -> Q:
    """What belongs to a tab."""
    if tab == "mine":
        return Q(state__in=OPEN) & Q(_assigned(actor, person_id=actor.person_id))
    if tab == "unassigned":
        return Q(state=UseState.SUBMITTED) & ~Q(_assigned(actor))
    if tab == "beyond":
        return Q(state=UseState.SUBMITTED, due_at__lte=now)
    if tab == "waiting":
        return Q(state=UseState.RETURNED)
    if tab in ("confirmed", "suspended"):
        return Q(state=tab)
    return Q(state__in=OPEN)


def tab_counts(cases: QuerySet[UserFiling], actor: Actor, now: datetime) -> dict[str, int]:
    """Cases in every tab: two aggregate queries, neither of which looks into a second table row by row."""
    plain = ("open", "beyond", "waiting", "confirmed", "suspended")
    counts = cases.aggregate(
        held=Count("pk", filter=Q(state=UseState.SUBMITTED)),
        **{tab: Count("pk", filter=tab_condition(tab, actor, now)) for tab in plain},
    )
    taken = cases.filter(assignments__unit_id=actor.unit_id, state__in=OPEN).aggregate(
        mine=Count("pk", filter=Q(assignments__person_id=actor.person_id)),
        held=Count("pk", filter=Q(state=UseState.SUBMITTED)),
    )
    counts["mine"], counts["unassigned"] = taken["mine"], counts.pop("held") - taken["held"]
    return counts


#: scopes whose counts are kept for a moment, as those of the providers' queue are, once they are large
_KEPT = ("", "all")


def shown_counts(cases: QuerySet[UserFiling], actor: Actor, area: str, now: datetime) -> dict[str, int]:
    """``tab_counts`` for a page; of a large queue at most some seconds old, except after the actor's own acts."""
    if area not in _KEPT:
        return tab_counts(cases, actor, now)
    key = _counts_key(actor, area)
    counts = cache.get(key)
    if counts is None:
        counts = tab_counts(cases, actor, now)
        if counts["open"] >= queries.MANY_OPEN:
            cache.set(key, counts, queries.COUNTS_KEPT)
    return counts


def forget_counts(actor: Actor) -> None:
    """After an act of the actor's own."""
    cache.delete_many([_counts_key(actor, area) for area in _KEPT])


def _counts_key(actor: Actor, area: str) -> str:
    return f"review-use-counts:{actor.unit_id}:{actor.role}:{actor.person_id}:{area}"


def filtered(cases: QuerySet[UserFiling], actor: Actor, filters: Filters, now: datetime) -> QuerySet[UserFiling]:
    """The cases of a scope that tab and filters leave, in no order."""
    cases = cases.filter(tab_condition(filters.tab, actor, now))
    if filters.q:
        cases = cases.filter(
            Q(case_no__icontains=filters.q) | Q(app_name__icontains=filters.q) | Q(unit__name__icontains=filters.q)
        )
    if filters.kind:
        cases = cases.filter(unit__kind=filters.kind)
    if filters.nature:
        cases = cases.filter(nature=filters.nature)
    if filters.stage:
        cases = cases.filter(stages__contains=[filters.stage])
    if filters.assignee == "none":
        cases = cases.exclude(_assigned(actor))
    elif filters.assignee:
        cases = cases.filter(_assigned(actor, person_id=int(filters.assignee)))
    return cases


def clocks_of(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What a pill shows of the service target of each: kind, status, due_day, provisional. One query."""
    rows = Clock.objects.running().filter(subject_type="users.userfiling", subject_id__in=ids, kind=CONFIRM_TARGET)
    shown = rows.order_by().values("subject_id", "kind", "status", "due_day", "provisional")
    return {row["subject_id"]: row for row in shown} if ids else {}


def workers_of(ids: Sequence[int], actor: Actor) -> dict[int, str]:
    """The name of who works on each for the actor's authority; one query."""
    rows = UseAssignment.objects.filter(filing_id__in=ids, unit_id=actor.unit_id)
    shown = rows.values_list("filing_id", "person__name", "person__email")
    return {pk: name or email for pk, name, email in shown} if ids else {}


def verdicts_on(filing: UserFiling, actor: Actor) -> QuerySet[UseVerdict]:
    """The verdicts on the present version. They are drafts until the return: nothing of them for the people of the
    unit that files, whom an authority's own use makes readers of its case."""
    rows = UseVerdict.objects.filter(filing=filing, version=filing.version)
    own = actor.unit_id == filing.unit_id and actor.unit_id != filing.authority_id
    return rows.none() if own else rows
