"""Progress reports of the ministry: figures as they were, an edited text, published for good (Measures Art. 23)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from blacklist.models import Listing
from ledger.acts import Actor, Audience, Reason, Reasons, Refused, append, perform
from providers.enums import FilingState
from providers.models import Filing
from registry.enums import EventKind
from registry.models import Entry, EntryEvent
from rulebook.time import end_of_day, local_date, start_of_day
from supervision import rules
from supervision.domain.common import needed
from supervision.domain.errors import Invalid
from supervision.enums import PaperState
from supervision.models import Complaint, ProgressReport, RectificationOrder

EDITABLE = ProgressReport.texts
#: columns of the table by province: what happened within the period
EVENTS = {
    "published": EventKind.PUBLISHED, "changed": EventKind.CHANGED, "offline": EventKind.OFFLINE,
    "revoked": EventKind.REVOKED, "cancelled": EventKind.CANCELLED,
}  # fmt: skip


def generate_report(*, first_day: date, last_day: date, by: Actor, now: datetime) -> ProgressReport:
    """Counts the period and drafts the report; generating a draft again renews its figures and keeps its text.

    Effects: the draft, a ledger record. Raises ``Invalid`` (period), ``Refused`` (not the ministry, published).
    """
    if last_day < first_day or last_day > local_date(now):
        raise Invalid({"last_day": _("Give a period that has ended.")})
    if not rules.is_ministry(by):
        raise Refused(Reasons.of(rules.NOT_YOURS))
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        row, _created = ProgressReport.objects.select_for_update(no_key=True).get_or_create(
            authority=authority, first_day=first_day, last_day=last_day,
            defaults={
                "generated_at": now,
                "title_zh": f"教育移动应用备案进展通报（{first_day.isoformat()}至{last_day.isoformat()}）",
                "title_en": f"Progress of filing, {first_day.isoformat()} to {last_day.isoformat()}",
            },
        )  # fmt: skip
        if row.state != PaperState.DRAFT:
            raise Refused(Reasons.of(Reason("published", _("It is published; write a new one."))))
        row.tables, row.generated_at = figures(first_day, last_day), now
        row.save(update_fields=["tables", "generated_at"])
        append(
            verb="generate_report", subject=row, by=by, now=now, to_state=PaperState.DRAFT, basis=["me-23"],
            payload={"from": first_day.isoformat(), "to": last_day.isoformat()}, audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def edit_report(
    *, report: ProgressReport, by: Actor, now: datetime, seen: str | None = None, **fields: Any
) -> ProgressReport:
    """Changes the text of a draft (fields of ``EDITABLE``); the figures are not edited.

    ``seen``: the draft's mark when it was opened. Raises ``Refused`` (published, or changed by somebody since).
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise ValueError(sorted(unknown))
    if "title_zh" in fields:
        fields |= needed(fields, "title_zh", longest=200)

    def rule(actor: Actor, row: ProgressReport) -> Reasons:
        reasons = rules.works_for(actor, row.authority_id)
        if row.state != PaperState.DRAFT:
            reasons.append(Reason("published", _("It is published; write a new one.")))
        return reasons or rules.unchanged(row, seen)

    def change(row: ProgressReport) -> None:
        for field, value in fields.items():
            setattr(row, field, value)

    return perform(
        verb="edit_report", subject=report, by=by, now=now, rule=rule, change=change,
        payload={"fields": sorted(fields)}, audience=Audience.AUTHORITY,
    )  # fmt: skip


def publish_report(
    *, report: ProgressReport, by: Actor, now: datetime, seen_state: str | None = None
) -> ProgressReport:
    """draft → published: everybody can read it, and it does not change any more."""

    def rule(actor: Actor, row: ProgressReport) -> Reasons:
        reasons = rules.works_for(actor, row.authority_id)
        if not row.body_zh.strip():
            reasons.append(Reason("text_needed", _("Write a text beside the figures.")))
        return reasons

    def change(row: ProgressReport) -> None:
        row.published_at = now

    return perform(
        verb="publish_report", subject=report, by=by, now=now, rule=rule, transition="publish", basis=["me-23"],
        change=change, seen_state=seen_state, audience=Audience.PUBLIC,
    )  # fmt: skip


def figures(first_day: date, last_day: date) -> dict[str, Any]:
    """Counts of a period: ``{"provinces": [{"code", …}], "totals": {…}, "states": {…}}``.

    By province: events of entries (``EVENTS``), filings submitted and lapsed, complaints, orders, listings;
    ``in_force`` and ``states`` stand as they are when it is counted. A constant number of queries.
    """
    since, until = start_of_day(first_day), end_of_day(last_day)
    table: dict[str, dict[str, int]] = {}

    def put(column: str, pairs: Any) -> None:
        for code, count in pairs:
            table.setdefault(code or "00", {})[column] = count

    events = EntryEvent.objects.filter(at__gte=since, at__lt=until)
    for column, kind in EVENTS.items():
        put(column, events.filter(kind=kind).values_list("entry__province_code").annotate(Count("pk")).order_by())
    put("in_force", Entry.objects.valid().values_list("province_code").annotate(Count("pk")).order_by())
    filings = Filing.objects.exclude(submitted_at=None)
    by_authority = "authority__province_code"
    put("submitted", _within(filings, "submitted_at", since, until, by_authority))
    put("lapsed", _within(filings.filter(state=FilingState.LAPSED), "closed_at", since, until, by_authority))
    put("complaints", _within(Complaint.objects.all(), "received_at", since, until, by_authority))
    put("orders", _within(RectificationOrder.objects.all(), "issued_at", since, until, by_authority))
    put("listings", _within(Listing.objects.all(), "listed_at", since, until, by_authority))
    columns = [*EVENTS, "in_force", "submitted", "lapsed", "complaints", "orders", "listings"]
    provinces = [
        {"code": code, **{column: table[code].get(column, 0) for column in columns}} for code in sorted(table)
    ]
    return {
        "columns": columns,
        "provinces": provinces,
        "totals": {column: sum(row[column] for row in provinces) for column in columns},
        "states": dict(Entry.objects.values_list("state").annotate(Count("pk")).order_by()),
    }


def _within(rows: Any, field: str, since: datetime, until: datetime, group: str) -> Any:
    inside = rows.filter(**{f"{field}__gte": since, f"{field}__lt": until})
    return inside.order_by().values_list(group).annotate(Count("pk"))
