"""What experts, firms and institutions say to the checklists of inspections (Opinions 18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Person, Unit

if TYPE_CHECKING:
    from ledger.acts import Actor


class ChecklistCommentQuerySet(models.QuerySet["ChecklistComment"]):
    def visible_to(self, actor: Actor | None) -> ChecklistCommentQuerySet:
        """Authorities read all; everybody else what his own unit has said."""
        if actor is None or (not actor.is_system and actor.unit_id is None):
            return self.none()
        if actor.is_system or actor.role in AUTHORITY_ROLES:
            return self.all()
        return self.filter(unit_id=actor.unit_id)


class ChecklistComment(models.Model):
    """A comment on an item of a checklist, or on the whole ("" as ``key``). Append-only.

    ``label`` is the version of the rulebook that the checklist came from when it was commented on.
    """

    key = models.CharField(_("item"), max_length=40, blank=True, default="")
    label = models.CharField(_("version of the checklist"), max_length=160, blank=True, default="")
    text = models.TextField(_("comment"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = ChecklistCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a checklist")
        verbose_name_plural = _("comments on checklists")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["unit", "-at"], name="checklist_comment_of_unit")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="checklist_comment_says_what")]

    def __str__(self) -> str:
        return f"{self.key or '*'} {self.at:%Y-%m-%d}"
