"""Handing in, taking back, and lapsing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.enums import Province
from accounts.queries import filing_authority
from ledger.acts import Actor, AlreadyMoved, Appended, Reason, Reasons, Refused, perform, perform_many
from notices.domain import Item, serve_many
from notices.enums import Side
from providers import rules, schema, upkeep
from providers.domain.errors import Incomplete
from providers.enums import ClockKind, FilingKind, FilingState
from providers.models import CaseCounter, Filing, FilingVersion, MaterialUse
from providers.queries import digest, duplicates, files_in, package_ids, policy_of, version, working_copy
from registry import domain as registry
from rulebook import calendar, clocks
from rulebook.policies import Policy
from rulebook.time import local_date

#: Called with a filing's key after its submission has been committed; rooms above add themselves when ready.
after_submit: list[Callable[[int], None]] = []


#: kinds that put an app, with its packages, into the registry
NEEDS_NO_TWIN = (FilingKind.INITIAL, FilingKind.CHANGE, FilingKind.RESUME)


def submit(
    *,
    filing: Filing,
    by: Actor,
    now: datetime,
    submit_key: str = "",
    seen_state: str | None = None,
) -> Filing:
    """Submits a draft, or resubmits a supplement; returns the filing, now with the authority.

    Effects: a frozen version with its files and signature; a case number at the first submission; the
    authority's feedback clock (Measures Art. 13) starts and the supplement clock stops; an entry under
    change is marked; notices to the authority and a receipt to the provider. The same ``submit_key``
    again gives the same filing and no second effect. Raises ``Incomplete`` with every problem,
    ``Refused`` (barred, category suspended, not yours, period over), or ``AlreadyMoved``.
    """
    fresh = Filing.objects.get(pk=filing.pk)
    if _repeated(fresh, submit_key):
        return _own_again(fresh, by)
    again = fresh.state == FilingState.RETURNED
    frozen: dict[str, Any] = {}

    def rule(actor: Actor, row: Filing) -> Reasons:
        reasons = rules.may_submit(actor, row)
        if reasons:
            return reasons
        if again and row.due_at is not None and now >= row.due_at:
            return Reasons([Reason("too_late", _("The period for the supplement is over."), article="me-13")])
        policy = policy_of(row, now)
        document = working_copy(row)
        reasons.extend(obstacles(filing=row, document=document, policy=policy, now=now))
        if reasons:
            return reasons
        problems = [p for p in schema.validate(document, policy, row.kind, policy_day(row, now)) if p.is_error]
        if problems:
            raise Incomplete(
                Reasons(Reason("incomplete", p.message, article=getattr(p, "article", None)) for p in problems),
                problems,
            )
        frozen.update(document=document, policy=policy)
        return reasons

    def change(row: Filing) -> None:
        _fill(row, frozen["document"], frozen["policy"], now)
        row.submit_key = submit_key
        clock = _start_feedback(row, frozen["policy"], now, again=again)
        row.due_at, row.due_day = clock.due_at, clock.due_day
        row.overdue_since = None

    def effects(row: Filing, record: Appended) -> None:
        _freeze(row, frozen["document"], frozen["policy"], by, now)
        if row.kind == FilingKind.CHANGE and row.entry is not None:
            registry.mark_change_under_review(entry=row.entry, on=True, by=by, now=now)
        _notify_submitted(row, by, now, again=again)
        for callback in after_submit:
            transaction.on_commit(partial(callback, row.pk), robust=True)

    try:
        return perform(
            verb="resubmit" if again else "submit",
            subject=fresh,
            by=by,
            now=now,
            rule=rule,
            transition="resubmit" if again else "submit",
            change=change,
            effects=effects,
            seen_state=seen_state,
            basis=["me-12", "me-13"] if not again else ["me-13"],
            payload=lambda row: {"version": row.version, "case_no": row.case_no, "digest": digest(frozen["document"])},
        )
    except AlreadyMoved:
        moved = Filing.objects.get(pk=filing.pk)
        if _repeated(moved, submit_key):
            return _own_again(moved, by)
        raise


def obstacles(*, filing: Filing, document: dict[str, Any], policy: Policy, now: datetime) -> Reasons:
    """Why the filing would be refused whatever is corrected on its form; pages show it before it is handed in.

    The unit is barred (Measures Art. 24), a branch, or owes its own information; the category is closed; the app
    is filed already. A cancellation needs none of it.
    """
    reasons = Reasons()
    if filing.kind != FilingKind.CANCEL:
        reasons.extend(rules.unit_may_file(filing.unit, now))
        reasons.extend(upkeep.blockers(filing, now))
    reasons.extend(_admission(filing, document, policy, now))
    return reasons


def _repeated(filing: Filing, submit_key: str) -> bool:
    """Whether this key has handed the filing in already.

    After a return the same key is a late retry of the submission before. It must not pass for the
    supplement: its sender would believe that he had answered, and the filing would lapse.
    """
    if not submit_key or filing.submit_key != submit_key or filing.state == FilingState.DRAFT:
        return False
    stays_handed_in(filing)
    return True


def stays_handed_in(filing: Filing) -> None:
    """Raises ``AlreadyMoved`` where a repeated submission is too late: the filing has come back since."""
    if filing.state == FilingState.RETURNED:
        raise AlreadyMoved(state=filing.state, verb="return_for_correction", at=filing.returned_at)


def _own_again(filing: Filing, by: Actor) -> Filing:
    reasons = rules.may_submit(by, filing)
    if reasons:
        raise Refused(reasons)
    return filing


def submit_many(
    *, filings: Sequence[Filing], by: Actor, now: datetime, submit_key: str = ""
) -> list[tuple[Filing, Exception | None]]:
    """Submits several drafts, each through the one door by itself; returns what happened to each."""
    outcome: list[tuple[Filing, Exception | None]] = []
    for filing in filings:
        key = f"{submit_key}:{filing.pk}"[:64] if submit_key else ""
        try:
            outcome.append((submit(filing=filing, by=by, now=now, submit_key=key), None))
        except (Refused, AlreadyMoved) as error:
            outcome.append((filing, error))
    return outcome


def _admission(row: Filing, document: dict[str, Any], policy: Policy, now: datetime) -> Reasons:
    """Refusals that no correction on the form can mend, and duplicates."""
    if row.kind not in NEEDS_NO_TWIN:
        return Reasons()
    reasons = Reasons.of(schema.admission(document, policy, now))
    twin = duplicates(row.unit, row.app_name, package_ids(document["app"]), app_pk=row.app_id)
    if twin is not None:
        reasons.append(
            Reason(
                "duplicate",
                _("The same app is filed already or being filed: %(label)s. One filing is valid nationwide.")
                % {"label": twin["label"]},
                article="me-11",
            )
        )
    return reasons


def policy_day(row: Filing, now: datetime) -> date:
    """The day of the first submission."""
    return local_date(row.submitted_at or now)


def _fill(row: Filing, document: dict[str, Any], policy: Policy, now: datetime) -> None:
    """Sets what the queue searches and what a submission fixes."""
    app = document["app"]
    row.provider_name = row.unit.name
    if row.app is not None:
        row.app_name = row.app.name
        row.stages = list(app.get("stages") or [])
        row.is_discipline = schema.derive_discipline(app).is_discipline
    row.version += 1
    row.last_submitted_at = now
    if row.submitted_at is None:
        row.submitted_at = now
        row.authority = filing_authority(row.unit)
        row.policy_label, row.policy_ids = policy.label("zh-hans"), list(policy.version_ids)
        row.second_level = bool(policy.get("second_level")) and row.authority.code != "moe"
        row.case_no = _next_case_no(row.authority.code, now)
    changed_on = document["filing"].get("changed_on")
    if row.kind in (FilingKind.CHANGE, FilingKind.UNIT_CHANGE) and changed_on:
        row.changed_on = date.fromisoformat(changed_on)
        last = calendar.add_working_days(row.changed_on, int(policy.get("change_report_days")))
        row.late = local_date(row.submitted_at) > last.date


def _next_case_no(authority_code: str, now: datetime) -> str:
    """Next case number, as ``BJ-2026-004173``; the counter's row is locked until the act commits."""
    year = local_date(now).year
    CaseCounter.objects.get_or_create(authority_code=authority_code, year=year)
    counters = CaseCounter.objects.filter(authority_code=authority_code, year=year)
    counters.update(last=F("last") + 1)
    number = counters.values_list("last", flat=True).get()
    letters = {member.value: member.name for member in Province}.get(authority_code, authority_code.upper())
    return f"{letters}-{year}-{number:06d}"


