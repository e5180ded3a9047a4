"""Sampling, inspection, re-check (Measures Art. 23; Opinions 15)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Level, MembershipStatus
from accounts.models import Membership, Person, Unit
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, append, perform
from registry.enums import VALID_STATES
from registry.models import Entry
from supervision import rules
from supervision.domain.common import needed, next_case_no, policy_of
from supervision.domain.errors import Invalid
from supervision.domain.rectification import order as order_rectification
from supervision.enums import InspectionState, PlanState, SamplingMethod, WarningStatus
from supervision.models import Inspection, InspectionFinding, RectificationOrder, SamplingPlan, Warning  # noqa: A004
from supervision.queries import FilterInvalid, campaign_entries

MOST_SIZE = 10_000
#: complaints and warnings of the last year count
_YEAR = timedelta(days=365)


def make_plan(
    *, title: str, method: str, size: int, by: Actor, now: datetime, filter: Mapping[str, Any] | None = None,  # noqa: A002
    seed: str = "",
) -> SamplingPlan:  # fmt: skip
    """Plans a sample. The checklist is that of the authority's policy on this day, frozen with its version.

    ``seed``: drawn by lot in public, or made at random where empty. Effects: the plan, a ledger record.
    """
    said = needed({"title": title}, "title", longest=160)
    if method not in SamplingMethod.values:
        raise Invalid({"method": _("Choose how the sample is drawn.")})
    if not 1 <= size <= MOST_SIZE:
        raise Invalid({"size": _("Draw 1 to %(most)s.") % {"most": MOST_SIZE}})
    reasons = rules.works_for(by, by.unit_id or 0)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        checklist, label = checklist_of(authority, now)
        row = SamplingPlan.objects.create(
            case_no=next_case_no("CC", authority, now), authority=authority, title=said["title"], method=method,
            seed=(seed.strip() or secrets.token_hex(8))[:64], size=size, filter=dict(filter or {}),
            checklist=checklist, checklist_label=label, created_by_id=by.person_id, created_at=now,
        )  # fmt: skip
        population(row)  # a filter that means nothing is refused now, not at the draw
        append(
            verb="make_plan", subject=row, by=by, now=now, to_state=PlanState.DRAFT, basis=["me-23"],
            payload={"case_no": row.case_no, "seed": row.seed, "method": str(method), "size": size},
            audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def population(plan: SamplingPlan) -> Any:
    """The entries that a plan draws from. Raises ``Invalid``."""
    rows: Any = Entry.objects.all()
    if plan.filter:
        try:
            rows = campaign_entries(plan.filter)
        except FilterInvalid as error:
            raise Invalid({"filter": error.message}) from error
    if plan.authority.level != Level.MINISTRY:
        rows = rows.filter(authority=plan.authority)
    return rows.filter(state__in=sorted(VALID_STATES))


def draw_key(seed: str, number: str) -> str:
    """SHA-256 of ``seed:number``: what ranks an entry in a draw, for everybody to repeat."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def ranked(plan: SamplingPlan, now: datetime) -> list[tuple[int, str, str]]:
    """``(entry id, number, key)`` in the order of the draw: weight first where the method has one, then the key.

    By risk: entries with more open warnings, then discipline training. By complaints: more accepted
    complaints within a year. Ties are broken by the key alone.
    """
    rows = population(plan)
    year = now - _YEAR
    if plan.method == SamplingMethod.COMPLAINTS:
        rows = rows.annotate(
            weight=Count("complaints", filter=Q(complaints__accepted_at__gte=year), distinct=True)
        )
    elif plan.method == SamplingMethod.RISK:
        rows = rows.annotate(
            weight=Count("warnings", filter=Q(warnings__status=WarningStatus.OPEN), distinct=True) * 10
            + Count("rectification_orders", filter=Q(rectification_orders__issued_at__gte=year), distinct=True) * 5
        )
    weighted = plan.method != SamplingMethod.RANDOM
    values = rows.order_by().values_list("pk", "number", *(["weight"] if weighted else []))
    found = [
        (-(row[2] if weighted else 0), draw_key(plan.seed, row[1]), row[0], row[1])
        for row in values.iterator(chunk_size=5000)
    ]
    return [(pk, number, key) for _weight, key, pk, number in sorted(found)]


