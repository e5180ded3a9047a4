"""Orders to rectify: issue, evidence, re-check, extension, refusal, and the clock (Beijing notice 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.queries import superior
from ledger.acts import Actor, AlreadyMoved, Appended, Audience, Reason, Reasons, Refused, append, perform
from notices.domain import serve
from notices.enums import Side
from providers.models import Material
from registry import domain as registry
from registry.enums import EntryState
from registry.models import Entry
from rulebook import clocks
from rulebook.enums import ClockKind, ClockStatus
from rulebook.models import Clock
from supervision import rules
from supervision.domain.common import MOST_DAYS, days_or_policy, needed, next_case_no, reason_missing
from supervision.domain.errors import Invalid
from supervision.enums import OrderState, StepKind
from supervision.models import Complaint, OrderFile, OrderStep, RectificationOrder

RELATED = ("unit", "authority", "entry")
MOST_FINDINGS = 50


def order(
    *,
    unit: Unit,
    findings: Sequence[Mapping[str, str]],
    public_text: str,
    by: Actor,
    now: datetime,
    articles: Sequence[str] = ("bj-5", "me-24"),
    entry: Entry | None = None,
    days: int | None = None,
    complaint: Complaint | None = None,
) -> RectificationOrder:
    """Orders a provider to mend findings within working days (Beijing notice 5).

    ``findings``: ``[{"text": …, "article": …}]``; ``days``: as the policy says where None. With ``entry`` the
    entry is marked in the same act; ``public_text`` is what the public reads there.
    Effects: the order, its clock, the mark on the entry, a notice to the provider, ledger records.
    Raises ``Invalid``, ``Refused`` (not yours, entry ended, an order is open for it).
    """
    text = needed({"public_text": public_text}, "public_text")["public_text"]
    clean = _findings(findings)
    with transaction.atomic():
        # the unit first: a listing locks it too, and then its entries
        unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        authority = Unit.objects.get(pk=by.unit_id) if by.unit_id else None
        reasons = _may_order(by, unit, entry, authority)
        if reasons or authority is None:
            raise Refused(reasons)
        # the unit is locked, so that nobody opens another one meanwhile
        if entry is not None and RectificationOrder.objects.filter(entry=entry).open().exists():
            raise Refused(Reasons.of(Reason("order_open", _("An order for this app is open already."), "bj-5")))
        period = days_or_policy(days, authority, "rectification_days", now)
        row = RectificationOrder(
            case_no=next_case_no("ZG", authority, now), unit=unit, entry=entry, authority=authority,
            complaint=complaint, findings=clean, articles=list(articles), public_text=text, days=period,
            issued_at=now, issued_by_id=by.person_id,
        )  # fmt: skip
        row.save(force_insert=True)
        append(
            verb="order", subject=row, by=by, now=now, to_state=OrderState.ISSUED, basis=list(articles),
            payload={"case_no": row.case_no, "entry": entry.pk if entry else None, "days": period},
        )  # fmt: skip
        _mark(row, _start_clock(row, period, now, now), by, now)
        _tell(row, "rectification_ordered", now, row.unit)
    return row


def submit_evidence(
    *, order: RectificationOrder, text: str, by: Actor, now: datetime, materials: Sequence[Material] = (),
    seen_state: str | None = None,
) -> RectificationOrder:  # fmt: skip
    """issued → evidence_submitted: the provider says how it has mended the findings, with files of its own.

    Effects: a step with its files, the clock pauses, a notice to the authority.
    Raises ``Invalid``, ``Refused`` (not yours, too late, not your files), ``AlreadyMoved``.
    """
    said = needed({"text": text}, "text")["text"]

    def rule(actor: Actor, row: RectificationOrder) -> Reasons:
        reasons = rules.may_answer_order(actor, row)
        if any(material.unit_id != row.unit_id for material in materials):
            reasons.append(Reason("not_your_files", _("Only files of your own unit can be handed in.")))
        if row.due_at is not None and now >= row.due_at:
            reasons.append(Reason("too_late", _("The period of the order is over."), "bj-5"))
        return reasons

    def effects(row: RectificationOrder, record: Appended) -> None:
        _step(row, StepKind.EVIDENCE, said, by, now, materials)
        clocks.pause(subject=row, kind=ClockKind.RECTIFICATION, now=now)
        _tell(row, "rectification_evidence", now, row.authority, once=str(record.seq))

    return _act(order, "submit_evidence", by, now, rule, effects=effects, seen_state=seen_state)


def send_back(
    *, order: RectificationOrder, reason: str, by: Actor, now: datetime, days: int | None = None,
    seen_state: str | None = None,
) -> RectificationOrder:  # fmt: skip
    """evidence_submitted → issued: the re-check found that it is not mended.

    The clock goes on with the working days that were left, one at least, or with ``days``.
    Effects: a step with the reason, the clock, the date on the entry, a notice to the provider.
    """
    said = needed({"reason": reason}, "reason")["reason"]
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": _("Give 1 to %(most)s working days.") % {"most": MOST_DAYS}})

    def effects(row: RectificationOrder, record: Appended) -> None:
        _step(row, StepKind.SENT_BACK, said, by, now)
        paused = Clock.objects.about(row).filter(kind=ClockKind.RECTIFICATION, status=ClockStatus.PAUSED).first()
        left = days if days is not None else max(1, paused.remaining or 0 if paused is not None else 1)
        clocks.stop(subject=row, kind=ClockKind.RECTIFICATION, now=now)
        _move_mark(row, _start_clock(row, left, now, now), by, now)
        _tell(row, "rectification_sent_back", now, row.unit, once=str(record.seq), said=said)

    return _act(order, "send_back", by, now, rules.may_decide_order, effects=effects, seen_state=seen_state)


def extend(
    *, order: RectificationOrder, days: int, reason: str, by: Actor, now: datetime, seen_state: str | None = None
) -> RectificationOrder:
    """Extends an issued order once, with a reason, by working days after its last day.

    Effects: the clock, the date on the entry, a step, a notice to the provider.
    Raises ``Invalid``, ``Refused`` (not yours, extended already, over), ``AlreadyMoved``.
    """
    said = needed({"reason": reason}, "reason")["reason"]
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": _("Give 1 to %(most)s working days.") % {"most": MOST_DAYS}})

    def rule(actor: Actor, row: RectificationOrder) -> Reasons:
        reasons = rules.may_decide_order(actor, row)
        if row.extended:
            reasons.append(Reason("extended_already", _("The order was extended once already."), "bj-5"))
        if row.state != OrderState.ISSUED or (row.due_at is not None and now >= row.due_at):
            reasons.append(Reason("not_running", _("Only an order that is running can be extended."), "bj-5"))
        return reasons

    def change(row: RectificationOrder) -> None:
        row.extended_days, row.extension_reason = days, said

    def effects(row: RectificationOrder, record: Appended) -> None:
        clock = clocks.running(row, ClockKind.RECTIFICATION)
        whole, since = (clock.days + days, clock.started_at) if clock is not None else (row.days + days, row.issued_at)
        clocks.stop(subject=row, kind=ClockKind.RECTIFICATION, now=now)
        _move_mark(row, _start_clock(row, whole, since, now), by, now)
        _step(row, StepKind.EXTENDED, said, by, now)
        _tell(row, "rectification_extended", now, row.unit, said=said)

    return _act(order, "extend", by, now, rule, change=change, effects=effects, seen_state=seen_state, moves=False)


def clear(
    *, order: RectificationOrder, by: Actor, now: datetime, reason: str = "", public_text: str = "",
    seen_state: str | None = None,
) -> RectificationOrder:  # fmt: skip
    """The findings are mended: the order ends, the entry loses its mark.

    A reason is needed where the provider handed in nothing, or the period is over or rectification was
    refused. Effects: the clock stops, the entry is cleared where it carries the mark, a step, a notice.
    """

    def rule(actor: Actor, row: RectificationOrder) -> Reasons:
        reasons = rules.may_decide_order(actor, row)
        if row.state != OrderState.EVIDENCE_SUBMITTED:
            reasons.extend(reason_missing(reason, _("Say why it is cleared without evidence in time.")))
        return reasons

    def change(row: RectificationOrder) -> None:
        row.closed_at = now

    def effects(row: RectificationOrder, record: Appended) -> None:
        clocks.stop(subject=row, now=now)
        _step(row, StepKind.CLEARED, reason, by, now)
        if row.entry is not None and row.entry.state == EntryState.RECTIFYING:
            registry.clear_rectification(entry=row.entry, by=by, now=now, public_text=public_text)
        _tell(row, "rectification_cleared", now, row.unit)

    return _act(
        order, "clear", by, now, rule, change=change, effects=effects, seen_state=seen_state, audience=Audience.PARTIES
    )


def refuse(
    *, order: RectificationOrder, reason: str, by: Actor, now: datetime, seen_state: str | None = None
) -> RectificationOrder:
    """The provider refuses to rectify, or the authority records that it does: a proposal to list (Art. 24).

    Effects: the clock stops, a step, notices to the authority and the provider.
    """
    said = needed({"reason": reason}, "reason")["reason"]

    def effects(row: RectificationOrder, record: Appended) -> None:
        clocks.stop(subject=row, now=now)
        _step(row, StepKind.REFUSED, said, by, now)
        for unit in (row.unit, row.authority):
            _tell(row, "rectification_refused", now, unit, said=said)

    return _act(order, "refuse", by, now, rules.may_refuse_order, effects=effects, seen_state=seen_state)


def run_out(
    *, order: RectificationOrder, now: datetime, by: Actor | None = None, stop_clocks: bool = True
) -> RectificationOrder:
    """issued → overdue, by the clock alone: a proposal to list, which a person decides (Measures Art. 24).

    Effects: the mark, a step, notices to the provider, the authority, and its superior.
    """
    actor = by or Actor.system()

    def rule(who: Actor, row: RectificationOrder) -> Reasons:
        reasons = rules.only_the_clock(who, row)
        if row.due_at is None or now < row.due_at:
            reasons.append(Reason("not_due", _("The period of the order is not over."), "bj-5"))
        return reasons

    def change(row: RectificationOrder) -> None:
        row.overdue_at = row.due_at

    def effects(row: RectificationOrder, record: Appended) -> None:
        if stop_clocks:
            clocks.stop(subject=row, now=now)
        _step(row, StepKind.OVERDUE, "", actor, now)
        for unit in (row.unit, row.authority, superior(row.authority)):
            if unit is not None:
                _tell(row, "rectification_overdue", now, unit)

    return _act(order, "run_out", actor, now, rule, change=change, effects=effects)


def run_out_when_due(clock: Clock, now: datetime) -> None:
    """What the clock does; an order that has moved on stays as it is."""
    try:
        run_out(order=RectificationOrder(pk=clock.subject_id), now=now, stop_clocks=False)
    except AlreadyMoved:
        return


def follow_calendar(clock: Clock, previous: date, now: datetime) -> None:
    """A calendar was imported: the order and the date on its entry follow the clock."""
    if clock.kind != ClockKind.RECTIFICATION:
        return
    row = RectificationOrder.objects.select_related(*RELATED).filter(pk=clock.subject_id).first()
    if row is not None:
        row.due_at, row.due_day = clock.due_at, clock.due_day
        row.save(update_fields=["due_at", "due_day"])
        _move_mark(row, clock.due_day, Actor.system(), now)


def entry_moved(entry: Entry, verb: str, by: Actor, now: datetime) -> None:
    """The registry's hook: an app that comes back while an order for it is open carries the mark again."""
    if verb != "resume":
        return
    row = RectificationOrder.objects.select_related(*RELATED).filter(entry=entry).open().first()
    if row is not None and row.due_day is not None:
        registry.order_rectification(
            entry=entry, until=row.due_day, public_text=row.public_text, by=by, now=now, basis=tuple(row.articles)
        )


