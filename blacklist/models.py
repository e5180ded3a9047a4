"""Listings with their bars, objections to them, and the lists beside the blacklist.

Rows are written by ``blacklist.domain`` alone; admission asks ``Listing.objects.barring``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, PROVIDER_ROLES, Role
from accounts.models import Person, Unit
from accounts.scope import scope_of
from blacklist.codes import normal, variants
from blacklist.enums import Ground, ListingState, ListItemState, ListItemSubject, ListKind, ObjectionState

if TYPE_CHECKING:
    from ledger.acts import Actor

__all__ = ["ListEdition", "ListItem", "Listing", "ListingObjection", "ListingState"]


class ListingQuerySet(models.QuerySet["Listing"]):
    """Listings by force and by who looks."""

    def visible_to(self, actor: Actor | None) -> ListingQuerySet:
        """All: the blacklist is public, with its dates and reasons (Beijing notice 5)."""
        return self

    def active(self) -> ListingQuerySet:
        """In force now, whether or not the clock is late to end them."""
        return self.filter(state=ListingState.ACTIVE)

    def barring(self, *, uscc: str, at: datetime, also: Iterable[str] = ()) -> ListingQuerySet:
        """Listings that bar the unit with this credit code at the moment (Measures Art. 24); one indexed query.

        Codes are compared in their normal form, and a listing holds the codes of the head office and the
        branches too. ``also``: further codes of the same unit, such as its head office's.
        """
        wanted = [code for code in (normal(text) for text in (uscc, *also)) if code]
        if not wanted:
            return self.none()
        return self.filter(
            Q(uscc__in=variants(wanted)) | Q(barred_codes__overlap=wanted),
            state=ListingState.ACTIVE,
            bar_ends_at__gt=at,
        )


class Listing(models.Model):
    """A provider on the blacklist, barred from filing until ``bar_ends_at`` (exclusive; 24:00 of ``bar_last_day``).

    ``unit_name`` and ``uscc`` are as they were on the day of the listing: a change of name does not lift
    it. ``barred_codes`` and ``barred_units`` hold the unit, its head office and its branches. ``affected``
    names the revoked entries: ``[{"entry": id, "number": "…", "app_name": "…"}]``. ``cause_type`` and
    ``cause_id`` name what it answers, as ``("supervision.rectificationorder", 7)``.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="listings")
    unit_name = models.CharField(_("name at the time"), max_length=120, blank=True, default="")
    uscc = models.CharField(_("unified social credit code"), max_length=18)
    barred_codes = ArrayField(models.CharField(max_length=18), default=list, blank=True)
    barred_units = ArrayField(models.BigIntegerField(), default=list, blank=True)
    state = FSMField(_("state"), default=ListingState.ACTIVE, choices=ListingState.choices, protected=True)
    authority = models.ForeignKey(Unit, verbose_name=_("authority"), on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("ground"), max_length=10, choices=Ground.choices, default=Ground.OTHER)
    cause_type = models.CharField(max_length=60, blank=True, default="")
    cause_id = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField(_("reason"))
    articles = models.JSONField(default=list)
    affected = models.JSONField(_("revoked entries"), default=list, blank=True)
    bar_months = models.PositiveSmallIntegerField(_("months of the bar"), default=6)
    listed_at = models.DateTimeField(_("listed"))
    bar_last_day = models.DateField(_("last day of the bar"), null=True, blank=True)
    bar_ends_at = models.DateTimeField(_("bar ends"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    listed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lift_reason = models.TextField(_("reason of the lifting"), blank=True, default="")

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("blacklist entry")
        verbose_name_plural = _("blacklist entries")
        indexes = [
            models.Index(fields=["uscc", "state", "bar_ends_at"], name="listing_bar"),
            GinIndex(fields=["barred_codes"], name="listing_codes", fastupdate=False),
            GinIndex(fields=["barred_units"], name="listing_units", fastupdate=False),
            models.Index(fields=["-listed_at", "-id"], name="listing_by_date"),
            models.Index(fields=["authority", "-listed_at", "-id"], name="listing_by_authority"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="listing_has_reason"),
            models.UniqueConstraint(
                fields=["cause_type", "cause_id"],
                condition=Q(state=ListingState.ACTIVE) & ~Q(cause_type=""),
                name="listing_active_once_per_cause",
            ),
            models.CheckConstraint(
                condition=Q(cause_type="", cause_id__isnull=True) | (~Q(cause_type="") & Q(cause_id__isnull=False)),
                name="listing_cause_is_whole",
            ),
            models.CheckConstraint(condition=Q(bar_ends_at__gt=F("listed_at")), name="listing_bar_after_listing"),
            models.CheckConstraint(
                condition=~Q(state=ListingState.LIFTED) | ~Q(lift_reason=""), name="listing_lifted_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name or self.unit} → {self.bar_ends_at:%Y-%m-%d}"

    @property
    def numbers(self) -> list[str]:
        """Numbers of the entries that were revoked with it."""
        return [row["number"] for row in self.affected if row.get("number")]

    # Transitions carry no rule and no effect: ledger.acts.perform is the only caller.

    @transition(field=state, source=ListingState.ACTIVE, target=ListingState.COOLED_OFF)
    def cool_off(self) -> None:
        """The bar has run out."""

    @transition(field=state, source=ListingState.ACTIVE, target=ListingState.LIFTED)
    def lift(self) -> None:
        """A decision ends it early."""


class ListingObjectionQuerySet(models.QuerySet["ListingObjection"]):
    """Objections by who may see them: the unit, the authority that listed, the ministry."""

    def visible_to(self, actor: Actor | None) -> ListingObjectionQuerySet:
        scope = scope_of(actor)
        if actor is None:
            return self.none()
        if actor.is_system or actor.role == Role.SYSADMIN or (scope.everything and scope.is_authority):
            return self.all()
        if actor.role in PROVIDER_ROLES:
            return self.filter(unit_id=actor.unit_id)
        if actor.role in AUTHORITY_ROLES:
            return self.filter(listing__authority_id=actor.unit_id)
        return self.none()


class ListingObjection(models.Model):
    """What the unit says against its listing, and what somebody else than who listed decided."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="objections")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = FSMField(_("state"), default=ObjectionState.FILED, choices=ObjectionState.choices, protected=True)
    text = models.TextField(_("objection"))
    filed_at = models.DateTimeField(_("filed"))
    filed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decision = models.TextField(_("decision"), blank=True, default="")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = ListingObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=Q(state=ObjectionState.FILED), name="objection_open_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="objection_says_why"),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.FILED) | ~Q(decision=""), name="objection_decision_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.state}"

    @transition(field=state, source=ObjectionState.FILED, target=ObjectionState.GRANTED)
    def grant(self) -> None:
        """The listing is lifted."""

    @transition(field=state, source=ObjectionState.FILED, target=ObjectionState.REJECTED)
    def reject(self) -> None:
        """The listing stays."""


class ListItemQuerySet(models.QuerySet["ListItem"]):
    def visible_to(self, actor: Actor | None) -> ListItemQuerySet:
        """All: both lists are public."""
        return self

    def listed(self) -> ListItemQuerySet:
        return self.filter(state=ListItemState.LISTED)


class ListItem(models.Model):
    """A line of an authority's negative list or exit list (Opinions 16)."""

    kind = models.CharField(
        _("list"), max_length=10, choices=[(kind.value, kind.label) for kind in (ListKind.NEGATIVE, ListKind.EXIT)]
    )
    state = FSMField(_("state"), default=ListItemState.LISTED, choices=ListItemState.choices, protected=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(_("about"), max_length=10, choices=ListItemSubject.choices)
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True, default="")
    number = models.CharField(_("number"), max_length=20, blank=True, default="")
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True, default="")
    reason = models.TextField(_("reason"))
    articles = models.JSONField(default=list)
    listed_at = models.DateTimeField(_("listed"))
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removal_reason = models.TextField(_("reason of the removal"), blank=True, default="")

    objects = ListItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a list")
        verbose_name_plural = _("lines of lists")
        indexes = [models.Index(fields=["kind", "authority", "-listed_at"], name="listitem_by_list")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="listitem_has_reason"),
            models.UniqueConstraint(
                fields=["kind", "authority", "number"],
                condition=Q(state=ListItemState.LISTED) & ~Q(number=""),
                name="listitem_number_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=ListItemState.REMOVED) | ~Q(removal_reason=""), name="listitem_removal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh

    @transition(field=state, source=ListItemState.LISTED, target=ListItemState.REMOVED)
    def remove(self) -> None:
        """It stands there no longer; the line stays readable."""


class ListEditionQuerySet(models.QuerySet["ListEdition"]):
    def visible_to(self, actor: Actor | None) -> ListEditionQuerySet:
        """All: editions are published."""
        return self


class ListEdition(models.Model):
    """A dated edition of a list, kept as it was (Beijing notice 5). Append-only.

    ``file`` holds a JSON object a line, in UTF-8; ``digest`` is the SHA-256 of its bytes and stands in the
    ledger record of the publication, so that anybody can check that the file is the one published.
    ``authority`` None means the whole country.
    """

    kind = models.CharField(_("list"), max_length=10, choices=ListKind.choices)
    authority = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField(_("as of"))
    rows = models.PositiveIntegerField(_("lines"))
    digest = models.CharField(_("digest"), max_length=64)
    file = models.FileField(upload_to="editions/%Y/")
    published_at = models.DateTimeField(_("published"))

    objects = ListEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition of a list")
        verbose_name_plural = _("editions of lists")
        ordering = ["-as_of", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "authority", "as_of"], name="edition_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.authority_id or '–'} {self.as_of}"