def draw(*, plan: SamplingPlan, by: Actor, now: datetime, seen_state: str | None = None) -> SamplingPlan:
    """draft → drawn: the first ``size`` of the ranking become inspections, each once.

    Effects: the inspections with rank and key, a ledger record with a digest of what was drawn.
    """
    drawn: list[tuple[int, str, str]] = []

    def change(row: SamplingPlan) -> None:
        ranking = ranked(row, now)
        row.population, row.drawn_at = len(ranking), now
        drawn[:] = ranking[: row.size]

    def effects(row: SamplingPlan, record: Appended) -> None:
        Inspection.objects.bulk_create(
            [
                Inspection(
                    plan=row, entry_id=pk, authority=row.authority, rank=rank, draw_key=key, checklist=row.checklist,
                    checklist_label=row.checklist_label, planned_at=now,
                )
                for rank, (pk, _number, key) in enumerate(drawn, 1)
            ],
            batch_size=1000,
        )  # fmt: skip

    return perform(
        verb="draw", subject=plan, by=by, now=now, rule=_may_work, transition="draw", basis=["me-23"], change=change,
        effects=effects, seen_state=seen_state, audience=Audience.AUTHORITY, related=("authority",),
        payload=lambda row: {
            "population": row.population, "drawn": len(drawn),
            "sha256": hashlib.sha256("\n".join(number for _pk, number, _key in drawn).encode()).hexdigest(),
        },
    )  # fmt: skip


def close_plan(*, plan: SamplingPlan, by: Actor, now: datetime, seen_state: str | None = None) -> SamplingPlan:
    """drawn → closed, once every drawn entry has been inspected."""

    def rule(actor: Actor, row: SamplingPlan) -> Reasons:
        reasons = _may_work(actor, row)
        if row.inspections.filter(state=InspectionState.PLANNED).exists():
            reasons.append(Reason("not_inspected", _("Some of the drawn apps have not been inspected.")))
        return reasons

    def change(row: SamplingPlan) -> None:
        row.closed_at = now

    return perform(
        verb="close", subject=plan, by=by, now=now, rule=rule, transition="close", basis=["me-23"], change=change,
        seen_state=seen_state, audience=Audience.AUTHORITY,
    )  # fmt: skip


