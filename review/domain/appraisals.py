"""Appraisal of filed apps (评议): call, candidates, scoring, public notice, objections, result (Opinions, 9).

Fair, just and open: criteria and weights stand in the call, experts declare their interests before they score
and do not score where they have one, the result stands for public notice, and every step is in the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, append, perform
from ledger.stale import mark_of, same_mark
from notices.domain import serve
from notices.enums import Side
from registry.enums import EntryState
from registry.models import Entry
from review import appraisal_rules as rules
from review.domain.lists import next_edition
from review.enums import PUBLIC_NOTICE, AppraisalState, Outcome
from review.models import Appraisal, Candidate, Expert, Score
from rulebook import clocks
from rulebook.time import local_date
from users.models import ListItem, RecommendedList

BASIS = ("op-9",)
FIELDS = (
    "title", "title_en", "call", "call_en", "partners", "criteria", "minimum", "experts_needed", "notice_days",
    "nominations_until",
)  # fmt: skip


def criteria_reasons(criteria: Any) -> Reasons:
    """What is wrong with criteria: each needs a key, a name and a weight, and the weights add up to 100."""
    if not isinstance(criteria, list) or not criteria:
        return Reasons([Reason("no_criteria", _("Name at least one criterion."))])
    rows = [row for row in criteria if isinstance(row, Mapping)]
    whole = all(type(row.get("weight")) is int and row["weight"] > 0 for row in rows)
    named = all(str(row.get("label_zh") or "").strip() for row in rows)
    if len({str(row.get("key") or "") for row in rows} - {""}) != len(criteria) or not named or not whole:
        return Reasons([Reason("criteria_incomplete", _("Each criterion needs a name and a weight above 0."))])
    if sum(row["weight"] for row in criteria) != 100:
        return Reasons([Reason("weights", _("The weights must add up to 100."))])
    return Reasons()


def draft_appraisal(*, target: RecommendedList, by: Actor, now: datetime, **fields: Any) -> Appraisal:
    """A new appraisal for a list of the actor's authority. Effects: the row, one ledger record."""
    reasons = rules.may_keep_list(by, target)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        row = Appraisal.objects.create(
            target=target, authority_id=target.authority_id, created_by_id=by.person_id, created_at=now,
            **{name: value for name, value in fields.items() if name in FIELDS},
        )
        append(verb="draft_appraisal", subject=row, by=by, now=now, basis=BASIS, audience=Audience.AUTHORITY)
    return row


def edit_appraisal(
    *, appraisal: Appraisal, by: Actor, now: datetime, seen: str | None = None, **fields: Any
) -> Appraisal:
    """Changes a draft: criteria do not move once the call is out.

    ``seen`` is ``terms_mark`` of what the caller looked at. Effects: one ledger record. Raises ``Refused``, or
    ``AlreadyMoved`` where a colleague has changed the terms since.
    """

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_appraise(actor, row)
        if row.state != AppraisalState.DRAFT:
            reasons.append(Reason("call_is_out", _("The call is published; its terms stand.")))
        if not reasons:
            same_mark(row, FIELDS, seen)
        return reasons

    def change(row: Appraisal) -> None:
        for name, value in fields.items():
            if name in FIELDS:
                setattr(row, name, value)

    return perform(
        verb="edit_appraisal", subject=appraisal, by=by, now=now, rule=rule, change=change, basis=BASIS,
        audience=Audience.AUTHORITY,
    )


def terms_mark(row: Appraisal) -> str:
    """The mark of the terms as they stand, for ``seen``."""
    return mark_of(row, FIELDS)


def call_for_nominations(
    *, appraisal: Appraisal, by: Actor, now: datetime, seen_state: str | None = None, seen: str | None = None
) -> Appraisal:
    """draft → called: the call with its criteria is public. Effects: public page, ledger record.

    Refused: terms incomplete, the last day past, or another appraisal of the list under way. ``seen`` as in
    ``edit_appraisal``: nobody publishes terms that he has not read.
    """

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_appraise(actor, row)
        if not reasons:
            same_mark(row, FIELDS, seen)
        reasons = Reasons.of(reasons, criteria_reasons(row.criteria))
        if row.nominations_until < local_date(now):
            reasons.append(Reason("last_day_past", _("The last day for nominations is over already.")))
        under_way = [AppraisalState.CALLED, AppraisalState.SCORING, AppraisalState.NOTICED]
        if Appraisal.objects.filter(target_id=row.target_id, state__in=under_way).exclude(pk=row.pk).exists():
            reasons.append(Reason("under_way", _("Another appraisal for this list is under way.")))
        return reasons

    def change(row: Appraisal) -> None:
        row.called_at = now

    try:
        return perform(
            verb="call_for_nominations", subject=appraisal, by=by, now=now, rule=rule, transition="open_call",
            change=change, basis=BASIS, seen_state=seen_state, audience=Audience.PUBLIC,
            payload=lambda row: {"until": row.nominations_until.isoformat(), "criteria": row.criteria},
        )
    except IntegrityError as error:  # two calls for one list at the same moment
        raise Refused(Reasons([Reason("under_way", _("Another appraisal for this list is under way."))])) from error


