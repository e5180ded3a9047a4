"""What providers own and file: unit profile, business systems, apps, filings and their frozen versions.

A profile, a system and an app hold the *working copy* of their part of the form; a filing's version
freezes all parts at submission. The catalogue in ``providers.schema`` says what the parts contain.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, PROVIDER_ROLES, Role
from accounts.models import Person, Unit
from providers.enums import OPEN_STATES, FilingKind, FilingState
from providers.models_platform import Branch, PlatformBatch, PlatformOperator, PlatformRecord
from registry.models import Entry

if TYPE_CHECKING:
    from ledger.acts import Actor

__all__ = [
    "App",
    "Branch",
    "BusinessSystem",
    "CaseCounter",
    "Filing",
    "FilingVersion",
    "Material",
    "MaterialUse",
    "PlatformBatch",
    "PlatformOperator",
    "PlatformRecord",
    "ProviderProfile",
    "ReturnNote",
]


class OwnedQuerySet(models.QuerySet):
    """Rows that belong to a provider's unit and are working copies: nobody else sees them."""

    def visible_to(self, actor: Actor | None) -> OwnedQuerySet:
        """The unit's own rows, for its provider roles."""
        if actor is None or actor.role not in PROVIDER_ROLES or actor.unit_id is None:
            return self.none()
        return self.filter(unit_id=actor.unit_id)


class ProviderProfile(models.Model):
    """Working copy of the unit's part of the form."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="profile")
    data = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField(_("information confirmed"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider profile")
        verbose_name_plural = _("provider profiles")

    def __str__(self) -> str:
        return str(self.unit)


class BusinessSystem(models.Model):
    """A back end: ICP filing and graded protection attach here; several apps may use it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="systems")
    name = models.CharField(_("name"), max_length=120)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("business system")
        verbose_name_plural = _("business systems")

    def __str__(self) -> str:
        return self.name


