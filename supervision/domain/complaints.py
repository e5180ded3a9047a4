"""Complaints, suggestions and reports: from the public form to the reply (Measures Art. 22; Opinions 13, 15).

The acts of a complaint stand in the ledger for authorities alone. What a provider learns of it is a
:class:`Forwarding`, in the authority's own words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import MembershipStatus
from accounts.models import Membership, Person
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, perform
from notices.domain import serve
from rulebook import clocks
from rulebook.enums import ClockKind
from rulebook.models import Clock
from supervision import rules
from supervision.domain.common import needed, policy_of
from supervision.domain.errors import Invalid
from supervision.enums import OPEN_COMPLAINTS, ComplaintState, MessageKind, Outcome
from supervision.models import (
    ComplainantIdentity,
    Complaint,
    ComplaintMessage,
)

RELATED = ("authority", "category", "entry")


def take(*, complaint: Complaint, by: Actor, now: datetime, person: Person | None = None) -> Complaint:
    """Somebody of the authority handles the case from now on: oneself, or whom the head of review names.

    Effects: the handler, who may see the identity; a ledger record. Raises ``Refused``.
    """
    chosen = person.pk if person is not None else by.person_id

    def rule(actor: Actor, row: Complaint) -> Reasons:
        reasons = rules.may_handle(actor, row)
        if not reasons and chosen != actor.person_id:
            reasons.extend(rules.leads(actor, row.authority_id))
        member = Membership.objects.filter(
            person_id=chosen, unit_id=row.authority_id, status=MembershipStatus.ACTIVE
        ).exists()
        if not member:
            reasons.append(Reason("not_a_colleague", _("This person does not work for the authority.")))
        return reasons

    def change(row: Complaint) -> None:
        row.handler_id = chosen

    return act(complaint, "take", by, now, rule=rule, change=change, moves=False, payload={"handler": chosen})


def accept(*, complaint: Complaint, by: Actor, now: datetime, seen_state: str | None = None) -> Complaint:
    """received → accepted. Effects: who accepts handles it, where nobody does; the target for the reply starts."""

    def change(row: Complaint) -> None:
        row.accepted_at = now
        row.handler_id = row.handler_id or by.person_id

    def effects(row: Complaint, record: Appended) -> None:
        clocks.stop(subject=row, kind=ClockKind.ACCEPTANCE, now=now)
        start_target(row, ClockKind.COMPLAINT, "complaint_reply_days", now, since=row.received_at)

    return act(complaint, "accept", by, now, change=change, effects=effects, seen_state=seen_state)


def do_not_accept(
    *, complaint: Complaint, reason: str, elsewhere: str, by: Actor, now: datetime, seen_state: str | None = None
) -> Complaint:
    """received → not_accepted, always with the reason and where to go instead (Beijing notice 4(1))."""
    said = needed({"reason": reason, "elsewhere": elsewhere}, "reason", "elsewhere")

    def change(row: Complaint) -> None:
        row.decision_reason, row.elsewhere, row.closed_at = said["reason"], said["elsewhere"], now
        _no_target(row)

    return act(complaint, "do_not_accept", by, now, change=change, effects=_ended(now), seen_state=seen_state)


def ask_back(*, complaint: Complaint, text: str, by: Actor, now: datetime) -> Complaint:
    """Asks the complainant, who reads it under the query code. Effects: the question, a mark."""
    said = needed({"text": text}, "text")["text"]

    def change(row: Complaint) -> None:
        row.waiting_for_answer = True

    def effects(row: Complaint, record: Appended) -> None:
        message(row, MessageKind.QUESTION, said, by, now)

    return act(complaint, "ask_back", by, now, rule=_open, change=change, effects=effects, moves=False)


def add_note(*, complaint: Complaint, text: str, by: Actor, now: datetime) -> ComplaintMessage:
    """A note for colleagues. Effects: the note, a ledger record without its text."""
    said = needed({"text": text}, "text")["text"]
    made: list[ComplaintMessage] = []

    def effects(row: Complaint, record: Appended) -> None:
        made.append(message(row, MessageKind.NOTE, said, by, now))

    act(complaint, "add_note", by, now, effects=effects, moves=False)
    return made[0]


def investigate(*, complaint: Complaint, by: Actor, now: datetime, seen_state: str | None = None) -> Complaint:
    """accepted → investigating."""
    return act(complaint, "investigate", by, now, seen_state=seen_state)


def resolve(
    *, complaint: Complaint, outcome: str, reply: str, by: Actor, now: datetime, seen_state: str | None = None
) -> Complaint:
    """accepted or investigating → resolved, with the reply that the complainant reads (Opinions 15).

    Effects: outcome and reply; the target stops; open forwardings stay as they are; duplicates that were
    merged into it show the same reply. Raises ``Invalid``, ``Refused``, ``AlreadyMoved``.
    """
    said = needed({"reply": reply}, "reply")["reply"]
    if outcome not in Outcome.values:
        raise Invalid({"outcome": _("Choose what came of it.")})

    def change(row: Complaint) -> None:
        row.outcome, row.reply, row.closed_at, row.waiting_for_answer = outcome, said, now, False
        _no_target(row)

    def effects(row: Complaint, record: Appended) -> None:
        message(row, MessageKind.REPLY, said, by, now)
        _ended(now)(row, record)

    return act(
        complaint, "resolve", by, now, change=change, effects=effects, seen_state=seen_state,
        payload={"outcome": str(outcome)},
    )  # fmt: skip


def publish_reply(*, complaint: Complaint, title: str, text: str, by: Actor, now: datetime) -> Complaint:
    """Publishes a reply where it concerns many (R131): a title and a text of the authority's own.

    Nothing that the complainant wrote is published. Raises ``Invalid``, ``Refused`` (not resolved).
    """
    said = needed({"title": title, "text": text}, "title", longest=160) | needed({"text": text}, "text")

    def rule(actor: Actor, row: Complaint) -> Reasons:
        reasons = rules.may_handle(actor, row)
        if row.state != ComplaintState.RESOLVED:
            reasons.append(Reason("not_resolved", _("Reply first; then the reply can be published.")))
        return reasons

    def change(row: Complaint) -> None:
        row.public_title, row.public_reply, row.published_at = said["title"], said["text"], now

    return act(complaint, "publish_reply", by, now, rule=rule, change=change, moves=False)


def merge(*, complaint: Complaint, into: Complaint, by: Actor, now: datetime, reply: str = "") -> Complaint:
    """Ends a duplicate: it is answered together with another complaint of the same authority.

    Effects: state resolved, the reply names no other case and nobody else; the target stops.
    Raises ``Refused`` (another authority's, itself, one that is merged itself), ``AlreadyMoved``.
    """
    text = reply.strip() or "您反映的情况与另一件投诉相同，已合并处理；处理结果将在此处告知。"

    def rule(actor: Actor, row: Complaint) -> Reasons:
        reasons = rules.may_handle(actor, row)
        other = Complaint.objects.select_for_update(of=("self",), no_key=True).get(pk=into.pk)
        if other.pk == row.pk or other.merged_into_id is not None or row.duplicates.exists():
            reasons.append(Reason("not_a_target", _("Merge into a complaint that stands for itself.")))
        if other.authority_id != row.authority_id:
            reasons.append(rules.NOT_YOURS)
        return reasons

    def change(row: Complaint) -> None:
        row.merged_into_id, row.outcome, row.reply, row.closed_at = into.pk, Outcome.NOTED, text, now
        row.waiting_for_answer = False
        _no_target(row)

    return act(
        complaint, "merge", by, now, rule=rule, change=change, effects=_ended(now), payload={"into": into.case_no}
    )


def look_at_identity(
    *, complaint: Complaint, purpose: str, by: Actor, now: datetime
) -> ComplainantIdentity | None:
    """Who complained, for who handles the case. Every look stands in the ledger, with its purpose.

    Returns None where no name was given (that look is recorded too). Raises ``Refused``, ``Invalid``.
    """
    why = needed({"purpose": purpose}, "purpose", longest=300)["purpose"]
    with transaction.atomic():
        perform(
            verb="look_at_identity", subject=complaint, by=by, now=now, rule=rules.may_look, basis=["op-15"],
            payload={"purpose": why}, audience=Audience.AUTHORITY,
        )  # fmt: skip
        return ComplainantIdentity.objects.visible_to(by).filter(complaint_id=complaint.pk).first()


# --- clocks --------------------------------------------------------------------------------------------


def target_missed(clock: Clock, now: datetime) -> None:
    """A service target is missed: marked once, the authority and its superior are told; the duty goes on."""
    row = Complaint.objects.select_related("authority__parent").filter(pk=clock.subject_id).first()
    if row is None or row.state not in OPEN_COMPLAINTS:
        return

    def change(locked: Complaint) -> None:
        locked.overdue_since = locked.overdue_since or clock.due_at

    def effects(locked: Complaint, record: Appended) -> None:
        for unit in (row.authority, row.authority.parent):
            if unit is not None:
                serve(
                    kind="complaint_overdue", to_unit=unit, subject=locked,
                    params={**params(locked), "clock": clock.kind}, now=now,
                    dedupe=f"complaint_overdue:{clock.pk}:{unit.pk}",
                )  # fmt: skip

    act(
        row, "complaint_overdue", Actor.system(), now, rule=rules.only_the_clock, change=change, effects=effects,
        moves=False,
    )  # fmt: skip


def target_moved(clock: Clock) -> None:
    """A calendar was imported: the queue follows the clock."""
    Complaint.objects.filter(pk=clock.subject_id).update(due_at=clock.due_at, due_day=clock.due_day)


# --- parts ---------------------------------------------------------------------------------------------


def start_target(row: Complaint, kind: str, key: str, now: datetime, *, since: datetime | None = None) -> None:
    clock = clocks.start(
        kind=kind, subject=row, started_at=since or now, days=int(policy_of(row.authority, now).get(key)),
        authority_code=row.authority.code, now=now,
    )  # fmt: skip
    row.due_at, row.due_day, row.overdue_since = clock.due_at, clock.due_day, None
    row.save(update_fields=["due_at", "due_day", "overdue_since"])


def _no_target(row: Complaint) -> None:
    row.due_at = row.due_day = None


def _ended(now: datetime) -> Any:
    def effects(row: Complaint, record: Appended) -> None:
        clocks.stop(subject=row, now=now)

    return effects


def message(row: Complaint, kind: str, text: str, by: Actor | None, now: datetime) -> ComplaintMessage:
    return ComplaintMessage.objects.create(
        complaint=row, kind=kind, text=text, at=now, author_id=by.person_id if by is not None else None
    )


def _open(actor: Actor, row: Complaint) -> Reasons:
    reasons = rules.may_handle(actor, row)
    if row.state not in OPEN_COMPLAINTS:
        reasons.append(Reason("closed", _("This case is closed.")))
    return reasons


def params(row: Complaint) -> dict[str, Any]:
    """What a notice to the authority says: nothing that the complainant wrote."""
    return {
        "case_no": row.case_no,
        "app_name": row.app_name or row.case_no,
        "category": row.category.label_zh,
        "category_en": row.category.label_en,
        "due_day": row.due_day.isoformat() if row.due_day else "",
    }


def act(
    complaint: Complaint, verb: str, by: Actor, now: datetime, *, rule: Any = rules.may_handle, change: Any = None,
    effects: Any = None, moves: bool = True, seen_state: str | None = None, payload: dict[str, Any] | None = None,
) -> Complaint:  # fmt: skip
    """One act; its record is for authorities alone, and carries nothing that was written."""
    return perform(
        verb=verb, subject=complaint, by=by, now=now, rule=rule, transition=verb if moves else None, basis=["op-15"],
        change=change, effects=effects, seen_state=seen_state, audience=Audience.AUTHORITY, related=RELATED,
        payload=payload,
    )  # fmt: skip


