"""What each indicator is called, what exactly it counts, and on which article it rests."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Indicator:
    """``share`` names the keys of numerator and denominator of a figure in per cent; counts have none.

    ``files``: it exists for authorities alone with which providers file (the ministry, provinces).
    ``now``: it stands as it is when it is counted; the others follow the period that was asked for.
    """

    key: str
    group: str
    label: str | Promise
    definition: str | Promise
    article: str
    share: tuple[str, str] = ("", "")
    files: bool = True
    now: bool = False

    @property
    def percent(self) -> bool:
        return bool(self.share[0])


GROUPS: dict[str, Promise] = {
    "filing": _("Filing of apps"),
    "feedback": _("Feedback of the authority"),
    "complaints": _("Complaints"),
    "rectification": _("Rectification and blacklist"),
    "use": _("Use filings"),
    "campaigns": _("Campaigns and tasks"),
}

REGION: tuple[Indicator, ...] = (
    Indicator("in_force", "filing", _("Filings in force"),
              _("Entries of the authority that are filed, or under rectification, at 24:00 of the last day."), "me-14"),
    Indicator("rectifying", "filing", _("Of these under rectification"),
              _("Entries in force for which an order to rectify is open at 24:00 of the last day."), "bj-5"),
    Indicator("offline", "filing", _("Temporarily offline"),
              _("Entries that are taken offline at 24:00 of the last day."), "me-21"),
    Indicator("published", "filing", _("Numbers issued"),
              _("Entries published for the first time within the period."), "me-14"),
    Indicator("changed", "filing", _("Changes filed"),
              _("Changes of entries published within the period."), "me-20"),
    Indicator("revoked", "filing", _("Filings revoked"), _("Entries revoked within the period."), "me-24"),
    Indicator("cancelled", "filing", _("Filings cancelled"),
              _("Entries cancelled within the period at the provider’s request."), "me-21"),
    Indicator("decided", "feedback", _("Feedback given"),
              _("Decisions of the authority on filings within the period: returned, agreed, approved, declined."),
              "me-13"),
    Indicator("on_time", "feedback", _("Of these in time"),
              _("Decisions within ten working days after the submission."), "me-13"),
    Indicator("feedback_overdue", "feedback", _("Feedback overdue"),
              _("Filings whose period for feedback was over at 24:00 of the last day, still without any."), "me-13"),
    Indicator("feedback_rate", "feedback", _("Feedback in time (%)"),
              _("Decisions in time, in per cent of decisions and overdue feedback."), "me-13",
              share=("on_time", "feedback_owed")),
    Indicator("complaints", "complaints", _("Complaints received"),
              _("Complaints, suggestions and reports received within the period."), "me-22"),
    Indicator("complaints_closed", "complaints", _("Complaints closed"),
              _("Complaints answered or not accepted within the period."), "me-22"),
    Indicator("complaints_open", "complaints", _("Complaints open"),
              _("Complaints received and not closed at 24:00 of the last day."), "me-22"),
    Indicator("complaint_targets", "complaints", _("Service targets due"),
              _("Targets for accepting and for answering complaints whose last day lies in the period."), "op-15"),
    Indicator("complaint_rate", "complaints", _("Service targets met (%)"),
              _("Targets met by 24:00 of their last day, in per cent of those due."), "op-15",
              share=("complaint_targets_met", "complaint_targets")),
    Indicator("orders", "rectification", _("Orders to rectify"),
              _("Orders issued within the period."), "bj-5"),
    Indicator("orders_cleared", "rectification", _("Orders cleared"),
              _("Orders whose findings were mended within the period."), "bj-5"),
    Indicator("orders_overdue", "rectification", _("Orders overdue"),
              _("Orders whose period ran out by 24:00 of the last day and that were neither cleared nor followed by a "
                "listing by then."), "me-24"),
    Indicator("listings", "rectification", _("Units blacklisted"),
              _("Listings within the period."), "me-24"),
    Indicator("institutions", "use", _("Institutions"),
              _("Schools, universities and affiliated units that have to file their use."), "me-17", files=False,
              now=True),
    Indicator("filed", "use", _("Have filed their use"),
              _("Institutions with at least one use filing handed in that has not ended."), "me-17", files=False,
              now=True),
    Indicator("missing", "use", _("No user filing"),
              _("Institutions without any."), "me-17", files=False, now=True),
    Indicator("filed_rate", "use", _("Share filed (%)"),
              _("Institutions that have filed, in per cent of all."), "me-17", share=("filed", "institutions"),
              files=False, now=True),
    Indicator("in_use", "use", _("Uses in force"),
              _("Confirmed use filings that have not ended."), "me-18", files=False, now=True),
    Indicator("no_system", "use", _("No selection system"),
              _("Institutions that have handed in no selection system."), "me-8", files=False, now=True),
    Indicator("use_overdue", "use", _("Corrections overdue"),
              _("Use filings returned more than ten working days ago and not handed in again."), "me-18", files=False,
              now=True),
    Indicator("target_missed", "use", _("Confirmation past its target"),
              _("Use filings that wait for confirmation longer than the service target."), "me-18", files=False,
              now=True),
    Indicator("campaigns", "campaigns", _("Filing campaigns"),
              _("Filing campaigns of the region whose dates lie in the period, wholly or in part."), "me-23",
              files=False),
    Indicator("campaigns_reached", "campaigns", _("Campaigns at their goal"),
              _("Of these the ones that have reached their goal."), "me-23", files=False, now=True),
    Indicator("tasks_overdue", "campaigns", _("Tasks overdue"),
              _("Tasks of the work plan for units of the region that are open after their last day."), "op-17",
              files=False, now=True),
)  # fmt: skip

UNIT: tuple[Indicator, ...] = (
    Indicator("handed_in", "use", _("Uses filed"),
              _("Use filings of the unit that were handed in and have not ended."), "me-17", now=True),
    Indicator("in_use", "use", _("Uses in force"), _("Of these confirmed and in use."), "me-18", now=True),
    Indicator("selected", "use", _("Selected, not filed"),
              _("Apps selected without a use filing handed in."), "me-17", now=True),
    Indicator("returned_overdue", "use", _("Corrections overdue"),
              _("Use filings returned more than ten working days ago and not handed in again."), "me-18", now=True),
    Indicator("reported_late", "use", _("Changes reported late"),
              _("Use filings in force whose change was reported late."), "me-20", now=True),
    Indicator("systems", "use", _("Selection system"),
              _("Versions of the selection system handed in; 0 says that there is none."), "me-8", now=True),
    Indicator("named", "use", _("Department and persons named"),
              _("1 where the department in charge and responsible persons are named, else 0."), "op-8", now=True),
    Indicator("own_entries", "filing", _("Own apps in force"),
              _("Entries that the unit has filed as a provider and that are in force."), "me-9", now=True),
    Indicator("open_orders", "rectification", _("Orders open"),
              _("Orders to rectify against the unit that are not closed."), "bj-5", now=True),
)  # fmt: skip
