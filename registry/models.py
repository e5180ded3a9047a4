"""What the public may see of a filed app, and the sequences its numbers come from.

Rows are written by ``registry.domain`` alone. Public pages read nothing but ``Entry`` and ``EntryEvent``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, Province, Role
from accounts.models import Unit
from registry.enums import LIVE_STATES, EntryState, EventKind

if TYPE_CHECKING:
    from ledger.acts import Actor


class NumberSequence(models.Model):
    """The last serial that was issued under a prefix."""

    authority_code = models.CharField(_("authority key"), max_length=20)
    prefix = models.CharField(_("prefix"), max_length=2, unique=True)
    last_serial = models.PositiveIntegerField(_("last serial"), default=0)

    class Meta:
        verbose_name = _("number sequence")
        verbose_name_plural = _("number sequences")

    def __str__(self) -> str:
        return f"{self.prefix}: {self.last_serial}"


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries by who looks and by what holds."""

    def visible_to(self, actor: Actor | None) -> EntryQuerySet:
        """All entries: the registry is public (Measures, Article 22), revoked ones included."""
        return self

    def kept_by(self, actor: Actor) -> EntryQuerySet:
        """Those on which the actor's authority decides: its own; the ministry's are those of the whole country."""
        if actor.role == Role.MINISTRY_REVIEWER:
            return self
        return self.filter(authority_id=actor.unit_id) if actor.role in AUTHORITY_ROLES else self.none()

    def valid(self) -> EntryQuerySet:
        """In force in the whole country."""
        return self.filter(state__in=[EntryState.PUBLISHED, EntryState.RECTIFYING])

    def live(self) -> EntryQuerySet:
        """Held by an app now: in force, or temporarily offline."""
        return self.filter(state__in=sorted(LIVE_STATES))


