"""The clock of the authority's service target: it reminds, and never decides."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from accounts.enums import AUTHORITY_ROLES
from ledger.acts import Actor
from notices import links
from notices.domain import Holder, register_holder
from notices.enums import Side
from notices.models import Notice
from rulebook import clocks
from rulebook.models import Clock
from users.domain.common import notice_params
from users.enums import CONFIRM_TARGET
from users.models import UserFiling


def moved(clock: Clock) -> None:
    """A calendar was imported: the queue follows the clock."""
    UserFiling.objects.filter(pk=clock.subject_id).update(due_at=clock.due_at, due_day=clock.due_day)


def holder(clock: Clock) -> Holder | None:
    """Whom to remind: the confirming authority. Nobody above is told, since the target is no legal period."""
    filing = UserFiling.objects.select_related("unit", "authority").filter(pk=clock.subject_id).first()
    if filing is None:
        return None
    return Holder(
        filing.authority, filing, params=notice_params(filing), others=(filing.unit,),
        side=Side.AUTHORITY, others_side=Side.INSTITUTION, kind="use_target_soon", overdue_kind="use_target_passed",
    )  # fmt: skip


def page_of(notice: Notice, actor: Actor | None) -> str:
    """Where a notice about a use leads its reader; each audience has a page of its own."""
    if actor is None or notice.subject_id is None:
        return ""
    filing = UserFiling.objects.visible_to(actor).filter(pk=notice.subject_id).only("pk", "unit_id").first()
    if filing is None:
        return ""
    authority = actor.role in AUTHORITY_ROLES and filing.unit_id != actor.unit_id
    try:
        return reverse("use_case" if authority else "use", args=[filing.pk])
    except NoReverseMatch:
        return ""


def register() -> None:
    """Called once when the room is ready."""
    links.register(UserFiling._meta.label_lower, page_of)
    register_holder(CONFIRM_TARGET, holder)
    clocks.register(CONFIRM_TARGET, on_moved=moved)
