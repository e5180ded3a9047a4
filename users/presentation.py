"""What the pages of a use show: notes, task list, the parties in order, what happened, what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Unit
from ledger.models import Record
from ledger.queries import timeline
from providers import presentation as forms
from providers.presentation import Group, NoteState, note_state
from rulebook import calendar
from rulebook.policies import Policy
from rulebook.time import local_date
from users import queries, schema
from users.enums import CHECKED_FIELDS, Cause, DecisionVerb, UseState
from users.models import SelectionSystem, UseDecision, UseNote, UserFiling

Document = Mapping[str, Mapping[str, Any]]

#: states in which the notes of the newest return stand beside their fields
NOTED_STATES = (UseState.DRAFT, UseState.RETURNED)

#: the last part of a verb: (words, family of the dot in the timeline)
VERBS: dict[str, tuple[str | Promise, str]] = {
    "start_use": (pgettext_lazy("act on a use", "App selected, filing begun"), ""),
    "submit": (pgettext_lazy("act on a use", "Handed in"), "auth"),
    "resubmit": (pgettext_lazy("act on a use", "Handed in again"), "auth"),
    "report_change": (pgettext_lazy("act on a use", "Change reported"), "auth"),
    "unit_approve": (pgettext_lazy("act on a use", "Approved by the school, sent to the authority"), "auth"),
    "unit_send_back": (pgettext_lazy("act on a use", "Sent back within the school"), "act"),
    "confirm": (pgettext_lazy("act on a use", "Confirmed"), "ok"),
    "return_for_correction": (pgettext_lazy("act on a use", "Returned for correction"), "act"),
    "withdraw": (pgettext_lazy("act on a use", "Use ended"), ""),
    "propose_withdrawal": (pgettext_lazy("act on a use", "Withdrawal proposed"), "act"),
    "suspend": (pgettext_lazy("act on a use", "Suspended"), "act"),
    "resume": (pgettext_lazy("act on a use", "Suspension lifted"), "ok"),
    "mark_to_check": (pgettext_lazy("act on a use", "The app changed: to be checked"), "act"),
    "note_checked": (pgettext_lazy("act on a use", "Checked: the use stays as it is"), "ok"),
    "reroute": (pgettext_lazy("act on a use", "Now with another authority"), ""),
}
_ROLES: dict[str, str | Promise] = {
    "institution_lead": gettext_lazy("The unit, person in charge"),
    "institution_staff": gettext_lazy("The unit, staff"),
    "reviewer": gettext_lazy("The authority"),
    "review_lead": gettext_lazy("The authority, head of review"),
    "ministry_reviewer": gettext_lazy("Ministry of Education"),
}


def history(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Ledger records of a use as lines of a timeline: roles, never names."""
    lines = []
    for record in records:
        verb = record.verb.rsplit(".", 1)[-1]
        words, family = VERBS.get(verb, (verb.replace("_", " "), ""))
        role = _ROLES.get(str(record.actor_role), "")
        who = _("The portal") if str(record.actor_kind) == "system" else str(role)
        lines.append(
            {
                "at": record.at,
                "title": str(words),
                "family": family,
                "text": who,
                "mark": f"#{record.seq} {record.hash[:6]}",
            }
        )
    return lines


def history_of(filing: UserFiling) -> list[dict[str, Any]]:
    """The newest first."""
    return history(timeline(filing).order_by("-seq"))


def _noted(filing: UserFiling) -> list[UseNote]:
    if filing.state not in NOTED_STATES or not filing.version:
        return []
    return list(filing.return_notes.filter(version=filing.version).order_by("pk"))


def notes(filing: UserFiling, document: Document) -> dict[str, NoteState]:
    """Notes of the newest return, or of the school's own review, by field key."""
    rows = [note for note in _noted(filing) if note.field_key]
    frozen = queries.version(filing, filing.version) if rows else None
    old = frozen.data if frozen is not None else {}
    own = _("School review")
    return {
        note.field_key: note_state(note, old, document, own if note.within_unit else filing.authority.title)
        for note in rows
    }


