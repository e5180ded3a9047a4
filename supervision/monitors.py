"""Automatic monitors over the entries in force (Opinions 15; notice of the Measures 2 and 5).

A monitor looks at one entry and says what is wrong, or nothing. What needs the outside world asks a
:class:`Source`, which answers within its own timeout or raises :class:`NoAnswer`; the sources that come with
the portal answer from tables that an administrator uploads (``review.ExchangeRow``), and ``register`` puts
another in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F

from accounts.queries import superior
from ledger.acts import Actor, append
from notices.domain import serve
from notices.enums import Side
from providers.enums import FilingState
from providers.models import App, FilingVersion
from registry.models import Entry
from review.models import ExchangeRow
from rulebook.arithmetic import PeriodInvalid, add_months
from rulebook.time import local_date
from supervision.enums import WarningKind, WarningStatus
from supervision.models import MonitorRun, Warning  # noqa: A004

PAGE = 500
THRESHOLDS = (0, 30, 60)  # days before something runs out, the nearest first
#: months between two tests of graded protection, by level (domain facts: every two years at 2, yearly from 3)
TEST_MONTHS = {"2": 24, "3": 12, "4": 12, "5": 12}
STALE_MONTHS = 12


class NoAnswer(Exception):
    """The source did not answer; nothing is raised and nothing is settled for this entry."""


class Source(Protocol):
    """An outside source. ``ask`` bounds its own time; returns None where it knows nothing of the matter."""

    def ask(self, key: str) -> dict[str, Any] | None:
        """What is known under the key. Raises :class:`NoAnswer`."""


@dataclass
class TableSource:
    """Answers from the uploaded table of one kind (columns: key and the values)."""

    kind: str

    def ask(self, key: str) -> dict[str, Any] | None:
        found = ExchangeRow.objects.filter(kind=self.kind, key=key).values_list("data", flat=True).first()
        if found is None and not ExchangeRow.objects.filter(kind=self.kind).exists():
            raise NoAnswer(self.kind)
        return found


@dataclass(frozen=True)
class Finding:
    """One thing wrong: ``what`` tells it from others of the kind (a date, a version), ``threshold`` how near."""

    kind: str
    what: str
    days_left: int | None = None
    threshold: int | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What a monitor sees of one entry: the entry and the newest filed document (or the working copy)."""

    entry: Entry
    document: dict[str, dict[str, Any]]
    today: date


Monitor = Callable[[Look], Iterable[Finding]]

_sources: dict[str, Source] = {}
_monitors: dict[str, tuple[Monitor, tuple[str, ...]]] = {}


def register(key: str, source: Source) -> None:
    """Puts a source in place: ``app_number``, ``store``, ``icp``."""
    _sources[key] = source


def names() -> list[str]:
    """The monitors, in their order."""
    return list(_monitors)


def _monitor(key: str, *kinds: str) -> Callable[[Monitor], Monitor]:
    def add(found: Monitor) -> Monitor:
        _monitors[key] = (found, tuple(str(kind) for kind in kinds))
        return found

    return add


register("app_number", TableSource("app_number"))
register("store", TableSource("store_version"))
register("icp", TableSource("icp"))


@_monitor("number", WarningKind.NUMBER_NOT_SHOWN)
def number_shown(look: Look) -> Iterator[Finding]:
    """Whether the app shows its number to its users (Measures Art. 14)."""
    for package in look.entry.package_ids[:1]:
        answer = _sources["app_number"].ask(package)
        if answer is not None and str(answer.get("number", "")).strip() != look.entry.number:
            shown = str(answer.get("number", "")).strip()
            yield Finding(WarningKind.NUMBER_NOT_SHOWN, shown or "none", params={"shown": shown})


@_monitor("version", WarningKind.VERSION_NEWER)
def version_filed(look: Look) -> Iterator[Finding]:
    """Whether the stores offer a newer version than the one that was filed (Measures Art. 15)."""
    filed = str(look.entry.public.get("version") or "")
    for package in look.entry.package_ids:
        answer = _sources["store"].ask(package)
        offered = str((answer or {}).get("version", "")).strip()
        if offered and filed and version_key(offered) > version_key(filed):
            yield Finding(WarningKind.VERSION_NEWER, offered, params={"filed": filed, "offered": offered})
            return


