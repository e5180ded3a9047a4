"""Cases handed to partner departments, their measures, and requests to app stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import Province, Role
from accounts.models import Person, Unit
from blacklist.models import Listing
from registry.models import Entry
from supervision.enums import Department, ReferralState, ReferralSubject, TakedownState
from supervision.models.complaints import Complaint
from supervision.models.inspection import _of_authority
from supervision.models.rectification import RectificationOrder

if TYPE_CHECKING:
    from ledger.acts import Actor


class Partner(models.Model):
    """Which department a partner unit is; without a province it is the one of the whole country."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="partner")
    department = models.CharField(_("department"), max_length=16, choices=Department.choices)
    province_code = models.CharField(
        _("province"), max_length=2, choices=Province.choices, blank=True, default=""
    )

    class Meta:
        verbose_name = _("partner department")
        verbose_name_plural = _("partner departments")
        constraints = [
            models.UniqueConstraint(fields=["department", "province_code"], name="partner_once_per_province")
        ]

    def __str__(self) -> str:
        return str(self.unit)


class TrainingInstitution(models.Model):
    """A line of a province's list of licensed off-campus training institutions (Opinions 17).

    The list is kept by the body that governs off-campus training; ``source`` says where it stands.
    """

    province_code = models.CharField(_("province"), max_length=2, choices=Province.choices)
    name = models.CharField(_("name"), max_length=120)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True, default="")
    licence_number = models.CharField(_("number of the licence"), max_length=60)
    licence_until = models.DateField(_("licence valid until"), null=True, blank=True)
    licensed_by = models.CharField(_("licensed by"), max_length=120, blank=True, default="")
    source = models.URLField(_("address of the list"), max_length=300, blank=True, default="")
    listed_on = models.DateField(_("as listed on"))

    class Meta:
        verbose_name = _("licensed training institution")
        verbose_name_plural = _("licensed training institutions")
        ordering = ["province_code", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["province_code", "licence_number"], name="training_licence_once")
        ]
        indexes = [models.Index(fields=["uscc"], name="training_by_uscc")]

    def __str__(self) -> str:
        return f"{self.name} {self.licence_number}"


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, actor: Actor | None) -> models.QuerySet:
        """The authority that sent it, the ministry, and the partner that it was sent to."""
        if actor is not None and actor.role == Role.PARTNER and actor.unit_id is not None:
            return self.filter(partner_id=actor.unit_id)
        return _of_authority(self, actor)


