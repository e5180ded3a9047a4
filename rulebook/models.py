"""Tables of the rulebook. No rules and no effects here: see `domain`."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rulebook.enums import ClockKind, ClockStatus, Source


class CalendarState(models.Model):
    """The one row that says which calendar is in force. Its lock serialises every change of the calendar.

    The digest covers the content, so that a cached calendar can never be taken for another one
    that got the same number after a rollback.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="calendar_state_is_one_row")]

    def __str__(self) -> str:
        return f"v{self.version}"


class CalendarYear(models.Model):
    """A year whose calendar the State Council has published. Its row alone says that it is published."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    version = models.PositiveIntegerField(_("calendar version"), default=1)
    source = models.TextField(_("source"), blank=True)
    imported_at = models.DateTimeField(_("imported at"))
    imported_by_label = models.CharField(_("imported by"), max_length=200, blank=True)

    class Meta:
        ordering = ["-year"]
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a statutory rest day, or a weekend day on which people work."""

    date = models.DateField(_("date"), unique=True)
    working = models.BooleanField(_("working day"))
    name_zh = models.CharField(_("Chinese name"), max_length=60, blank=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    #: The year whose publication set this day: a publication may set days of the December before.
    year = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="days")

    class Meta:
        ordering = ["date"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        return f"{self.date} {self.name_zh}"


class ClockQuerySet(models.QuerySet["Clock"]):
    def about(self, subject: models.Model) -> ClockQuerySet:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def running(self) -> ClockQuerySet:
        return self.filter(status=ClockStatus.RUNNING)

    def due(self, now: Any) -> ClockQuerySet:
        """What a sweep at `now` (aware) has to take up: run out, and not yet marked as overdue."""
        return self.running().filter(due_at__lte=now, overdue_at__isnull=True)


class Clock(models.Model):
    """One running period: of what matter, since when, until when, and what that was computed from.

    `due_at` is the exclusive end: 24:00 in Beijing of `due_day`, the last day of the period.
    """

    kind = models.CharField(_("kind"), max_length=40)
    subject_type = models.CharField(_("subject type"), max_length=80)
    subject_id = models.BigIntegerField(_("subject"))
    authority_code = models.CharField(_("authority"), max_length=12, blank=True)
    started_at = models.DateTimeField(_("started at"))
    day0 = models.DateField(_("day 0"))
    days = models.PositiveSmallIntegerField(_("working days"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    due_day = models.DateField(_("last day"))
    due_at = models.DateTimeField(_("ends at"))
    provisional = models.BooleanField(_("provisional"), default=False)
    calendar_version = models.PositiveIntegerField(_("calendar version"))
    status = models.CharField(
        _("status"), max_length=10, choices=ClockStatus.choices, default=ClockStatus.RUNNING
    )
    #: Set once where the period ran out but the duty goes on (an authority that owes its feedback).
    overdue_at = models.DateTimeField(_("overdue since"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    remaining = models.PositiveSmallIntegerField(_("left when paused"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    #: Failed tries of the sweep. Clocks that fail go to the back, so that they hold up nobody.
    attempts = models.PositiveIntegerField(_("failed tries"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="clock_subject"),
            models.Index(
                fields=["attempts", "due_at", "id"],
                condition=Q(status="running", overdue_at__isnull=True),
                name="clock_sweep",
            ),
            models.Index(
                fields=["calendar_version"],
                condition=Q(status="running", days__isnull=False),
                name="clock_recompute",
            ),
            models.Index(fields=["authority_code", "kind", "due_at"], name="clock_authority"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind"],
                condition=Q(status__in=["running", "paused"]),
                name="one_running_clock_per_kind",
            ),
            models.CheckConstraint(condition=Q(status__in=ClockStatus.values), name="clock_status_known"),
            models.CheckConstraint(
                condition=(Q(days__isnull=False) & Q(months__isnull=True))
                | (Q(days__isnull=True) & Q(months__isnull=False)),
                name="clock_days_or_months",
            ),
            models.CheckConstraint(
                condition=Q(status="paused", paused_at__isnull=False, remaining__isnull=False)
                | (~Q(status="paused") & Q(paused_at__isnull=True, remaining__isnull=True)),
                name="clock_paused_has_rest",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["stopped", "expired"], ended_at__isnull=False)
                | (Q(status__in=["running", "paused"]) & Q(ended_at__isnull=True)),
                name="clock_ended_has_moment",
            ),
            models.CheckConstraint(condition=Q(due_day__gte=F("day0")), name="clock_due_after_day0"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type}:{self.subject_id} → {self.due_day}"

    @property
    def kind_label(self) -> str:
        """The kind in words; a kind registered by a room above that is not listed here shows its key."""
        return str(ClockKind(self.kind).label) if self.kind in ClockKind.values else self.kind


class Article(models.Model):
    """One article of the texts that the portal relies on, in both languages."""

    key = models.SlugField(_("key"), max_length=20, unique=True)
    source = models.CharField(_("text"), max_length=12, choices=Source.choices)
    number_zh = models.CharField(max_length=40)
    number_en = models.CharField(max_length=40)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    text_zh = models.TextField()
    text_en = models.TextField()
    #: Where the English file errs, or what the reader must know; may be empty.
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    #: The Chinese is our rendering and not the official wording: the page says so.
    zh_is_rendering = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.key


class PolicyVersion(models.Model):
    """What an authority has set from a day on. A later version supersedes it; it is never edited."""

    authority_code = models.CharField(_("authority"), max_length=12)
    version = models.PositiveIntegerField(_("version"))
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force until"), null=True, blank=True)
    data = models.JSONField(_("settings"), default=dict)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("published at"))

    class Meta:
        ordering = ["authority_code", "-version"]
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints = [
            models.UniqueConstraint(fields=["authority_code", "version"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="policy_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["authority_code", "effective_from"], name="policy_by_day")]

    def __str__(self) -> str:
        return f"{self.authority_code} v{self.version}"