def nominate(*, appraisal: Appraisal, entry: Entry, grounds: str, by: Actor, now: datetime) -> Candidate:
    """A filed app becomes a candidate: named by its provider, by a unit below the authority, or by itself.

    Refused: not published, nominations over, named already, no grounds.
    """
    made: list[Candidate] = []

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_nominate(actor, row, entry)
        if row.state != AppraisalState.CALLED or local_date(now) > row.nominations_until:
            reasons.append(Reason("nominations_over", _("Nominations are not open.")))
        if entry.state != EntryState.PUBLISHED:
            reasons.append(Reason("not_published", _("Only an app whose filing is in force can be appraised.")))
        if not grounds.strip():
            reasons.append(Reason("no_grounds", _("Say why the app should be recommended.")))
        if Candidate.objects.filter(appraisal=row, entry=entry).exists():
            reasons.append(Reason("named_already", _("This app has been nominated already.")))
        return reasons

    def effects(row: Appraisal, record: Appended) -> None:
        made.append(
            Candidate.objects.create(
                appraisal=row, entry=entry, nominated_by_id=by.unit_id, grounds=grounds.strip(), nominated_at=now
            )
        )

    perform(
        verb="nominate", subject=appraisal, by=by, now=now, rule=rule, effects=effects, basis=BASIS,
        payload={"number": entry.number}, audience=Audience.PUBLIC,
    )
    return made[0]


def open_scoring(*, appraisal: Appraisal, by: Actor, now: datetime, seen_state: str | None = None) -> Appraisal:
    """called → scoring, after the last day for nominations, with candidates and enough declared experts."""

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_appraise(actor, row)
        if local_date(now) <= row.nominations_until:
            reasons.append(Reason("nominations_open", _("Nominations are still open.")))
        if not row.candidates.exists():
            reasons.append(Reason("no_candidates", _("Nobody has been nominated.")))
        ready = row.experts.filter(dismissed_at=None, declared_at__isnull=False).count()
        if ready < row.experts_needed:
            reasons.append(
                Reason(
                    "too_few_experts",
                    _("%(ready)d of at least %(needed)d experts have declared their interests.")
                    % {"ready": ready, "needed": row.experts_needed},
                )
            )
        return reasons

    def effects(row: Appraisal, record: Appended) -> None:
        for expert in row.experts.filter(dismissed_at=None).select_related("person"):
            serve(
                kind="appraisal_scoring", to_unit=None, to_person=expert.person, subject=row,
                params={"title": row.title, "title_en": row.title_en or row.title}, now=now, legal=True,
                dedupe=f"appraisal_scoring:{row.pk}:{expert.pk}",
            )

    return perform(
        verb="open_scoring", subject=appraisal, by=by, now=now, rule=rule, transition="open_scoring",
        effects=effects, basis=BASIS, seen_state=seen_state, audience=Audience.PUBLIC,
    )


def give_notice(*, appraisal: Appraisal, by: Actor, now: datetime, seen_state: str | None = None) -> Appraisal:
    """scoring → noticed: the result stands for objections for so many working days.

    Every candidate needs points on every criterion from each expert who may score it, and at least one such.
    Effects: weighted means and outcomes; the clock of the notice; public page; notices to the providers.
    """
    results: list[Candidate] = []

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_appraise(actor, row)
        missing = missing_scores(row)
        if missing:
            reasons.append(
                Reason("scores_missing", _("Scores are missing from: %(who)s.") % {"who": "、".join(missing)})
            )
        return reasons

    def change(row: Appraisal) -> None:
        results[:] = _results(row)
        row.noticed_at = now
        clock = clocks.start(
            kind=PUBLIC_NOTICE, subject=row, started_at=now, days=row.notice_days,
            authority_code=row.authority.code, now=now,
        )
        row.notice_until = clock.due_day

    def effects(row: Appraisal, record: Appended) -> None:
        Candidate.objects.bulk_update(results, ["score", "outcome", "outcome_reason"])
        for candidate in results:
            serve(
                kind="appraisal_result", to_unit=candidate.entry.unit, side=Side.PROVIDER, subject=row, now=now,
                params={
                    "title": row.title, "title_en": row.title_en or row.title, "app_name": candidate.entry.app_name,
                    "until": row.notice_until.isoformat() if row.notice_until else "",
                },
                dedupe=f"appraisal_result:{row.pk}:{candidate.pk}",
            )  # fmt: skip

    return perform(
        verb="give_notice", subject=appraisal, by=by, now=now, rule=rule, transition="give_notice", change=change,
        effects=effects, basis=BASIS, seen_state=seen_state, audience=Audience.PUBLIC,
        payload=lambda row: {
            "until": row.notice_until.isoformat() if row.notice_until else "",
            "scores": {one.entry.number: str(one.score) for one in results},
        },
    )


