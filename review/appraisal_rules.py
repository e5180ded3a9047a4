"""Who may do what in an appraisal and with recommended lists (Opinions, 9), with the reasons against it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, LEAD_ROLES
from accounts.models import Unit
from ledger.acts import Actor, Reason, Reasons
from registry.models import Entry
from review.models import Appraisal, Candidate, Expert
from users.models import RecommendedList

NOT_YOUR_LIST = Reason("not_your_list", _("Only the head of review of the authority that keeps the list may do this."))


def may_keep_lists_of(by: Actor, authority: Unit) -> Reasons:
    """Set up lists: heads of review, for their own authority."""
    if by.role in LEAD_ROLES and by.unit_id == authority.pk:
        return Reasons()
    return Reasons([NOT_YOUR_LIST])


def may_keep_list(by: Actor, row: RecommendedList) -> Reasons:
    """Appraise for a list, take something off it."""
    return may_keep_lists_of(by, row.authority)


def may_appraise(by: Actor, row: Appraisal) -> Reasons:
    """Run an appraisal; an expert of it never does."""
    reasons = may_keep_lists_of(by, row.authority)
    if by.person_id is not None and row.experts.filter(person_id=by.person_id, dismissed_at=None).exists():
        reasons.append(Reason("judge_in_own_cause", _("Who runs the appraisal does not score in it.")))
    return reasons


def may_nominate(by: Actor, row: Appraisal, entry: Entry) -> Reasons:
    """Name a candidate: its provider, a unit in the authority's part of the tree, or the authority."""
    if by.unit_id is not None and by.unit_id in (entry.unit_id, row.authority_id):
        return Reasons()
    if by.unit_path and by.role in INSTITUTION_ROLES | AUTHORITY_ROLES and by.unit_path.startswith(row.authority.path):
        return Reasons()
    said = _("An app is nominated by its provider, or by a unit that the authority is responsible for.")
    return Reasons([Reason("may_not_nominate", said)])


def may_attach(by: Actor, candidate: Candidate) -> Reasons:
    """Attach a third party's report: whoever nominated, the app's provider, the authority."""
    if by.unit_id is not None and by.unit_id in (
        candidate.nominated_by_id, candidate.entry.unit_id, candidate.appraisal.authority_id,
    ):  # fmt: skip
        return Reasons()
    return Reasons([Reason("may_not_attach", _("Reports are attached by who nominated the app, or its provider."))])


def is_expert(by: Actor, expert: Expert) -> Reasons:
    """Declare and score: the appointed person himself, in whatever role he works."""
    if by.person_id is not None and by.person_id == expert.person_id and expert.dismissed_at is None:
        return Reasons()
    return Reasons([Reason("not_this_expert", _("Only the appointed expert may do this."))])
