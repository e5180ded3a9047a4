"""The authority's decisions: return for correction, approve, decline (Measures Arts. 13–14).

None of them has a deadline that decides by itself: overdue feedback is escalated, never an approval.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.queries import ministry
from ledger import rows
from ledger.acts import Actor, AlreadyMoved, Appended, Audience, Reason, Reasons, perform
from notices.domain import serve, serve_many
from notices.enums import Side
from providers.domain.submission import notice_params, release_entry, to_authority, to_provider
from providers.enums import AUTHORITY_STATES, ClockKind, FilingState
from providers.models import Filing, FilingVersion, ReturnNote
from providers.queries import package_ids, policy_of
from providers.rules import same_version
from review import rules
from review.autochecks import LIVE, recheck
from review.domain.blockers import blockers
from review.domain.publishing import carry_out
from review.models import Check, Decision, Proposal, Verdict
from rulebook import clocks
from rulebook.policies import Policy


def _decide(
    row: Filing, *, verb: str, by: Actor, now: datetime, was_due: datetime | None, **fields: Any
) -> Decision:
    """Writes the immutable decision row. ``was_due`` is the end of the period that the decision answers."""
    return rows.insert(
        Decision(
            filing=row,
            version=row.version,
            verb=verb,
            unit_id=by.unit_id,
            person_id=by.person_id,
            decided_at=now,
            on_time=was_due is None or now < was_due,
            **fields,
        )
    )


def return_for_correction(
    *,
    filing: Filing,
    by: Actor,
    now: datetime,
    comment: str = "",
    seen_state: str | None = None,
    seen_version: int | None = None,
) -> Filing:
    """Gives the filing back with the notes written so far; at least one note or a comment is needed.

    Effects: the notes are served, with which fields were found right; the feedback clock stops; the provider's
    supplement clock starts with the receipt in its inbox (Measures Art. 13); decision row; notice.
    """
    notes: list[Verdict] = []
    was_due: list[datetime | None] = []

    def rule(actor: Actor, row: Filing) -> Reasons:
        # Read under the lock: a note that a colleague writes at this moment is either sent or refused.
        notes[:] = Verdict.objects.filter(filing=row, version=row.version, ok=False).order_by("field_key")
        was_due[:] = [_feedback_due(row)]
        reasons = Reasons.of(rules.may_decide(actor, row), same_version(row, seen_version))
        if not notes and not comment.strip():
            reasons.append(
                Reason("nothing_said", _("Write at least one note on a field, or a comment."), article="me-13")
            )
        return reasons

    def change(row: Filing) -> None:
        clocks.stop(subject=row, now=now)
        clock = clocks.start(
            kind=ClockKind.SUPPLEMENT,
            subject=row,
            started_at=now,
            days=int(policy_of(row, now).get("supplement_days")),
            authority_code=row.authority.code,
            now=now,
        )
        row.due_at, row.due_day, row.returned_at, row.overdue_since = clock.due_at, clock.due_day, now, None
        right = Verdict.objects.filter(filing=row, version=row.version, ok=True).order_by("field_key")
        row.feedback = {"in_order": list(right.values_list("field_key", flat=True)), "changed": {}}

    def effects(row: Filing, record: Appended) -> None:
        ReturnNote.objects.bulk_create(
            [
                ReturnNote(
                    filing=row, version=row.version, field_key=note.field_key, text=note.note,
                    article=note.article, place=note.place, created_at=now,
                )
                for note in notes
            ]
        )
        _decide(
            row, verb=Decision.Verb.RETURN, by=by, now=now, comment=comment.strip(), article="me-13",
            notes=len(notes), was_due=was_due[0],
        )
        serve(
            kind="filing_returned", to_unit=row.unit, side=Side.PROVIDER, subject=row,
            params={**notice_params(row), "notes": len(notes), "comment": comment.strip()}, now=now,
            dedupe=f"filing_returned:{row.pk}:{row.version}",
        )

    return perform(
        verb="return_for_correction",
        subject=filing,
        by=by,
        now=now,
        rule=rule,
        transition="return_for_correction",
        change=change,
        effects=effects,
        seen_state=seen_state,
        basis=["me-13"],
        payload=lambda row: {
            "version": row.version,
            "notes": len(notes),
            "due_day": row.due_day.isoformat() if row.due_day else "",
        },
    )


def propose(
    *,
    filing: Filing,
    by: Actor,
    now: datetime,
    comment: str = "",
    seen_state: str | None = None,
    seen_version: int | None = None,
) -> Filing:
    """The first of two persons proposes approval, where a second one has to decide."""

    def rule(actor: Actor, row: Filing) -> Reasons:
        if row.state not in AUTHORITY_STATES:
            raise AlreadyMoved(state=str(row.state))
        reasons = Reasons.of(rules.may_decide(actor, row), same_version(row, seen_version))
        if not reasons:
            left = blockers(row, actor, policy_of(row, now))
            reasons.extend(r for r in left if r.code not in ("no_proposal", "same_person"))
            if Proposal.objects.filter(filing=row, version=row.version, unit_id=actor.unit_id).exists():
                reasons.append(Reason("already_proposed", _("The approval has been proposed already.")))
        return reasons

    def effects(row: Filing, record: Appended) -> None:
        Proposal.objects.create(
            filing=row, version=row.version, unit_id=by.unit_id, person_id=by.person_id,
            comment=comment.strip(), proposed_at=now,
        )

    return perform(
        verb="propose", subject=filing, by=by, now=now, rule=rule, effects=effects, seen_state=seen_state,
        payload=lambda row: {"version": row.version}, audience=Audience.AUTHORITY,
    )


def approve(
    *,
    filing: Filing,
    by: Actor,
    now: datetime,
    comment: str = "",
    seen_state: str | None = None,
    seen_version: int | None = None,
) -> Filing:
    """Agrees. With a second level the province's agreement sends the filing to the ministry (Beijing 三(四)).

    Effects of the last approval (Measures Art. 14): the number is issued and the entry published, changed,
    resumed or cancelled, in the same transaction; clocks stop; decision row; notices. Raises ``Refused``
    with every blocker, ``AlreadyMoved`` when somebody was first.
    """
    was_due: list[datetime | None] = []
    newest: list[FilingVersion] = []
    onward = filing.second_level and filing.state == FilingState.SUBMITTED
    verb = "send_to_ministry" if onward else "approve"

    def rule(actor: Actor, row: Filing) -> Reasons:
        was_due[:] = [_feedback_due(row)]
        reasons = Reasons.of(rules.may_decide(actor, row), same_version(row, seen_version))
        if not reasons:
            reasons.extend(_second_level_is_another_person(actor, row))
            newest[:] = rows.read(
                FilingVersion, "WHERE t0.filing_id = %s ORDER BY t0.number DESC LIMIT 1", [row.pk]
            )
            _alone_with_packages(newest[0].data)
            policy = policy_of(row, now)
            reasons.extend(blockers(row, actor, policy, checks=_checked(row, newest[0], policy, now)))
        return reasons

    def change(row: Filing) -> None:
        clocks.stop(subject=row, now=now)
        row.due_at = row.due_day = row.overdue_since = None
        if onward:
            clock = clocks.start(
                kind=ClockKind.MINISTRY_TARGET, subject=row, started_at=now,
                days=int(policy_of(row, now).get("ministry_target_days")), authority_code="moe", now=now,
            )
            row.due_at, row.due_day = clock.due_at, clock.due_day
        else:
            row.closed_at = now
            row.entry = carry_out(row, newest[0].data, by, now)

    def effects(row: Filing, record: Appended) -> None:
        _decide(
            row, verb=verb, by=by, now=now, comment=comment.strip(), article="me-14",
            was_due=was_due[0],
        )
        if onward:
            key = f"filing_sent_to_ministry:{row.pk}:{row.version}"
            told = to_provider("filing_sent_to_ministry", row, key)
            above = ministry()
            serve_many([told, replace(told, to_unit=above, dedupe=f"{key}:{above.pk}", side=Side.AUTHORITY)], now=now)
        else:
            parts = [to_provider] if row.authority_id == by.unit_id else [to_provider, to_authority]
            key, number = f"filing_approved:{row.pk}:{row.version}", row.entry.number if row.entry else ""
            serve_many([part("filing_approved", row, key, number=number) for part in parts], now=now)

    return perform(
        verb=verb,
        subject=filing,
        by=by,
        now=now,
        rule=rule,
        transition="send_to_ministry" if onward else "complete",
        change=change,
        effects=effects,
        seen_state=seen_state or str(filing.state),
        related=("unit__head_office", "authority"),
        basis=["bj-3-4"] if onward else ["me-14"],
        payload=lambda row: {"version": row.version, "number": row.entry.number if row.entry else ""},
    )


def decline(
    *,
    filing: Filing,
    by: Actor,
    now: datetime,
    comment: str,
    article: str,
    seen_state: str | None = None,
    seen_version: int | None = None,
) -> Filing:
    """Out of scope, or of a kind that is not accepted: needs a reason and the article.

    Effects: clocks stop; the entry loses its mark; decision row; notice.
    """
    was_due: list[datetime | None] = []

    def rule(actor: Actor, row: Filing) -> Reasons:
        was_due[:] = [_feedback_due(row)]
        reasons = Reasons.of(rules.may_decide(actor, row), same_version(row, seen_version))
        if not comment.strip():
            reasons.append(Reason("no_reason", _("Say why the filing is declined.")))
        if not article.strip():
            reasons.append(Reason("no_article", _("Name the article on which it is declined.")))
        return reasons

    def change(row: Filing) -> None:
        clocks.stop(subject=row, now=now)
        row.due_at = row.due_day = row.overdue_since = None
        row.closed_at = now

    def effects(row: Filing, record: Appended) -> None:
        release_entry(row, by, now)
        _decide(
            row, verb=Decision.Verb.DECLINE, by=by, now=now, comment=comment.strip(),
            article=article.strip()[:20], was_due=was_due[0],
        )
        serve(
            kind="filing_declined", to_unit=row.unit, side=Side.PROVIDER, subject=row,
            params={**notice_params(row), "comment": comment.strip(), "article": article}, now=now,
            dedupe=f"filing_declined:{row.pk}",
        )

    return perform(
        verb="decline",
        subject=filing,
        by=by,
        now=now,
        rule=rule,
        transition="decline",
        change=change,
        effects=effects,
        seen_state=seen_state,
        basis=[article] if article else [],
        payload=lambda row: {"version": row.version},
    )


def _second_level_is_another_person(by: Actor, row: Filing) -> Reasons:
    """Who agreed for the province does not review the same version for the ministry (Beijing notice 3 (4))."""
    if row.state != FilingState.MINISTRY_REVIEW or by.person_id is None:
        return Reasons()
    same = Decision.objects.filter(
        filing=row, version=row.version, verb=Decision.Verb.SEND_TO_MINISTRY, person_id=by.person_id
    )
    if not same.exists():
        return Reasons()
    said = _("You agreed for the province; somebody else reviews for the ministry.")
    return Reasons([Reason("same_person_twice", said)])


def _checked(row: Filing, newest: FilingVersion, policy: Policy, now: datetime) -> list[Check]:
    """The automatic checks as they stand at this moment.

    A worker that is down must not let a case through unchecked; a bar or a twin may be new.
    """
    kept = rows.read(Check, "WHERE t0.filing_id = %s AND t0.version = %s", [row.pk, row.version])
    fresh = recheck(filing=row, newest=newest, policy=policy, now=now, only=LIVE if kept else None)
    codes = {check.code for check in fresh}
    return [*(check for check in kept if check.code not in codes), *fresh]


def _alone_with_packages(document: dict[str, Any]) -> None:
    """Two provinces that approve the same package at the same moment: the second waits, and then sees the first."""
    packages = package_ids(document.get("app") or {})
    if packages:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('package:' || package, 0))"
                " FROM unnest(%s::text[]) AS package",
                [packages],  # in their order, so that two who share several never wait for each other in a ring
            )


def _feedback_due(row: Filing) -> datetime | None:
    """The end of the legal feedback period; the ministry's service target is none (Measures Art. 13)."""
    return row.due_at if row.state == FilingState.SUBMITTED else None
