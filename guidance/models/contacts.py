"""Whom to ask: a help line or a person of each authority (ministry's notice; R174)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from guidance.models.bilingual import said


class Contact(models.Model):
    """A line of the page of contacts. What is published here is meant for everybody."""

    authority = models.ForeignKey(
        Unit, verbose_name=_("authority"), on_delete=models.PROTECT, related_name="help_contacts"
    )
    name_zh = models.CharField(_("person or desk, in Chinese"), max_length=60)
    name_en = models.CharField(_("person or desk, in English"), max_length=80)
    duty_zh = models.CharField(_("in charge of, in Chinese"), max_length=120, blank=True, default="")
    duty_en = models.CharField(_("in charge of, in English"), max_length=160, blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=30, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    hours_zh = models.CharField(_("hours, in Chinese"), max_length=80, blank=True, default="")
    hours_en = models.CharField(_("hours, in English"), max_length=120, blank=True, default="")
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("shown"), default=True)
    edited_at = models.DateTimeField(_("last edited"), editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["authority__path", "order", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(phone="") | ~Q(email=""), name="contact_can_be_reached"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return said(self, "name")

    @property
    def duty(self) -> str:
        return said(self, "duty")

    @property
    def hours(self) -> str:
        return said(self, "hours")
