"""Appraisals (评议): call, candidates, experts with declared interests, scores, public notice, objections.

Opinions, 9: reviews are fair, just and open; the list that comes of them is published and reported upwards.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Person, Unit
from accounts.scope import scope_of
from ledger.acts import Actor
from registry.models import Entry
from review.enums import AppraisalState, ObjectionState, Outcome, ReportKind
from users.models import ListEdition, RecommendedList

PUBLIC_STATES = (AppraisalState.CALLED, AppraisalState.SCORING, AppraisalState.NOTICED, AppraisalState.CONCLUDED)


class AppraisalQuerySet(models.QuerySet["Appraisal"]):
    """Appraisals by who may see them."""

    def visible_to(self, actor: Actor | None) -> AppraisalQuerySet:
        """In the workspace: an authority's own and those below it; the ministry's reviewers see all."""
        scope = scope_of(actor)
        if not scope.is_authority:
            return self.none()
        return self if scope.everything else self.filter(authority__path__startswith=scope.path)

    def public(self) -> AppraisalQuerySet:
        """What everybody may read: from the call to the result."""
        return self.filter(state__in=PUBLIC_STATES)


class Appraisal(models.Model):
    """One round of appraisal by an authority; its result is an edition of a recommended list.

    ``criteria``: ``[{"key", "label_zh", "label_en", "weight"}]`` with weights that add up to 100.
    ``notice_until`` is the last day of the public notice, counted in working days.
    """

    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appraisals")
    target = models.ForeignKey(RecommendedList, on_delete=models.PROTECT, related_name="appraisals")
    state = FSMField(_("state"), default=AppraisalState.DRAFT, choices=AppraisalState.choices, protected=True)
    title = models.CharField(_("title"), max_length=160)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    call = models.TextField(_("text of the call"))
    call_en = models.TextField(_("English text of the call"), blank=True)
    partners = models.CharField(_("together with"), max_length=200, blank=True)
    criteria = models.JSONField(_("criteria"), default=list)
    minimum = models.PositiveSmallIntegerField(_("recommended from this score"), default=60)
    experts_needed = models.PositiveSmallIntegerField(_("experts at least"), default=3)
    notice_days = models.PositiveSmallIntegerField(_("public notice, working days"), default=5)
    nominations_until = models.DateField(_("nominations until"))
    notice_until = models.DateField(_("public notice until"), null=True, blank=True)
    edition = models.ForeignKey(ListEdition, null=True, blank=True, on_delete=models.PROTECT, related_name="appraisals")
    cancel_reason = models.TextField(_("why it was cancelled"), blank=True)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        verbose_name = _("appraisal")
        verbose_name_plural = _("appraisals")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=AppraisalState.CANCELLED) | ~Q(cancel_reason=""), name="appraisal_cancel_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state=AppraisalState.NOTICED) | Q(notice_until__isnull=False),
                name="appraisal_notice_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=AppraisalState.CONCLUDED) | Q(edition__isnull=False),
                name="appraisal_concluded_has_edition",
            ),
            models.CheckConstraint(
                condition=Q(minimum__lte=100) & Q(experts_needed__gte=1), name="appraisal_bounds"
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(state__in=[AppraisalState.CALLED, AppraisalState.SCORING, AppraisalState.NOTICED]),
                name="appraisal_one_open_per_list",
            ),
        ]
        indexes = [models.Index(fields=["authority", "-id"], name="appraisal_of_authority")]

    def __str__(self) -> str:
        return self.title

    @transition(field=state, source=AppraisalState.DRAFT, target=AppraisalState.CALLED)
    def open_call(self) -> None:
        """The call is published."""

    @transition(field=state, source=AppraisalState.CALLED, target=AppraisalState.SCORING)
    def open_scoring(self) -> None:
        """Nominations are over."""

    @transition(field=state, source=AppraisalState.SCORING, target=AppraisalState.NOTICED)
    def give_notice(self) -> None:
        """The result stands for the public to object."""

    @transition(field=state, source=AppraisalState.NOTICED, target=AppraisalState.CONCLUDED)
    def conclude(self) -> None:
        """The list is published."""

    @transition(
        field=state,
        source=[AppraisalState.DRAFT, AppraisalState.CALLED, AppraisalState.SCORING, AppraisalState.NOTICED],
        target=AppraisalState.CANCELLED,
    )
    def cancel(self) -> None:
        """Ended without a result."""


class Candidate(models.Model):
    """A filed app that is appraised. ``score`` is the weighted mean of the experts, 0 to 100."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="candidates")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    nominated_by = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    grounds = models.TextField(_("why it is nominated"))
    nominated_at = models.DateTimeField()
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    outcome_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        constraints = [models.UniqueConstraint(fields=["appraisal", "entry"], name="candidate_once")]

    def __str__(self) -> str:
        return f"{self.entry} → {self.appraisal}"


class Expert(models.Model):
    """Who scores. Declares his interests first; on a candidate in which he has one he does not score."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="experts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(_("organisation"), max_length=120)
    interests = models.TextField(_("declared interests"), blank=True)
    declared_at = models.DateTimeField(_("declared"), null=True, blank=True)
    recused_from = models.ManyToManyField(Candidate, related_name="recused", blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_why = models.TextField(blank=True)

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        constraints = [models.UniqueConstraint(fields=["appraisal", "person"], name="expert_once")]

    def __str__(self) -> str:
        return f"{self.person} → {self.appraisal}"


class Score(models.Model):
    """Points of one expert for one candidate on one criterion, 0 to 100."""

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="scores")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="scores")
    criterion = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField(_("points"))
    comment = models.TextField(_("explanation"), blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expert", "candidate", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(points__lte=100), name="score_at_most_100"),
        ]


class Assessment(models.Model):
    """A third party's report on a candidate (Opinions, 9)."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="assessments")
    kind = models.CharField(_("about"), max_length=12, choices=ReportKind.choices)
    body = models.CharField(_("assessment body"), max_length=120)
    issued_on = models.DateField(_("issued on"))
    name = models.CharField(_("file name"), max_length=160)
    file = models.FileField(upload_to="assessments/%Y/%m/")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "sha256"], name="assessment_once")]


class ResultObjection(models.Model):
    """What somebody says against a result while it stands for public notice. His name is not published."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="objections")
    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.PROTECT, related_name="objections")
    state = FSMField(_("state"), default=ObjectionState.FILED, choices=ObjectionState.choices, protected=True)
    name = models.CharField(_("your name"), max_length=80)
    contact = models.CharField(_("how to reach you"), max_length=120)
    text = models.TextField(_("objection"))
    filed_at = models.DateTimeField()
    decision = models.TextField(_("decision"), blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ObjectionState.FILED) | ~Q(decision=""), name="result_objection_decided_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.appraisal}: {self.text[:40]}"

    @transition(field=state, source=ObjectionState.FILED, target=ObjectionState.UPHELD)
    def uphold(self) -> None:
        """It is right."""

    @transition(field=state, source=ObjectionState.FILED, target=ObjectionState.REJECTED)
    def reject(self) -> None:
        """It is not."""
