"""What is served on whom: the inbox, its e-mails, the reminders, and people's choices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Person, Unit
from accounts.scope import scope_of
from ledger.acts import Actor
from notices.enums import DeliveryStatus, Side, sides_of


class NoticeQuerySet(models.QuerySet[Any]):
    """Notices by recipient."""

    def visible_to(self, actor: Actor | None) -> NoticeQuerySet:
        """Those served on one's unit in the part that one plays for it; of those to one person, one's own only.

        A notice to an authority as such is for its reviewers and not for those who file for it, and so on
        (``notices.enums.Side``). The administrators see that something was served and when, for all units.
        """
        scope = scope_of(actor)
        if actor is not None and (actor.is_system or (actor.role == Role.SYSADMIN and scope.everything)):
            return self.all()
        mine = Q(to_person_id=scope.person_id) if scope.person_id else Q(pk__in=[])
        if scope.unit_id:
            mine |= Q(to_unit_id=scope.unit_id, to_person__isnull=True, side__in=sides_of(str(scope.role)))
        return self.filter(mine)

    def in_inbox_of(self, actor: Actor | None) -> NoticeQuerySet:
        """What stands in the inbox of the unit one works for now, and what came to oneself there."""
        if actor is None or actor.person_id is None:
            return self.none()
        to_me = Q(to_person__isnull=True, side__in=sides_of(str(actor.role))) | Q(to_person_id=actor.person_id)
        if actor.unit_id is None:
            return self.filter(to_person_id=actor.person_id)
        return self.filter(Q(to_unit_id=actor.unit_id) & to_me | Q(to_person_id=actor.person_id))

    def after(self, received_at: datetime, pk: int) -> NoticeQuerySet:
        """What comes after this row in the inbox, which runs from the newest to the oldest."""
        return self.filter(Q(received_at__lt=received_at) | Q(received_at=received_at, pk__lt=pk))

    def unread(self) -> NoticeQuerySet:
        """Nobody has opened them."""
        return self.filter(first_read_at__isnull=True)


class Notice(models.Model):
    """One notice in the inbox of a unit (or of one person of it).

    ``received_at`` is the legal moment of service: the notice has reached the inbox. The first
    reading is stored beside it, with who read, and moves no period.
    """

    kind = models.CharField(_("kind"), max_length=40)
    to_unit = models.ForeignKey(
        Unit, verbose_name=_("to the unit"), null=True, on_delete=models.PROTECT, related_name="notices"
    )
    to_person = models.ForeignKey(
        Person,
        verbose_name=_("to the person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notices",
    )
    side = models.CharField(
        _("as"), max_length=12, choices=Side.choices, default=Side.EVERYBODY, db_default="", blank=True
    )
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    params = models.JSONField(_("details"), default=dict, blank=True)
    legal = models.BooleanField(_("legal notice"), default=True)
    dedupe = models.CharField(max_length=160, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(_("created"))
    received_at = models.DateTimeField(_("received"))
    first_read_at = models.DateTimeField(_("first read"), null=True, blank=True)
    first_read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("first read by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["to_unit", "-received_at", "-id"], name="notice_unit_inbox"),
            models.Index(fields=["to_person", "-received_at", "-id"], name="notice_person_inbox"),
            models.Index(fields=["subject_type", "subject_id"], name="notice_subject"),
            models.Index(fields=["to_unit"], condition=Q(first_read_at__isnull=True), name="notice_unread"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_unit__isnull=False) | Q(to_person__isnull=False), name="notice_has_recipient"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to_unit_id or self.to_person_id}"


class EmailDelivery(models.Model):
    """One e-mail beside a notice. It may fail; the notice has been served all the same."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField(_("address"))
    language = models.CharField(max_length=10, default="zh-hans")
    status = models.CharField(
        _("status"), max_length=8, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    next_attempt_at = models.DateTimeField(_("next try"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        constraints = [
            models.UniqueConstraint(fields=["notice", "address"], name="one_email_per_address"),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.SENT) | Q(sent_at__isnull=False), name="sent_has_its_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(status=DeliveryStatus.PENDING), name="email_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} ({self.status})"


class ReminderSent(models.Model):
    """That a clock's reminder of one offset was dealt with. The unique key makes a second run empty.

    ``due_day`` belongs to the key: a clock that moves is reminded of again.
    """

    clock_id = models.BigIntegerField()
    offset = models.SmallIntegerField(help_text=_("Working days from the due day; negative is before it."))
    due_day = models.DateField()
    created_at = models.DateTimeField()
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["clock_id", "offset", "due_day"], name="reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.offset:+d} {self.due_day}"


class Preference(models.Model):
    """Whether a person wants e-mail for a kind. Legal notices ask nobody."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=40)
    email = models.BooleanField(_("e-mail"), default=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"