class App(models.Model):
    """An educational app: the client that gets a number."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="apps")
    system = models.ForeignKey(BusinessSystem, null=True, blank=True, on_delete=models.PROTECT, related_name="apps")
    name = models.CharField(_("name"), max_length=120)
    data = models.JSONField(default=dict)
    entry = models.OneToOneField(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="app")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("app")
        verbose_name_plural = _("apps")
        indexes = [models.Index(fields=["unit", "name"], name="app_unit_name")]

    def __str__(self) -> str:
        return self.name


class FilingQuerySet(models.QuerySet["Filing"]):
    """Filings by who may see them."""

    def visible_to(self, actor: Actor | None) -> FilingQuerySet:
        """The one definition of who sees a filing.

        A provider sees its own. A province's reviewers see what was submitted to their authority. The
        ministry's reviewers see what was submitted anywhere (Measures Art. 5). Nobody sees another's draft.
        """
        if actor is None or actor.unit_id is None:
            return self.none()
        if actor.role in PROVIDER_ROLES:
            return self.filter(unit_id=actor.unit_id)
        if actor.role == Role.MINISTRY_REVIEWER and actor.unit_code == "moe":
            return self.exclude(submitted_at=None)
        if actor.role in AUTHORITY_ROLES:
            return self.filter(authority_id=actor.unit_id).exclude(submitted_at=None)
        return self.none()

    def open(self) -> FilingQuerySet:
        return self.filter(state__in=OPEN_STATES)


#: what an authority has before it, or waits for
_IN_QUEUE = Q(state__in=["submitted", "returned", "ministry_review"])
_CLOSED = ~Q(state__in=list(OPEN_STATES))
#: The order of a queue: cases without a last day stand behind all others. With a value in place of "nothing"
#: an index has one order, and goes on from any row.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
DUE_PLACE = Coalesce("due_at", models.Value(NEVER, output_field=models.DateTimeField()))


class Filing(models.Model):
    """One provider filing. Its state changes through ``ledger.acts.perform`` alone.

    ``due_at`` and ``due_day`` repeat those of the running clock, so that a queue can be read in their
    order; ``due_at`` is the exclusive end (24:00 of ``due_day``).
    """

    kind = models.CharField(_("kind"), max_length=12, choices=FilingKind.choices)
    state = FSMField(_("state"), default=FilingState.DRAFT, choices=FilingState.choices, protected=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="filings", verbose_name=_("provider"))
    app = models.ForeignKey(
        App, null=True, blank=True, on_delete=models.PROTECT, related_name="filings", verbose_name=_("app")
    )
    authority = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="filings_to_review", verbose_name=_("authority")
    )
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="filings")
    case_no = models.CharField(_("case number"), max_length=24, blank=True)
    data = models.JSONField(_("parts of this filing alone"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=0)
    app_name = models.CharField(_("app name"), max_length=120, blank=True)
    provider_name = models.CharField(_("provider name"), max_length=120, blank=True)
    stages = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    is_discipline = models.BooleanField(_("discipline training"), default=False)
    second_level = models.BooleanField(_("goes to the ministry"), default=False)
    policy_label = models.CharField(_("policy"), max_length=160, blank=True)
    policy_ids = models.JSONField(default=list, blank=True)
    changed_on = models.DateField(_("date of the change"), null=True, blank=True)
    late = models.BooleanField(_("reported late"), default=False)
    submitted_at = models.DateTimeField(_("first submitted"), null=True, blank=True)
    last_submitted_at = models.DateTimeField(_("last submitted"), null=True, blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_day = models.DateField(_("last day"), null=True, blank=True)
    #: while a filing is returned: ``{"in_order": [field keys found right], "changed": {field key: when it changed}}``
    feedback = models.JSONField(null=True, blank=True)
    overdue_since = models.DateTimeField(_("overdue since"), null=True, blank=True)
    submit_key = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider filing")
        verbose_name_plural = _("provider filings")
        constraints = [
            models.UniqueConstraint(fields=["case_no"], condition=~Q(case_no=""), name="filing_case_no_once"),
            models.UniqueConstraint(
                fields=["app"], condition=Q(state__in=list(OPEN_STATES)), name="filing_one_open_per_app"
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(kind=FilingKind.UNIT_CHANGE, state__in=list(OPEN_STATES)),
                name="filing_one_open_unit_change",
            ),
            models.CheckConstraint(
                condition=(Q(kind=FilingKind.UNIT_CHANGE, app=None) | (~Q(kind=FilingKind.UNIT_CHANGE) & ~Q(app=None))),
                name="filing_has_app_unless_unit_change",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[FilingState.DRAFT, FilingState.WITHDRAWN])
                | (Q(submitted_at__isnull=False) & ~Q(case_no="") & Q(version__gte=1)),
                name="filing_submitted_has_case_no",
            ),
            models.CheckConstraint(
                condition=~Q(state=FilingState.FILED) | Q(kind=FilingKind.UNIT_CHANGE) | ~Q(entry=None),
                name="filing_filed_has_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state=FilingState.RETURNED) | Q(returned_at__isnull=False),
                name="filing_returned_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(kind=FilingKind.CHANGE) | Q(submitted_at=None) | Q(changed_on__isnull=False),
                name="filing_change_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "state", "due_at"], name="filing_queue_state"),
            models.Index(fields=["unit", "-id"], name="filing_of_unit"),
            models.Index(fields=["state", "due_at"], name="filing_state_due"),
            # the reviewer's queue: open and closed cases apart, so that its last page costs what its first does,
            # however many of the others lie beside them
            models.Index(F("authority"), DUE_PLACE, F("id"), condition=_IN_QUEUE, name="filing_open_due"),
            models.Index(F("authority"), DUE_PLACE, F("id"), condition=_CLOSED, name="filing_closed_due"),
            models.Index(
                fields=["authority", "last_submitted_at", "id"], condition=_IN_QUEUE, name="filing_open_submitted"
            ),
            models.Index(
                fields=["authority", "last_submitted_at", "id"], condition=_CLOSED, name="filing_closed_submitted"
            ),
            models.Index(fields=["authority", "app_name", "id"], condition=_IN_QUEUE, name="filing_open_name"),
        ]

    def __str__(self) -> str:
        return f"{self.case_no or '–'} {self.app_name}"

    @transition(field=state, source=FilingState.DRAFT, target=FilingState.SUBMITTED)
    def submit(self) -> None:
        """The provider hands it in."""

    @transition(field=state, source=FilingState.RETURNED, target=FilingState.SUBMITTED)
    def resubmit(self) -> None:
        """The provider hands in the supplement."""

    @transition(
        field=state,
        source=[FilingState.SUBMITTED, FilingState.MINISTRY_REVIEW],
        target=FilingState.RETURNED,
    )
    def return_for_correction(self) -> None:
        """The authority gives it back with notes."""

    @transition(field=state, source=FilingState.SUBMITTED, target=FilingState.MINISTRY_REVIEW)
    def send_to_ministry(self) -> None:
        """The province agrees and passes it to the second level."""

    @transition(field=state, source=[FilingState.SUBMITTED, FilingState.MINISTRY_REVIEW], target=FilingState.FILED)
    def complete(self) -> None:
        """The last authority agrees."""

    @transition(
        field=state, source=[FilingState.SUBMITTED, FilingState.MINISTRY_REVIEW], target=FilingState.DECLINED
    )
    def decline(self) -> None:
        """Out of scope or not accepted."""

    @transition(field=state, source=FilingState.RETURNED, target=FilingState.LAPSED)
    def lapse(self) -> None:
        """Nobody answered in time."""

    @transition(
        field=state,
        source=[FilingState.DRAFT, FilingState.SUBMITTED, FilingState.RETURNED],
        target=FilingState.WITHDRAWN,
    )
    def withdraw(self) -> None:
        """The provider takes it back."""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class FilingVersion(models.Model):
    """What was submitted, frozen: ``{"unit": …, "system": …, "app": …, "filing": …}``. Append-only."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    policy_label = models.CharField(max_length=160, blank=True)
    policy_ids = models.JSONField(default=list)
    signed_name = models.CharField(_("signed by"), max_length=80, blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.filing} v{self.number}"


