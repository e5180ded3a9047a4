"""Handing in a use, reporting its change, and the school's own review of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Appended, Reason, Reasons, Refused, perform
from notices.domain import serve
from notices.enums import Side
from providers.queries import files_in
from providers.rules import same_version
from rulebook import calendar
from rulebook.policies import Policy
from rulebook.time import local_date
from users import queries, rules, schema
from users.domain.common import clean_notes, held_entry, notice_params
from users.domain.errors import APP_TWICE, Incomplete
from users.domain.steps import (
    RELATED,
    decide,
    make_confirmed,
    reach_authority,
    says_something,
    tell_authority,
    tell_confirmed,
    write_notes,
)
from users.enums import DecisionVerb, Responsibility, Source, UseState
from users.models import UseDecision, UseMaterialUse, UserFiling, UserFilingVersion


def submit(
    *, filing: UserFiling, by: Actor, now: datetime, submit_key: str = "", seen_state: str | None = None
) -> UserFiling:
    """Hands in a draft, or what was returned; returns the filing, now with the school's reviewer or the authority.

    Learning apps of primary and secondary schools go to the school's own review first, where the policy asks
    for dual review (Opinions, item 10). "Required" use needs a recorded collective decision. Effects: a frozen
    version with its files; with the authority also a case number and the clock of its service target (no legal
    period, Measures Art. 19); notices. The same ``submit_key`` again gives the same filing and no second effect.
    Raises ``Incomplete`` with every problem, ``Refused``, or ``AlreadyMoved``.
    """
    return _hand_in(filing, "submit", (UseState.DRAFT, UseState.RETURNED), by, now, submit_key, seen_state)


def report_change(
    *, filing: UserFiling, by: Actor, now: datetime, submit_key: str = "", seen_state: str | None = None
) -> UserFiling:
    """Reports what has changed of a confirmed use and asks for reconfirmation (Measures Art. 20).

    The change is due within ten working days of its date, which the form asks; later reports are taken and
    marked late. The confirmed version stays what the public sees. Otherwise as ``submit``.
    """
    return _hand_in(filing, "report_change", (UseState.CONFIRMED,), by, now, submit_key, seen_state)


@dataclass(frozen=True)
class _Round:
    """What is settled before the row is locked: policy, way, whether it was returned before."""

    policy: Policy
    to_unit: bool
    again: bool
    authority: Unit


def _hand_in(
    filing: UserFiling, verb: str, sources: Sequence[str], by: Actor, now: datetime, submit_key: str,
    seen_state: str | None,
) -> UserFiling:  # fmt: skip
    fresh = UserFiling.objects.select_related("unit", "authority", "entry").get(pk=filing.pk)
    if _repeated(fresh, submit_key):
        return _own_again(fresh, by)
    if fresh.state not in sources:
        reasons = rules.may_submit(by, fresh)
        if reasons:
            raise Refused(reasons)
        raise AlreadyMoved(state=str(fresh.state))
    fresh.authority = queries.confirming_authority(fresh.unit)
    policy = queries.policy_of(fresh, now)
    to_unit = queries.needs_unit_review(fresh, policy)
    this = _Round(policy, to_unit, fresh.state == UseState.RETURNED, fresh.authority)
    frozen: dict[str, Any] = {}

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.may_submit(actor, row)
        if not reasons and queries.confirming_authority(row.unit).pk != this.authority.pk:
            # The unit moved, or its authority was closed, after this round was settled and before the row was locked.
            raise AlreadyMoved(state=str(row.state))
        return reasons or _against(row, this, now, frozen)

    def change(row: UserFiling) -> None:
        row.submit_key = submit_key
        _take_over(row, frozen["document"], this, by, now)

    def effects(row: UserFiling, record: Appended) -> None:
        _freeze(row, frozen["document"], this, by, now)
        if to_unit:
            serve(
                kind="use_for_unit_review", to_unit=row.unit, side=Side.INSTITUTION, subject=row,
                params=notice_params(row), now=now,
                dedupe=f"use_for_unit_review:{row.pk}:{row.version}",
            )  # fmt: skip
        else:
            tell_authority(row, now, again=this.again)

    try:
        return perform(
            verb="resubmit" if this.again else verb,
            subject=fresh,
            by=by,
            now=now,
            rule=rule,
            transition=f"{verb}_to_unit" if to_unit else verb,
            change=change,
            effects=effects,
            seen_state=seen_state if seen_state is not None else str(fresh.state),
            related=RELATED,
            basis=["me-20"] if fresh.confirmed_version else ["me-21" if fresh.self_use else "me-18"],
            payload=lambda row: {
                "version": row.version,
                "case_no": row.case_no,
                "digest": queries.digest(frozen["document"]),
                "unit_review": to_unit,
                "late": row.late,
            },
        )
    except AlreadyMoved:
        moved = UserFiling.objects.get(pk=filing.pk)
        if _repeated(moved, submit_key):
            return _own_again(moved, by)
        raise
    except IntegrityError as error:
        if "self_use_once" not in str(error):
            raise
        raise Refused(Reasons([APP_TWICE])) from error


def _against(row: UserFiling, this: _Round, now: datetime, frozen: dict[str, Any]) -> Reasons:
    """What the law and the form say against handing in; the document that passes is put into ``frozen``."""
    row.entry = held_entry(row.entry_id)
    reasons = Reasons.of(rules.unit_may_use(row.unit), rules.entry_selectable(row.entry, now))
    if this.policy.get("uses_limit_hard"):
        # Two colleagues who hand in at the same moment are counted one after the other.
        Unit.objects.select_for_update(no_key=True).only("pk").get(pk=row.unit_id)
        reasons.extend(Reasons.of(queries.over_limit(row, this.policy)))
    if reasons:
        return reasons
    document = queries.working_copy(row)
    if queries.needs_unit_review(row, this.policy, document) != this.to_unit:
        raise AlreadyMoved(state=str(row.state))  # typed in another window at this moment
    found = schema.validate(document, this.policy, schema.form_kind(row), local_date(now))
    problems = [problem for problem in found if problem.is_error]
    if problems:
        raise Incomplete(
            Reasons(Reason("incomplete", p.message, article=p.article or None) for p in problems), problems
        )
    if row.self_use and _named_twice(row, document):
        return Reasons([APP_TWICE])
    frozen["document"] = document
    return reasons


def _handed_in(row: UserFiling) -> queries.Document:
    """The version that was handed in last."""
    return UserFilingVersion.objects.get(filing=row, number=row.version).data


def _named_twice(row: UserFiling, document: queries.Document) -> bool:
    """Whether the unit has another own app of the name that this one takes."""
    name = str(document["app"].get("name") or row.app_name)[:120]
    twins = UserFiling.objects.live().filter(unit_id=row.unit_id, self_use=True, app_name=name)
    return twins.exclude(pk=row.pk).exists()


def _take_over(row: UserFiling, document: queries.Document, this: _Round, by: Actor, now: datetime) -> None:
    """What handing in changes of the row.

    The authority reads the typed columns of what has reached it. What goes to the school's own review first stays
    the school's affair until its second person has agreed: then ``unit_approve`` fills them.
    """
    if not this.to_unit or row.submitted_at is None:
        _fill(row, document)
    row.authority = this.authority
    row.version += 1
    row.handed_in_at, row.handed_in_by_id = now, by.person_id
    row.needs_unit_review, row.authority_review_waived_by = this.to_unit, None
    row.policy_label, row.policy_ids = this.policy.label("zh-hans"), list(this.policy.version_ids)
    row.judged_on = this.policy.on
    if not this.to_unit or row.submitted_at is None:
        _note_change(row, document, this.policy)
    if not this.to_unit:
        reach_authority(row, this.policy, now)


def _repeated(filing: UserFiling, submit_key: str) -> bool:
    """Whether this key has handed the filing in already; a late retry after a decision must not pass for a new
    round."""
    if not submit_key or filing.submit_key != submit_key:
        return False
    stays_handed_in(filing)
    return True


def stays_handed_in(filing: UserFiling) -> None:
    """Raises ``AlreadyMoved`` where a repeated submission is too late: the filing has come back or was decided."""
    if filing.state not in (UseState.UNIT_REVIEW, UseState.SUBMITTED):
        raise AlreadyMoved(state=str(filing.state))


def _own_again(filing: UserFiling, by: Actor) -> UserFiling:
    reasons = rules.may_submit(by, filing)
    if reasons:
        raise Refused(reasons)
    return filing


def _fill(row: UserFiling, document: queries.Document) -> None:
    """The typed columns that lists search, from the document."""
    use = document["use"]
    row.source, row.nature = str(use.get("source") or ""), str(use.get("nature") or "")
    own = row.source == Source.SELF_DEVELOPED
    row.responsibility = Responsibility.IN_CHARGE if own else Responsibility.RESPONSIBLE
    row.decision_on = _date(use.get("decision_on"))
    row.stages, row.functions = list(use.get("stages") or []), list(use.get("functions") or [])
    count = use.get("users_count")
    row.users_count = int(str(count)) if str(count or "").isdecimal() else None
    if row.self_use:
        if row.confirmed_version:
            row.public.setdefault("app_name", row.app_name)  # the public sees the new name once it is confirmed
        row.app_name = str(document["app"].get("name") or row.app_name)[:120]


def _date(value: Any) -> date | None:
    """A day of a document that has passed its validation."""
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _note_change(row: UserFiling, document: queries.Document, policy: Policy) -> None:
    """The date of the change, and whether it is reported later than ten working days after it (Art. 20)."""
    row.changed_on, row.late = None, False
    if row.confirmed_version:
        row.changed_on = _date(document["use"].get("changed_on"))
    if row.changed_on is not None and row.judged_on is not None:
        last = calendar.add_working_days(row.changed_on, int(policy.get("user_change_report_days")))
        row.late = row.judged_on > last.date


def _freeze(row: UserFiling, document: queries.Document, this: _Round, by: Actor, now: datetime) -> None:
    UserFilingVersion.objects.create(
        filing=row,
        number=row.version,
        data=document,
        digest=queries.digest(document),
        policy_label=row.policy_label,
        policy_ids=row.policy_ids,
        for_unit_review=this.to_unit,
        signed_name=str(document["use"].get("signed_name") or "")[:80],
        submitted_at=now,
        submitted_by_id=by.person_id,
    )
    named = {(key, int(file["id"])) for key, file in files_in(document)}
    own = set(row.unit.use_materials.filter(pk__in={pk for _key, pk in named}).values_list("pk", flat=True))
    UseMaterialUse.objects.bulk_create(
        [
            UseMaterialUse(filing=row, version=row.version, material_id=pk, field_key=key[:80])
            for key, pk in sorted(named)
            if pk in own
        ]
    )


def unit_approve(
    *, filing: UserFiling, by: Actor, now: datetime, comment: str = "", seen_state: str | None = None,
    seen_version: int | None = None,
) -> UserFiling:  # fmt: skip
    """A second person of the school approves what a colleague handed in (Opinions, item 10: dual review).

    Effects: decision row; the filing goes to the authority, with its case number and service target. Where the
    authority's policy lets its recommended list stand for its review and the app is on it, the filing is
    confirmed at once by that rule: the edition is recorded and the authority told. It is the authority's own
    rule that confirms, never the passing of time. Raises ``Refused``, ``AlreadyMoved``.
    """
    fresh = UserFiling.objects.select_related("unit", "authority", "entry").get(pk=filing.pk)
    fresh.authority = queries.confirming_authority(fresh.unit)
    policy = queries.policy_of(fresh, now)
    edition = queries.waived_by(fresh, policy) if fresh.state == UseState.UNIT_REVIEW else None

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = Reasons.of(rules.may_review_in_unit(actor, row), same_version(row, seen_version))
        if not reasons:
            row.entry = held_entry(row.entry_id)
            reasons.extend(rules.entry_selectable(row.entry, now))
            if row.self_use and row.version and _named_twice(row, _handed_in(row)):
                reasons.append(APP_TWICE)
        return reasons

    def change(row: UserFiling) -> None:
        document = _handed_in(row)
        _fill(row, document)
        _note_change(row, document, policy)
        reach_authority(row, policy, now, clock=edition is None)
        row.authority_review_waived_by = edition
        if edition is not None:
            make_confirmed(row, now)

    def effects(row: UserFiling, record: Appended) -> None:
        decide(row, DecisionVerb.UNIT_APPROVE, by, now, comment=comment, article="op-10")
        if edition is None:
            tell_authority(row, now)
            return
        UseDecision.objects.create(
            filing=row, version=row.version, verb=DecisionVerb.CONFIRM_BY_LIST, unit_id=edition.list.authority_id,
            comment=str(edition)[:500], article="op-10", decided_at=now,
        )  # fmt: skip
        tell_confirmed(row, now)

    try:
        return perform(
            verb="unit_approve",
            subject=fresh,
            by=by,
            now=now,
            rule=rule,
            transition="confirm_by_list" if edition is not None else "unit_approve",
            change=change,
            effects=effects,
            seen_state=seen_state,
            related=RELATED,
            basis=["op-10"],
            payload=lambda row: {
                "version": row.version,
                "case_no": row.case_no,
                "waived_by": edition.pk if edition is not None else None,
            },
        )
    except IntegrityError as error:  # another own app took the name after the rule had looked
        if "self_use_once" not in str(error):
            raise
        raise Refused(Reasons([APP_TWICE])) from error


def unit_send_back(
    *, filing: UserFiling, by: Actor, now: datetime, comment: str = "", notes: Sequence[dict[str, str]] = (),
    seen_state: str | None = None, seen_version: int | None = None,
) -> UserFiling:  # fmt: skip
    """A second person of the school gives it back to who prepared it; at least one note or a comment is needed.

    It stays the school's own affair: the authority sees neither the version nor the notes. Effects: decision
    row, notes, notice within the unit.
    """
    kept = clean_notes(notes)

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        return Reasons.of(
            rules.may_review_in_unit(actor, row), same_version(row, seen_version), says_something(kept, comment)
        )

    def effects(row: UserFiling, record: Appended) -> None:
        write_notes(row, kept, now, within_unit=True)
        decide(row, DecisionVerb.UNIT_SEND_BACK, by, now, comment=comment, article="op-10", notes=len(kept))
        serve(
            kind="use_sent_back", to_unit=row.unit, side=Side.INSTITUTION, subject=row,
            params={**notice_params(row), "comment": comment.strip()}, now=now,
            dedupe=f"use_sent_back:{row.pk}:{row.version}",
        )  # fmt: skip

    return perform(
        verb="unit_send_back", subject=filing, by=by, now=now, rule=rule, transition="unit_send_back",
        effects=effects, seen_state=seen_state, related=RELATED, basis=["op-10"],
        payload=lambda row: {"version": row.version, "notes": len(kept)},
    )  # fmt: skip