def plan_inspection(*, entry: Entry, by: Actor, now: datetime) -> Inspection:
    """An inspection of one app, outside any sample."""
    reasons = rules.holds(by, entry.authority_id)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        checklist, label = checklist_of(authority, now)
        row = Inspection.objects.create(
            entry=entry, authority=authority, checklist=checklist, checklist_label=label, planned_at=now
        )
        append(
            verb="plan_inspection", subject=row, by=by, now=now, to_state=InspectionState.PLANNED, basis=["op-15"],
            payload={"number": entry.number}, audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def assign_inspection(*, inspection: Inspection, person: Person, by: Actor, now: datetime) -> Inspection:
    """Names who inspects: somebody who works for the authority."""

    def rule(actor: Actor, row: Inspection) -> Reasons:
        reasons = _may_work(actor, row)
        works = Membership.objects.filter(
            person=person, unit_id=row.authority_id, status=MembershipStatus.ACTIVE
        ).exists()
        if not works:
            reasons.append(Reason("not_a_colleague", _("This person does not work for the authority.")))
        return reasons

    def change(row: Inspection) -> None:
        row.inspector_id = person.pk

    return perform(
        verb="assign_inspection", subject=inspection, by=by, now=now, rule=rule, change=change,
        payload={"person": person.pk}, audience=Audience.AUTHORITY,
    )  # fmt: skip


def record_findings(
    *, inspection: Inspection, answers: Sequence[Mapping[str, Any]], by: Actor, now: datetime,
    recheck_day: date | None = None, seen_state: str | None = None,
) -> Inspection:  # fmt: skip
    """planned → in_order or findings: an answer to every item of the checklist.

    ``answers``: ``[{"key", "ok", "text", "article", "evidence": examined | None}]``, the evidence a file as
    ``providers.materials.examine`` gives it; what is not in order says why.
    Effects: the findings with their files, for good; the day of the re-check; a ledger record.
    """
    return _round(inspection, answers, by, now, first=True, recheck_day=recheck_day, seen_state=seen_state)


def recheck(
    *, inspection: Inspection, answers: Sequence[Mapping[str, Any]], by: Actor, now: datetime,
    recheck_day: date | None = None, seen_state: str | None = None,
) -> Inspection:  # fmt: skip
    """findings → rechecked, or findings again: answers to what was not in order."""
    return _round(inspection, answers, by, now, first=False, recheck_day=recheck_day, seen_state=seen_state)


def order_from_inspection(
    *, inspection: Inspection, public_text: str, by: Actor, now: datetime, days: int | None = None
) -> RectificationOrder:
    """Orders rectification of what an inspection found (Beijing notice 5)."""
    with transaction.atomic():
        rows = Inspection.objects.select_for_update(of=("self",), no_key=True).select_related("entry__unit")
        row = rows.get(pk=inspection.pk)
        found = latest_findings(row)
        bad = [{"text": one.text, "article": one.article} for one in found if not one.ok]
        reasons = rules.holds(by, row.authority_id)
        if row.state != InspectionState.FINDINGS or row.order_id is not None:
            reasons.append(Reason("nothing_found", _("There are no findings without an order.")))
        if reasons:
            raise Refused(reasons)
        made = order_rectification(
            unit=row.entry.unit, entry=row.entry, findings=bad, public_text=public_text, days=days, by=by, now=now,
            articles=list(dict.fromkeys(one["article"] for one in bad if one["article"])) or ["bj-5"],
        )  # fmt: skip

        def change(locked: Inspection) -> None:
            locked.order_id = made.pk

        perform(
            verb="order_from_inspection", subject=row, by=by, now=now, rule=_may_work, change=change,
            payload={"case_no": made.case_no}, audience=Audience.AUTHORITY,
        )  # fmt: skip
    return made


def settle_warning(*, warning: Warning, note: str, by: Actor, now: datetime) -> Warning:
    """An authority settles a warning by hand, with a note; a monitor settles what it no longer finds."""
    said = needed({"note": note}, "note", longest=500)["note"]

    def change(row: Warning) -> None:
        row.status, row.closed_at = WarningStatus.CLOSED, now
        row.params = {**row.params, "note": said}

    return perform(
        verb="settle_warning", subject=warning, by=by, now=now,
        rule=lambda actor, row: rules.holds(actor, row.authority_id), change=change, basis=["op-15"],
    )  # fmt: skip


# --- parts ---------------------------------------------------------------------------------------------


def checklist_of(authority: Unit, now: datetime) -> tuple[list[dict[str, Any]], str]:
    """The checklist in force for inspections, with the versions of the rulebook that it comes from."""
    policy = policy_of(authority, now)
    return [dict(item) for item in policy.get("inspection_checklist")], policy.label("zh-hans")[:160]


def latest_findings(inspection: Inspection) -> list[InspectionFinding]:
    """The last answer to each item."""
    newest = {one.key: one for one in inspection.findings.order_by("round", "pk")}
    return list(newest.values())


def _may_work(by: Actor, row: Any) -> Reasons:
    return rules.works_for(by, row.authority_id)


def _round(
    inspection: Inspection, answers: Sequence[Mapping[str, Any]], by: Actor, now: datetime, *, first: bool,
    recheck_day: date | None, seen_state: str | None,
) -> Inspection:  # fmt: skip
    current = Inspection.objects.get(pk=inspection.pk)
    keys = {item["key"] for item in current.checklist}
    if not first:
        keys = {one.key for one in latest_findings(current) if not one.ok}
    given = {str(one.get("key")): one for one in answers}
    _check_answers(keys, given, free=first and not current.checklist)
    bad = any(not one["ok"] for one in given.values())
    verb = "find" if bad else ("pass_check" if first else "pass_recheck")

    def rule(actor: Actor, row: Inspection) -> Reasons:
        reasons = _may_work(actor, row)
        if (row.state == InspectionState.PLANNED) != first:
            reasons.append(Reason("wrong_round", _("This inspection stands elsewhere now; open it again.")))
        return reasons

    def change(row: Inspection) -> None:
        if first:
            row.inspected_at = now
        else:
            row.rechecked_at = now
        row.recheck_day = recheck_day if bad else None
        row.inspector_id = row.inspector_id or by.person_id

    def effects(row: Inspection, record: Appended) -> None:
        last = row.findings.order_by("-round").values_list("round", flat=True).first() or 0
        for one in given.values():
            finding = InspectionFinding(
                inspection=row, round=last + 1, key=str(one["key"])[:40], ok=bool(one["ok"]),
                text=str(one.get("text") or "").strip(), article=str(one.get("article") or "")[:20],
                person_id=by.person_id, at=now,
            )  # fmt: skip
            kept = one.get("evidence")
            if kept:
                finding.evidence_sha256, finding.evidence_type = kept["sha256"], kept["content_type"]
                finding.evidence_name = kept["name"][:160]
                finding.evidence.save(secrets.token_hex(16), kept["upload"], save=False)
            finding.save(force_insert=True)

    return perform(
        verb=verb, subject=inspection, by=by, now=now, rule=rule, transition=verb, basis=["me-23"], change=change,
        effects=effects, seen_state=seen_state, audience=Audience.AUTHORITY,
        payload={"bad": sum(not one["ok"] for one in given.values()), "items": len(given)},
    )  # fmt: skip


def _check_answers(keys: set[str], given: Mapping[str, Mapping[str, Any]], *, free: bool) -> None:
    errors: dict[str, Any] = {key: _("Answer this item.") for key in keys - set(given)}
    if not free:
        errors |= {key: _("This item is not asked.") for key in set(given) - keys}
    if not given:
        errors["answers"] = _("Answer at least one item.")
    for key, one in given.items():
        if not one.get("ok") and not str(one.get("text") or "").strip():
            errors[key] = _("Say what is wrong.")
    if errors:
        raise Invalid(errors)

