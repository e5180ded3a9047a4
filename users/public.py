"""What everybody may know: which apps an institution uses, and which institutions use an app (Opinions, item 15).

Only confirmed uses that go on, and of them only the public snapshot. Nothing is kept in a cache: a page costs a few
indexed reads whose size is its own, and the number of users comes from totals that are exact at once; an answer's tag
is made of what it shows, so that a visitor's copy ends with the act that changes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Unit
from accounts.querysets import UnitQuerySet
from ledger.text import storable
from registry import opening
from registry.models import Entry
from registry.numbers import digits_of
from rulebook.time import local_date
from users.enums import UseState
from users.models import UserFiling

SIZE = 50
MOST = 500  # uses of one institution that a page shows
LAST_ENDED = 20  # uses that have ended, with their notices


def institutions(q: str, province: str = "") -> UnitQuerySet:
    """Institutions with a public use whose name has these words, or whose school code it is; by id."""
    rows: UnitQuerySet = Unit.objects.filter(active=True, use_standing__in_use__gt=0)
    if province:
        rows = rows.filter(province_code=province)
    if q and storable(q):
        rows = rows.filter(school_code=q) if q.isascii() and q.isdigit() else rows.matching(q)
    return rows.select_related("parent", "use_standing").order_by("pk")


def institution(pk: int) -> Unit | None:
    """An institution with its superior, if it has ever had a public use."""
    row = Unit.objects.filter(pk=pk, use_standing__isnull=False).select_related("parent", "use_standing").first()
    if row is None or row.use_standing.in_use:
        return row
    return row if UserFiling.objects.filter(unit=row, confirmed_version__gt=0).exists() else None


def uses_of(unit: Unit) -> list[UserFiling]:
    """The public uses of an institution, by name."""
    rows = _open(UserFiling.objects.public().filter(unit=unit)).select_related("entry")
    return list(rows.defer("data").order_by("app_name", "pk")[:MOST])


def ended_of(unit: Unit) -> list[UserFiling]:
    """The uses that ended last, each with the notice to those concerned (Opinions, item 16)."""
    rows = UserFiling.objects.filter(unit=unit, state=UseState.WITHDRAWN, confirmed_version__gt=0)
    return list(_open(rows).select_related("entry").defer("data").order_by("-closed_at", "-pk")[:LAST_ENDED])


def _open(rows: QuerySet[UserFiling]) -> QuerySet[UserFiling]:
    """Without the apps whose entries are not yet open to the public (Measures, notice 5)."""
    later = list(opening.closed())
    return rows.exclude(entry__prefix__in=later) if later else rows


def users_of(entry: Entry, *, province: str = "", q: str = "") -> QuerySet[UserFiling]:
    """The public uses of an entry, by id, each with its unit and that one's superior."""
    rows = UserFiling.objects.public().filter(entry=entry).select_related("unit__parent").defer("data")
    if province:
        rows = rows.filter(unit__province_code=province)
    if q.isascii() and q.isdigit():  # as in the search for institutions: a code means one institution alone
        rows = rows.filter(unit__school_code=q)
    elif q and storable(q):
        rows = rows.filter(Q(unit__name__icontains=q) | Q(unit__parent__name__icontains=q))
    return rows.order_by("pk")


def page_of(rows: QuerySet[Any], after: int, size: int = SIZE) -> tuple[list[Any], int | None]:
    """A page after the row with this id, and the id to go on from (None: the end)."""
    found = list(rows.filter(pk__gt=after)[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def tag(*parts: Any, rows: Iterable[UserFiling] = ()) -> str:
    """The ETag of what is shown: changes with every act on one of the rows."""
    text = "|".join(map(str, parts)) + "".join(
        f";{row.pk},{row.state},{row.confirmed_version},{row.confirmed_at}" for row in rows
    )
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'


def name_of(filing: UserFiling) -> str:
    """The app's name as it was confirmed; the row carries the one that was handed in last."""
    kept = filing.public if isinstance(filing.public, dict) else {}
    return str(kept.get("app_name") or filing.app_name)


def record(filing: UserFiling, *, with_unit: bool = False) -> dict[str, Any]:
    """A use as the interface tells it: the public snapshot and what stands beside it, nothing else."""
    kept = filing.public if isinstance(filing.public, dict) else {}
    made: dict[str, Any] = {
        "app_name": name_of(filing),
        "number": "" if filing.self_use else filing.number,
        "own_app": filing.self_use,
        # What is under way between unit and authority is not public: the use holds until its change is confirmed.
        "status": str(UseState.SUSPENDED if filing.state == UseState.SUSPENDED else UseState.CONFIRMED),
        "confirmed_on": local_date(filing.confirmed_at).isoformat() if filing.confirmed_at else None,
        **{
            key: kept.get(key)
            for key in ("nature", "source", "fee", "decision_on", "start_on", "user_groups", "stages", "functions")
        },
    }
    if filing.entry_id and not filing.self_use and not with_unit and filing.entry is not None:
        made["url"] = f"/registry/{digits_of(filing.entry.number)}/"
    if with_unit:
        made["institution"] = unit_record(filing.unit)
    return made


def unit_record(unit: Unit) -> dict[str, Any]:
    """An institution as the interface names it."""
    return {
        "id": unit.pk,
        "name": unit.name,
        "school_code": unit.school_code,
        "kind": unit.kind,
        "province_code": unit.province_code,
        "superior": unit.parent.name if unit.parent else "",
        "url": f"/institutions/{unit.pk}/",
    }
