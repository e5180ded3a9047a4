"""Circulars, interviews, letters from templates, their spreading, and progress reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, Role
from accounts.models import Person, Unit
from blacklist.models import Listing
from supervision.enums import CircularAudience, CircularKind, PaperState
from supervision.models.campaigns import Campaign
from supervision.models.drafted import Drafted
from supervision.models.inspection import _of_authority

if TYPE_CHECKING:
    from ledger.acts import Actor


class LetterTemplate(models.Model):
    """The wording of a letter, with ``%(name)s`` places; editable. The newest active of a kind is offered."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=14, choices=CircularKind.choices)
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=240, blank=True, default="")
    body_zh = models.TextField(_("text in Chinese"))
    body_en = models.TextField(_("text in English"), blank=True, default="")
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["kind", "key"]

    def __str__(self) -> str:
        return self.key


class CircularQuerySet(models.QuerySet["Circular"]):
    """Circulars by who may read them."""

    def visible_to(self, actor: Actor | None) -> models.QuerySet:
        """Public ones everybody; those to the system every authority and institution; else who is addressed.

        Drafts: the authority that writes them.
        """
        published = Q(state=PaperState.PUBLISHED)
        seen = published & Q(audience=CircularAudience.PUBLIC)
        if actor is None:
            return self.filter(seen)
        if actor.is_system:
            return self.all()
        if actor.unit_id is None:
            return self.filter(seen)
        if actor.role in AUTHORITY_ROLES or actor.role in (Role.INSTITUTION_LEAD, Role.INSTITUTION_STAFF):
            seen |= published & Q(audience=CircularAudience.SYSTEM)
        seen |= published & Q(pk__in=CircularUnit.objects.filter(unit_id=actor.unit_id).values("circular_id"))
        if actor.role == Role.MINISTRY_REVIEWER:
            seen |= published
        if actor.role in AUTHORITY_ROLES:
            seen |= Q(authority_id=actor.unit_id)
        return self.filter(seen)


class Circular(Drafted, models.Model):
    """A circular or a letter (Measures Art. 23, 24; Opinions 16); published for good.

    What followed for persons (R165) stands apart: :class:`supervision.models.CaseOutcome`.
    """

    case_no = models.CharField(_("number"), max_length=24, unique=True)
    state = FSMField(_("state"), default=PaperState.DRAFT, choices=PaperState.choices, protected=True)
    kind = models.CharField(_("kind"), max_length=14, choices=CircularKind.choices)
    audience = models.CharField(_("for"), max_length=8, choices=CircularAudience.choices)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, null=True, blank=True, on_delete=models.PROTECT, related_name="circulars")
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="circulars")
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=240, blank=True, default="")
    body_zh = models.TextField(_("text in Chinese"))
    body_en = models.TextField(_("text in English"), blank=True, default="")
    articles = models.JSONField(_("articles"), default=list)
    held_on = models.DateField(_("interview held on"), null=True, blank=True)
    minutes = models.TextField(_("record of the interview"), blank=True, default="")
    written_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(_("written"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = CircularQuerySet.as_manager()

    class Meta:
        verbose_name = _("circular")
        verbose_name_plural = _("circulars")
        ordering = ["-written_at", "-id"]
        indexes = [models.Index(fields=["state", "audience", "-published_at"], name="circular_published")]
        constraints = [
            models.CheckConstraint(condition=~Q(body_zh=""), name="circular_says_something"),
            models.CheckConstraint(
                condition=~Q(state=PaperState.PUBLISHED) | Q(published_at__isnull=False),
                name="circular_published_has_time",
            ),
            models.UniqueConstraint(
                fields=["listing"],
                condition=Q(kind=CircularKind.BLACKLISTING, listing__isnull=False),
                name="circular_once_per_listing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.title_zh}"

    @property
    def title(self) -> str:
        return self.title_en if self.title_en and (get_language() or "zh").startswith("en") else self.title_zh

    @property
    def body(self) -> str:
        return self.body_en if self.body_en and (get_language() or "zh").startswith("en") else self.body_zh

    @transition(field=state, source=PaperState.DRAFT, target=PaperState.PUBLISHED)
    def publish(self) -> None:
        """draft → published"""


class CircularUnit(models.Model):
    """A unit that a circular is addressed to."""

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, related_name="addressees")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circular", "unit"], name="addressee_once")]

    def __str__(self) -> str:
        return f"{self.circular_id} → {self.unit_id}"


class Broadcast(models.Model):
    """Serving a circular on many units, in batches; goes on after ``cursor`` (a unit's key) when it was stopped.

    ``entry_ids``: units that use these apps are told. ``everybody``: all authorities and institutions.
    """

    circular = models.OneToOneField(Circular, on_delete=models.PROTECT, related_name="broadcast")
    entry_ids = models.JSONField(default=list)
    everybody = models.BooleanField(default=False)
    cursor = models.BigIntegerField(default=0)
    served = models.PositiveIntegerField(_("served"), default=0)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("spreading of a circular")
        verbose_name_plural = _("spreading of circulars")
        indexes = [
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="broadcast_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.circular_id}: {self.served}"


class ProgressReportQuerySet(models.QuerySet["ProgressReport"]):
    def visible_to(self, actor: Actor | None) -> models.QuerySet:
        """Published ones everybody; drafts the ministry."""
        published = self.filter(state=PaperState.PUBLISHED)
        if actor is None or actor.role not in AUTHORITY_ROLES:
            return self.all() if actor is not None and actor.is_system else published
        return published | _of_authority(self, actor)


class ProgressReport(Drafted, models.Model):
    """A periodic report of the ministry (Measures Art. 23): figures as they were, with an edited text."""

    state = FSMField(_("state"), default=PaperState.DRAFT, choices=PaperState.choices, protected=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=240, blank=True, default="")
    body_zh = models.TextField(_("text in Chinese"), blank=True, default="")
    body_en = models.TextField(_("text in English"), blank=True, default="")
    tables = models.JSONField(_("figures"), default=dict)
    generated_at = models.DateTimeField(_("generated"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["-last_day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "first_day", "last_day"], name="report_once_per_period"),
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="report_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.title_zh

    @property
    def title(self) -> str:
        return self.title_en if self.title_en and (get_language() or "zh").startswith("en") else self.title_zh

    @transition(field=state, source=PaperState.DRAFT, target=PaperState.PUBLISHED)
    def publish(self) -> None:
        """draft → published"""
