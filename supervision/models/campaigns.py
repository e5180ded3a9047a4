"""One decision over every entry of a category (notice of the Measures 3; Beijing notice 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Person, Unit
from registry.models import Entry
from supervision.enums import CampaignEffect, CampaignState, ItemStatus
from supervision.models.drafted import Drafted

if TYPE_CHECKING:
    from ledger.acts import Actor


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, actor: Actor | None) -> CampaignQuerySet:
        """Authorities: the ministry all; provinces their own and those that were decided. Others read the circular."""
        if actor is None:
            return self.none()
        if actor.is_system or actor.unit_code == "moe":
            return self.all() if actor.is_system or actor.role in AUTHORITY_ROLES else self.none()
        if actor.role in AUTHORITY_ROLES:
            return self.filter(~Q(state=CampaignState.DRAFT) | Q(authority_id=actor.unit_id))
        return self.none()


class Campaign(Drafted, models.Model):
    """A category campaign. Its entries are frozen as items when it is decided; work goes by the items.

    ``filter`` is what ``supervision.queries.campaign_entries`` reads. ``total``/``done``/``skipped``/
    ``failed`` count items; ``last_item_id`` is how far the work has come.
    """

    texts = ("title_zh", "title_en", "effect", "filter", "reason", "public_text", "text_en", "articles")

    case_no = models.CharField(_("number"), max_length=24, unique=True)
    state = FSMField(_("state"), default=CampaignState.DRAFT, choices=CampaignState.choices, protected=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title_zh = models.CharField(_("title in Chinese"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True, default="")
    effect = models.CharField(_("effect"), max_length=8, choices=CampaignEffect.choices)
    filter = models.JSONField(_("filter"), default=dict)
    reason = models.TextField(_("reason"))
    public_text = models.TextField(_("public text in Chinese"))
    text_en = models.TextField(_("public text in English"), blank=True, default="")
    articles = models.JSONField(_("articles"), default=list)
    drafted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted"))
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    total = models.PositiveIntegerField(_("entries"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-drafted_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(public_text=""), name="campaign_says_why"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(decided_by=F("drafted_by")),
                name="campaign_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[CampaignState.RUNNING, CampaignState.DONE]) | Q(decided_at__isnull=False),
                name="campaign_running_was_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.title_zh}"

    @property
    def title(self) -> str:
        return self.title_en if self.title_en and (get_language() or "zh").startswith("en") else self.title_zh

    @transition(field=state, source=CampaignState.DRAFT, target=CampaignState.RUNNING)
    def decide(self) -> None:
        """draft → running"""

    @transition(field=state, source=CampaignState.RUNNING, target=CampaignState.DONE)
    def finish(self) -> None:
        """running → done"""

    @transition(field=state, source=CampaignState.DRAFT, target=CampaignState.WITHDRAWN)
    def withdraw(self) -> None:
        """draft → withdrawn"""


class CampaignItem(models.Model):
    """One entry of a decided campaign, and what became of it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=8, choices=ItemStatus.choices, default=ItemStatus.PENDING)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    at = models.DateTimeField(_("at"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of a campaign")
        verbose_name_plural = _("entries of a campaign")
        constraints = [models.UniqueConstraint(fields=["campaign", "entry"], name="campaign_item_once")]
        indexes = [
            models.Index(
                fields=["campaign", "id"], condition=Q(status=ItemStatus.PENDING), name="campaign_item_pending"
            ),
            models.Index(fields=["campaign", "status", "id"], name="campaign_item_status"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.entry_id} {self.status}"