def said(filing: UserFiling) -> dict[str, Any] | None:
    """Who gave it back, in what words, with the notes on the whole filing; None where nobody did."""
    if filing.state not in NOTED_STATES or not filing.version:
        return None
    verb = DecisionVerb.RETURN if filing.state == UseState.RETURNED else DecisionVerb.UNIT_SEND_BACK
    decision = UseDecision.objects.filter(filing=filing, version=filing.version, verb=verb).first()
    if decision is None:
        return None
    own = verb == DecisionVerb.UNIT_SEND_BACK
    rows = _noted(filing)
    return {
        "by": _("School review") if own else filing.authority.title,
        "comment": decision.comment,
        "general": [note for note in rows if not note.field_key],
        "count": sum(1 for note in rows if note.field_key),
        "at": decision.decided_at,
        "article": decision.article,
    }


def tasks(filing: UserFiling, document: Document, policy: Policy, on: date, *, editable: bool) -> list[Group]:
    """The sections of the form by their groups; what a change asks is left out where none is reported."""
    kind = schema.form_kind(filing)
    if not editable and not (document.get("use") or {}).get("changed_on"):
        kind = kind.removesuffix("_change")
    return forms.task_groups(
        schema.completeness(document, policy, kind, on),
        titles=schema.GROUPS,
        about=lambda number: _about(number, filing),
        noted=notes(filing, document),
        editable=editable,
    )


def _about(number: str, filing: UserFiling) -> str:
    return filing.app_name if number == "一" else ""


def baton(filing: UserFiling, policy: Policy) -> list[dict[str, str]]:
    """The parties in order; the present one is "now"."""
    state = UseState(filing.state)
    reviewed = filing.needs_unit_review if filing.version else queries.needs_unit_review(filing, policy)
    over = state in (UseState.CONFIRMED, UseState.WITHDRAWN, UseState.SUSPENDED)
    handed = _("handed in on %(day)s") % {"day": _day(filing.handed_in_at)} if filing.handed_in_at else ""
    mine = state in (UseState.DRAFT, UseState.RETURNED)
    steps = [
        {
            "name": _("Your unit"),
            "text": _("corrects and hands in again") if mine and filing.version else handed or _("fills in"),
            "state": "now" if mine else "done",
        }
    ]
    if reviewed:
        steps.append(
            {
                "name": _("School review"),
                "text": _("a second person of the school"),
                "state": "now"
                if state == UseState.UNIT_REVIEW
                else ("done" if over or state == UseState.SUBMITTED else "next"),
            }
        )
    by_list = filing.authority_review_waived_by_id is not None
    steps.append(
        {
            "name": filing.authority.title,
            "text": _("confirmed by its recommended list")
            if by_list
            else (
                _("returned on %(day)s") % {"day": _day(filing.returned_at)}
                if state == UseState.RETURNED
                else _("confirms; a service target, no legal period")
            ),
            "state": "now" if state == UseState.SUBMITTED else ("done" if over else "next"),
        }
    )
    if state == UseState.WITHDRAWN:
        started = [step for step in steps if filing.version and step["state"] == "done"]
        return [*started, {"name": _("Use ended"), "text": _day(filing.closed_at), "state": "done"}]
    shown = _("since %(day)s") % {"day": _day(filing.confirmed_at)} if filing.confirmed_version else ""
    steps.append(
        {
            "name": _("Suspended") if state == UseState.SUSPENDED else _("In use, public"),
            "text": shown,
            "state": "now" if state == UseState.SUSPENDED else ("done" if state == UseState.CONFIRMED else "next"),
        }
    )
    return steps


def _day(value: datetime | None) -> str:
    if value is None:
        return ""
    day = local_date(value)
    return _("%(month)s/%(day)s") % {"month": day.month, "day": day.day}


def holder(filing: UserFiling) -> str:
    """Who holds the matter now, in words."""
    return {
        UseState.UNIT_REVIEW: _("A second person of your unit"),
        UseState.SUBMITTED: filing.authority.title,
        UseState.CONFIRMED: "–",
        UseState.WITHDRAWN: "–",
    }.get(UseState(filing.state), _("Your unit"))


