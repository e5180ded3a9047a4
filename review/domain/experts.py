"""Experts of an appraisal: appointed, their interests declared, their points given (Opinions, 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, append, perform
from notices.domain import serve
from review import appraisal_rules as rules
from review.enums import AppraisalState
from review.models import Appraisal, Assessment, Candidate, Expert, Score

BASIS = ("op-9",)
BEFORE_NOTICE = (AppraisalState.DRAFT, AppraisalState.CALLED, AppraisalState.SCORING)


def appoint_expert(
    *, appraisal: Appraisal, person: Person, organisation: str, by: Actor, now: datetime
) -> Expert:
    """Makes somebody an expert of the appraisal. Refused: scoring is under way, appointed already, or who decides.

    Effects: the row; a notice to the person with the request to declare interests; ledger record without names.
    """
    made: list[Expert] = []

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_appraise(actor, row)
        if row.state not in (AppraisalState.DRAFT, AppraisalState.CALLED):
            reasons.append(Reason("scoring_began", _("Experts are appointed before the scoring begins.")))
        if person.pk == actor.person_id:
            reasons.append(Reason("judge_in_own_cause", _("Who runs the appraisal does not score in it.")))
        if not organisation.strip():
            reasons.append(Reason("no_organisation", _("Enter the expert’s organisation.")))
        if row.experts.filter(person=person).exists():
            reasons.append(Reason("appointed_already", _("This person has been appointed already.")))
        return reasons

    def effects(row: Appraisal, record: Appended) -> None:
        made.append(Expert.objects.create(appraisal=row, person=person, organisation=organisation.strip()))
        serve(
            kind="appraisal_appointed", to_unit=None, to_person=person, subject=row, now=now,
            params={"title": row.title, "title_en": row.title_en or row.title},
            dedupe=f"appraisal_appointed:{row.pk}:{person.pk}",
        )

    perform(
        verb="appoint_expert", subject=appraisal, by=by, now=now, rule=rule, effects=effects, basis=BASIS,
        payload={"person": person.pk}, audience=Audience.AUTHORITY,
    )
    return made[0]


def dismiss_expert(*, expert: Expert, reason: str, by: Actor, now: datetime) -> Expert:
    """Takes an expert out, with the reason; points given do not count any more."""

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.may_appraise(actor, row)
        if row.state not in BEFORE_NOTICE:
            reasons.append(Reason("result_stands", _("The result stands already.")))
        if not reason.strip():
            reasons.append(Reason("no_reason", _("Say why the expert is dismissed.")))
        if Expert.objects.filter(pk=expert.pk, dismissed_at__isnull=False).exists():
            reasons.append(Reason("dismissed_already", _("This expert has been dismissed already.")))
        return reasons

    def effects(row: Appraisal, record: Appended) -> None:
        Expert.objects.filter(pk=expert.pk).update(dismissed_at=now, dismissed_why=reason.strip())

    perform(
        verb="dismiss_expert", subject=expert.appraisal, by=by, now=now, rule=rule, effects=effects, basis=BASIS,
        payload={"person": expert.person_id}, audience=Audience.AUTHORITY,
    )
    expert.refresh_from_db()
    return expert


def declare_interests(
    *, expert: Expert, interests: str, recused_from: Sequence[Candidate], by: Actor, now: datetime
) -> Expert:
    """The expert himself says which interests he has ("none" is said in words), and on whom he does not score.

    May be said again until the result stands: points for an app from which he is recused then go.
    """

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.is_expert(actor, expert)
        if row.state not in BEFORE_NOTICE:
            reasons.append(Reason("result_stands", _("The result stands already.")))
        if not interests.strip():
            reasons.append(Reason("nothing_declared", _("Say which interests you have, or that you have none.")))
        if any(one.appraisal_id != row.pk for one in recused_from):
            reasons.append(Reason("other_appraisal", _("This app is not among the candidates.")))
        return reasons

    def effects(row: Appraisal, record: Appended) -> None:
        Expert.objects.filter(pk=expert.pk).update(interests=interests.strip(), declared_at=now)
        expert.recused_from.set(recused_from)
        Score.objects.filter(expert=expert, candidate__in=recused_from).delete()

    perform(
        verb="declare_interests", subject=expert.appraisal, by=by, now=now, rule=rule, effects=effects, basis=BASIS,
        payload={"person": expert.person_id, "recused_from": [one.pk for one in recused_from]},
        audience=Audience.AUTHORITY,
    )
    expert.refresh_from_db()
    return expert


def give_scores(
    *, expert: Expert, candidate: Candidate, points: Mapping[str, int], comment: str, by: Actor, now: datetime
) -> None:
    """Points from 0 to 100 on every criterion; given again they replace the earlier ones, both in the ledger."""

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = rules.is_expert(actor, expert)
        if row.state != AppraisalState.SCORING:
            reasons.append(Reason("not_scoring", _("Scores are given while the scoring is open.")))
        if expert.declared_at is None:
            reasons.append(Reason("not_declared", _("Declare your interests first.")))
        if candidate.appraisal_id != row.pk:
            reasons.append(Reason("other_appraisal", _("This app is not among the candidates.")))
        elif expert.recused_from.filter(pk=candidate.pk).exists():
            reasons.append(Reason("recused", _("You have declared an interest in this app and do not score it.")))
        wanted = {criterion["key"] for criterion in row.criteria}
        if set(points) != wanted or any(type(value) is not int or not 0 <= value <= 100 for value in points.values()):
            reasons.append(Reason("points", _("Give a whole number from 0 to 100 on every criterion.")))
        return reasons

    def effects(row: Appraisal, record: Appended) -> None:
        Score.objects.bulk_create(
            [
                Score(
                    expert=expert, candidate=candidate, criterion=key, points=value, comment=comment.strip(),
                    given_at=now,
                )
                for key, value in points.items()
            ],
            update_conflicts=True,
            unique_fields=["expert", "candidate", "criterion"],
            update_fields=["points", "comment", "given_at"],
        )

    perform(
        verb="give_scores", subject=expert.appraisal, by=by, now=now, rule=rule, effects=effects, basis=BASIS,
        payload={"candidate": candidate.pk, "points": dict(points)}, audience=Audience.AUTHORITY,
    )


def attach_assessment(
    *, candidate: Candidate, kind: str, body: str, issued_on: date, upload: File[bytes], name: str, content_type: str,
    sha256: str, by: Actor, now: datetime,
) -> Assessment:
    """A third party's report on a candidate. The caller has passed the file through ``providers.materials``."""
    reasons = rules.may_attach(by, candidate)
    if candidate.appraisal.state not in BEFORE_NOTICE:
        reasons.append(Reason("result_stands", _("The result stands already.")))
    if not body.strip():
        reasons.append(Reason("no_body", _("Enter who made the assessment.")))
    if reasons:
        raise Refused(reasons)
    row = Assessment(
        candidate=candidate, kind=kind, body=body.strip(), issued_on=issued_on, name=name[:160],
        content_type=content_type, size=upload.size or 0, sha256=sha256, uploaded_by_id=by.person_id, uploaded_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.file.save(sha256[:32], upload, save=False)
            row.save()
            append(
                verb="attach_assessment", subject=candidate.appraisal, by=by, now=now, basis=BASIS,
                payload={"candidate": candidate.pk, "kind": kind, "sha256": sha256}, audience=Audience.AUTHORITY,
            )
    except IntegrityError:
        row.file.delete(save=False)
        raise Refused(Reasons([Reason("attached_already", _("This report is attached already."))])) from None
    return row