@_monitor("papers", WarningKind.MLPS_REPORT, WarningKind.MLPS_CERTIFICATE, WarningKind.LICENCE)
def papers_valid(look: Look) -> Iterator[Finding]:
    """Test report, graded protection and training licence, 60, 30 and 0 days before they run out."""
    system, app = look.document.get("system") or {}, look.document.get("app") or {}
    report = as_day(system.get("mlps_report_until"))
    if report is not None and system.get("has_mlps_report") is not False:
        yield from _running_out(WarningKind.MLPS_REPORT, report, look.today)
    months = TEST_MONTHS.get(str(system.get("mlps_level") or ""))
    tested = as_day(system.get("mlps_date"))
    if report is None and tested is not None and months:
        yield from _running_out(WarningKind.MLPS_CERTIFICATE, _months_after(tested, months), look.today)
    licence = as_day(app.get("training_licence_until"))
    if licence is not None and look.entry.is_discipline:
        yield from _running_out(WarningKind.LICENCE, licence, look.today)


@_monitor("stale", WarningKind.STALE)
def confirmed_lately(look: Look) -> Iterator[Finding]:
    """Whether the provider has confirmed its information within a year (notice of the Measures 2)."""
    last = local_date(look.entry.confirmed_at)
    if _months_after(last, STALE_MONTHS) < look.today:
        yield Finding(WarningKind.STALE, last.isoformat(), params={"since": last.isoformat()})


@_monitor("icp", WarningKind.ICP_GONE)
def icp_in_force(look: Look) -> Iterator[Finding]:
    """Whether the ICP filing of the domain is still there (Measures Art. 9)."""
    number = str(look.entry.public.get("icp_number") or "").strip()
    if not number:
        return
    answer = _sources["icp"].ask(number)
    if answer is not None and str(answer.get("status", "valid")).strip() not in ("", "valid", "有效"):
        yield Finding(WarningKind.ICP_GONE, number, params={"icp": number, "status": str(answer["status"])})


# --- a run ---------------------------------------------------------------------------------------------


def run(*, key: str, now: datetime, pages: int | None = None) -> MonitorRun:
    """One monitor over all entries in force, page by page; goes on where an unfinished run stopped.

    Effects: a warning for each finding that was not said at this threshold before, with a ledger record and
    notices to the provider, its authority and above; warnings of these kinds that are not found any more are
    settled. A source that does not answer changes nothing.
    """
    look_at, kinds = _monitors[key]
    current, _created = MonitorRun.objects.get_or_create(
        monitor=key, finished_at=None, defaults={"started_at": now}
    )
    done = 0
    while pages is None or done < pages:
        done += 1
        entries = list(
            Entry.objects.valid().filter(pk__gt=current.cursor).select_related("unit", "authority__parent")
            .defer("search", "verify_json").order_by("pk")[:PAGE]
        )  # fmt: skip
        with transaction.atomic():
            documents = documents_of(entries)
            for entry in entries:
                _look(current, look_at, kinds, entry, documents.get(entry.pk, {}), now)
            if entries:
                current.cursor = entries[-1].pk
            if len(entries) < PAGE:
                current.finished_at = now
            current.save()
        if current.finished_at is not None:
            break
    return current


def documents_of(entries: list[Entry]) -> dict[int, dict[str, dict[str, Any]]]:
    """The newest filed document of each entry; for one carried over, the working copy. Two queries."""
    found: dict[int, dict[str, dict[str, Any]]] = {}
    ids = [entry.pk for entry in entries]
    versions = FilingVersion.objects.filter(
        filing__entry_id__in=ids, filing__state=FilingState.FILED, number=F("filing__version")
    )
    rows = versions.order_by("filing__closed_at", "pk").values_list("filing__entry_id", "data__system", "data__app")
    for entry_id, system, app in rows:
        found[entry_id] = {"system": system or {}, "app": app or {}}
    for copy in App.objects.filter(entry_id__in=set(ids) - set(found)).select_related("system"):
        if copy.entry_id is not None:
            found[copy.entry_id] = {"system": copy.system.data if copy.system else {}, "app": copy.data}
    return found