class Entry(models.Model):
    """A numbered filing as the public sees it (Measures, Articles 14 and 22).

    ``public`` is the whole public snapshot in the shape that ``registry.domain.publish`` describes;
    the typed columns beside it are what is searched, filtered and sorted. ``verify_json`` is the
    verification answer, ready to be sent.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    prefix = models.CharField(_("prefix"), max_length=2)
    serial = models.PositiveIntegerField(_("serial"))
    state = FSMField(_("status"), default=EntryState.PUBLISHED, choices=EntryState.choices, protected=True)
    change_under_review = models.BooleanField(_("change under review"), default=False)

    app_ref = models.BigIntegerField(_("app"))
    unit = models.ForeignKey(
        Unit, verbose_name=_("provider"), on_delete=models.PROTECT, related_name="entries"
    )
    authority = models.ForeignKey(
        Unit, verbose_name=_("filing authority"), on_delete=models.PROTECT, related_name="filed_entries"
    )

    app_name = models.CharField(_("app name"), max_length=120)
    sort_name = models.CharField(max_length=240, editable=False, default="", db_collation="C")
    provider_name = models.CharField(_("provider"), max_length=120)
    uscc = models.CharField(_("unified social credit code"), max_length=18, db_index=True)
    province_code = models.CharField(
        _("province"), max_length=2, choices=[("00", _("Ministry")), *Province.choices]
    )
    stages = ArrayField(models.CharField(max_length=16), verbose_name=_("stages"), default=list, blank=True)
    user_groups = ArrayField(
        models.CharField(max_length=16), verbose_name=_("users"), default=list, blank=True
    )
    functions = ArrayField(
        models.CharField(max_length=24), verbose_name=_("functions"), default=list, blank=True
    )
    is_discipline = models.BooleanField(_("discipline training"), default=False)
    age_from = models.PositiveSmallIntegerField(_("age from"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("age to"), null=True, blank=True)
    package_ids = ArrayField(
        models.CharField(max_length=200), verbose_name=_("package ids"), default=list, blank=True
    )
    icon = models.CharField(_("monogram"), max_length=2, default="")

    public = models.JSONField(_("public snapshot"), default=dict)
    verify_json = models.TextField(_("verification answer"), default="", editable=False)
    version = models.PositiveIntegerField(_("version"), default=1)

    published_at = models.DateTimeField(_("published"))
    updated_at = models.DateTimeField(_("updated"))
    confirmed_at = models.DateTimeField(_("information confirmed"))
    status_since = models.DateTimeField(_("status since"))
    status_public_text = models.TextField(_("public text of the status"), blank=True, default="")
    status_reason = models.TextField(_("reason of the status"), blank=True, default="")
    rectify_until = models.DateField(_("to be rectified by"), null=True, blank=True)
    #: what a buffer window let come later ("icp", "mlps"), and the last day for it (Measures, notice 3)
    open_items = ArrayField(models.CharField(max_length=12), verbose_name=_("open items"), null=True, blank=True)
    open_items_until = models.DateField(_("open items due"), null=True, blank=True)

    search = SearchVectorField(null=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["prefix", "serial"], name="entry_serial_once"),
            models.UniqueConstraint(
                fields=["app_ref"],
                condition=Q(state__in=["published", "rectifying", "offline"]),
                name="entry_live_once",
            ),
            models.CheckConstraint(condition=Q(state__in=EntryState.values), name="entry_state_known"),
            models.CheckConstraint(
                condition=~Q(state="revoked") | ~Q(status_reason=""), name="entry_revoked_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="offline") | ~Q(status_public_text=""), name="entry_offline_has_text"
            ),
            models.CheckConstraint(
                condition=~Q(state="rectifying") | Q(rectify_until__isnull=False),
                name="entry_rectifying_has_date",
            ),
            models.CheckConstraint(
                condition=Q(age_from__isnull=True)
                | Q(age_to__isnull=True)
                | Q(age_from__lte=models.F("age_to")),
                name="entry_ages_in_order",
            ),
            models.CheckConstraint(
                condition=Q(open_items_until__isnull=True)
                | Q(open_items__isnull=False, state__in=["published", "rectifying", "offline"]),
                name="entry_open_items_have_day",
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="entry_by_date"),
            models.Index(fields=["sort_name", "id"], name="entry_by_name"),
            models.Index(fields=["province_code", "-published_at", "-id"], name="entry_by_province"),
            models.Index(fields=["state", "-status_since", "-id"], name="entry_by_state"),
            models.Index(fields=["unit"], name="entry_by_unit"),
            models.Index(
                fields=["authority", "confirmed_at", "id"],
                condition=Q(state__in=["published", "rectifying", "offline"]),
                name="entry_by_confirmation",
            ),
            models.Index(
                fields=["authority", "open_items_until", "id"],
                condition=Q(open_items_until__isnull=False),
                name="entry_by_open_items",
            ),
            GinIndex(fields=["package_ids"], name="entry_packages"),
            GinIndex(fields=["search"], name="entry_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.app_name}"

    @property
    def valid(self) -> bool:
        """In force in the whole country."""
        return self.state in (EntryState.PUBLISHED, EntryState.RECTIFYING)

    # Transitions carry no rule and no effect: ledger.acts.perform is the only caller.

    @transition(field=state, source=EntryState.PUBLISHED, target=EntryState.RECTIFYING)
    def order_rectification(self) -> None:
        """published → rectifying"""

    @transition(field=state, source=EntryState.RECTIFYING, target=EntryState.PUBLISHED)
    def clear_rectification(self) -> None:
        """rectifying → published"""

    @transition(
        field=state, source=[EntryState.PUBLISHED, EntryState.RECTIFYING], target=EntryState.OFFLINE
    )
    def take_offline(self) -> None:
        """published, rectifying → offline"""

    @transition(field=state, source=EntryState.OFFLINE, target=EntryState.PUBLISHED)
    def resume(self) -> None:
        """offline → published"""

    @transition(field=state, source=[EntryState.PUBLISHED, EntryState.OFFLINE], target=EntryState.CANCELLED)
    def cancel(self) -> None:
        """published, offline → cancelled"""

    @transition(
        field=state,
        source=[EntryState.PUBLISHED, EntryState.RECTIFYING, EntryState.OFFLINE],
        target=EntryState.REVOKED,
    )
    def revoke(self) -> None:
        """published, rectifying, offline → revoked"""


class EntryEvent(models.Model):
    """A line of the public history of a number: what the public was told, and when."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind.choices)
    text_zh = models.TextField(_("text in Chinese"), blank=True, default="")
    text_en = models.TextField(_("text in English"), blank=True, default="")
    params = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("public event")
        verbose_name_plural = _("public events")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["entry", "-at"], name="entryevent_by_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.kind} {self.at:%Y-%m-%d}"
