"""The authority's decisions: return for correction, approve, decline (Measures Arts. 13–14).

None of them has a deadline that decides by itself: overdue feedback is escalated, never an approval.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.queries import ministry
from ledger.acts import Actor, AlreadyMoved, Appended, Audience, Reason, Reasons, Refused, append, perform
from notices.domain import serve
from providers import schema
from providers.domain.submission import latest_document, notice_params, release_entry
from providers.enums import AUTHORITY_STATES, ClockKind, FilingKind, FilingState
from providers.models import App, Filing, ReturnNote
from providers.queries import package_ids, policy_day, policy_of
from registry import domain as registry
from registry.models import Entry
from review import rules
from review.autochecks.findings import CHECKS as CHECK_NAMES
from review.models import Check, CheckResult, ChecklistAnswer, Decision, Proposal, Verdict
from rulebook import clocks, policies
from rulebook.policies import Policy


def _decide(
    row: Filing, *, verb: str, by: Actor, now: datetime, was_due: datetime | None, **fields: Any
) -> Decision:
    """Writes the immutable decision row. ``was_due`` is the end of the period that the decision answers."""
    return Decision.objects.create(
        filing=row,
        version=row.version,
        verb=verb,
        unit_id=by.unit_id,
        person_id=by.person_id,
        decided_at=now,
        on_time=was_due is None or now < was_due,
        **fields,
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

    Effects: the notes are served; the feedback clock stops; the provider's supplement clock starts with
    the receipt in its inbox (Measures Art. 13); decision row; notice.
    """
    notes: list[Verdict] = []
    was_due: list[datetime | None] = []

    def rule(actor: Actor, row: Filing) -> Reasons:
        # Read under the lock: a note that a colleague writes at this moment is either sent or refused.
        notes[:] = Verdict.objects.filter(filing=row, version=row.version, ok=False).order_by("field_key")
        was_due[:] = [_feedback_due(row)]
        reasons = Reasons.of(rules.may_decide(actor, row), _same_version(row, seen_version))
        if not notes and not comment.strip():
            reasons.append(
                Reason("nothing_said", _("Write at least one note on a field, or a comment."), article="me-13")
            )
        return reasons

    def change(row: Filing) -> None:
        _stop_authority_clocks(row, now)
        clock = clocks.start(
            kind=ClockKind.SUPPLEMENT,
            subject=row,
            started_at=now,
            days=int(policy_of(row, now).get("supplement_days")),
            authority_code=row.authority.code,
            now=now,
        )
        row.due_at, row.due_day, row.returned_at, row.overdue_since = clock.due_at, clock.due_day, now, None

    def effects(row: Filing, record: Appended) -> None:
        ReturnNote.objects.bulk_create(
            [
                ReturnNote(
                    filing=row, version=row.version, field_key=note.field_key, text=note.note,
                    article=note.article, created_at=now,
                )
                for note in notes
            ]
        )
        _decide(
            row, verb=Decision.Verb.RETURN, by=by, now=now, comment=comment.strip(), article="me-13",
            notes=len(notes), was_due=was_due[0],
        )
        serve(
            kind="filing_returned", to_unit=row.unit, subject=row,
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


def blockers(filing: Filing, by: Actor, policy: Policy) -> Reasons:
    """What stands against approval: open notes, failed checks, unanswered checklist, the second person."""
    version = filing.version
    return open_points(
        verdicts=Verdict.objects.filter(filing=filing, version=version, ok=False),
        checks=Check.objects.filter(filing=filing, version=version, result=CheckResult.FAIL),
        answers=filing.checklist_answers.filter(version=version, ok=True),
        proposal=proposal_of(filing, by, policy),
        by=by,
        policy=policy,
    )


def proposal_of(filing: Filing, by: Actor, policy: Policy) -> Proposal | None:
    """The first person's proposal for this version, where the policy asks for a second one."""
    if not policy.get("second_person"):
        return None
    found = Proposal.objects.filter(filing=filing, version=filing.version, unit_id=by.unit_id)
    return found.select_related("person").first()


def open_points(
    *,
    verdicts: Iterable[Verdict],
    checks: Iterable[Check],
    answers: Iterable[ChecklistAnswer],
    proposal: Proposal | None,
    by: Actor,
    policy: Policy,
) -> Reasons:
    """The same from rows that are there already; asks the database nothing."""
    reasons = Reasons()
    against = sum(not verdict.ok for verdict in verdicts)
    if against:
        reasons.append(
            Reason(
                "open_notes",
                _("There are notes (%(count)s): return the filing, or withdraw them.") % {"count": against},
                url="#compare",
            )
        )
    failed = [check.code for check in checks if check.result == CheckResult.FAIL and check.overridden_by_id is None]
    if failed:
        names = ", ".join(str(CHECK_NAMES.get(code, (code,))[0]) for code in failed)
        reasons.append(
            Reason("failed_checks", _("Automatic checks have failed: %(codes)s.") % {"codes": names}, url="#checks")
        )
    answered = {answer.key for answer in answers if answer.ok}
    open_items = [item["key"] for item in policy.get("checklist") or [] if item["key"] not in answered]
    if open_items:
        reasons.append(
            Reason(
                "checklist",
                _("Items of the checklist are open: %(count)s.") % {"count": len(open_items)},
                url="#checklist",
            )
        )
    if policy.get("second_person"):
        if proposal is None:
            reasons.append(Reason("no_proposal", _("A first person must propose the approval.")))
        elif proposal.person_id == by.person_id:
            reasons.append(Reason("same_person", _("A second person must decide; you made the proposal.")))
    return reasons


def propose(*, filing: Filing, by: Actor, now: datetime, comment: str = "") -> Filing:
    """The first of two persons proposes approval, where the policy asks for a second person."""

    def rule(actor: Actor, row: Filing) -> Reasons:
        if row.state not in AUTHORITY_STATES:
            raise AlreadyMoved(state=str(row.state))
        reasons = rules.may_decide(actor, row)
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
        verb="propose", subject=filing, by=by, now=now, rule=rule, effects=effects,
        payload={"version": filing.version}, audience=Audience.AUTHORITY,
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
    onward = filing.second_level and filing.state == FilingState.SUBMITTED
    verb = "send_to_ministry" if onward else "approve"

    def rule(actor: Actor, row: Filing) -> Reasons:
        was_due[:] = [_feedback_due(row)]
        reasons = Reasons.of(rules.may_decide(actor, row), _same_version(row, seen_version))
        if not reasons:
            reasons.extend(blockers(row, actor, policy_of(row, now)))
        return reasons

    def change(row: Filing) -> None:
        _stop_authority_clocks(row, now)
        row.due_at = row.due_day = row.overdue_since = None
        if onward:
            clock = clocks.start(
                kind=ClockKind.MINISTRY_TARGET, subject=row, started_at=now,
                days=int(policy_of(row, now).get("ministry_target_days")), authority_code="moe", now=now,
            )
            row.due_at, row.due_day = clock.due_at, clock.due_day
        else:
            row.closed_at = now
            row.entry = _publish(row, by, now)

    def effects(row: Filing, record: Appended) -> None:
        _decide(
            row, verb=verb, by=by, now=now, comment=comment.strip(), article="me-14",
            was_due=was_due[0],
        )
        if onward:
            _tell(row, now, "filing_sent_to_ministry", [row.unit, ministry()])
        else:
            units = [row.unit] if row.authority_id == by.unit_id else [row.unit, row.authority]
            _tell(row, now, "filing_approved", units)

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
        basis=["bj-3-4"] if onward else ["me-14"],
        payload=lambda row: {"version": row.version, "number": row.entry.number if row.entry else ""},
    )


