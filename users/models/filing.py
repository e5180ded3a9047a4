"""One filing of use: a unit and an app, with its working copy and its state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from accounts.models import Person, Unit
from registry.models import Entry
from users.enums import LIVE_STATES, Cause, Nature, Responsibility, Source, UseState
from users.models.lists import ListEdition
from users.models.scope import sight_of

if TYPE_CHECKING:
    from ledger.acts import Actor

DRAFT, UNIT_REVIEW, SUBMITTED = UseState.DRAFT, UseState.UNIT_REVIEW, UseState.SUBMITTED
RETURNED, CONFIRMED, SUSPENDED = UseState.RETURNED, UseState.CONFIRMED, UseState.SUSPENDED
#: what a confirming authority has before it, or waits for
_IN_QUEUE = Q(state__in=["submitted", "returned"])
#: The order of its queue: uses without a last day stand behind all others, so that an index has one order.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
DUE_PLACE = Coalesce("due_at", models.Value(NEVER, output_field=models.DateTimeField()))


class UserFilingQuerySet(models.QuerySet["UserFiling"]):
    """User filings by who may see them, and by what holds."""

    def visible_to(self, actor: Actor | None) -> UserFilingQuerySet:
        """The one definition of who sees a user filing.

        A unit's institution roles see their unit's, and so does the lead of an authority for its own uses. Who
        leads a school group or another unit with units below it reads what was submitted there.
        Authorities see what was submitted in their subtree, and what they confirm, never another branch;
        the ministry sees all that was submitted. Nobody sees another unit's draft.
        """
        sight = sight_of(actor)
        seen = Q(unit_id=sight.own_unit) if sight.own_unit is not None else Q(pk__in=[])
        if sight.everything:
            seen |= Q(submitted_at__isnull=False)
        elif sight.reads:
            seen |= Q(submitted_at__isnull=False, unit__path__startswith=sight.reads)
        return self.filter(seen)

    def public(self) -> UserFilingQuerySet:
        """What the public may see: uses that were confirmed and go on; suspended ones carry their mark.

        Public pages show ``public``, the snapshot of the confirmed version, and never the other columns
        beside unit, entry, app name, number, state and ``confirmed_at``.
        """
        return self.filter(confirmed_version__gt=0).exclude(state=UseState.WITHDRAWN)

    def live(self) -> UserFilingQuerySet:
        """Everything but what has ended."""
        return self.filter(state__in=LIVE_STATES)

    def in_use(self) -> UserFilingQuerySet:
        """Confirmed once and not ended: what the unit uses."""
        return self.filter(confirmed_version__gt=0, state__in=LIVE_STATES)


class UserFiling(models.Model):
    """One user filing (机构使用者备案). Its state changes through ``ledger.acts.perform`` alone.

    ``data`` is the working copy ``{"use": {…}}``, for 自研自用 also ``"unit"``, ``"system"``, ``"app"``; versions
    freeze it. The typed columns repeat the newest version handed in, so that lists can be searched; ``public``
    repeats the confirmed one. ``due_at`` and ``due_day`` are the authority's service target, no legal period.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="uses", verbose_name=_("unit"))
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="uses", verbose_name=_("entry")
    )
    self_use = models.BooleanField(_("developed and used by the unit itself"), default=False)
    app_name = models.CharField(_("app name"), max_length=120)
    provider_name = models.CharField(_("provider name"), max_length=120, blank=True)
    number = models.CharField(_("number"), max_length=32, blank=True)
    source = models.CharField(_("source"), max_length=24, choices=Source.choices, blank=True)
    nature = models.CharField(_("nature of use"), max_length=16, choices=Nature.choices, blank=True)
    responsibility = models.CharField(
        _("responsibility"), max_length=16, choices=Responsibility.choices, blank=True
    )
    state = FSMField(_("state"), default=DRAFT, choices=UseState.choices, protected=True)
    case_no = models.CharField(_("case number"), max_length=32, blank=True)
    authority = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="uses_to_confirm", verbose_name=_("confirming authority")
    )
    data = models.JSONField(_("working copy"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=0)
    confirmed_version = models.PositiveIntegerField(_("confirmed version"), default=0)
    public = models.JSONField(_("public snapshot"), default=dict)

    decision_on = models.DateField(_("collective decision"), null=True, blank=True)
    stages = ArrayField(models.CharField(max_length=16), verbose_name=_("stages"), default=list, blank=True)
    functions = ArrayField(models.CharField(max_length=24), verbose_name=_("functions"), default=list, blank=True)
    users_count = models.PositiveIntegerField(_("users covered"), null=True, blank=True)

    judged_on = models.DateField(_("day of the policy"), null=True, blank=True)
    policy_label = models.CharField(_("policy"), max_length=160, blank=True)
    policy_ids = models.JSONField(default=list, blank=True)
    needs_unit_review = models.BooleanField(_("goes through school review"), default=False)
    authority_review_waived_by = models.ForeignKey(
        ListEdition, null=True, blank=True, on_delete=models.PROTECT, related_name="waived_uses",
        verbose_name=_("authority’s review waived by the list"),
    )  # fmt: skip

    submitted_at = models.DateTimeField(_("first submitted"), null=True, blank=True)
    last_submitted_at = models.DateTimeField(_("last submitted"), null=True, blank=True)
    handed_in_at = models.DateTimeField(_("last handed in"), null=True, blank=True)
    handed_in_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    due_at = models.DateTimeField(_("service target"), null=True, blank=True)
    due_day = models.DateField(_("last day of the service target"), null=True, blank=True)
    changed_on = models.DateField(_("date of the change"), null=True, blank=True)
    late = models.BooleanField(_("reported late"), default=False)

    suspended_from = models.CharField(max_length=16, blank=True, choices=UseState.choices)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    withdrawal_proposed_at = models.DateTimeField(_("withdrawal proposed"), null=True, blank=True)
    withdrawal_cause = models.CharField(_("cause"), max_length=16, blank=True, choices=Cause.choices)
    withdrawal_text = models.TextField(_("why the withdrawal is proposed"), blank=True)
    withdrawn_reason = models.TextField(_("reason of the withdrawal"), blank=True)
    notice_text = models.TextField(_("notice to those concerned"), blank=True)
    check_since = models.DateTimeField(_("to be checked since"), null=True, blank=True)
    check_fields = models.JSONField(_("what has changed of the app"), null=True, blank=True)
    last_sweep = models.BigIntegerField(default=0, editable=False)

    submit_key = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    objects = UserFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("user filing")
        verbose_name_plural = _("user filings")
        constraints = [
            models.UniqueConstraint(fields=["case_no"], condition=~Q(case_no=""), name="use_case_no_once"),
            models.UniqueConstraint(
                fields=["unit", "entry"],
                condition=~Q(state="withdrawn") & Q(entry__isnull=False),
                name="use_once_per_unit_and_entry",
            ),
            models.UniqueConstraint(
                fields=["unit", "app_name"],
                condition=~Q(state="withdrawn") & Q(self_use=True),
                name="self_use_once_per_unit_and_name",
            ),
            models.CheckConstraint(condition=Q(state__in=UseState.values), name="use_state_known"),
            models.CheckConstraint(
                condition=Q(self_use=True, entry__isnull=True) | Q(self_use=False, entry__isnull=False),
                name="use_has_entry_unless_self_use",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "returned", "confirmed"])
                | (Q(submitted_at__isnull=False) & ~Q(case_no="") & Q(version__gte=1)),
                name="use_submitted_has_case_no",
            ),
            models.CheckConstraint(
                condition=~Q(state="unit_review") | Q(version__gte=1, needs_unit_review=True),
                name="use_in_unit_review_has_version",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False, confirmed_version__gte=1),
                name="use_confirmed_has_version",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_version__lte=F("version")), name="use_confirmed_version_exists"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(returned_at__isnull=False), name="use_returned_has_time"
            ),
            models.CheckConstraint(
                condition=Q(version=0) | ~Q(nature="required") | Q(decision_on__isnull=False),
                name="use_required_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(version=0) | (~Q(nature="") & ~Q(source="")), name="use_handed_in_says_how"
            ),
            models.CheckConstraint(
                condition=~Q(state="suspended") | (~Q(suspended_from="") & ~Q(withdrawal_cause="")),
                name="use_suspended_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | (Q(closed_at__isnull=False) & (Q(version=0) | ~Q(withdrawn_reason=""))),
                name="use_withdrawn_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(confirmed_version=0) | ~Q(notice_text=""),
                name="use_withdrawn_told_those_concerned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "due_at", "id"], name="use_queue_due", condition=Q(state="submitted")
            ),
            models.Index(fields=["authority", "state", "-last_submitted_at", "id"], name="use_queue_state"),
            # the confirming authority's queue: from any row on, and its last page like its first
            models.Index(F("authority"), DUE_PLACE, F("id"), condition=_IN_QUEUE, name="use_open_due"),
            models.Index(
                fields=["authority", "last_submitted_at", "id"], condition=_IN_QUEUE, name="use_open_submitted"
            ),
            models.Index(fields=["unit", "-id"], name="use_of_unit"),
            models.Index(fields=["unit", "state"], name="use_of_unit_state"),
            models.Index(fields=["entry", "id"], name="use_of_entry", condition=~Q(state="withdrawn")),
            models.Index(fields=["entry", "state"], name="use_of_entry_state"),
            models.Index(fields=["unit"], name="use_to_check", condition=Q(check_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case_no or '–'} {self.app_name}"

    @property
    def is_change(self) -> bool:
        """Whether what is being prepared or looked at changes a confirmed use (Measures Art. 20)."""
        return self.confirmed_version > 0

    # Transitions carry no rule and no effect: ledger.acts.perform is the only caller.

    @transition(field=state, source=[DRAFT, RETURNED], target=SUBMITTED)
    def submit(self) -> None:
        """draft, returned → submitted"""

    @transition(field=state, source=[DRAFT, RETURNED], target=UNIT_REVIEW)
    def submit_to_unit(self) -> None:
        """draft, returned → unit_review"""

    @transition(field=state, source=CONFIRMED, target=SUBMITTED)
    def report_change(self) -> None:
        """confirmed → submitted"""

    @transition(field=state, source=CONFIRMED, target=UNIT_REVIEW)
    def report_change_to_unit(self) -> None:
        """confirmed → unit_review"""

    @transition(field=state, source=UNIT_REVIEW, target=SUBMITTED)
    def unit_approve(self) -> None:
        """unit_review → submitted"""

    @transition(field=state, source=UNIT_REVIEW, target=CONFIRMED)
    def confirm_by_list(self) -> None:
        """unit_review → confirmed, where the list waives the authority's review"""

    @transition(field=state, source=UNIT_REVIEW, target=DRAFT)
    def unit_send_back(self) -> None:
        """unit_review → draft"""

    @transition(field=state, source=SUBMITTED, target=CONFIRMED)
    def confirm(self) -> None:
        """submitted → confirmed"""

    @transition(field=state, source=SUBMITTED, target=RETURNED)
    def return_for_correction(self) -> None:
        """submitted → returned"""

    @transition(field=state, source=[DRAFT, UNIT_REVIEW, SUBMITTED, RETURNED, CONFIRMED], target=SUSPENDED)
    def suspend(self) -> None:
        """unit_review, submitted, returned, confirmed, a draft of a change → suspended"""

    @transition(
        field=state,
        source=SUSPENDED,
        target=RETURN_VALUE(DRAFT, UNIT_REVIEW, SUBMITTED, RETURNED, CONFIRMED),
    )
    def resume(self) -> str:
        """suspended → where it stood before, which is then forgotten"""
        back, self.suspended_from = self.suspended_from, ""
        return back

    @transition(
        field=state,
        source=[DRAFT, UNIT_REVIEW, SUBMITTED, RETURNED, CONFIRMED, SUSPENDED],
        target=UseState.WITHDRAWN,
    )
    def withdraw(self) -> None:
        """every state but the end → withdrawn"""
