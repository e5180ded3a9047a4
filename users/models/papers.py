"""What hangs on a user filing: frozen versions, decisions, notes, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from users.enums import DecisionVerb
from users.models.filing import UserFiling
from users.models.scope import sight_of

if TYPE_CHECKING:
    from ledger.acts import Actor


class VersionQuerySet(models.QuerySet["UserFilingVersion"]):
    """Versions by who may see them."""

    def visible_to(self, actor: Actor | None) -> VersionQuerySet:
        """One's own unit's; for authorities those of visible filings that have reached the authority.

        What a school sent back within its own review is its own affair.
        """
        own, reached = self._sides(actor)
        if reached is None:
            return self.filter(own)
        # asked of each version's own filing: as a list it would hold every filing of a province
        filings = UserFiling.objects.visible_to(actor).exclude(submitted_at=None).filter(pk=OuterRef("filing_id"))
        return self.filter(own | (Q(Exists(filings)) & reached))

    def of_visible_filings(self, actor: Actor | None) -> VersionQuerySet:
        """As ``visible_to``, for a caller whose filings have passed theirs: they are not looked up again."""
        own, reached = self._sides(actor)
        return self.filter(own if reached is None else own | reached)

    @staticmethod
    def _sides(actor: Actor | None) -> tuple[Q, Q | None]:
        """Versions of one's own unit; for those who read others' what has reached the authority."""
        sight = sight_of(actor)
        own = Q(filing__unit_id=sight.own_unit) if sight.own_unit is not None else Q(pk__in=[])
        if not sight.reads:
            return own, None
        approved = UseDecision.objects.filter(
            filing_id=OuterRef("filing_id"), version=OuterRef("number"), verb=DecisionVerb.UNIT_APPROVE
        )
        return own, Q(for_unit_review=False) | Q(Exists(approved))


class UserFilingVersion(models.Model):
    """What was handed in, frozen with its policy: ``data`` as ``{"use": {…}, …}``. Append-only."""

    filing = models.ForeignKey(UserFiling, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    policy_label = models.CharField(max_length=160, blank=True)
    policy_ids = models.JSONField(default=list)
    for_unit_review = models.BooleanField(_("handed in to the school’s own review"), default=False)
    signed_name = models.CharField(_("signed by"), max_length=80, blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a user filing")
        verbose_name_plural = _("versions of user filings")
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="use_version_once")]

    def __str__(self) -> str:
        return f"{self.filing} v{self.number}"


class UseDecision(models.Model):
    """What the unit's second person or the authority decided on a version. Append-only."""

    Verb = DecisionVerb

    filing = models.ForeignKey(UserFiling, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    verb = models.CharField(max_length=24, choices=DecisionVerb.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(_("explanation"), blank=True)
    article = models.CharField(max_length=20, blank=True)
    notes = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField()
    within_target = models.BooleanField(_("within the service target"), default=True)

    class Meta:
        verbose_name = _("decision on a user filing")
        verbose_name_plural = _("decisions on user filings")
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=["return_for_correction", "unit_send_back"]) | ~Q(comment="") | Q(notes__gte=1),
                name="use_return_says_something",
            ),
            models.UniqueConstraint(
                fields=["filing", "version", "verb"], name="use_decision_once_per_version"
            ),
        ]
        indexes = [models.Index(fields=["unit", "-decided_at"], name="use_decision_of_unit")]


class UseNote(models.Model):
    """A note on one field, as sent with a return. Append-only. An empty key means the whole filing."""

    filing = models.ForeignKey(UserFiling, on_delete=models.PROTECT, related_name="return_notes")
    version = models.PositiveIntegerField(_("version that it is about"))
    field_key = models.CharField(max_length=80, blank=True)
    text = models.TextField(_("note"))
    article = models.CharField(max_length=20, blank=True)
    within_unit = models.BooleanField(_("from the school’s own review"), default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note on a user filing")
        verbose_name_plural = _("notes on user filings")
        indexes = [models.Index(fields=["filing", "version"], name="use_note_of_version")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="use_note_says_something")]


class UseMaterialQuerySet(models.QuerySet["UseMaterial"]):
    """Uploaded files by who may see them."""

    def visible_to(self, actor: Actor | None) -> UseMaterialQuerySet:
        """One's own unit's files; for authorities those frozen into a version that they may see, and the
        selection systems of their subtree."""
        from users.models.units import SelectionSystem

        sight = sight_of(actor)
        own = Q(unit_id=sight.own_unit) if sight.own_unit is not None else Q(pk__in=[])
        if not sight.reads:
            return self.filter(own)
        seen = UserFilingVersion.objects.visible_to(actor).filter(
            filing_id=OuterRef("filing_id"), number=OuterRef("version")
        )
        frozen = UseMaterialUse.objects.filter(Exists(seen)).values("material_id")
        systems = SelectionSystem.objects.visible_to(actor).values("material_id")
        return self.filter(own | Q(pk__in=frozen) | Q(pk__in=systems))


class UseMaterial(models.Model):
    """A file of an institution, checked by its content, stored outside the web root."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="use_materials")
    name = models.CharField(_("name"), max_length=160)
    file = models.FileField(upload_to="uses/%Y/%m/")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=20, default="not_scanned")
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = UseMaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material of an institution")
        verbose_name_plural = _("materials of institutions")
        constraints = [models.UniqueConstraint(fields=["unit", "sha256", "name"], name="use_material_once")]

    def __str__(self) -> str:
        return self.name


class UseMaterialUse(models.Model):
    """That a version contains a file: what makes the file visible to the authority."""

    filing = models.ForeignKey(UserFiling, on_delete=models.PROTECT, related_name="material_uses")
    version = models.PositiveIntegerField()
    material = models.ForeignKey(UseMaterial, on_delete=models.PROTECT, related_name="uses")
    field_key = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "version", "field_key", "material"], name="use_material_use_once"
            )
        ]