def _publish(row: Filing, by: Actor, now: datetime) -> Entry | None:
    """Carries the filing out in the public registry and returns its entry."""
    document = latest_document(row)
    if row.kind == FilingKind.UNIT_CHANGE:
        _renew_unit(row, document, by, now)
        return None
    if row.app is None:
        msg = "a filing of this kind has an app"
        raise ValueError(msg)
    snapshot = _snapshot(document, row)
    app = App.objects.select_for_update().get(pk=row.app_id)
    if row.kind == FilingKind.INITIAL:
        entry = registry.publish(
            snapshot=snapshot, unit=row.unit, authority=row.authority, app_ref=app.pk,
            prefix=_number_prefix(row, now), by=by, now=now,
        )
        app.entry = entry
        app.save(update_fields=["entry", "updated_at"])
        return entry
    entry = app.entry
    if entry is None:
        raise Refused(Reasons([Reason("no_entry", _("The app has no entry."))]))
    if row.kind == FilingKind.CHANGE:
        return registry.republish(entry=entry, snapshot=snapshot, by=by, now=now, basis=["me-15"])
    if row.kind == FilingKind.RESUME:
        registry.resume(entry=entry, by=by, now=now)
        return registry.republish(entry=entry, snapshot=snapshot, by=by, now=now, basis=["me-15"])
    reason = str(document["filing"].get("cancel_reason") or "") or "应提供者申请注销"
    return registry.cancel(entry=entry, reason=reason, by=by, now=now)


