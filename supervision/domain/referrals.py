"""Cases for partner departments, their measures, requests to app stores (Opinions 7, 14, 16; Beijing notice 4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Unit
from blacklist.models import Listing
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, append, perform
from notices.domain import serve
from registry.models import Entry
from rulebook import clocks
from rulebook.enums import ClockKind
from rulebook.models import Clock
from rulebook.time import local_date
from supervision import rules
from supervision.domain.common import days_or_policy, needed, next_case_no
from supervision.domain.errors import Invalid
from supervision.enums import Department, ReferralState, ReferralSubject, StoreDuty, TakedownState
from supervision.models import (
    Complaint,
    JointMeasure,
    Partner,
    RectificationOrder,
    Referral,
    Takedown,
    TrainingInstitution,
)
from supervision.queries import departments_for, filed_training_licence

RELATED = ("authority", "partner")


def refer(
    *,
    subject: str,
    title: str,
    text: str,
    by: Actor,
    now: datetime,
    department: str | None = None,
    entry: Entry | None = None,
    complaint: Complaint | None = None,
    order: RectificationOrder | None = None,
    listing: Listing | None = None,
    articles: Sequence[str] = ("op-14",),
    days: int | None = None,
    licence_number: str = "",
) -> Referral:
    """Hands a case to the department that its subject belongs to, of the province, with a frozen case file.

    ``department`` None: the first that is competent; another must be one of the competent ones. The file
    holds what is public of the entry, the order's findings and the listing; of a complaint its number,
    kind and category, never its text, files or who made it. A case about off-campus training also names the
    training licence (given, or as filed for the app) and the line of the list of licensed institutions (R178).
    Effects: the referral, its clock, a notice to the partner where it has an account, ledger records.
    """
    said = needed({"title": title, "text": text}, "title", longest=160) | needed({"text": text}, "text")
    competent = departments_for(subject)
    chosen = department or (competent[0] if competent else "")
    if chosen not in competent:
        raise Invalid({"department": _("This department is not competent for the subject.")})
    if by.unit_id is None:
        raise Refused(Reasons.of(rules.NOT_YOURS))
    if licence_number.strip() and subject != ReferralSubject.TRAINING:
        raise Invalid({"licence_number": _("Only a case about off-campus training names a licence.")})
    reasons = rules.works_for(by, by.unit_id)
    for about in (complaint, order, listing, entry):
        if about is not None:
            reasons.extend(rules.holds(by, about.authority_id))
    if reasons:
        raise Refused(Reasons.of(reasons[0]))
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        period = days_or_policy(days, authority, "referral_days", now)
        partner = partner_of(str(chosen), authority.province_code)
        file = case_file(entry=entry, complaint=complaint, order=order, listing=listing)
        licence, institution = "", None
        if subject == ReferralSubject.TRAINING:
            about_entry = entry or next((one.entry for one in (complaint, order) if one and one.entry), None)
            licence, institution = training_licence(licence_number, about_entry, listing, authority.province_code)
            file["licence"] = _licence_part(licence, institution, local_date(now))
        row = Referral.objects.create(
            case_no=next_case_no("YS", authority, now), authority=authority, department=chosen, partner=partner,
            subject=subject, title=said["title"], text=said["text"], articles=list(articles), entry=entry,
            complaint=complaint, order=order, listing=listing, sent_at=now, sent_by_id=by.person_id,
            case_file=file, licence_number=licence, institution=institution,
        )  # fmt: skip
        clock = clocks.start(
            kind=ClockKind.REFERRAL, subject=row, started_at=now, days=period, authority_code=authority.code, now=now
        )
        row.due_at, row.due_day = clock.due_at, clock.due_day
        row.save(update_fields=["due_at", "due_day"])
        append(
            verb="refer", subject=row, by=by, now=now, to_state=ReferralState.SENT, basis=list(articles),
            payload={"case_no": row.case_no, "department": str(chosen), "subject": str(subject)},
            audience=Audience.AUTHORITY,
        )  # fmt: skip
        if partner is not None:
            _tell(row, "referral_sent", partner, now)
    return row


def answer_referral(
    *, referral: Referral, answer: str, by: Actor, now: datetime, seen_state: str | None = None
) -> Referral:
    """sent → answered: by the partner, or by the authority for an answer that came by post."""
    said = needed({"answer": answer}, "answer")["answer"]

    def change(row: Referral) -> None:
        row.answer, row.answered_at, row.answered_by_id = said, now, by.person_id

    def effects(row: Referral, record: Appended) -> None:
        clocks.stop(subject=row, now=now)
        _tell(row, "referral_answered", row.authority, now)

    return _act(referral, "reply", by, now, rules.may_answer_referral, change, effects, seen_state)


def close_referral(*, referral: Referral, by: Actor, now: datetime, seen_state: str | None = None) -> Referral:
    """sent or answered → closed, by the authority."""

    def change(row: Referral) -> None:
        row.closed_at = now

    def effects(row: Referral, record: Appended) -> None:
        clocks.stop(subject=row, now=now)

    return _act(
        referral, "close", by, now, lambda actor, row: rules.holds(actor, row.authority_id), change, effects, seen_state
    )


def record_measure(
    *, unit: Unit, department: str, measure: str, decided_on: date, by: Actor, now: datetime, until: date | None = None,
    listing: Listing | None = None, referral: Referral | None = None,
) -> JointMeasure:  # fmt: skip
    """Records what a department did against a provider (R143): by the authority, or by the partner itself.

    Effects: the row, for good; a ledger record. Raises ``Invalid``, ``Refused``.
    """
    said = needed({"measure": measure}, "measure", longest=2000)["measure"]
    if department not in Department.values:
        raise Invalid({"department": _("Choose the department.")})
    if until is not None and until < decided_on:
        raise Invalid({"until": _("This day lies before the decision.")})
    partner_id = by.unit_id if by.role == Role.PARTNER else None
    if partner_id is not None:
        allowed = referral is not None and referral.partner_id == partner_id and referral.department == department
        reasons = Reasons() if allowed else Reasons.of(Reason("not_your_case", _("Record it in a case of yours.")))
        authority_id = referral.authority_id if referral is not None else None
    else:
        authority_id = by.unit_id
        reasons = rules.works_for(by, by.unit_id or 0)
    if reasons or authority_id is None:
        raise Refused(reasons)
    with transaction.atomic():
        row = JointMeasure.objects.create(
            authority_id=authority_id, unit=unit, listing=listing, referral=referral, department=department,
            partner_id=partner_id, measure=said, decided_on=decided_on, until=until, recorded_at=now,
            recorded_by_id=by.person_id,
        )  # fmt: skip
        append(
            verb="record_measure", subject=row, by=by, now=now, basis=["op-16"],
            payload={"unit": unit.pk, "department": str(department)}, audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def request_takedown(
    *, store: str, text: str, by: Actor, now: datetime, entry: Entry | None = None, listing: Listing | None = None,
    app_name: str = "", packages: Sequence[str] = (), days: int | None = None, duties: Sequence[str] = (),
) -> Takedown:  # fmt: skip
    """Asks an app store to remove an app, and to account for ``duties`` of its own (``StoreDuty``; Opinions 7, 13).

    Effects: the request, its clock, a ledger record.
    """
    said = needed({"store": store, "text": text}, "store", longest=80) | needed({"text": text}, "text")
    name = entry.app_name if entry is not None else app_name.strip()
    if not name:
        raise Invalid({"app_name": _("Name the app.")})
    if by.unit_id is None:
        raise Refused(Reasons.of(rules.NOT_YOURS))
    reasons = Reasons.of(
        rules.works_for(by, by.unit_id), rules.holds(by, entry.authority_id) if entry is not None else None
    )
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        period = days_or_policy(days, authority, "takedown_days", now)
        row = Takedown.objects.create(
            case_no=next_case_no("XJ", authority, now), authority=authority, entry=entry, listing=listing,
            store=said["store"], app_name=name[:120], text=said["text"], requested_at=now,
            packages=list(entry.package_ids if entry is not None else packages), requested_by_id=by.person_id,
            duties=_duties(duties, StoreDuty.values, "duties"),
        )  # fmt: skip
        clock = clocks.start(
            kind=ClockKind.TAKEDOWN, subject=row, started_at=now, days=period, authority_code=authority.code, now=now
        )
        row.due_at, row.due_day = clock.due_at, clock.due_day
        row.save(update_fields=["due_at", "due_day"])
        append(
            verb="request_takedown", subject=row, by=by, now=now, to_state=TakedownState.REQUESTED, basis=["op-7"],
            payload={"case_no": row.case_no, "store": row.store}, audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def answer_takedown(
    *, takedown: Takedown, removed: bool, answer: str, answered_on: date, by: Actor, now: datetime,
    seen_state: str | None = None, shown: Sequence[str] = (),
) -> Takedown:  # fmt: skip
    """requested → removed or declined: what the store answered, and which duties it showed to keep; stops the clock."""
    said = needed({"answer": answer}, "answer")["answer"]

    def change(row: Takedown) -> None:
        row.answer, row.answered_on = said, answered_on
        row.shown = _duties(shown, row.duties, "shown")

    def effects(row: Takedown, record: Appended) -> None:
        clocks.stop(subject=row, now=now)

    return _act(
        takedown, "remove" if removed else "decline", by, now,
        lambda actor, row: rules.holds(actor, row.authority_id), change, effects, seen_state, ("authority",),
    )  # fmt: skip


# --- clocks --------------------------------------------------------------------------------------------


def referral_overdue(clock: Clock, now: datetime) -> None:
    """No answer in time: marked once, both sides are told, the request goes on."""
    row = Referral.objects.select_related(*RELATED).filter(pk=clock.subject_id, state=ReferralState.SENT).first()
    if row is None:
        return

    def effects(locked: Referral, record: Appended) -> None:
        for unit in (locked.authority, locked.partner):
            if unit is not None:
                _tell(locked, "referral_overdue", unit, now)

    _overdue(row, clock, now, effects, RELATED)


def takedown_overdue(clock: Clock, now: datetime) -> None:
    """The store has not answered in time: marked once, the authority is told."""
    row = Takedown.objects.select_related("authority").filter(
        pk=clock.subject_id, state=TakedownState.REQUESTED
    ).first()
    if row is None:
        return

    def effects(locked: Takedown, record: Appended) -> None:
        params = {"case_no": locked.case_no, "title": locked.app_name, "due_day": clock.due_day.isoformat()}
        serve(
            kind="referral_overdue", to_unit=locked.authority, subject=locked, params=params, now=now,
            dedupe=f"takedown_overdue:{locked.pk}",
        )

    _overdue(row, clock, now, effects, ("authority",))


def _overdue(row: Any, clock: Clock, now: datetime, effects: Any, related: Sequence[str]) -> None:
    def change(locked: Any) -> None:
        locked.overdue_since = clock.due_at

    perform(
        verb="overdue", subject=row, by=Actor.system(), now=now, rule=rules.only_the_clock, change=change,
        effects=effects, related=related, audience=Audience.AUTHORITY,
    )  # fmt: skip


def referral_moved(clock: Clock) -> None:
    Referral.objects.filter(pk=clock.subject_id).update(due_at=clock.due_at, due_day=clock.due_day)


def takedown_moved(clock: Clock) -> None:
    Takedown.objects.filter(pk=clock.subject_id).update(due_at=clock.due_at, due_day=clock.due_day)


# --- parts ---------------------------------------------------------------------------------------------


def partner_of(department: str, province: str) -> Unit | None:
    """The department of that province, else that of the whole country; None where neither has an account."""
    rows = Partner.objects.filter(department=department, province_code__in=[province, ""], unit__active=True)
    found = rows.select_related("unit").order_by("-province_code").first()
    return found.unit if found is not None else None


def training_licence(
    given: str, entry: Entry | None, listing: Listing | None, province: str
) -> tuple[str, TrainingInstitution | None]:
    """The number of the training licence, and the line of the list of licensed institutions; "" and None: unknown.

    What was typed counts before what was filed for the app; without a number the list is asked by credit code.
    """
    number = (given.strip() or (filed_training_licence(entry) if entry is not None else ""))[:60]
    lines = TrainingInstitution.objects.filter(province_code=entry.province_code if entry is not None else province)
    if number:
        return number, lines.filter(licence_number=number).first()
    uscc = entry.uscc if entry is not None else (listing.uscc if listing is not None else "")
    found = lines.filter(uscc=uscc).first() if uscc else None
    return (found.licence_number if found is not None else ""), found


def _duties(given: Sequence[str], known: Sequence[str], field: str) -> list[str]:
    """Those of the duties that are given, in their order; ``Invalid`` where one of them is none."""
    if not set(given) <= set(known):
        raise Invalid({field: _("This is not among the duties that the store is asked about.")})
    return [str(duty) for duty in StoreDuty.values if duty in given]


def _licence_part(number: str, institution: TrainingInstitution | None, today: date) -> dict[str, Any]:
    """What the case file says of the licence; ``listed`` False: it is on no list that the portal knows."""
    part: dict[str, Any] = {"number": number, "listed": institution is not None}
    if institution is not None:
        until = institution.licence_until
        part |= {
            "institution": institution.name, "uscc": institution.uscc, "licensed_by": institution.licensed_by,
            "until": until.isoformat() if until else None, "valid": until is None or until >= today,
            "source": institution.source, "listed_on": institution.listed_on.isoformat(),
        }  # fmt: skip
    return part


def case_file(
    *, entry: Entry | None, complaint: Complaint | None, order: RectificationOrder | None, listing: Listing | None
) -> dict[str, Any]:
    """What a partner reads; nothing of a complainant."""
    file: dict[str, Any] = {}
    if entry is not None:
        file["entry"] = {"number": entry.number, "state": str(entry.state), "public": entry.public}
    if complaint is not None:
        file["complaint"] = {
            "case_no": complaint.case_no, "kind": complaint.kind, "category": complaint.category.label_zh,
            "app_name": complaint.app_name, "received_at": complaint.received_at.isoformat(),
        }  # fmt: skip
    if order is not None:
        file["order"] = {
            "case_no": order.case_no, "state": str(order.state), "findings": order.findings,
            "due_day": order.due_day.isoformat() if order.due_day else None,
        }  # fmt: skip
    if listing is not None:
        file["listing"] = {
            "unit_name": listing.unit_name, "uscc": listing.uscc, "reason": listing.reason, "numbers": listing.numbers,
            "bar_last_day": listing.bar_last_day.isoformat() if listing.bar_last_day else None,
        }  # fmt: skip
    return file


def _tell(row: Referral, kind: str, unit: Unit, now: datetime) -> None:
    params = {
        "case_no": row.case_no,
        "title": row.title,
        "authority": row.authority.name,
        "authority_en": row.authority.name_en,
        "department": str(Department(row.department).label),
        "due_day": row.due_day.isoformat() if row.due_day else "",
    }
    serve(kind=kind, to_unit=unit, subject=row, params=params, now=now, dedupe=f"{kind}:{row.pk}:{unit.pk}")


def _act(
    row: Any, verb: str, by: Actor, now: datetime, rule: Any, change: Any, effects: Any, seen_state: str | None,
    related: Sequence[str] = RELATED,
) -> Any:  # fmt: skip
    return perform(
        verb=verb, subject=row, by=by, now=now, rule=rule, transition=verb, basis=["op-14"], change=change,
        effects=effects, seen_state=seen_state, audience=Audience.AUTHORITY, related=related,
        payload=lambda found: {"case_no": found.case_no},
    )  # fmt: skip