class Referral(models.Model):
    """A case handed to the department that is competent for its subject (Opinions 14; Beijing notice 4).

    ``case_file`` is what the partner reads: frozen at sending, without anything of a complainant.
    ``partner`` None: the department has no account here, and the letter goes by post. A case about off-campus
    training names the licence, and the line of the list of licensed institutions where there is one.
    """

    case_no = models.CharField(_("number"), max_length=24, unique=True)
    state = FSMField(_("state"), default=ReferralState.SENT, choices=ReferralState.choices, protected=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    department = models.CharField(_("department"), max_length=16, choices=Department.choices)
    partner = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    subject = models.CharField(_("subject"), max_length=20, choices=ReferralSubject.choices)
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"))
    case_file = models.JSONField(_("case file"), default=dict)
    articles = models.JSONField(_("articles"), default=list)
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    complaint = models.ForeignKey(Complaint, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    order = models.ForeignKey(RectificationOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    licence_number = models.CharField(_("number of the licence"), max_length=60, blank=True, default="")
    institution = models.ForeignKey(
        TrainingInstitution, verbose_name=_("licensed training institution"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="referrals",
    )  # fmt: skip
    sent_at = models.DateTimeField(_("sent"))
    sent_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_day = models.DateField(_("last day"), null=True, blank=True)
    overdue_since = models.DateTimeField(_("overdue since"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-sent_at", "-id"]
        indexes = [
            models.Index(fields=["authority", "state", "due_at"], name="referral_of_authority"),
            models.Index(fields=["partner", "state", "due_at"], name="referral_of_partner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ReferralState.ANSWERED) | ~Q(answer=""), name="referral_answer_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.title}"

    @transition(field=state, source=ReferralState.SENT, target=ReferralState.ANSWERED)
    def reply(self) -> None:
        """sent → answered"""

    @transition(field=state, source=[ReferralState.SENT, ReferralState.ANSWERED], target=ReferralState.CLOSED)
    def close(self) -> None:
        """The authority closes it."""


class JointMeasureQuerySet(models.QuerySet["JointMeasure"]):
    def visible_to(self, actor: Actor | None) -> models.QuerySet:
        """The authority that records it, the ministry, and the department that took it."""
        if actor is not None and actor.role == Role.PARTNER and actor.unit_id is not None:
            return self.filter(partner_id=actor.unit_id)
        return _of_authority(self, actor)


class JointMeasure(models.Model):
    """A measure that a department took against a provider (Opinions 16). Append-only."""

    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, null=True, blank=True, on_delete=models.PROTECT, related_name="measures")
    referral = models.ForeignKey(Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="measures")
    department = models.CharField(_("department"), max_length=16, choices=Department.choices)
    partner = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    measure = models.TextField(_("measure"))
    decided_on = models.DateField(_("decided on"))
    until = models.DateField(_("until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = JointMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("joint measure")
        verbose_name_plural = _("joint measures")
        ordering = ["-decided_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(measure=""), name="measure_says_what")]

    def __str__(self) -> str:
        return f"{self.department} {self.unit_id} {self.decided_on}"


class TakedownQuerySet(models.QuerySet["Takedown"]):
    def visible_to(self, actor: Actor | None) -> models.QuerySet:
        """The authority that asked, and the ministry; the cyberspace office of the province reads along."""
        if actor is not None and actor.role == Role.PARTNER and actor.unit_id is not None:
            here = Partner.objects.filter(unit_id=actor.unit_id, department=Department.CYBERSPACE)
            return self.filter(
                Q(authority__province_code__in=here.exclude(province_code="").values("province_code"))
            )
        return _of_authority(self, actor)


class Takedown(models.Model):
    """A request to an app store to remove an app, and its answer (Opinions 7)."""

    case_no = models.CharField(_("number"), max_length=24, unique=True)
    state = FSMField(_("state"), default=TakedownState.REQUESTED, choices=TakedownState.choices, protected=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="takedowns")
    listing = models.ForeignKey(Listing, null=True, blank=True, on_delete=models.PROTECT, related_name="takedowns")
    store = models.CharField(_("store"), max_length=80)
    app_name = models.CharField(_("app name"), max_length=120)
    packages = models.JSONField(_("packages"), default=list)
    text = models.TextField(_("text"))
    requested_at = models.DateTimeField(_("requested"))
    requested_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_day = models.DateField(_("last day"), null=True, blank=True)
    overdue_since = models.DateTimeField(_("overdue since"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, default="")
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    #: duties of stores (``StoreDuty``) that it is to account for, and those of them that it has shown to keep
    duties = models.JSONField(_("duties of the store"), default=list)
    shown = models.JSONField(_("duties that it keeps"), default=list)

    objects = TakedownQuerySet.as_manager()

    class Meta:
        verbose_name = _("take-down request")
        verbose_name_plural = _("take-down requests")
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(store="") & ~Q(text=""), name="takedown_says_what"),
            models.CheckConstraint(
                condition=Q(state=TakedownState.REQUESTED) | ~Q(answer=""), name="takedown_answer_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.app_name}"

    @transition(field=state, source=TakedownState.REQUESTED, target=TakedownState.REMOVED)
    def remove(self) -> None:
        """The store has removed it."""

    @transition(field=state, source=TakedownState.REQUESTED, target=TakedownState.DECLINED)
    def decline(self) -> None:
        """The store has not."""
