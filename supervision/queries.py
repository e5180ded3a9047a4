"""Reading: what a campaign concerns, the queue of complaints, what the complainant may see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.enums import Level
from accounts.models import Unit
from blacklist.models import Listing
from ledger.acts import Actor
from providers.enums import FilingState
from providers.models import App, Filing, FilingVersion
from registry.enums import LIVE_STATES
from registry.models import Entry
from rulebook import policies
from rulebook.catalogue import parse_day
from rulebook.time import end_of_day, start_of_day
from supervision.enums import ComplaintState, Department, MessageKind, ReferralSubject
from supervision.models import Complaint, ComplaintCategory, ComplaintGuide

#: what a campaign's filter may say, and of what kind it is
FILTER_KEYS = {
    "stages": list, "functions": list, "provinces": list, "states": list, "numbers": list, "lacks": list,
    "training": bool, "photo_search": bool, "discipline": bool, "buffer": str, "open_items_before": str,
}  # fmt: skip
LACKS = ("icp", "mlps")


class FilterInvalid(ValueError):
    """A campaign's filter says something that it cannot say. ``key`` names it."""

    def __init__(self, key: str, message: Any) -> None:
        self.key, self.message = key, message
        super().__init__(f"{key}: {message}")


def _newest(path: str) -> Subquery:
    """A value of the newest filed version of the entry's app; what is typed since then does not count."""
    versions = FilingVersion.objects.filter(
        filing__entry_id=OuterRef("pk"), filing__state=FilingState.FILED, number=F("filing__version")
    )
    return Subquery(
        versions.order_by("-filing__closed_at", "-pk").values(value=KT(path))[:1], output_field=TextField()
    )


def _said(path: str) -> Coalesce:
    """The same, or what the working copy says where an entry was carried over without any filing."""
    copy = App.objects.filter(entry_id=OuterRef("pk")).values(value=KT(path.replace("data__app__", "data__")))[:1]
    return Coalesce(_newest(path), Subquery(copy, output_field=TextField()))


def check_filter(wanted: Mapping[str, Any]) -> None:
    """Raises ``FilterInvalid`` for keys and values that mean nothing, and for a filter that says nothing."""
    for key, value in wanted.items():
        kind = FILTER_KEYS.get(key)
        if kind is None or not isinstance(value, kind):
            raise FilterInvalid(key, _("This cannot be filtered by."))
    if set(wanted.get("lacks", [])) - set(LACKS):
        raise FilterInvalid("lacks", _("This cannot be filtered by."))
    if not any(value not in ([], "", None) for value in wanted.values()):
        raise FilterInvalid("filter", _("Say which apps are meant."))


def campaign_entries(wanted: Mapping[str, Any], authority: Unit | None = None) -> QuerySet[Entry]:
    """Live entries that a campaign's filter means; of a province those that it filed.

    ``stages``, ``functions``: any of them; ``training``: preschool or subject training offered;
    ``photo_search``; ``discipline``; ``lacks``: any of ``icp``, ``mlps`` missing in the newest filed version;
    ``open_items_before``: with items that a buffer window let come later and that were due before this day;
    ``buffer``: first submitted in that window of the ministry's policy; ``provinces``, ``states``, ``numbers``.
    Raises ``FilterInvalid``.
    """
    check_filter(wanted)
    rows: QuerySet[Entry] = Entry.objects.filter(state__in=wanted.get("states") or sorted(LIVE_STATES)).filter(
        state__in=sorted(LIVE_STATES)
    )
    if authority is not None and authority.level != Level.MINISTRY:
        rows = rows.filter(authority=authority)
    for key, lookup in (("stages", "stages__overlap"), ("functions", "functions__overlap"),
                        ("provinces", "province_code__in"), ("numbers", "number__in")):  # fmt: skip
        if wanted.get(key):
            rows = rows.filter(**{lookup: wanted[key]})
    if "discipline" in wanted:
        rows = rows.filter(is_discipline=wanted["discipline"])
    if "photo_search" in wanted:
        rows = _where(rows, "photo", _said("data__app__photo_search"), wanted["photo_search"])
    if "training" in wanted:
        rows = rows.annotate(
            said_preschool=_said("data__app__preschool_training"), said_trains=_said("data__app__trains_in_subjects")
        )
        trains = Q(said_preschool="true") | Q(said_trains="true")
        rows = rows.filter(trains) if wanted["training"] else rows.exclude(trains)
    if wanted.get("lacks"):
        rows = rows.filter(_lacking(wanted["lacks"]))
    if wanted.get("open_items_before"):
        try:
            day = date.fromisoformat(str(wanted["open_items_before"]))
        except ValueError as error:
            raise FilterInvalid("open_items_before", _("This is no day.")) from error
        rows = rows.filter(open_items_until__lt=day)
    if wanted.get("buffer"):
        rows = _of_buffer(rows, str(wanted["buffer"]))
    return rows