def change_pending(filing: UserFiling, document: Document, policy: Policy) -> bool:
    """Whether something was typed into a confirmed use that is not what was confirmed."""
    if filing.state != UseState.CONFIRMED:
        return False
    before = queries.confirmed_document(filing)
    return any(schema.diff(before, document, schema.form_kind(filing), policy))


@dataclass(frozen=True)
class ChangeTerm:
    """Until when a change is reported in time, and whether that day is past (Measures Art. 20)."""

    changed_on: date
    last: date
    late: bool


def change_term(document: Document, policy: Policy, today: date) -> ChangeTerm | None:
    """The term from the date of the change that was typed; None while there is none."""
    try:
        changed = date.fromisoformat(str((document.get("use") or {}).get("changed_on") or ""))
        last = calendar.add_working_days(changed, int(policy.get("user_change_report_days"))).date
    except (ValueError, OverflowError, LookupError):
        return None
    return ChangeTerm(changed, last, today > last)


def check_words(filing: UserFiling) -> str:
    """What of the app has changed since its use was confirmed, in the reader's language."""
    english = (get_language() or "").startswith("en")
    words = [CHECKED_FIELDS[name][english] for name in filing.check_fields or () if name in CHECKED_FIELDS]
    return (", " if english else "、").join(words)


@dataclass(frozen=True)
class Todo:
    """One thing that waits for the unit: a mark, a sentence, where to do it, the article."""

    icon: str
    text: str
    url: str
    do: str
    article: str = ""
    family: str = "act"


def missing(unit: Unit, system: SelectionSystem | None) -> list[Todo]:
    """What every unit must have on record before it selects anything."""
    page, found = reverse("institution_unit"), []
    if system is None:
        found.append(
            Todo("upload", _("Upload your selection system: how your unit chooses apps."), f"{page}#system",
                 _("Upload it"), "me-8")
        )  # fmt: skip
    if not unit.functional_department or not unit.responsible_persons:
        found.append(
            Todo("users", _("Name the department in charge and the responsible persons."), f"{page}#responsible",
                 _("Name them"), "op-8")
        )  # fmt: skip
    return found


def waiting(filing: UserFiling, person_id: int | None) -> Todo | None:
    """What the unit has to do with a use now; None where it has nothing to do."""
    page, name = reverse("use", args=[filing.pk]), filing.app_name
    state = UseState(filing.state)
    if filing.withdrawal_proposed_at is not None and state != UseState.WITHDRAWN:
        text = (
            _("%(app)s: %(cause)s. End the use, or wait for its resumption.")
            if filing.withdrawal_cause == Cause.OFFLINE
            else _("%(app)s: %(cause)s. Please end the use and tell those concerned.")
        )
        said = text % {"app": name, "cause": filing.get_withdrawal_cause_display()}
        return Todo("pause", said, page, _("Decide"), "op-16")
    if filing.check_since is not None and state == UseState.CONFIRMED:
        said = _("%(app)s has changed since its use was confirmed: %(fields)s. Look whether it still fits.")
        return Todo("refresh", said % {"app": name, "fields": check_words(filing)}, page, _("Look"), "me-20")
    if state == UseState.SUSPENDED:
        return Todo("pause", _("%(app)s is suspended.") % {"app": name}, page, _("Look"), "op-16")
    if state == UseState.RETURNED:
        return Todo("return", _("%(app)s came back: correct and hand in again.") % {"app": name}, page, _("Correct"))
    if state == UseState.UNIT_REVIEW and person_id != filing.handed_in_by_id:
        return Todo(
            "school", _("%(app)s waits for the school’s review by a second person: you can do it.") % {"app": name},
            reverse("use_review", args=[filing.pk]), _("Review it"), "op-10", "auth",
        )  # fmt: skip
    if state == UseState.DRAFT and filing.version:
        return Todo(
            "return", _("%(app)s was sent back by the school’s review.") % {"app": name}, page, _("Correct"), "op-10"
        )
    if state == UseState.DRAFT:
        return Todo(
            "pencil", _("%(app)s is a draft.") % {"app": name}, page, _("Go on filling in"), "", "new"
        )
    return None