class MaterialQuerySet(models.QuerySet["Material"]):
    """Uploaded files by who may see them."""

    def visible_to(self, actor: Actor | None) -> MaterialQuerySet:
        """One's own unit's files; for authorities those frozen into a version that they may see."""
        if actor is None or actor.unit_id is None:
            return self.none()
        if actor.role in PROVIDER_ROLES:
            return self.filter(unit_id=actor.unit_id)
        seen = Filing.objects.visible_to(actor).values("pk")
        return self.filter(Q(uses__filing__in=seen)).distinct()


class Material(models.Model):
    """An uploaded file, checked by its content, stored outside the web root."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="materials")
    name = models.CharField(_("name"), max_length=160)
    file = models.FileField(upload_to="materials/%Y/%m/")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=20, default="not_scanned")
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")

    def __str__(self) -> str:
        return self.name


class MaterialUse(models.Model):
    """That a version of a filing contains a file: what makes the file visible to the authority."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="material_uses")
    version = models.PositiveIntegerField()
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="uses")
    field_key = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "version", "field_key", "material"], name="material_use_once")
        ]


class ReturnNote(models.Model):
    """A note on one field, as sent with a return. Append-only. An empty key means the whole filing."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="return_notes")
    version = models.PositiveIntegerField(_("version that it is about"))
    field_key = models.CharField(max_length=80, blank=True)
    text = models.TextField(_("note"))
    article = models.CharField(max_length=20, blank=True)
    #: where to look: ``{"material": id of a file, "name": its name, "page": from 1}``
    place = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["filing", "version"], name="return_note_of_version")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="return_note_says_something")]


class CaseCounter(models.Model):
    """Last case number of an authority in a year."""

    authority_code = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority_code", "year"], name="case_counter_once")]