def _number_prefix(row: Filing, now: datetime) -> str:
    """The authority's own prefix, or its province code; the ministry's prefix is not inherited by provinces."""
    own = policies.in_force([row.authority.code], on=policy_day(row, now))
    return own.get("number_prefix") or row.authority.province_code or "00"


def _snapshot(document: dict[str, Any], row: Filing) -> dict[str, Any]:
    """What the registry publishes of a document: public fields, and what is searched."""
    return {
        **schema.public_view(document),
        "package_ids": package_ids(document["app"]),
        "is_discipline": row.is_discipline,
    }


def _renew_unit(row: Filing, document: dict[str, Any], by: Actor, now: datetime) -> None:
    """Renews the unit's part of every entry of the provider, and its name, as a change of the unit asks."""
    name = str(document["unit"].get("name") or "").strip()
    if name and name != row.unit.name:
        append(
            verb="rename", subject=row.unit, by=by, now=now, basis=["me-15"], payload={"from": row.unit.name, "to": name}
        )
        Unit.objects.filter(pk=row.unit_id).update(name=name[:120])
    for app in App.objects.filter(unit_id=row.unit_id).exclude(entry=None).select_related("entry").order_by("pk"):
        entry = app.entry
        if entry is None or entry.state not in ("published", "rectifying", "offline"):
            continue
        last = (
            Filing.objects.filter(app=app, state=FilingState.FILED).order_by("-closed_at", "-pk").first()
        )
        if last is None:
            continue
        merged = {**latest_document(last), "unit": document["unit"]}
        registry.republish(
            entry=entry,
            snapshot={**_snapshot(merged, row), "is_discipline": entry.is_discipline},
            by=by,
            now=now,
            basis=["me-15"],
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
        reasons = Reasons.of(rules.may_decide(actor, row), _same_version(row, seen_version))
        if not comment.strip():
            reasons.append(Reason("no_reason", _("Say why the filing is declined.")))
        if not article.strip():
            reasons.append(Reason("no_article", _("Name the article on which it is declined.")))
        return reasons

    def change(row: Filing) -> None:
        _stop_authority_clocks(row, now)
        row.due_at = row.due_day = row.overdue_since = None
        row.closed_at = now

    def effects(row: Filing, record: Appended) -> None:
        release_entry(row, by, now)
        _decide(
            row, verb=Decision.Verb.DECLINE, by=by, now=now, comment=comment.strip(),
            article=article.strip()[:20], was_due=was_due[0],
        )
        serve(
            kind="filing_declined", to_unit=row.unit, subject=row,
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


def _feedback_due(row: Filing) -> datetime | None:
    """The end of the legal feedback period; the ministry's service target is none (Measures Art. 13)."""
    return row.due_at if row.state == FilingState.SUBMITTED else None


def _same_version(row: Filing, seen: int | None) -> Reasons:
    if seen is None or seen == row.version:
        return Reasons()
    return Reasons([Reason("newer_version", _("A newer version was submitted; look at it first."))])


def _stop_authority_clocks(row: Filing, now: datetime) -> None:
    clocks.stop(subject=row, now=now)


def _tell(row: Filing, now: datetime, kind: str, units: list[Unit]) -> None:
    params = notice_params(row)
    if row.entry is not None:
        params["number"] = row.entry.number
    for unit in units:
        serve(
            kind=kind, to_unit=unit, subject=row, params=params, now=now,
            dedupe=f"{kind}:{row.pk}:{row.version}:{unit.pk}",
        )