def _start_feedback(row: Filing, policy: Policy, now: datetime, *, again: bool) -> Any:
    if again:
        clocks.stop(subject=row, kind=ClockKind.SUPPLEMENT, now=now)
    return clocks.start(
        kind=ClockKind.FEEDBACK,
        subject=row,
        started_at=now,
        days=int(policy.get("feedback_days")),
        authority_code=row.authority.code,
        now=now,
    )


def _freeze(row: Filing, document: dict[str, Any], policy: Policy, by: Actor, now: datetime) -> None:
    FilingVersion.objects.create(
        filing=row,
        number=row.version,
        data=document,
        digest=digest(document),
        policy_label=policy.label("zh-hans"),
        policy_ids=list(policy.version_ids),
        signed_name=str(document["filing"].get("signed_name") or "")[:80],
        submitted_at=now,
        submitted_by_id=by.person_id,
    )
    own = {str(pk) for pk in row.unit.materials.values_list("pk", flat=True)}
    uses = {
        (key, int(file["id"])) for key, file in files_in(document) if str(file["id"]) in own
    }
    MaterialUse.objects.bulk_create(
        [MaterialUse(filing=row, version=row.version, material_id=pk, field_key=key[:80]) for key, pk in sorted(uses)]
    )


def _params(row: Filing) -> dict[str, Any]:
    """What every notice about a filing says."""
    return {
        "case_no": row.case_no,
        "app_name": row.app_name or row.provider_name,
        "provider_name": row.provider_name,
        "authority": row.authority.name,
        "authority_en": row.authority.name_en,
        "due_day": row.due_day.isoformat() if row.due_day else "",
        "version": row.version,
    }


