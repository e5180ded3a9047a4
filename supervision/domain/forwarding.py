"""What a provider learns of a complaint: a text of the authority, and the time to reply (Opinions 13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Appended, Audience, Reason, Reasons, Refused, append, perform
from notices.domain import serve
from notices.enums import Side
from rulebook import clocks
from rulebook.enums import ClockKind
from rulebook.models import Clock
from supervision import rules
from supervision.domain.common import days_or_policy, needed, next_case_no, reason_missing
from supervision.domain.errors import Invalid
from supervision.enums import ComplaintState, ForwardingState
from supervision.models import ComplainantIdentity, Complaint, Forwarding

RELATED = ("unit", "authority")
#: shorter pieces of the identity are no sign of it: a surname alone stands in many texts
_LEAST = 2


def forward_to_provider(
    *,
    complaint: Complaint,
    text: str,
    by: Actor,
    now: datetime,
    days: int | None = None,
    unit: Unit | None = None,
) -> Forwarding:
    """Sends the provider a text of the authority's own, to be answered within working days.

    The text is refused where it names the complainant or repeats the name, telephone or e-mail given.
    ``unit`` None: the provider of the complaint's entry.
    Effects: the forwarding, its clock, a notice to the provider with that text and nothing else, ledger
    records (the complaint's for authorities alone). Raises ``Invalid``, ``Refused``.
    """
    said = needed({"text": text}, "text")["text"]
    with transaction.atomic():
        rows = Complaint.objects.select_for_update(of=("self",), no_key=True).select_related("authority", "entry__unit")
        row = rows.get(pk=complaint.pk)
        target = unit or (row.entry.unit if row.entry is not None else None)
        reasons = rules.may_handle(by, row)
        if row.state not in (ComplaintState.ACCEPTED, ComplaintState.INVESTIGATING):
            reasons.append(Reason("not_accepted", _("Accept the complaint first.")))
        if target is None:
            reasons.append(Reason("no_provider", _("The app has no filed provider; name the unit to ask.")))
        if reasons or target is None:
            raise Refused(reasons)
        # the complaint is locked, so that nobody asks meanwhile
        if row.forwardings.filter(unit=target, state=ForwardingState.SENT).exists():
            raise Refused(Reasons.of(Reason("sent_already", _("The provider has been asked already."))))
        _names_nobody(row, said)
        period = days_or_policy(days, row.authority, "forwarding_days", now)
        sent = Forwarding(
            complaint=row, ref_no=next_case_no("ZF", row.authority, now), unit=target, authority=row.authority,
            entry=row.entry, app_name=row.app_name, text=said, sent_at=now,
        )  # fmt: skip
        sent.save(force_insert=True)
        clock = clocks.start(
            kind=ClockKind.FORWARDING, subject=sent, started_at=now, days=period, authority_code=row.authority.code,
            now=now,
        )  # fmt: skip
        sent.due_at, sent.due_day = clock.due_at, clock.due_day
        sent.save(update_fields=["due_at", "due_day"])
        append(
            verb="forward", subject=sent, by=by, now=now, to_state=ForwardingState.SENT, basis=["op-13"],
            payload={"ref_no": sent.ref_no, "days": period},
        )  # fmt: skip
        append(
            verb="forward_to_provider", subject=row, by=by, now=now, from_state=row.state, to_state=row.state,
            basis=["op-13"], payload={"ref_no": sent.ref_no}, audience=Audience.AUTHORITY,
        )  # fmt: skip
        serve(
            kind="complaint_forwarded", to_unit=target, subject=sent, params=params(sent), now=now,
            dedupe=f"complaint_forwarded:{sent.pk}", side=Side.PROVIDER,
        )  # fmt: skip
    return sent


def provider_reply(
    *, forwarding: Forwarding, text: str, by: Actor, now: datetime, seen_state: str | None = None
) -> Forwarding:
    """The provider replies, in time or late. Effects: the reply, the clock stops, a notice to the authority."""
    said = needed({"text": text}, "text")["text"]

    def change(row: Forwarding) -> None:
        row.reply, row.replied_at, row.replied_by_id = said, now, by.person_id

    def effects(row: Forwarding, record: Appended) -> None:
        clocks.stop(subject=row, now=now)
        serve(
            kind="complaint_provider_replied", to_unit=row.authority, subject=row, params=params(row), now=now,
            dedupe=f"complaint_provider_replied:{row.pk}", side=Side.AUTHORITY,
        )  # fmt: skip

    return _act(forwarding, "answer", by, now, rules.may_reply, change=change, effects=effects, seen_state=seen_state)


def recall(*, forwarding: Forwarding, reason: str, by: Actor, now: datetime) -> Forwarding:
    """Takes a forwarding back that was sent by mistake: the provider sees it no longer. Needs a reason."""

    def rule(actor: Actor, row: Forwarding) -> Reasons:
        return Reasons.of(rules.works_for(actor, row.authority_id), reason_missing(reason))

    def effects(row: Forwarding, record: Appended) -> None:
        clocks.stop(subject=row, now=now)

    return _act(forwarding, "recall", by, now, rule, effects=effects)


def forwarding_due(clock: Clock, now: datetime) -> None:
    """The clock: no reply in time. Effects: state overdue, notices to the provider and the authority."""

    def rule(actor: Actor, row: Forwarding) -> Reasons:
        reasons = rules.only_the_clock(actor, row)
        if row.due_at is None or now < row.due_at:
            reasons.append(Reason("not_due", _("The period is not over.")))
        return reasons

    def effects(row: Forwarding, record: Appended) -> None:
        for unit, side in ((row.unit, Side.PROVIDER), (row.authority, Side.AUTHORITY)):
            serve(
                kind="complaint_forwarding_overdue", to_unit=unit, subject=row, params=params(row), now=now,
                dedupe=f"complaint_forwarding_overdue:{row.pk}:{side}", side=side,
            )  # fmt: skip

    try:
        _act(Forwarding(pk=clock.subject_id), "run_out", Actor.system(), now, rule, effects=effects)
    except AlreadyMoved:
        return


def forwarding_moved(clock: Clock) -> None:
    """A calendar was imported: the row follows the clock."""
    Forwarding.objects.filter(pk=clock.subject_id).update(due_at=clock.due_at, due_day=clock.due_day)


def params(row: Forwarding) -> dict[str, Any]:
    """What every notice about a forwarding says; providers read it."""
    return {
        "ref_no": row.ref_no,
        "app_name": row.app_name,
        "provider_name": row.unit.name,
        "authority": row.authority.name,
        "authority_en": row.authority.name_en,
        "due_day": row.due_day.isoformat() if row.due_day else "",
        "text": row.text[:1500],
    }


def _names_nobody(row: Complaint, text: str) -> None:
    """Raises ``Invalid`` where the text carries what was given as name, telephone or e-mail."""
    given = ComplainantIdentity.objects.filter(complaint=row).first()
    if given is None:
        return
    folded = "".join(text.lower().split())
    digits = "".join(char for char in text if char.isdigit())
    pieces = [given.name, given.email, given.email.partition("@")[0]]
    found = any(len(piece) >= _LEAST and "".join(piece.lower().split()) in folded for piece in pieces)
    phone = "".join(char for char in given.phone if char.isdigit())
    if found or (len(phone) >= 7 and phone in digits):
        raise Invalid({"text": _("This text names the complainant. The provider may not learn who complained.")})


def _act(
    forwarding: Forwarding, verb: str, by: Actor, now: datetime, rule: Any, *, change: Any = None,
    effects: Any = None, seen_state: str | None = None,
) -> Forwarding:  # fmt: skip
    return perform(
        verb=verb, subject=forwarding, by=by, now=now, rule=rule, transition=verb, basis=["op-13"], change=change,
        effects=effects, seen_state=seen_state, related=RELATED, payload=lambda row: {"ref_no": row.ref_no},
    )  # fmt: skip
