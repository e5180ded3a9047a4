"""Reading the queue: scope, tabs with their counts, filters, sorting, keyset pages; what stands beside a case."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.enums import AUTHORITY_ROLES, MembershipStatus, Role
from accounts.models import Membership, Person
from ledger.acts import Actor
from ledger.text import storable
from providers.enums import OPEN_STATES, FilingKind, FilingState
from providers.models import Filing, FilingQuerySet
from review.models import Assignment, Decision
from rulebook import calendar
from rulebook.models import Clock
from rulebook.time import local_date

PAGE_SIZE = 50
SOON_DAYS = 3  # working days
WITH_AUTHORITY = (FilingState.SUBMITTED, FilingState.RETURNED, FilingState.MINISTRY_REVIEW)

#: name → fields of the order, and whether each goes down; the id settles what is equal
SORTS: dict[str, tuple[str, bool]] = {
    "due": ("due_at", False),
    "recent": ("last_submitted_at", True),
    "submitted": ("last_submitted_at", False),
    "name": ("app_name", False),
}
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


def soon_day(now: datetime) -> date:
    """The last day that lies within three working days."""
    return calendar.add_working_days(local_date(now), SOON_DAYS).date


def tab_condition(tab: str, actor: Actor, now: datetime, soon: date) -> Q | Exists:
    """What belongs to a tab, among the open cases."""
    ours = Q(state=FilingState.MINISTRY_REVIEW) if at_ministry(actor) else Q(pk__in=[])
    held = ours | Q(state=FilingState.SUBMITTED)
    if tab == "mine":
        return Q(_assigned(actor, person_id=actor.person_id))
    if tab == "unassigned":
        return held & ~Q(_assigned(actor))
    if tab == "soon":
        return Q(state=FilingState.SUBMITTED, due_at__gt=now, due_day__lte=soon)
    if tab == "overdue":
        return Q(state=FilingState.SUBMITTED, due_at__lte=now)
    if tab == "waiting":
        return Q(state=FilingState.RETURNED)
    if tab == "ministry":
        return Q(state=FilingState.MINISTRY_REVIEW)
    return Q()


def tab_counts(actor: Actor, now: datetime, soon: date) -> dict[str, int]:
    """Open cases in every tab, in one aggregate query."""
    wanted = [tab for tab in TABS if tab != "closed"]
    return _open_scope(actor).aggregate(
        **{tab: Count("pk", filter=tab_condition(tab, actor, now, soon) or None) for tab in wanted}
    )


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
    value = getattr(filing, SORTS[sort][0])
    text = json.dumps([value.isoformat() if isinstance(value, datetime) else value, filing.pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str, sort: str) -> tuple[Any, int] | None:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if SORTS[sort][0].endswith("_at") and value is not None:
            value = datetime.fromisoformat(value)
            if value.tzinfo is None:
                return None
        elif value is not None and not storable(value):
            return None
        return (value, pk) if type(pk) is int and 0 <= pk < 2**63 else None
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None


def _beyond(name: str, value: Any, pk: int, *, down: bool, id_down: bool) -> Q:
    """Rows that follow (value, pk); empty values stand at the end of an upward order."""
    same = Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    next_of_same = same & (Q(pk__lt=pk) if id_down else Q(pk__gt=pk))
    if value is None:
        return next_of_same | Q(**{f"{name}__isnull": False}) if down else next_of_same
    if down:
        return next_of_same | Q(**{f"{name}__lt": value})
    return next_of_same | Q(**{f"{name}__gt": value}) | Q(**{f"{name}__isnull": True})


@dataclass
class Page:
    """One page of the queue with the cursors of its neighbours ("" where there is none)."""

    rows: list[Filing] = field(default_factory=list)
    previous: str = ""
    next: str = ""


def page_of(
    cases: QuerySet[Filing], sort: str, *, after: str = "", before: str = "", last: bool = False, size: int = PAGE_SIZE
) -> Page:
    """A page by keyset: after or before a row, or the last one. Every page costs the same.

    A cursor that cannot be read gives the first page.
    """
    name, down = SORTS[sort]
    place = _read_cursor(before or after, sort) if before or after else None
    backwards = bool(last or (before and place))
    ascending = down if backwards else not down  # direction in which the database reads
    if place is not None and not last:
        value, pk = place
        cases = cases.filter(_beyond(name, value, pk, down=not ascending, id_down=backwards))
    order = F(name).asc(nulls_last=True) if ascending else F(name).desc(nulls_first=True)
    rows = list(
        cases.order_by(order, "-pk" if backwards else "pk").select_related("authority", "entry")[: size + 1]
    )
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    page = Page(rows)
    if rows:
        if more if backwards else place is not None:
            page.previous = cursor_of(rows[0], sort)
        if (place is not None and not last) if backwards else more:
            page.next = cursor_of(rows[-1], sort)
    return page


def neighbours(cases: QuerySet[Filing], sort: str, filing: Filing) -> tuple[int | None, int | None]:
    """Primary keys of the cases before and after this one in the queue; two indexed look-ups."""
    name, down = SORTS[sort]
    value = getattr(filing, name)
    found: list[int | None] = []
    for backwards in (True, False):
        ascending = down if backwards else not down
        order = F(name).asc(nulls_last=True) if ascending else F(name).desc(nulls_first=True)
        beyond = _beyond(name, value, filing.pk, down=not ascending, id_down=backwards)
        found.append(
            cases.filter(beyond).order_by(order, "-pk" if backwards else "pk").values_list("pk", flat=True).first()
        )
    return found[0], found[1]


# --- what stands beside the rows -------------------------------------------------------------------


def clocks_of(filings: Iterable[Filing]) -> dict[int, Clock]:
    """The running clock of every filing, in one query."""
    ids = [filing.pk for filing in filings]
    rows = Clock.objects.running().filter(subject_type="providers.filing", subject_id__in=ids) if ids else []
    return {clock.subject_id: clock for clock in rows}


def workers_of(filings: Iterable[Filing], actor: Actor) -> dict[int, Assignment]:
    """Who works on each, for the actor's authority; where that has none, for the province. One query."""
    ids = [filing.pk for filing in filings]
    found: dict[int, Assignment] = {}
    if ids:
        for row in Assignment.objects.filter(filing_id__in=ids, unit_id=actor.unit_id).select_related("person"):
            found[row.filing_id] = row
    return found


def colleagues(actor: Actor) -> list[Person]:
    """Who reviews for the actor's authority at present, by name; one query."""
    rows = Membership.objects.filter(
        unit_id=actor.unit_id, role__in=AUTHORITY_ROLES, status=MembershipStatus.ACTIVE, person__is_active=True
    ).select_related("person")
    return [row.person for row in rows.order_by("person__name", "person_id")]
