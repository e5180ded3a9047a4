"""Objections to the result of an appraisal while it stands for public notice, and what is decided on them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, perform
from notices.domain import serve
from notices.enums import Side
from review import appraisal_rules as rules
from review.domain.appraisals import BASIS
from review.enums import PUBLIC_NOTICE, AppraisalState, Outcome
from review.models import Appraisal, Candidate, ResultObjection
from rulebook import clocks
from rulebook.time import local_date


def object_to_result(
    *, appraisal: Appraisal, candidate: Candidate | None, name: str, contact: str, text: str, now: datetime,
    by: Actor | None = None,
) -> ResultObjection:
    """Anybody objects while the notice stands. The ledger records that, not who. Refused: not in the notice.

    The same words again before they are decided, as by a second click, give the objection that stands.
    """
    made: list[ResultObjection] = []
    said = {"candidate": candidate, "name": name.strip(), "contact": contact.strip(), "text": text.strip()}

    def rule(actor: Actor, row: Appraisal) -> Reasons:
        reasons = Reasons()
        # The clock is looked at every minute; the last moment of the notice does not wait for that.
        over = row.notice_until is not None and local_date(now) > row.notice_until
        if row.state != AppraisalState.NOTICED or over or not clocks.running(row, kind=PUBLIC_NOTICE):
            reasons.append(Reason("no_notice", _("Objections are taken while the result stands for public notice.")))
        if candidate is not None and candidate.appraisal_id != row.pk:
            reasons.append(Reason("other_appraisal", _("This app is not among the candidates.")))
        if not (said["name"] and said["contact"] and said["text"]):
            reasons.append(Reason("incomplete", _("Give your name, how to reach you, and your objection.")))
        if not reasons:
            made.extend(row.objections.filter(**said, decided_at=None).order_by("pk")[:1])
            if made:
                reasons.append(Reason("said_before", ""))
        return reasons

    def effects(row: Appraisal, record: Appended) -> None:
        made.append(ResultObjection.objects.create(appraisal=row, filed_at=now, **said))
        serve(
            kind="appraisal_objection", to_unit=row.authority, subject=row, now=now,
            params={"title": row.title, "title_en": row.title_en or row.title},
            dedupe=f"appraisal_objection:{made[0].pk}",
        )

    try:
        perform(
            verb="object_to_result", subject=appraisal, by=Actor.system() if by is None else by, now=now, rule=rule,
            effects=effects, basis=BASIS, audience=Audience.AUTHORITY,
        )
    except Refused:
        if not made:
            raise
    return made[0]


def decide_result_objection(
    *, objection: ResultObjection, upheld: bool, decision: str, by: Actor, now: datetime, outcome: str = ""
) -> ResultObjection:
    """The authority decides, with its reasons, which are published.

    Upheld for one app it changes that one's result: ``outcome`` says to which, since an app may have been wronged as
    well as favoured; without it the recommendation is taken away. Effects: the candidate's outcome with the reasons,
    a notice to its provider, a ledger record. Raises ``Refused``, ``AlreadyMoved``.
    """
    after = outcome or Outcome.NOT_RECOMMENDED

    def rule(actor: Actor, row: ResultObjection) -> Reasons:
        reasons = rules.may_appraise(actor, row.appraisal)
        if row.appraisal.state != AppraisalState.NOTICED:
            reasons.append(Reason("concluded", _("The appraisal is concluded.")))
        if not decision.strip():
            reasons.append(Reason("no_reason", _("Give the reasons for the decision.")))
        if after not in (Outcome.RECOMMENDED, Outcome.NOT_RECOMMENDED):
            reasons.append(Reason("no_outcome", _("Say what the app’s result is now.")))
        return reasons

    def change(row: ResultObjection) -> None:
        row.decision, row.decided_by_id, row.decided_at = decision.strip(), by.person_id, now

    def effects(row: ResultObjection, record: Appended) -> None:
        if not upheld or row.candidate is None:
            return
        held = Candidate.objects.select_for_update(of=("self",), no_key=True)
        one = held.select_related("entry__unit").get(pk=row.candidate_id)
        changed = one.outcome != after
        one.outcome, one.outcome_reason = after, decision.strip()
        one.save(update_fields=["outcome", "outcome_reason"])
        if changed:
            title, title_en = row.appraisal.title, row.appraisal.title_en
            serve(
                kind="appraisal_outcome_changed", to_unit=one.entry.unit, side=Side.PROVIDER, subject=row.appraisal,
                params={
                    "title": title, "title_en": title_en or title, "app_name": one.entry.app_name,
                    "reason": decision.strip(),
                },
                now=now, dedupe=f"appraisal_outcome_changed:{row.pk}",
            )  # fmt: skip

    return perform(
        verb="decide_result_objection", subject=objection, by=by, now=now, rule=rule, change=change, effects=effects,
        transition="uphold" if upheld else "reject", basis=BASIS, related=("appraisal__authority",),
        audience=Audience.AUTHORITY,
        payload=lambda row: {"outcome": str(after)} if upheld and row.candidate_id else {},
    )
