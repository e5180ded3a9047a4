"""What each state looks like: the family says who must act or what holds, icon and word say which state.

One table for the whole portal, so that a state has the same word, icon and colour on every page.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# Families (CSS modifiers of ``p-st``): ok = in force or done, act = the applicant must act,
# auth = the authority or school holds it, min = the ministry holds it, end = over or resting,
# late = a legal period was missed, law = a legal consequence is in force, new = not begun.
FAMILIES = frozenset({"ok", "act", "auth", "min", "end", "late", "law", "new"})


@dataclass(frozen=True, slots=True)
class Look:
    """How one state is shown."""

    family: str
    icon: str
    word: str | Promise


# Looks that several kinds of matter have in common.
_DRAFT = Look("new", "pencil", pgettext_lazy("status", "Draft"))
_WAITING = Look("auth", "inbox", pgettext_lazy("status", "Awaiting confirmation"))
_CONFIRMED = Look("ok", "check", pgettext_lazy("status", "Confirmed"))
_FILED = Look("ok", "check", pgettext_lazy("status", "Filed"))
#: how a listing and its bar come to their end
_BAR_ENDS = {
    "cooled_off": Look("end", "clock-tick", pgettext_lazy("status", "Cooled off")),
    "lifted": Look("end", "unlock", pgettext_lazy("status", "Lifted")),
}

STATUSES: dict[str, dict[str, Look]] = {
    "provider_filing": {
        "draft": _DRAFT,
        "submitted": Look("auth", "inbox", pgettext_lazy("status", "Awaiting verification")),
        "returned": Look("act", "return", pgettext_lazy("status", "Returned for correction")),
        "ministry_review": Look("min", "up", pgettext_lazy("status", "Awaiting ministry review")),
        "filed": _FILED,
        "declined": Look("end", "ban", pgettext_lazy("status", "Declined")),
        "lapsed": Look("late", "late", pgettext_lazy("status", "Lapsed")),
        "withdrawn": Look("end", "back", pgettext_lazy("status", "Withdrawn")),
    },
    "entry": {
        "published": _FILED,
        "change_under_review": Look("auth", "refresh", pgettext_lazy("status", "Change under review")),
        "rectifying": Look("act", "alert", pgettext_lazy("status", "Rectification ordered")),
        "offline": Look("end", "pause", pgettext_lazy("status", "Temporarily offline")),
        "revoked": Look("law", "xoct", pgettext_lazy("status", "Revoked")),
        "cancelled": Look("end", "minus", pgettext_lazy("status", "Cancelled")),
    },
    "user_filing": {
        "draft": _DRAFT,
        "unit_review": Look("auth", "school", pgettext_lazy("status", "School review")),
        "submitted": _WAITING,
        "confirmed": _CONFIRMED,
        "returned": Look("act", "return", pgettext_lazy("status", "Returned")),
        "withdrawn": Look("end", "door", pgettext_lazy("status", "Use ended")),
        "suspended": Look("act", "pause", pgettext_lazy("status", "Suspended")),
    },
    "appraisal": {
        "draft": Look("new", "pencil", pgettext_lazy("appraisal", "Being prepared")),
        "called": Look("act", "inbox", pgettext_lazy("appraisal", "Nominations open")),
        "scoring": Look("auth", "eye", pgettext_lazy("appraisal", "Experts score")),
        "noticed": Look("act", "clock", pgettext_lazy("appraisal", "Public notice")),
        "concluded": Look("ok", "check", pgettext_lazy("appraisal", "Concluded")),
        "cancelled": Look("end", "ban", pgettext_lazy("appraisal", "Cancelled")),
    },
    "order": {
        "issued": Look("act", "alert", pgettext_lazy("status", "Order issued")),
        "evidence_submitted": Look("auth", "eye", pgettext_lazy("status", "Evidence submitted")),
        "cleared": Look("ok", "tick", pgettext_lazy("status", "Cleared")),
        "overdue": Look("late", "late", pgettext_lazy("status", "Overdue")),
        "refused": Look("late", "ban", pgettext_lazy("status", "Rectification refused")),
        "listed": Look("law", "xoct", pgettext_lazy("status", "Blacklisted")),
    },
    "forwarding": {
        "sent": Look("act", "envelope", pgettext_lazy("status", "Reply expected")),
        "replied": Look("ok", "tick", pgettext_lazy("status", "Replied")),
        "overdue": Look("late", "late", pgettext_lazy("status", "Overdue")),
        "recalled": Look("end", "back", pgettext_lazy("status", "Recalled")),
    },
    "objection": {
        "filed": Look("auth", "inbox", pgettext_lazy("status", "Awaiting review")),
        "granted": Look("ok", "tick", pgettext_lazy("status", "Granted")),
        "rejected": Look("end", "ban", pgettext_lazy("status", "Rejected")),
    },
    "campaign": {
        "draft": _DRAFT,
        "running": Look("auth", "refresh", pgettext_lazy("status", "Being carried out")),
        "done": Look("ok", "tick", pgettext_lazy("status", "Carried out")),
        "withdrawn": Look("end", "back", pgettext_lazy("status", "Withdrawn")),
    },
    "campaign_item": {
        "pending": Look("auth", "clock-tick", pgettext_lazy("status", "Waiting")),
        "done": Look("ok", "tick", pgettext_lazy("status", "Done")),
        "skipped": Look("end", "minus", pgettext_lazy("status", "Skipped")),
        "failed": Look("late", "alert", pgettext_lazy("status", "Failed")),
    },
    "plan": {
        "draft": _DRAFT,
        "drawn": Look("auth", "folder", pgettext_lazy("status", "Drawn")),
        "closed": Look("end", "tick", pgettext_lazy("status", "Closed")),
    },
    "inspection": {
        "planned": Look("auth", "search", pgettext_lazy("status", "To be inspected")),
        "in_order": Look("ok", "check", pgettext_lazy("status", "In order")),
        "findings": Look("act", "alert", pgettext_lazy("status", "Findings")),
        "rechecked": Look("ok", "tick", pgettext_lazy("status", "Re-checked, in order")),
    },
    "warning": {
        "open": Look("act", "alert", pgettext_lazy("status", "Open")),
        "closed": Look("end", "tick", pgettext_lazy("status", "Settled")),
    },
    "referral": {
        "sent": Look("auth", "envelope", pgettext_lazy("status", "Awaiting the answer")),
        "answered": Look("ok", "tick", pgettext_lazy("status", "Answered")),
        "closed": Look("end", "minus", pgettext_lazy("status", "Closed")),
    },
    "takedown": {
        "requested": Look("auth", "envelope", pgettext_lazy("status", "Take-down requested")),
        "removed": Look("ok", "tick", pgettext_lazy("status", "Removed by the store")),
        "declined": Look("late", "ban", pgettext_lazy("status", "Declined by the store")),
    },
    "paper": {
        "draft": _DRAFT,
        "published": Look("ok", "check", pgettext_lazy("status", "Published")),
    },
    "help_page": {
        "draft": Look("new", "pencil", pgettext_lazy("status", "Draft")),
        "published": Look("ok", "check", pgettext_lazy("help", "Published")),
        "withdrawn": Look("end", "back", pgettext_lazy("help", "Withdrawn")),
    },
    "training": {
        "draft": Look("new", "pencil", pgettext_lazy("status", "Draft")),
        "open": Look("ok", "calendar", pgettext_lazy("training", "Announced")),
        "cancelled": Look("end", "ban", pgettext_lazy("training", "Cancelled")),
    },
    "attendance": {
        "registered": Look("ok", "tick", pgettext_lazy("training", "Registered")),
        "withdrawn": Look("end", "back", pgettext_lazy("training", "Registration withdrawn")),
        "attended": Look("ok", "check", pgettext_lazy("training", "Attended")),
        "absent": Look("end", "minus", pgettext_lazy("training", "Did not attend")),
    },
    "list_item": {
        "listed": Look("law", "alert", pgettext_lazy("status", "Listed")),
        "removed": Look("end", "minus", pgettext_lazy("status", "Removed")),
    },
    "complaint": {
        "received": Look("auth", "envelope", pgettext_lazy("status", "Received")),
        "accepted": Look("auth", "folder", pgettext_lazy("status", "Accepted")),
        "not_accepted": Look("end", "ban", pgettext_lazy("status", "Not accepted")),
        "investigating": Look("auth", "search", pgettext_lazy("status", "Investigating")),
        "resolved": Look("ok", "tick", pgettext_lazy("status", "Resolved")),
    },
    "listing": {"active": Look("law", "xoct", pgettext_lazy("status", "Blacklisted")), **_BAR_ENDS},
    "bar": {"active": Look("law", "lock", pgettext_lazy("status", "Barred from filing")), **_BAR_ENDS},
    "branch": {
        "declared": _WAITING,
        "confirmed": _CONFIRMED,
        "refused": Look("end", "ban", pgettext_lazy("status", "Refused")),
        "released": Look("end", "unlock", pgettext_lazy("status", "Released")),
    },
    # A task of an authority's work plan.
    "work_task": {
        "open": Look("act", "inbox", pgettext_lazy("work task", "Open")),
        "in_progress": Look("auth", "refresh", pgettext_lazy("work task", "In progress")),
        "done": Look("ok", "tick", pgettext_lazy("work task", "Done")),
        "dropped": Look("end", "minus", pgettext_lazy("work task", "Dropped")),
    },
    # A part of a filing in the task list.
    "task": {
        "todo": Look("new", "pencil", pgettext_lazy("status", "Not started")),
        "started": Look("new", "pencil", pgettext_lazy("status", "In progress")),
        "done": Look("ok", "check", pgettext_lazy("status", "Complete")),
        "verified": Look("ok", "check", pgettext_lazy("status", "Verified")),
        "returned": Look("act", "return", pgettext_lazy("status", "To be corrected")),
        "error": Look("act", "alert", pgettext_lazy("status", "To be corrected")),
        "fixed": Look("ok", "tick", pgettext_lazy("status", "Corrected, to be submitted")),
        "blocked": Look("end", "lock", pgettext_lazy("status", "Not yet possible")),
        "optional": Look("new", "pencil", pgettext_lazy("status", "Optional")),
    },
    # The result of an automatic or an external check.
    "check": {
        "passed": Look("ok", "check", pgettext_lazy("status", "Passed")),
        "warning": Look("act", "alert", pgettext_lazy("status", "Please look")),
        "failed": Look("act", "x", pgettext_lazy("status", "Failed")),
        "pending": Look("new", "clock", pgettext_lazy("status", "Waiting")),
        "error": Look("new", "refresh", pgettext_lazy("status", "No answer yet")),
        "overridden": Look("end", "user", pgettext_lazy("status", "Set aside with a reason")),
    },
}


def look(kind: str, state: str) -> Look:
    """The look of ``state`` of a ``kind`` of matter. ``KeyError`` names what is unknown."""
    try:
        return STATUSES[kind][str(state)]
    except KeyError:
        raise KeyError(f"no status is defined for {kind!r} in state {state!r}") from None