def _where(rows: QuerySet[Entry], name: str, value: Any, wanted: bool) -> QuerySet[Entry]:
    alias = f"said_{name}"
    rows = rows.annotate(**{alias: value})
    return rows.filter(**{alias: "true"}) if wanted else rows.exclude(**{alias: "true"})


def _lacking(items: list[str]) -> Q:
    """Missing in what is published; the number of the certificate is not public, so it is read in the version."""
    found = Q(pk__in=[])
    if "icp" in items:
        found |= Q(public__icp_number__isnull=True) | Q(public__icp_number="")
    if "mlps" in items:
        filed = FilingVersion.objects.filter(
            filing__entry_id=OuterRef("pk"), filing__state=FilingState.FILED, number=F("filing__version")
        )
        with_number = filed.exclude(data__system__mlps_number__isnull=True).exclude(data__system__mlps_number="")
        found |= (
            Q(public__mlps_level__isnull=True)
            | Q(public__mlps_level="")
            | (Exists(filed) & ~Exists(with_number) & ~Q(public__mlps_level="1"))
        )
    return found


def _of_buffer(rows: QuerySet[Entry], key: str) -> QuerySet[Entry]:
    today = date.max.replace(year=2999)
    policy = policies.in_force(["moe"], on=today)
    window = next((one for one in policy.get("buffer_windows") if one["key"] == key), None)
    first, last = (parse_day(window["from"]), parse_day(window["to"])) if window else (None, None)
    if first is None or last is None:
        raise FilterInvalid("buffer", _("There is no such buffer window."))
    inside = Filing.objects.filter(
        entry_id=OuterRef("pk"), kind="initial", submitted_at__gte=start_of_day(first),
        submitted_at__lt=end_of_day(last),
    )  # fmt: skip
    return rows.filter(Exists(inside))


@dataclass(frozen=True)
class Preview:
    """What a campaign would concern now: how many, where, in which state, and the first of them."""

    count: int
    by_province: list[tuple[str, int]]
    by_state: list[tuple[str, int]]
    sample: list[Entry]


def campaign_preview(wanted: Mapping[str, Any], authority: Unit | None = None, sample: int = 50) -> Preview:
    """Counts and lists; a constant number of queries. Raises ``FilterInvalid``."""
    rows = campaign_entries(wanted, authority)
    pairs = list(
        Entry.objects.filter(pk__in=rows.values("pk"))
        .values_list("province_code", "state")
        .annotate(count=Count("pk"))
        .order_by("province_code", "state")
    )
    provinces: dict[str, int] = {}
    states: dict[str, int] = {}
    for province, state, count in pairs:
        provinces[province] = provinces.get(province, 0) + count
        states[state] = states.get(state, 0) + count
    return Preview(
        sum(provinces.values()), sorted(provinces.items()), sorted(states.items()),
        list(rows.select_related("unit").order_by("pk")[:sample]),
    )  # fmt: skip


# --- complaints ----------------------------------------------------------------------------------------


def categories(kind: str | None = None) -> list[ComplaintCategory]:
    """What can be complained of, in its order."""
    rows = ComplaintCategory.objects.filter(active=True)
    return list(rows.filter(kind=kind) if kind else rows)


def guide(on: date) -> ComplaintGuide | None:
    """The notice on complaints in force on that day."""
    return ComplaintGuide.objects.filter(effective_from__lte=on).first()


def queue(actor: Actor | None) -> QuerySet[Complaint]:
    """The authority's complaints, the most urgent first, with what a list shows; one query."""
    return (
        Complaint.objects.visible_to(actor)
        .select_related("authority", "category", "entry", "handler")
        .order_by(F("due_at").asc(nulls_last=True), "id")
    )


def published_replies() -> QuerySet[Complaint]:
    """Replies that concern many, newest first. Show ``public_title``, ``public_reply``, ``published_at``, the
    category and the authority, nothing else."""
    return (
        Complaint.objects.filter(published_at__isnull=False)
        .select_related("category", "authority")
        .only(
            "public_title", "public_reply", "published_at", "kind", "category__label_zh", "category__label_en",
            "authority__name", "authority__name_en",
        )
        .order_by("-published_at", "-id")
    )  # fmt: skip


