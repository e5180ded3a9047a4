"""Reading the queue: scope, tabs with their counts, filters, sorting, keyset pages; what stands beside a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from accounts.enums import AUTHORITY_ROLES, MembershipStatus, Role
from accounts.models import Membership, Person
from ledger.acts import Actor
from providers.enums import OPEN_STATES, FilingKind, FilingState
from providers.models import DUE_PLACE, NEVER, Filing, FilingQuerySet
from review import keyset
from review.keyset import PAGE_SIZE, Order, Page
from review.models import Assignment, Decision
from rulebook import calendar
from rulebook.arithmetic import WorkingDays
from rulebook.models import Clock
from rulebook.time import end_of_day, local_date

SOON_DAYS = 3  # working days
WITH_AUTHORITY = (FilingState.SUBMITTED, FilingState.RETURNED, FilingState.MINISTRY_REVIEW)

SORTS: dict[str, Order] = {
    "due": Order(DUE_PLACE, lambda filing: filing.due_at or NEVER),
    "recent": Order(F("last_submitted_at"), lambda filing: filing.last_submitted_at, down=True),
    "submitted": Order(F("last_submitted_at"), lambda filing: filing.last_submitted_at),
    "name": Order(F("app_name"), lambda filing: filing.app_name, text=True),
}
#: what a line of the queue shows
ROW = (
    "kind", "state", "authority_id", "case_no", "version", "app_name", "provider_name", "stages", "is_discipline",
    "late", "last_submitted_at", "closed_at", "due_at",
)  # fmt: skip
TABS = ("open", "mine", "unassigned", "soon", "overdue", "waiting", "ministry", "closed")


def at_ministry(actor: Actor) -> bool:
    """Whether the actor reviews for the ministry."""
    return actor.role == Role.MINISTRY_REVIEWER and actor.unit_code == "moe"


def scope(actor: Actor) -> FilingQuerySet:
    """What the actor's authority has to deal with, open or closed.

    A province: what was submitted to it. The ministry: what awaits or has had its second level, and what
    is filed with it directly (Measures Art. 10). Looking up a single case goes by ``visible_to`` instead.
    """
    seen = Filing.objects.visible_to(actor)
    if at_ministry(actor):
        decided = Exists(Decision.objects.filter(filing=OuterRef("pk"), unit_id=actor.unit_id))
        return seen.filter(Q(authority_id=actor.unit_id) | Q(state=FilingState.MINISTRY_REVIEW) | Q(decided))
    return seen


def _open(actor: Actor) -> Q:
    if at_ministry(actor):
        return Q(state=FilingState.MINISTRY_REVIEW) | Q(authority_id=actor.unit_id, state__in=WITH_AUTHORITY)
    return Q(state__in=WITH_AUTHORITY)


def _open_scope(actor: Actor) -> FilingQuerySet:
    """Open cases only: no join, so that the indexes of the queue serve."""
    return Filing.objects.visible_to(actor).filter(_open(actor))


def _assigned(actor: Actor, **more: Any) -> Exists:
    return Exists(Assignment.objects.filter(filing=OuterRef("pk"), unit_id=actor.unit_id, **more))


def soon_day(now: datetime, days: WorkingDays | None = None) -> date:
    """The last day that lies within three working days."""
    return (days or calendar.current()).add(local_date(now), SOON_DAYS).date


def _held(actor: Actor) -> Q:
    """What the actor's own authority has to answer now."""
    ours = Q(state=FilingState.SUBMITTED)
    if at_ministry(actor):
        return Q(state=FilingState.MINISTRY_REVIEW) | ours
    return ours


def tab_condition(tab: str, actor: Actor, now: datetime, soon: date) -> Q | Exists:
    """What belongs to a tab, among the open cases."""
    if tab == "mine":
        return Q(_assigned(actor, person_id=actor.person_id))
    if tab == "unassigned":
        return _held(actor) & ~Q(_assigned(actor))
    if tab == "soon":
        return Q(GreaterThan(DUE_PLACE, now), LessThanOrEqual(DUE_PLACE, end_of_day(soon)), state=FilingState.SUBMITTED)
    if tab == "overdue":
        return Q(LessThanOrEqual(DUE_PLACE, now), state=FilingState.SUBMITTED)
    if tab == "waiting":
        return Q(state=FilingState.RETURNED)
    if tab == "ministry":
        return Q(state=FilingState.MINISTRY_REVIEW)
    return Q()


def tab_counts(actor: Actor, now: datetime, soon: date) -> dict[str, int]:
    """Open cases in every tab: two aggregate queries, neither of which looks into a second table row by row."""
    cases = _open_scope(actor)
    plain = {tab: tab_condition(tab, actor, now, soon) for tab in ("soon", "overdue", "waiting", "ministry")}
    counts = cases.aggregate(
        open=Count("pk"),
        held=Count("pk", filter=_held(actor)),
        **{tab: Count("pk", filter=condition) for tab, condition in plain.items()},
    )
    taken = cases.filter(assignments__unit_id=actor.unit_id).aggregate(
        mine=Count("pk", filter=Q(assignments__person_id=actor.person_id)),
        held=Count("pk", filter=_held(actor)),
    )
    counts["mine"], counts["unassigned"] = taken["mine"], counts.pop("held") - taken["held"]
    return counts


#: From so many open cases on, the numbers on the tabs may be some seconds old: counting them costs as much
#: as the rest of the page. One's own acts are always counted in.
MANY_OPEN, COUNTS_KEPT = 2_000, 15


