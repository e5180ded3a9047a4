"""Training events, and which units took part (Opinions 19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Person, Unit
from guidance.enums import AttendanceState, EventState, HelpAudience
from guidance.models.bilingual import said
from guidance.models.pages import HelpPage
from rulebook.rules import KEEPERS

if TYPE_CHECKING:
    from ledger.acts import Actor


class TrainingEventQuerySet(models.QuerySet["TrainingEvent"]):
    """Events by who may see them."""

    def visible_to(self, actor: Actor | None) -> TrainingEventQuerySet:
        """Announced and cancelled ones everybody; drafts the authority that holds them, and who keeps the help."""
        told = Q(state__in=(EventState.OPEN, EventState.CANCELLED))
        if actor is None:
            return self.filter(told)
        if actor.is_system or actor.role in KEEPERS:
            return self.all()
        if actor.role in AUTHORITY_ROLES and actor.unit_id is not None:
            return self.filter(told | Q(host_id=actor.unit_id))
        return self.filter(told)


class TrainingEvent(models.Model):
    """A dated training of an authority. ``audiences``: whose units may register; ``seats`` counts persons."""

    state = FSMField(_("state"), default=EventState.DRAFT, choices=EventState.choices, protected=True)
    host = models.ForeignKey(Unit, verbose_name=_("held by"), on_delete=models.PROTECT, related_name="trainings")
    audiences = ArrayField(
        models.CharField(max_length=12, choices=HelpAudience.choices), verbose_name=pgettext_lazy("help", "for"),
        default=list,
    )  # fmt: skip
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160)
    body_zh = models.TextField(pgettext_lazy("help", "text in Chinese"))
    body_en = models.TextField(pgettext_lazy("help", "text in English"))
    place_zh = models.CharField(_("place in Chinese"), max_length=160)
    place_en = models.CharField(_("place in English"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    register_until = models.DateTimeField(_("registration until"))
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    material = models.ForeignKey(
        HelpPage, verbose_name=_("material"), null=True, blank=True, on_delete=models.PROTECT, related_name="trainings"
    )
    cancelled_reason = models.CharField(_("reason of the cancellation"), max_length=300, blank=True, default="")

    objects = TrainingEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("training event")
        verbose_name_plural = _("training events")
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["state", "ends_at"], name="training_coming")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="training_ends_after_start"),
            models.CheckConstraint(
                condition=Q(register_until__lte=F("ends_at")), name="training_registration_before_end"
            ),
            models.CheckConstraint(
                condition=~Q(state=EventState.CANCELLED) | ~Q(cancelled_reason=""), name="training_cancelled_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return said(self, "title")

    @property
    def body(self) -> str:
        return said(self, "body")

    @property
    def place(self) -> str:
        return said(self, "place")

    @transition(field=state, source=EventState.DRAFT, target=EventState.OPEN)
    def announce(self) -> None:
        """draft → open"""

    @transition(field=state, source=[EventState.DRAFT, EventState.OPEN], target=EventState.CANCELLED)
    def cancel(self) -> None:
        """draft or open → cancelled"""


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Registrations by who may see them."""

    def visible_to(self, actor: Actor | None) -> AttendanceQuerySet:
        """One's own unit's; those of one's own events for the authority that holds them; all for the keepers."""
        if actor is None:
            return self.none()
        if actor.is_system or actor.role in KEEPERS:
            return self.all()
        if actor.unit_id is None:
            return self.none()
        own = Q(unit_id=actor.unit_id)
        if actor.role in AUTHORITY_ROLES:
            own |= Q(event__host_id=actor.unit_id)
        return self.filter(own)

    def exclude_told(self) -> AttendanceQuerySet:
        """Without those that were reminded of the beginning that holds now."""
        return self.filter(Q(reminded_of=None) | ~Q(reminded_of=F("event__starts_at")))


class Attendance(models.Model):
    """That a unit sends ``people`` persons to an event, and how many came."""

    event = models.ForeignKey(
        TrainingEvent, verbose_name=_("event"), on_delete=models.PROTECT, related_name="attendances"
    )
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="attendances")
    state = FSMField(
        _("state"), default=AttendanceState.REGISTERED, choices=AttendanceState.choices, protected=True
    )
    people = models.PositiveSmallIntegerField(_("persons registered"))
    came = models.PositiveSmallIntegerField(_("persons who came"), null=True, blank=True)
    registered_by = models.ForeignKey(
        Person, verbose_name=_("registered by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    registered_at = models.DateTimeField(_("registered"))
    #: the beginning of which the unit was reminded
    reminded_of = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["unit__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "unit"], name="attendance_once"),
            models.CheckConstraint(condition=Q(people__gte=1), name="attendance_by_somebody"),
            models.CheckConstraint(
                condition=~Q(state=AttendanceState.ATTENDED) | Q(came__gte=1), name="attendance_attended_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.unit_id}"

    @transition(field=state, source=AttendanceState.REGISTERED, target=AttendanceState.WITHDRAWN)
    def withdraw(self) -> None:
        """registered → withdrawn"""

    @transition(
        field=state, source=[AttendanceState.WITHDRAWN, AttendanceState.REGISTERED], target=AttendanceState.REGISTERED
    )
    def register(self) -> None:
        """withdrawn → registered, or the number of persons changed"""

    @transition(
        field=state, source=[AttendanceState.REGISTERED, AttendanceState.ABSENT, AttendanceState.ATTENDED],
        target=AttendanceState.ATTENDED,
    )  # fmt: skip
    def attend(self) -> None:
        """registered, or entered wrongly before → attended"""

    @transition(
        field=state, source=[AttendanceState.REGISTERED, AttendanceState.ATTENDED], target=AttendanceState.ABSENT
    )
    def miss(self) -> None:
        """registered, or entered wrongly before → absent"""