def code_digest(code: str) -> str:
    """What is stored of a query code; spaces, hyphens and lower case do not matter."""
    plain = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(f"complaint:{plain}".encode()).hexdigest()


def complaint_by_code(code: str) -> Complaint | None:
    """The case of a query code, for who holds the code; None for an unknown one."""
    rows = Complaint.objects.select_related("authority", "category", "entry", "merged_into")
    return rows.filter(query_code_digest=code_digest(code)).first()


def public_view(complaint: Complaint) -> dict[str, Any]:
    """What stands under the query code: for the complainant alone, without any name.

    A merged case shows the reply of the one that it was merged into, once that has one.
    """
    reply, closed_at = complaint.reply, complaint.closed_at
    if complaint.merged_into is not None and complaint.merged_into.state == ComplaintState.RESOLVED:
        reply, closed_at = complaint.merged_into.reply, complaint.merged_into.closed_at
    lines = complaint.messages.exclude(kind__in=[MessageKind.NOTE, MessageKind.REPLY])
    return {
        "case_no": complaint.case_no,
        "kind": complaint.kind,
        "category": complaint.category,
        "state": complaint.state,
        "app_name": complaint.app_name,
        "authority": complaint.authority,
        "received_at": complaint.received_at,
        "accepted_at": complaint.accepted_at,
        "closed_at": closed_at,
        "due_day": complaint.due_day,
        "waiting_for_answer": complaint.waiting_for_answer,
        "text": complaint.text,
        "messages": [{"kind": line.kind, "text": line.text, "at": line.at} for line in lines],
        "reason": complaint.decision_reason,
        "elsewhere": complaint.elsewhere,
        "outcome": complaint.outcome,
        "reply": reply,
    }


def filed_training_licence(entry: Entry) -> str:
    """Number of the online discipline-training licence in the newest filed version of the entry's app; "" for none."""
    found = Entry.objects.filter(pk=entry.pk).annotate(licence=_said("data__app__training_licence_number"))
    return str(found.values_list("licence", flat=True).first() or "").strip()


# --- partners ------------------------------------------------------------------------------------------

_ROUTES: dict[str, tuple[Department, ...]] = {
    ReferralSubject.PROVIDER_SECURITY: (Department.CYBERSPACE, Department.COMMUNICATIONS, Department.POLICE),
    ReferralSubject.ILLEGAL_CONTENT: (Department.CYBERSPACE, Department.ANTI_PORN, Department.POLICE),
    ReferralSubject.STORE: (Department.CYBERSPACE, Department.COMMUNICATIONS, Department.POLICE),
    ReferralSubject.ICP: (Department.COMMUNICATIONS,),
    ReferralSubject.PUBLICATION: (Department.PRESS,),
    ReferralSubject.REGISTRATION: (Department.CIVIL_AFFAIRS,),
    ReferralSubject.CHARGES: (Department.MARKET,),
    ReferralSubject.CRIME: (Department.POLICE,),
    ReferralSubject.OBSCENE: (Department.ANTI_PORN, Department.POLICE),
    ReferralSubject.TRAINING: (Department.OFF_CAMPUS, Department.MARKET),
}


def departments_for(subject: str) -> list[Department]:
    """Which departments are competent for a subject, the first before the others (Opinions 14)."""
    return list(_ROUTES.get(subject, ()))


def credit_export(*, since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Listings for the credit information platform (R142): a row each, oldest first, read as it goes."""
    rows = Listing.objects.select_related("authority").order_by("listed_at", "pk")
    if since is not None:
        rows = rows.filter(Q(listed_at__gte=since) | Q(ended_at__gte=since))
    for row in rows.iterator(chunk_size=1000):
        yield {
            "id": row.pk,
            "unit_name": row.unit_name,
            "uscc": row.uscc,
            "authority": row.authority.name,
            "authority_code": row.authority.code,
            "ground": row.ground,
            "reason": row.reason,
            "articles": row.articles,
            "numbers": row.numbers,
            "listed_at": row.listed_at.isoformat(),
            "bar_last_day": row.bar_last_day.isoformat() if row.bar_last_day else None,
            "state": row.state,
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "lift_reason": row.lift_reason,
        }

