"""The kinds of notices, with their wording in both languages.

A room above adds its own in its ``AppConfig.ready``::

    kinds.register(Kind("order_issued", title=_("…%(app_name)s"), body=_("…"), article="me-15"))

Wording is a lazy translation with ``%(name)s`` places that are filled from the notice's ``params`` when
it is read, in the reader's language. A param that is missing leaves its place empty, never an error.
``name_en`` takes the place of ``name`` in English where it is given; ISO dates are written out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from rulebook.enums import ClockKind


@dataclass(frozen=True)
class Kind:
    """One kind: its name for people's choices, and the wording.

    ``tone`` is the colour family of the page: act, auth, min, ok, late, end. ``optional``: served with
    ``legal=False``, so that people may switch its e-mails off.
    """

    key: str
    title: Any
    body: Any
    label: Any = ""
    article: str = ""
    tone: str = "auth"
    optional: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Adds or replaces a kind."""
    _kinds[kind.key] = kind
    return kind


def get(key: str) -> Kind:
    """The kind of this key; for a key that nobody registered, a plain one, so that nothing is lost."""
    return _kinds.get(key) or Kind(
        key, title=_("Notice %(case_no)s"), body=_("%(text)s"), label=_("Other notices")
    )


def all_kinds() -> list[Kind]:
    """Every registered kind, in the order of registration."""
    return list(_kinds.values())


class _Places(dict[str, Any]):
    """Fills ``%(name)s`` places; what is missing stays empty."""

    def __missing__(self, key: str) -> str:
        return ""


def places(params: Mapping[str, Any]) -> _Places:
    """Params made readable in the active language: dates written out, English names in English."""
    english = (translation.get_language() or "").startswith("en")
    filled = _Places()
    for key, value in params.items():
        if english and params.get(f"{key}_en"):
            value = params[f"{key}_en"]
        filled[key] = _readable(key, value)
    return filled


def _readable(key: str, value: Any) -> Any:
    if key == "role":
        return Role(value).label if value in Role.values else value
    if key == "clock":
        return ClockKind(value).label if value in ClockKind.values else value
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-" and value[7:8] == "-":
        try:
            return date_format(date.fromisoformat(value), "DATE_FORMAT")
        except ValueError:
            return value
    return "" if value is None else value


def title(key: str, params: Mapping[str, Any]) -> str:
    """The title in the active language."""
    return " ".join((str(get(key).title) % places(params)).split())


def body(key: str, params: Mapping[str, Any]) -> str:
    """The text in the active language."""
    return str(get(key).body) % places(params)


