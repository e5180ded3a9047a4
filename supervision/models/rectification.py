"""Orders to rectify, with their deadline and file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, PROVIDER_ROLES, Role
from accounts.models import Person, Unit
from blacklist.models import Listing
from providers.models import Material
from registry.models import Entry
from supervision.enums import OPEN_ORDERS, PROPOSED_ORDERS, OrderState, StepKind
from supervision.models.complaints import Complaint

if TYPE_CHECKING:
    from ledger.acts import Actor


class RectificationOrderQuerySet(models.QuerySet["RectificationOrder"]):
    """Orders by who may see them."""

    def visible_to(self, actor: Actor | None) -> RectificationOrderQuerySet:
        """The provider its own; the authority that issued it; the ministry all."""
        if actor is None:
            return self.none()
        if actor.is_system:
            return self.all()
        if actor.unit_id is None:
            return self.none()
        if actor.role in PROVIDER_ROLES:
            return self.filter(unit_id=actor.unit_id)
        if actor.role == Role.MINISTRY_REVIEWER:
            return self.all()
        if actor.role in AUTHORITY_ROLES:
            return self.filter(authority_id=actor.unit_id)
        return self.none()

    def open(self) -> RectificationOrderQuerySet:
        return self.filter(state__in=OPEN_ORDERS)

    def proposed(self) -> RectificationOrderQuerySet:
        """Missed or refused: somebody has to decide whether to list."""
        return self.filter(state__in=PROPOSED_ORDERS)


class RectificationOrder(models.Model):
    """An order to mend findings by a day (Measures Art. 24; Beijing notice 5).

    ``findings`` is ``[{"text": "…", "article": "me-14"}]``. ``entry`` None: it is about the provider as a
    whole. ``days`` are the working days first set; ``due_at`` (exclusive) and ``due_day`` repeat the clock.
    """

    case_no = models.CharField(_("order number"), max_length=24, unique=True)
    state = FSMField(_("state"), default=OrderState.ISSUED, choices=OrderState.choices, protected=True)
    unit = models.ForeignKey(
        Unit, verbose_name=_("provider"), on_delete=models.PROTECT, related_name="rectification_orders"
    )
    entry = models.ForeignKey(
        Entry, verbose_name=_("entry"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="rectification_orders",
    )  # fmt: skip
    authority = models.ForeignKey(Unit, verbose_name=_("authority"), on_delete=models.PROTECT, related_name="+")
    complaint = models.ForeignKey(
        Complaint, null=True, blank=True, on_delete=models.SET_NULL, related_name="rectification_orders"
    )
    findings = models.JSONField(_("findings"), default=list)
    articles = models.JSONField(_("articles"), default=list)
    public_text = models.TextField(_("public text"))
    days = models.PositiveSmallIntegerField(_("working days"))
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_day = models.DateField(_("last day"), null=True, blank=True)
    extended_days = models.PositiveSmallIntegerField(_("extended by working days"), null=True, blank=True)
    extension_reason = models.TextField(_("reason of the extension"), blank=True, default="")
    overdue_at = models.DateTimeField(_("overdue since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    listing = models.ForeignKey(Listing, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")

    objects = RectificationOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("rectification order")
        verbose_name_plural = _("rectification orders")
        indexes = [
            models.Index(fields=["authority", "state", "due_at", "id"], name="order_queue"),
            models.Index(fields=["unit", "-issued_at", "-id"], name="order_of_unit"),
            models.Index(fields=["state", "due_at", "id"], name="order_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state__in=[*OPEN_ORDERS]), name="order_open_once_per_entry"
            ),
            models.CheckConstraint(condition=~Q(findings=[]), name="order_has_findings"),
            models.CheckConstraint(
                condition=~Q(state=OrderState.LISTED) | Q(listing__isnull=False), name="order_listed_has_listing"
            ),
            models.CheckConstraint(
                condition=Q(extended_days__isnull=True) | ~Q(extension_reason=""), name="order_extension_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.OVERDUE) | Q(overdue_at__isnull=False), name="order_overdue_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.unit}"

    @property
    def extended(self) -> bool:
        return self.extended_days is not None

    @transition(field=state, source=OrderState.ISSUED, target=OrderState.EVIDENCE_SUBMITTED)
    def submit_evidence(self) -> None:
        """issued → evidence_submitted"""

    @transition(field=state, source=OrderState.EVIDENCE_SUBMITTED, target=OrderState.ISSUED)
    def send_back(self) -> None:
        """evidence_submitted → issued"""

    @transition(
        field=state,
        source=[OrderState.ISSUED, OrderState.EVIDENCE_SUBMITTED, OrderState.OVERDUE, OrderState.REFUSED],
        target=OrderState.CLEARED,
    )
    def clear(self) -> None:
        """Mended."""

    @transition(field=state, source=OrderState.ISSUED, target=OrderState.OVERDUE)
    def run_out(self) -> None:
        """issued → overdue, by the clock"""

    @transition(field=state, source=[OrderState.ISSUED, OrderState.EVIDENCE_SUBMITTED], target=OrderState.REFUSED)
    def refuse(self) -> None:
        """issued, evidence_submitted → refused"""

    @transition(field=state, source=[OrderState.OVERDUE, OrderState.REFUSED], target=OrderState.LISTED)
    def list_provider(self) -> None:
        """overdue, refused → listed"""


class OrderStep(models.Model):
    """A line in the file of an order: evidence with its files, or what the authority said to it. Append-only."""

    order = models.ForeignKey(RectificationOrder, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("kind"), max_length=12, choices=StepKind.choices)
    text = models.TextField(_("text"), blank=True, default="")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("step of an order")
        verbose_name_plural = _("steps of orders")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class OrderFile(models.Model):
    """A file of the provider that belongs to a step. Append-only."""

    step = models.ForeignKey(OrderStep, on_delete=models.PROTECT, related_name="files")
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("file of an order")
        verbose_name_plural = _("files of orders")
        constraints = [models.UniqueConstraint(fields=["step", "material"], name="order_file_once")]

    def __str__(self) -> str:
        return f"{self.step_id} {self.material_id}"