def _look(
    current: MonitorRun, look_at: Monitor, kinds: tuple[str, ...], entry: Entry, document: dict[str, Any], now: datetime
) -> None:
    current.checked += 1
    try:
        findings = list(look_at(Look(entry, document, local_date(now))))
    except NoAnswer:
        current.unanswered += 1
        return
    said = {_key(entry, one) for one in findings}
    for one in findings:
        current.raised += _raise(entry, one, now)
    for old in Warning.objects.filter(entry=entry, kind__in=kinds, status=WarningStatus.OPEN):
        if old.key not in said:
            old.status, old.closed_at = WarningStatus.CLOSED, now
            old.save(update_fields=["status", "closed_at"])
            append(
                verb="settle_warning", subject=old, by=Actor.system(), now=now, basis=["op-15"],
                payload={"kind": old.kind},
            )
            current.settled += 1


def _key(entry: Entry, one: Finding) -> str:
    return f"{one.kind}:{entry.pk}:{one.what}:{one.threshold if one.threshold is not None else '-'}"[:160]


def _raise(entry: Entry, one: Finding, now: datetime) -> int:
    """A warning, once for what it is about and how near it is; 1 where it is new."""
    row, created = Warning.objects.get_or_create(
        key=_key(entry, one),
        defaults={
            "kind": one.kind, "entry": entry, "unit": entry.unit, "authority": entry.authority, "params": one.params,
            "days_left": one.days_left, "raised_at": now, "app": App.objects.filter(entry=entry).first(),
        },
    )  # fmt: skip
    if not created:
        return 0
    append(
        verb="raise_warning", subject=row, by=Actor.system(), now=now, basis=["op-15"],
        payload={"kind": str(one.kind), "number": entry.number, "days_left": one.days_left},
    )  # fmt: skip
    params = {
        "kind": str(one.kind), "number": entry.number, "app_name": entry.app_name,
        "provider_name": entry.provider_name, "detail": " ".join(str(value) for value in one.params.values()),
        **_label(one.kind),
    }  # fmt: skip
    for unit in (entry.unit, entry.authority, superior(entry.authority)):
        if unit is not None:
            serve(
                kind="warning_raised", to_unit=unit, subject=row, params=params, now=now,
                legal=unit.pk == entry.unit_id, dedupe=f"warning:{row.pk}:{unit.pk}",
                side=Side.PROVIDER if unit.pk == entry.unit_id else Side.AUTHORITY,
            )
    return 1


def _label(kind: str) -> dict[str, str]:
    """The kind in both languages, since a notice keeps its words."""
    from django.utils import translation

    with translation.override("zh-hans"):
        chinese = str(WarningKind(kind).label)
    with translation.override("en"):
        return {"kind_label": chinese, "kind_label_en": str(WarningKind(kind).label)}


def _running_out(kind: str, last: date, today: date) -> Iterator[Finding]:
    left = (last - today).days
    threshold = next((days for days in THRESHOLDS if left <= days), None)
    if threshold is not None:
        yield Finding(kind, last.isoformat(), left, threshold, {"until": last.isoformat()})


def _months_after(day: date, months: int) -> date:
    try:
        return add_months(day, months)
    except PeriodInvalid:
        return date.max


def as_day(value: Any) -> date | None:
    """A day as a document writes it; None for anything else."""
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None


def version_key(text: str) -> tuple[int, ...]:
    """``4.10.2`` → (4, 10, 2): numbers are compared as numbers, whatever stands between them."""
    parts = "".join(char if char.isdigit() else " " for char in text).split()
    numbers = [int(part[:9]) for part in parts[:6]]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