def shown_counts(actor: Actor, now: datetime, soon: date) -> dict[str, int]:
    """``tab_counts`` for the page."""
    key = _counts_key(actor)
    counts = cache.get(key)
    if counts is None:
        counts = tab_counts(actor, now, soon)
        if counts["open"] >= MANY_OPEN:
            cache.set(key, counts, COUNTS_KEPT)
    return counts


def forget_counts(actor: Actor) -> None:
    """After an act of the actor's own."""
    cache.delete(_counts_key(actor))


def _counts_key(actor: Actor) -> str:
    return f"review-counts:{actor.unit_id}:{actor.role}:{actor.person_id}"


def _clean(text: str) -> str:
    """Without what a database cannot hold."""
    return text.replace("\x00", "").strip()


@dataclass(frozen=True)
class Filters:
    """What the address of the queue asks for. Unknown values count as not given."""

    tab: str = "open"
    q: str = ""
    kind: str = ""
    stage: str = ""
    assignee: str = ""  # a person's id, or "none"
    sort: str = "due"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """From the address; forgiving."""
        tab, kind, sort = query.get("tab", "open"), query.get("kind", ""), query.get("sort", "due")
        assignee = query.get("assignee", "")
        return cls(
            tab=tab if tab in TABS else "open",
            q=_clean(query.get("q", ""))[:80],
            kind=kind if kind in FilingKind.values else "",
            stage=_clean(query.get("stage", ""))[:20],
            assignee=assignee if assignee == "none" or (assignee.isdecimal() and len(assignee) < 12) else "",
            sort=sort if sort in SORTS else "due",
        )

    def query(self, **changes: str) -> str:
        """The address part, without what is default."""
        values = {**self.__dict__, **changes}
        plain = Filters().__dict__
        return urlencode({key: value for key, value in values.items() if value and value != plain.get(key)})

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.kind or self.stage or self.assignee)


def filtered(actor: Actor, filters: Filters, now: datetime, soon: date) -> QuerySet[Filing]:
    """The cases that the filters leave, in no order."""
    if filters.tab == "closed":
        cases: QuerySet[Filing] = scope(actor).exclude(state__in=OPEN_STATES)
    else:
        cases = _open_scope(actor).filter(tab_condition(filters.tab, actor, now, soon))
    if filters.q:
        cases = cases.filter(
            Q(case_no__icontains=filters.q)
            | Q(app_name__icontains=filters.q)
            | Q(provider_name__icontains=filters.q)
        )
    if filters.kind:
        cases = cases.filter(kind=filters.kind)
    if filters.stage:
        cases = cases.filter(stages__contains=[filters.stage])
    if filters.assignee == "none":
        cases = cases.exclude(_assigned(actor))
    elif filters.assignee:
        cases = cases.filter(_assigned(actor, person_id=int(filters.assignee)))
    return cases


# --- keyset pages --------------------------------------------------------------------------------


def cursor_of(filing: Filing, sort: str) -> str:
    """Where a row stands in an order, for the address."""
    return keyset.cursor_of(filing, SORTS[sort])


def page_of(
    cases: QuerySet[Filing], sort: str, *, after: str = "", before: str = "", last: bool = False, size: int = PAGE_SIZE
) -> Page:
    """A page by keyset: after or before a row, or the last one; see ``review.keyset``."""
    return keyset.page_of(cases, SORTS[sort], after=after, before=before, last=last, size=size)


def neighbours(cases: QuerySet[Filing], sort: str, filing: Filing) -> tuple[int | None, int | None]:
    """Primary keys of the cases before and after this one in the queue; two indexed look-ups."""
    return keyset.neighbours(cases, SORTS[sort], filing)


# --- what stands beside the rows -------------------------------------------------------------------


def clocks_of(filings: Iterable[Filing]) -> dict[int, dict[str, Any]]:
    """What a pill shows of the running clock of every filing: kind, status, due_day, provisional. One query."""
    ids = [filing.pk for filing in filings]
    rows = Clock.objects.running().filter(subject_type=Filing._meta.label_lower, subject_id__in=ids).order_by()
    return {row["subject_id"]: row for row in rows.values("subject_id", "kind", "status", "due_day", "provisional")}


def workers_of(filings: Iterable[Filing], actor: Actor) -> dict[int, str]:
    """The name of who works on each, for the actor's authority. One query."""
    ids = [filing.pk for filing in filings]
    rows = Assignment.objects.filter(filing_id__in=ids, unit_id=actor.unit_id)
    return {pk: name or email for pk, name, email in rows.values_list("filing_id", "person__name", "person__email")}


def _colleagues(actor: Actor) -> QuerySet[Membership]:
    rows = Membership.objects.filter(
        unit_id=actor.unit_id, role__in=AUTHORITY_ROLES, status=MembershipStatus.ACTIVE, person__is_active=True
    )
    return rows.order_by("person__name", "person_id")


def colleagues(actor: Actor) -> list[Person]:
    """Who reviews for the actor's authority at present, by name; one query."""
    found = _colleagues(actor).select_related("person").only("person__name", "person__email")
    return [row.person for row in found]


def colleague_names(actor: Actor) -> list[tuple[int, str]]:
    """The same as (primary key, name or else address), for a list to choose from."""
    found = _colleagues(actor).values_list("person_id", "person__name", "person__email")
    return [(pk, name or email) for pk, name, email in found]