def _notify_submitted(row: Filing, by: Actor, now: datetime, *, again: bool) -> None:
    kind = "filing_resubmitted" if again else "filing_submitted"
    serve_many([part(kind, row, f"{kind}:{row.pk}:{row.version}") for part in (to_authority, to_provider)], now=now)


def to_provider(kind: str, row: Filing, key: str, **more: Any) -> Item:
    """A notice about the filing to the unit that files, as a provider; ``key`` is completed by the unit."""
    return Item(kind, row.unit, row, {**_params(row), **more}, f"{key}:{row.unit_id}", Side.PROVIDER)


def to_authority(kind: str, row: Filing, key: str, **more: Any) -> Item:
    """The same to the authority with which it is filed; it may be the same unit."""
    own = ":authority" if row.unit_id == row.authority_id else ""
    params = {**_params(row), **more}
    return Item(kind, row.authority, row, params, f"{key}:{row.authority_id}{own}", Side.AUTHORITY)


def withdraw(*, filing: Filing, by: Actor, now: datetime, seen_state: str | None = None) -> Filing:
    """The provider takes back a draft, or a filing that nobody has decided.

    Effects: clocks stop; the entry loses its mark "change under review"; a notice to the authority if it
    had been submitted.
    """
    submitted = filing.submitted_at is not None

    def change(row: Filing) -> None:
        row.closed_at = now
        row.due_at = row.due_day = None

    def effects(row: Filing, record: Appended) -> None:
        clocks.stop(subject=row, now=now)
        release_entry(row, by, now)
        if submitted:
            serve_many([to_authority("filing_withdrawn", row, f"filing_withdrawn:{row.pk}")], now=now)

    return perform(
        verb="withdraw",
        subject=filing,
        by=by,
        now=now,
        rule=rules.may_withdraw,
        transition="withdraw",
        change=change,
        effects=effects,
        seen_state=seen_state,
    )


def lapse(*, filing: Filing, now: datetime, by: Actor | None = None, stop_clocks: bool = True) -> Filing:
    """The supplement clock has run out: the filing counts as given up (Measures Art. 13).

    Effects: state ``lapsed``, the clock is over, the entry loses its mark, a notice to both parties.
    A sweep has ended the clock itself and says ``stop_clocks=False``.
    """
    actor = by or Actor.system()

    def effects(row: Filing, record: Appended) -> None:
        if stop_clocks:
            clocks.stop(subject=row, now=now)
        _close_lapsed([row], actor, now)

    return perform(subject=filing, effects=effects, **_lapsing(actor, now))


def lapse_many(*, filings: Sequence[Filing], now: datetime) -> list[Filing]:
    """Lapses many filings, known by their keys, whose clocks a sweep has ended: all of them, or none.

    Effects of each as in :func:`lapse`. Raises ``Refused`` or ``AlreadyMoved`` where one does not lapse.
    """
    actor = Actor.system()
    return perform_many(
        subjects=filings, effects=lambda rows: _close_lapsed(rows, actor, now), **_lapsing(actor, now)
    )


def _lapsing(actor: Actor, now: datetime) -> dict[str, Any]:
    """What the lapse of one and of many have in common."""

    def rule(who: Actor, row: Filing) -> Reasons:
        reasons = rules.only_the_clock(who, row)
        if row.due_at is None or now < row.due_at:
            reasons.append(Reason("not_due", _("The period for the supplement is not over."), article="me-13"))
        return reasons

    def change(row: Filing) -> None:
        row.closed_at = now

    return {
        "verb": "lapse",
        "by": actor,
        "now": now,
        "rule": rule,
        "transition": "lapse",
        "basis": ["me-13"],
        "change": change,
        "related": ("unit", "authority"),
        "payload": lambda row: {"due_day": row.due_day.isoformat() if row.due_day else ""},
    }


def _close_lapsed(rows: Sequence[Filing], actor: Actor, now: datetime) -> None:
    """The entries lose their marks; both parties are told."""
    for row in rows:
        release_entry(row, actor, now)
    serve_many(
        [
            part("filing_lapsed", row, f"filing_lapsed:{row.pk}")
            for row in rows
            for part in (to_provider, to_authority)
        ],
        now=now,
    )


def release_entry(row: Filing, by: Actor, now: datetime) -> None:
    """Takes the mark "change under review" off the entry when a change ends without approval."""
    if row.kind == FilingKind.CHANGE and row.entry is not None and row.entry.change_under_review:
        registry.mark_change_under_review(entry=row.entry, on=False, by=by, now=now)


def latest_document(filing: Filing) -> dict[str, Any]:
    """The document of the newest version; raises ``LookupError`` without one."""
    newest = version(filing)
    if newest is None:
        raise LookupError(filing.pk)
    return newest.data


notice_params = _params
