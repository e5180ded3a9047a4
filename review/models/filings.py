"""The authority's own papers on a filing: assignment, verdicts on fields, checks, decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person, Unit
from providers.models import Filing


class Assignment(models.Model):
    """Who works on a case for one authority now; the province and the ministry each have their own."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "unit"], name="assignment_once_per_authority")]
        indexes = [models.Index(fields=["person"], name="assignment_person")]

    def __str__(self) -> str:
        return f"{self.filing} → {self.person}"


class Verdict(models.Model):
    """A reviewer's verdict on one field of one version: in order, or a note for the provider (a draft until sent)."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="verdicts")
    version = models.PositiveIntegerField()
    field_key = models.CharField(max_length=80)
    ok = models.BooleanField()
    note = models.TextField(_("note for the provider"), blank=True)
    article = models.CharField(max_length=20, blank=True)
    #: where to look: ``{"material": id of a file, "name": its name, "page": from 1}``
    place = models.JSONField(null=True, blank=True)
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "version", "field_key"], name="verdict_once"),
            models.CheckConstraint(condition=Q(ok=True) | ~Q(note=""), name="verdict_against_says_why"),
        ]


class CheckResult(models.TextChoices):
    PASS = "pass", _("Passed")
    WARN = "warn", _("Hint")
    FAIL = "fail", _("Failed")
    WAIT = "wait", _("Waiting")


class Check(models.Model):
    """Result of one automatic check on one version. A failed one can be overridden with a reason."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="checks")
    version = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    result = models.CharField(max_length=6, choices=CheckResult.choices)
    params = models.JSONField(default=dict)
    checked_at = models.DateTimeField()
    overridden_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    override_reason = models.TextField(blank=True)
    overridden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "version", "code"], name="check_once"),
            models.CheckConstraint(
                condition=Q(overridden_by=None) | ~Q(override_reason=""), name="override_says_why"
            ),
        ]


class ExternalCheck(models.Model):
    """A question to an outside source and its recorded answer (Measures Art. 13, data sharing)."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        ANSWERED = "answered", _("Answered")
        FAILED = "failed", _("No answer")

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="external_checks")
    version = models.PositiveIntegerField()
    connector = models.CharField(max_length=40)
    question = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    agrees = models.BooleanField(null=True, blank=True)
    answer = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "version", "connector"], name="external_check_once")
        ]


class ExchangeRow(models.Model):
    """A row of the uploaded table that stands for the national data exchange."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="exchange_row_once")]


class ChecklistAnswer(models.Model):
    """Answer to one item of the policy's review checklist, for one version."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="checklist_answers")
    version = models.PositiveIntegerField()
    key = models.CharField(max_length=40)
    ok = models.BooleanField()
    comment = models.TextField(blank=True)
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "version", "key"], name="checklist_answer_once")]


class Proposal(models.Model):
    """The first of two persons proposes approval; the second decides (policy: second person)."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="proposals")
    version = models.PositiveIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "version", "unit"], name="proposal_once")]


class Decision(models.Model):
    """What an authority decided. Append-only: a trigger refuses UPDATE and DELETE."""

    class Verb(models.TextChoices):
        RETURN = "return_for_correction", pgettext_lazy("decision", "Returned for correction")
        SEND_TO_MINISTRY = "send_to_ministry", pgettext_lazy("decision", "Agreed, sent to the ministry")
        APPROVE = "approve", pgettext_lazy("decision", "Approved")
        DECLINE = "decline", pgettext_lazy("decision", "Declined")

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    verb = models.CharField(max_length=24, choices=Verb.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(_("explanation"), blank=True)
    article = models.CharField(max_length=20, blank=True)
    notes = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField()
    on_time = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb="decline") | (~Q(comment="") & ~Q(article="")), name="decline_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(verb="return_for_correction") | ~Q(comment="") | Q(notes__gte=1),
                name="return_says_something",
            ),
        ]
        indexes = [models.Index(fields=["filing", "-id"], name="decision_of_filing")]


class SavedView(models.Model):
    """A named set of queue filters of one person: an address kept under a name, for one of the queues."""

    class Queue(models.TextChoices):
        FILINGS = "filings", _("Provider filings")
        USES = "uses", _("User filings")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=400)
    queue = models.CharField(max_length=10, choices=Queue.choices, default=Queue.FILINGS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "unit", "queue", "name"], name="saved_view_once")]