for _kind in (
    Kind(
        "filing_submitted",
        label=_("A filing is submitted"),
        title=_("Filing submitted: %(app_name)s"),
        body=_(
            "The filing %(case_no)s of %(provider_name)s for “%(app_name)s” has been submitted to %(authority)s. "
            "The authority gives its feedback by %(due_day)s, 24:00."
        ),
        article="me-13",
    ),
    Kind(
        "filing_resubmitted",
        label=_("A supplement is submitted"),
        title=_("Supplement submitted: %(app_name)s"),
        body=_(
            "The filing %(case_no)s of %(provider_name)s for “%(app_name)s” has been supplemented and submitted "
            "to %(authority)s again. The authority gives its feedback by %(due_day)s, 24:00."
        ),
        article="me-13",
    ),
    Kind(
        "filing_returned",
        label=_("A filing is returned for correction"),
        title=_("Returned for correction: %(app_name)s"),
        body=_(
            "%(authority)s has returned the filing %(case_no)s for “%(app_name)s” with notes. Correct what the "
            "notes ask for and submit it again by %(due_day)s, 24:00. After that day the filing counts as given up."
        ),
        article="me-13",
        tone="act",
    ),
    Kind(
        "filing_approved",
        label=_("A filing is approved"),
        title=_("Filed: %(app_name)s"),
        body=_(
            "The filing %(case_no)s for “%(app_name)s” is complete and has been published. Number: %(number)s. "
            "Show the number inside the app, where its users can find it."
        ),
        article="me-14",
        tone="ok",
    ),
    Kind(
        "filing_sent_to_ministry",
        label=_("A filing is with the ministry"),
        title=_("Awaiting ministry review: %(app_name)s"),
        body=_(
            "%(authority)s has verified the filing %(case_no)s for “%(app_name)s” and passed it on to the ministry."
        ),
        article="bj-3-4",
    ),
    Kind(
        "filing_declined",
        label=_("A filing is declined"),
        title=_("Declined: %(app_name)s"),
        body=_("The filing %(case_no)s for “%(app_name)s” has been declined. Reason: %(reason)s"),
        tone="end",
    ),
    Kind(
        "filing_lapsed",
        label=_("A filing has lapsed"),
        title=_("Lapsed: %(app_name)s"),
        body=_(
            "The filing %(case_no)s for “%(app_name)s” was not supplemented by %(due_day)s, 24:00, and counts as "
            "given up. A new filing can be submitted at any time."
        ),
        article="me-13",
        tone="late",
    ),
    Kind(
        "filing_withdrawn",
        label=_("A filing is withdrawn"),
        title=_("Withdrawn: %(app_name)s"),
        body=_("%(provider_name)s has withdrawn the filing %(case_no)s for “%(app_name)s”."),
        tone="end",
    ),
    Kind(
        "feedback_overdue",
        label=_("Feedback is overdue"),
        title=_("Feedback overdue: %(app_name)s"),
        body=_(
            "The feedback on the filing %(case_no)s of %(provider_name)s was due on %(due_day)s, 24:00. "
            "The duty goes on; the filing is not approved by the delay."
        ),
        article="me-13",
        tone="late",
    ),
    Kind(
        "feedback_escalated",
        label=_("Overdue feedback of an authority below"),
        title=_("Overdue at %(unit)s: %(app_name)s"),
        body=_(
            "%(unit)s has not given its feedback on the filing %(case_no)s, which was due on %(due_day)s, 24:00."
        ),
        article="me-13",
        tone="late",
    ),
    Kind(
        "reminder",
        label=_("Reminders of deadlines"),
        title=_("Due on %(due_day)s: %(app_name)s"),
        body=_("%(clock)s, %(case_no)s “%(app_name)s”: the period ends on %(due_day)s, 24:00."),
        tone="act",
        optional=True,
    ),
    Kind(
        "reminder_overdue",
        label=_("Reminders of missed deadlines"),
        title=_("Overdue: %(app_name)s"),
        body=_("%(clock)s, %(case_no)s “%(app_name)s”: the period ended on %(due_day)s, 24:00."),
        tone="late",
        optional=True,
    ),
    Kind(
        "clock_moved",
        label=_("A deadline moves with the calendar"),
        title=_("Deadline moved to %(due_day)s: %(app_name)s"),
        body=_(
            "%(clock)s, %(case_no)s “%(app_name)s”: the working-day calendar was published or changed. "
            "The period ends on %(due_day)s, 24:00, instead of %(previous_day)s."
        ),
    ),
    Kind(
        "information_confirmed",
        label=_("Published information is confirmed"),
        title=_("Confirmed: %(app_name)s"),
        body=_(
            "Your unit has confirmed on %(day)s that its published information is still right "
            "(entries: %(count)s). Keep this notice as the receipt."
        ),
        article="me-n2",
        tone="ok",
        optional=True,
    ),
    Kind(
        "information_due",
        label=_("Published information is to be confirmed"),
        title=_("To be confirmed by %(due_day)s: %(app_name)s"),
        body=_(
            "The published information of your apps was last confirmed on %(confirmed)s. Look whether it is still "
            "right, and confirm it by %(due_day)s, 24:00 (entries: %(count)s), or report what has changed."
        ),
        article="me-n2",
        tone="act",
    ),
    Kind(
        "information_stale",
        label=_("Published information is out of date"),
        title=_("Not confirmed: %(app_name)s"),
        body=_(
            "The published information of your apps was to be confirmed by %(due_day)s, 24:00 (entries: %(count)s). "
            "The public entries are marked as out of date until you confirm them or report a change."
        ),
        article="me-n2",
        tone="late",
    ),
    Kind(
        "open_items",
        label=_("Something of a filing may come later"),
        title=_("To be added by %(due_day)s: %(app_name)s"),
        body=_(
            "“%(app_name)s”, %(number)s, was filed in a buffer period without %(items)s. Complete it and report it "
            "as a change by %(due_day)s, 24:00. Filings that lack it after that day are revoked, and a circular is "
            "issued."
        ),
        article="me-n3",
        tone="act",
    ),
    Kind(
        "open_items_over",
        label=_("What was to come later is missing"),
        title=_("Missing since %(due_day)s: %(app_name)s"),
        body=_(
            "“%(app_name)s”, %(number)s, still lacks %(items)s, which was due on %(due_day)s, 24:00. Filings that "
            "lack it are revoked, and a circular is issued."
        ),
        article="me-n3",
        tone="late",
    ),
    Kind(
        "operator_designated",
        label=_("The unit is named as a platform operator"),
        title=_("Platform operator: %(platform)s"),
        body=_(
            "Your unit is named as the operator of the platform “%(platform)s”. Share the filings of its third parties "
            "with the ministry, as a table or through the interface."
        ),
        article="me-10",
        tone="act",
    ),
    Kind(
        "branch_declared",
        label=_("A head office declares a branch"),
        title=_("Declared as a branch: %(branch)s"),
        body=_(
            "%(head)s declares %(branch)s (%(uscc)s) as its branch. Confirm or refuse it. Once confirmed, apps of the "
            "branch are filed by the head office with %(authority)s."
        ),
        article="me-11",
        tone="act",
    ),
    Kind(
        "branch_confirmed",
        label=_("A branch is confirmed"),
        title=_("Branch confirmed: %(branch)s"),
        body=_("%(branch)s is confirmed as a branch of %(head)s, which files its apps with %(authority)s from now on."),
        article="me-11",
        tone="ok",
    ),
    Kind(
        "branch_refused",
        label=_("A branch is refused"),
        title=_("Not confirmed as a branch: %(branch)s"),
        body=_("%(branch)s was not confirmed as a branch of %(head)s. Reason: %(reason)s"),
        article="me-11",
        tone="end",
    ),
    Kind(
        "branch_released",
        label=_("A branch is released"),
        title=_("No longer a branch: %(branch)s"),
        body=_("%(branch)s is no longer a branch of %(head)s and files for itself. Reason: %(reason)s"),
        article="me-11",
        tone="end",
    ),
    Kind(
        "unit_handed_over",
        label=_("A unit is given to its rightful owner"),
        title=_("%(unit)s has been given to its rightful owner"),
        body=_(
            "An administrator has given %(unit)s to its rightful owner. Those who acted for it until now no longer do: "
            "their tokens are revoked and their sessions ended. Reason: %(reason)s"
        ),
        tone="end",
    ),
    Kind(
        "second_factor_reset",
        label=_("Your second factor was taken away"),
        title=_("Your second factor was taken away by an administrator"),
        body=_(
            "On %(at)s an administrator took away the second factor of your account and ended your sessions. Set up "
            "a new one at your next sign-in. If you did not ask for this, change your password and tell the "
            "administrator."
        ),
        tone="act",
    ),
    Kind(
        "member_requested",
        label=_("Somebody asks to join the unit"),
        title=_("%(person)s asks to join"),
        body=_(
            "%(person)s (%(email)s) asks to work for %(unit)s. Let the person in or refuse on the page of members."
        ),
        tone="act",
        optional=True,
    ),
    Kind(
        "member_admitted",
        label=_("A unit has let me in"),
        title=_("You may work for %(unit)s"),
        body=_("%(unit)s has let you in."),
        tone="ok",
        optional=True,
    ),
    Kind(
        "member_refused",
        label=_("A unit has not let me in"),
        title=_("%(unit)s has not let you in"),
        body=_("%(unit)s has refused your request. Ask there if you think that this is a mistake."),
        tone="end",
        optional=True,
    ),
    Kind(
        "invitation",
        label=_("Invitations"),
        title=_("Invitation to %(unit)s"),
        body=_("%(email)s has been invited to %(unit)s as: %(role)s. The link is valid until %(expires)s."),
    ),
    Kind(
        "units_imported",
        label=_("An import of units is finished"),
        title=_("Import of units finished: %(file)s"),
        body=_("The table %(file)s with %(rows)s rows has been worked off. See what was done, and what is left to do."),
        tone="ok",
        optional=True,
    ),
):
    register(_kind)