# --- parts ---------------------------------------------------------------------------------------------


def _findings(findings: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    clean = [
        {"text": str(one.get("text") or "").strip(), "article": str(one.get("article") or "").strip()[:20]}
        for one in findings
    ]
    clean = [one for one in clean if one["text"]]
    if not clean:
        raise Invalid({"findings": _("Name at least one finding.")})
    if len(clean) > MOST_FINDINGS or any(len(one["text"]) > 2000 for one in clean):
        raise Invalid({"findings": _("At most 50 findings of 2,000 characters each.")})
    return clean


def _may_order(by: Actor, unit: Unit, entry: Entry | None, authority: Unit | None) -> Reasons:
    from accounts.queries import NoAuthority, filing_authority

    if authority is None:
        return Reasons.of(rules.NOT_YOURS)
    if entry is None:
        try:
            return rules.holds(by, filing_authority(unit).pk)
        except NoAuthority as error:
            return Reasons.of(Reason("no_authority", str(error), "me-10"))
    reasons = rules.holds(by, entry.authority_id)
    if entry.unit_id != unit.pk:
        reasons.append(Reason("other_unit", _("This app belongs to another provider.")))
    if Entry.objects.filter(pk=entry.pk, state__in=[EntryState.REVOKED, EntryState.CANCELLED]).exists():
        reasons.append(Reason("entry_ended", _("This number is no longer in force; there is nothing to rectify.")))
    return reasons


def _start_clock(row: RectificationOrder, days: int, since: datetime, now: datetime) -> date:
    """The order runs for so many working days; returns the last of them."""
    clock = clocks.start(
        kind=ClockKind.RECTIFICATION, subject=row, started_at=since, days=days, authority_code=row.authority.code,
        now=now,
    )  # fmt: skip
    row.due_at, row.due_day = clock.due_at, clock.due_day
    row.save(update_fields=["due_at", "due_day"])
    return clock.due_day


def _mark(row: RectificationOrder, until: date, by: Actor, now: datetime) -> None:
    """Marks a published entry; one that is offline stays so, and is not selectable anyway."""
    if row.entry is None:
        return
    current = Entry.objects.only("state").get(pk=row.entry_id)
    if current.state == EntryState.PUBLISHED:
        row.entry = registry.order_rectification(
            entry=row.entry, until=until, public_text=row.public_text, by=by, now=now,
            basis=tuple(row.articles),
        )  # fmt: skip
    elif current.state == EntryState.RECTIFYING:
        _move_mark(row, until, by, now)


def _move_mark(row: RectificationOrder, until: date, by: Actor, now: datetime) -> None:
    """The date on the entry follows the order's."""
    if row.entry_id is not None:
        registry.move_rectification(entry=Entry(pk=row.entry_id), until=until, by=by, now=now)


def _step(
    row: RectificationOrder, kind: str, text: str, by: Actor, now: datetime, materials: Sequence[Material] = ()
) -> OrderStep:
    step = OrderStep.objects.create(
        order=row, kind=kind, text=text.strip(), unit_id=by.unit_id, person_id=by.person_id, at=now
    )
    OrderFile.objects.bulk_create([OrderFile(step=step, material=material) for material in dict.fromkeys(materials)])
    return step


def params(row: RectificationOrder) -> dict[str, Any]:
    """What every notice about an order says."""
    return {
        "case_no": row.case_no,
        "app_name": row.entry.app_name if row.entry is not None else row.unit.name,
        "number": row.entry.number if row.entry is not None else "",
        "provider_name": row.unit.name,
        "authority": row.authority.name,
        "authority_en": row.authority.name_en,
        "due_day": row.due_day.isoformat() if row.due_day else "",
        "findings": " ".join(f"{place}. {one['text']}" for place, one in enumerate(row.findings, 1))[:1500],
    }


def _tell(
    row: RectificationOrder, kind: str, now: datetime, unit: Unit, *, once: str = "", said: str = ""
) -> None:
    serve(
        kind=kind, to_unit=unit, subject=row, params={**params(row), "said": said}, now=now,
        dedupe=f"{kind}:{row.pk}:{once}:{unit.pk}", side=Side.PROVIDER if unit.pk == row.unit_id else Side.AUTHORITY,
    )  # fmt: skip


def _act(
    order: RectificationOrder, verb: str, by: Actor, now: datetime, rule: Any, *, effects: Any, change: Any = None,
    seen_state: str | None = None, audience: str = Audience.PARTIES, moves: bool = True,
) -> RectificationOrder:  # fmt: skip
    return perform(
        verb=verb, subject=order, by=by, now=now, rule=rule, transition=verb if moves else None, basis=["bj-5"],
        change=change, effects=effects, seen_state=seen_state, audience=audience, related=RELATED,
        payload=lambda row: {"case_no": row.case_no},
    )  # fmt: skip
