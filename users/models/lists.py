"""Recommended lists of an authority, by editions (Opinions, item 9)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from accounts.scope import scope_of
from ledger.acts import Actor
from registry.models import Entry


class ListQuerySet(models.QuerySet["RecommendedList"]):
    """Recommended lists by who works with them; what is published of them is for everybody."""

    def visible_to(self, actor: Actor | None) -> ListQuerySet:
        """In the workspace: those of the reviewer's authority and of those below it; the ministry sees all."""
        scope = scope_of(actor)
        if not scope.is_authority:
            return self.none()
        return self if scope.everything else self.filter(authority__path__startswith=scope.path)


class RecommendedList(models.Model):
    """A list that an authority keeps; its editions follow each other."""

    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="recommended_lists")
    name = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    created_at = models.DateTimeField()

    objects = ListQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommended list")
        verbose_name_plural = _("recommended lists")
        constraints = [models.UniqueConstraint(fields=["authority", "name"], name="recommended_list_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The name in the reader's language, where there is an English one."""
        return self.name_en if self.name_en and (get_language() or "zh").startswith("en") else self.name


class EditionQuerySet(models.QuerySet["ListEdition"]):
    """Editions by what holds."""

    def published(self) -> EditionQuerySet:
        return self.filter(published_at__isnull=False)

    def in_force(self, on: date) -> EditionQuerySet:
        """Of each list the newest published edition that has taken effect by that day."""
        newest = (
            ListEdition.objects.published()
            .filter(list_id=models.OuterRef("list_id"), effective_from__lte=on)
            .order_by("-effective_from", "-number")
            .values("pk")[:1]
        )
        return self.filter(
            Q(list__closed_at__isnull=True) | Q(list__closed_at__date__gt=on), pk=models.Subquery(newest)
        )


class ListEdition(models.Model):
    """One edition: prepared, then published on a day, reported upwards at the same time."""

    list = models.ForeignKey(RecommendedList, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(_("edition"))
    effective_from = models.DateField(_("in effect from"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported to the ministry"), null=True, blank=True)
    published_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(_("what changed"), blank=True)
    created_at = models.DateTimeField()

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition of a list")
        verbose_name_plural = _("editions of lists")
        constraints = [models.UniqueConstraint(fields=["list", "number"], name="list_edition_once")]
        indexes = [models.Index(fields=["list", "-effective_from", "-number"], name="list_edition_newest")]

    def __str__(self) -> str:
        return f"{self.list} {self.number}"


class ListItem(models.Model):
    """An app on an edition, with the reason for which it stands there."""

    edition = models.ForeignKey(ListEdition, on_delete=models.CASCADE, related_name="items")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="list_items")
    place = models.PositiveIntegerField(_("place"), default=0)
    entered_on = models.DateField(_("on the list since"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("app on a list")
        verbose_name_plural = _("apps on lists")
        ordering = ["place", "id"]
        constraints = [models.UniqueConstraint(fields=["edition", "entry"], name="list_item_once")]
        indexes = [models.Index(fields=["entry", "edition"], name="list_item_of_entry")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.entry_id}"