def _points(row: Appraisal) -> tuple[list[Expert], dict[int, set[int]], dict[tuple[int, int], dict[str, int]]]:
    """Experts in office; from which candidates each is recused; points by (expert, candidate)."""
    experts = list(row.experts.filter(dismissed_at=None).select_related("person").prefetch_related("recused_from"))
    recused = {expert.pk: {one.pk for one in expert.recused_from.all()} for expert in experts}
    points: dict[tuple[int, int], dict[str, int]] = {}
    for score in Score.objects.filter(expert__in=experts):
        points.setdefault((score.expert_id, score.candidate_id), {})[score.criterion] = score.points
    return experts, recused, points


def missing_scores(row: Appraisal) -> list[str]:
    """Names of experts whose scores are incomplete, and of candidates that nobody may score."""
    experts, recused, points = _points(row)
    keys = {criterion["key"] for criterion in row.criteria}
    candidates = list(row.candidates.select_related("entry"))
    missing = [
        str(expert.person)
        for expert in experts
        if any(
            keys - points.get((expert.pk, one.pk), {}).keys()
            for one in candidates
            if one.pk not in recused[expert.pk]
        )
    ]
    alone = [one.entry.app_name for one in candidates if all(one.pk in recused[expert.pk] for expert in experts)]
    return missing + alone


def _results(row: Appraisal) -> list[Candidate]:
    """Each candidate with its weighted mean, to two places, and what follows from it."""
    experts, recused, points = _points(row)
    found = []
    for one in row.candidates.select_related("entry__unit").order_by("pk"):
        judges = [expert for expert in experts if one.pk not in recused[expert.pk]]
        total = sum(
            points[expert.pk, one.pk][criterion["key"]] * criterion["weight"]
            for expert in judges
            for criterion in row.criteria
        )
        one.score = (Decimal(total) / 100 / len(judges)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        one.outcome = Outcome.RECOMMENDED if one.score >= row.minimum else Outcome.NOT_RECOMMENDED
        one.outcome_reason = ""
        found.append(one)
    return found


def conclude(*, appraisal: Appraisal, by: Actor, now: datetime, seen_state: str | None = None) -> Appraisal:
    """noticed → concluded, after the notice, with every objection decided.

    Effects: a new edition of the list with what stood on it and is still in force, and what is newly
    recommended; it is published and at the same time reported to the ministry (Opinions, 9).
    """

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_appraise(actor, row)
        if row.notice_until is not None and local_date(now) <= row.notice_until:
            reasons.append(
                Reason("notice_runs", _("The public notice runs until the end of %(day)s.") % {"day": row.notice_until})
            )
        if row.objections.filter(decided_at=None).exists():
            reasons.append(Reason("objections_open", _("Decide every objection first.")))
        return reasons

    def change(row: Appraisal) -> None:
        winners = list(
            row.candidates.filter(outcome=Outcome.RECOMMENDED, entry__state=EntryState.PUBLISHED)
            .select_related("entry").order_by("-score", "pk")
        )  # fmt: skip
        additions = [ListItem(entry=one.entry, reason=row.title, score=one.score) for one in winners]
        row.edition = next_edition(
            row.target, add=additions, remove=(), note=row.title, day=local_date(now), by=by, now=now
        )
        row.concluded_at = now

    return perform(
        verb="conclude_appraisal", subject=appraisal, by=by, now=now, rule=rule, transition="conclude",
        change=change, basis=BASIS, seen_state=seen_state, audience=Audience.PUBLIC,
        payload=lambda row: {"edition": row.edition.number if row.edition else 0},
    )


def cancel_appraisal(
    *, appraisal: Appraisal, reason: str, by: Actor, now: datetime, seen_state: str | None = None
) -> Appraisal:
    """Ends an appraisal without a result, with its reason. Effects: the clock of the notice stops."""

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_appraise(actor, row)
        if not reason.strip():
            reasons.append(Reason("no_reason", _("Say why the appraisal is cancelled.")))
        return reasons

    def change(row: Appraisal) -> None:
        row.cancel_reason = reason.strip()
        clocks.stop(subject=row, now=now)

    return perform(
        verb="cancel_appraisal", subject=appraisal, by=by, now=now, rule=rule, transition="cancel", change=change,
        basis=BASIS, seen_state=seen_state, audience=Audience.PUBLIC,
    )
