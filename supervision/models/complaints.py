"""Complaints and suggestions, who made them (kept apart), and what was sent to the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES, PROVIDER_ROLES, Level, Province, Role
from accounts.models import Person, Unit
from accounts.scope import scope_of
from registry.models import Entry
from supervision.enums import (
    OPEN_COMPLAINTS,
    ComplaintKind,
    ComplaintState,
    ForwardingState,
    MessageKind,
    Outcome,
)

if TYPE_CHECKING:
    from ledger.acts import Actor


class ComplaintCategory(models.Model):
    """What can be complained of; editable. With ``elsewhere_…`` set it is answered with "not here, go there"."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ComplaintKind.choices, default=ComplaintKind.COMPLAINT)
    label_zh = models.CharField(_("label in Chinese"), max_length=80)
    label_en = models.CharField(_("label in English"), max_length=120)
    hint_zh = models.CharField(_("hint in Chinese"), max_length=300, blank=True, default="")
    hint_en = models.CharField(_("hint in English"), max_length=300, blank=True, default="")
    elsewhere_zh = models.TextField(_("where to go instead, in Chinese"), blank=True, default="")
    elsewhere_en = models.TextField(_("where to go instead, in English"), blank=True, default="")
    article = models.CharField(_("article"), max_length=20, blank=True, default="")
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("complaint category")
        verbose_name_plural = _("complaint categories")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """In the reader's language."""
        return self.label_en if (get_language() or "zh").startswith("en") else self.label_zh

    @property
    def hint(self) -> str:
        return self.hint_en if (get_language() or "zh").startswith("en") else self.hint_zh

    @property
    def elsewhere(self) -> str:
        """Where such a matter belongs; "" where it belongs here."""
        return self.elsewhere_en if (get_language() or "zh").startswith("en") else self.elsewhere_zh


class ComplaintGuide(models.Model):
    """The notice on what is accepted (投诉须知), shown before the form. The newest in force counts; never edited."""

    text_zh = models.TextField(_("text in Chinese"))
    text_en = models.TextField(_("text in English"))
    effective_from = models.DateField(_("in force from"))

    class Meta:
        verbose_name = _("notice on complaints")
        verbose_name_plural = _("notices on complaints")
        ordering = ["-effective_from", "-id"]

    def __str__(self) -> str:
        return str(self.effective_from)

    @property
    def text(self) -> str:
        return self.text_en if (get_language() or "zh").startswith("en") else self.text_zh


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Complaints by who may see them."""

    def visible_to(self, actor: Actor | None) -> ComplaintQuerySet:
        """The authority of the app's province; the ministry reads all (without the identity). Nobody else.

        A provider never sees a complaint: it sees what was forwarded, see :class:`Forwarding`.
        """
        if actor is None:
            return self.none()
        if actor.is_system:
            return self.all()
        if actor.role not in AUTHORITY_ROLES or actor.unit_id is None:
            return self.none()
        scope = scope_of(actor)
        if scope.level == Level.MINISTRY:
            return self.all()
        return self.filter(authority_id=actor.unit_id)

    def open(self) -> ComplaintQuerySet:
        return self.filter(state__in=OPEN_COMPLAINTS)


class Complaint(models.Model):
    """A complaint, a suggestion, or a report of an unfiled app.

    ``text`` is what the complainant wrote, and may name people: only ``visible_to`` reads it. The
    complainant follows the case with ``query_code``, of which a digest is stored. ``due_at`` and
    ``due_day`` repeat those of the running service target.
    """

    case_no = models.CharField(_("case number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ComplaintKind.choices)
    category = models.ForeignKey(
        ComplaintCategory, verbose_name=_("category"), on_delete=models.PROTECT, related_name="complaints"
    )
    state = FSMField(_("state"), default=ComplaintState.RECEIVED, choices=ComplaintState.choices, protected=True)
    authority = models.ForeignKey(
        Unit, verbose_name=_("authority"), on_delete=models.PROTECT, related_name="complaints"
    )
    province_code = models.CharField(
        _("province"), max_length=2, choices=[("00", _("Ministry")), *Province.choices], blank=True, default=""
    )
    entry = models.ForeignKey(
        Entry, verbose_name=_("entry"), null=True, blank=True, on_delete=models.PROTECT, related_name="complaints"
    )
    app_name = models.CharField(_("app name"), max_length=120)
    provider_name = models.CharField(_("provider"), max_length=120, blank=True, default="")
    where_found = models.CharField(_("where it was found"), max_length=300, blank=True, default="")
    text = models.TextField(_("what happened"))
    happened_on = models.DateField(_("when it happened"), null=True, blank=True)
    asked_operator = models.BooleanField(_("complained to the operator first"), null=True, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    query_code_digest = models.CharField(max_length=64, unique=True, editable=False)
    anonymous = models.BooleanField(_("no name given"), default=True)
    received_at = models.DateTimeField(_("received"))
    handler = models.ForeignKey(
        Person, verbose_name=_("handled by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    waiting_for_answer = models.BooleanField(_("waiting for the complainant"), default=False)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_day = models.DateField(_("last day"), null=True, blank=True)
    overdue_since = models.DateTimeField(_("overdue since"), null=True, blank=True)
    decision_reason = models.TextField(_("reason"), blank=True, default="")
    elsewhere = models.TextField(_("where to go instead"), blank=True, default="")
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True, default="")
    reply = models.TextField(_("reply"), blank=True, default="")
    public_title = models.CharField(_("title of the published reply"), max_length=160, blank=True, default="")
    public_reply = models.TextField(_("published reply"), blank=True, default="")
    published_at = models.DateTimeField(_("reply published"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("merged into"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="duplicates",
    )  # fmt: skip

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [
            models.Index(fields=["authority", "state", "due_at", "id"], name="complaint_queue"),
            models.Index(fields=["authority", "-received_at", "-id"], name="complaint_recent"),
            models.Index(fields=["state", "-received_at", "-id"], name="complaint_by_state"),
            models.Index(fields=["entry", "-received_at"], name="complaint_of_entry"),
            models.Index(
                fields=["-published_at", "-id"], condition=Q(published_at__isnull=False), name="complaint_published"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="complaint_says_something"),
            models.CheckConstraint(
                condition=~Q(state=ComplaintState.NOT_ACCEPTED) | (~Q(decision_reason="") & ~Q(elsewhere="")),
                name="complaint_not_accepted_says_where",
            ),
            models.CheckConstraint(
                condition=~Q(state=ComplaintState.RESOLVED) | ~Q(reply=""), name="complaint_resolved_has_reply"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | ~Q(public_reply=""), name="complaint_published_has_text"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")), name="complaint_not_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.app_name}"

    @transition(field=state, source=ComplaintState.RECEIVED, target=ComplaintState.ACCEPTED)
    def accept(self) -> None:
        """received → accepted"""

    @transition(field=state, source=ComplaintState.RECEIVED, target=ComplaintState.NOT_ACCEPTED)
    def do_not_accept(self) -> None:
        """received → not_accepted"""

    @transition(field=state, source=ComplaintState.ACCEPTED, target=ComplaintState.INVESTIGATING)
    def investigate(self) -> None:
        """accepted → investigating"""

    @transition(
        field=state, source=[ComplaintState.ACCEPTED, ComplaintState.INVESTIGATING], target=ComplaintState.RESOLVED
    )
    def resolve(self) -> None:
        """accepted, investigating → resolved"""

    @transition(
        field=state,
        source=[ComplaintState.RECEIVED, ComplaintState.ACCEPTED, ComplaintState.INVESTIGATING],
        target=ComplaintState.RESOLVED,
    )
    def merge(self) -> None:
        """Answered together with another complaint about the same."""


class ComplainantIdentityQuerySet(models.QuerySet["ComplainantIdentity"]):
    def visible_to(self, actor: Actor | None) -> ComplainantIdentityQuerySet:
        """Who handles the case, and the head of review of its authority; not the ministry, nobody else.

        Reading goes through ``supervision.domain.complaints.look_at_identity``, which records the look.
        """
        if actor is None or actor.unit_id is None or actor.is_system:
            return self.none()
        if actor.role not in AUTHORITY_ROLES:
            return self.none()
        mine = Q(complaint__authority_id=actor.unit_id)
        if actor.role in LEAD_ROLES:
            return self.filter(mine)
        return self.filter(mine, complaint__handler_id=actor.person_id)


class ComplainantIdentity(models.Model):
    """Who complained, where a name or a way to reach was given. Kept apart from the complaint."""

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="identity")
    name = models.CharField(_("name"), max_length=80, blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    created_at = models.DateTimeField()

    objects = ComplainantIdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("complainant")
        verbose_name_plural = _("complainants")

    def __str__(self) -> str:
        return f"#{self.complaint_id}"


class ComplaintAttachmentQuerySet(models.QuerySet["ComplaintAttachment"]):
    def visible_to(self, actor: Actor | None) -> ComplaintAttachmentQuerySet:
        """Like the identity: a screenshot may show who made it."""
        if actor is None or actor.unit_id is None or actor.role not in AUTHORITY_ROLES:
            return self.none()
        mine = Q(complaint__authority_id=actor.unit_id)
        if actor.role in LEAD_ROLES:
            return self.filter(mine)
        return self.filter(mine & (Q(complaint__handler_id=actor.person_id) | Q(complaint__handler__isnull=True)))


class ComplaintAttachment(models.Model):
    """A screenshot, checked by its content; its own name is not kept."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("name"), max_length=160)
    file = models.FileField(upload_to="complaints/%Y/%m/")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=20, default="not_scanned")
    uploaded_at = models.DateTimeField()

    objects = ComplaintAttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("screenshot")
        verbose_name_plural = _("screenshots")

    def __str__(self) -> str:
        return self.name


class ComplaintMessage(models.Model):
    """A line of the correspondence. Append-only. Notes are for the authority; the rest for the complainant too."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind.choices)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"))
    author = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="complaint_message_says_something")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"


class ForwardingQuerySet(models.QuerySet["Forwarding"]):
    """What was sent to providers, by who may see it."""

    def visible_to(self, actor: Actor | None) -> ForwardingQuerySet:
        """The provider its own; the authority that sent it; the ministry."""
        if actor is None:
            return self.none()
        if actor.is_system:
            return self.all()
        if actor.unit_id is None:
            return self.none()
        if actor.role in PROVIDER_ROLES:
            return self.filter(unit_id=actor.unit_id).exclude(state=ForwardingState.RECALLED)
        if actor.role == Role.MINISTRY_REVIEWER:
            return self.all()
        if actor.role in AUTHORITY_ROLES:
            return self.filter(authority_id=actor.unit_id)
        return self.none()


class Forwarding(models.Model):
    """What the authority told the provider about a complaint, in its own words, and the provider's reply.

    The provider reads this row and nothing of the complaint: neither its number, nor its text, nor files.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="forwardings")
    ref_no = models.CharField(_("reference"), max_length=24, unique=True)
    state = FSMField(_("state"), default=ForwardingState.SENT, choices=ForwardingState.choices, protected=True)
    unit = models.ForeignKey(Unit, verbose_name=_("provider"), on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Unit, verbose_name=_("authority"), on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    app_name = models.CharField(_("app name"), max_length=120)
    text = models.TextField(_("text for the provider"))
    sent_at = models.DateTimeField(_("sent"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_day = models.DateField(_("last day"), null=True, blank=True)
    reply = models.TextField(_("reply of the provider"), blank=True, default="")
    replied_at = models.DateTimeField(_("replied"), null=True, blank=True)
    replied_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = ForwardingQuerySet.as_manager()

    class Meta:
        verbose_name = _("forwarded complaint")
        verbose_name_plural = _("forwarded complaints")
        indexes = [models.Index(fields=["unit", "state", "-sent_at"], name="forwarding_of_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "unit"], condition=Q(state=ForwardingState.SENT), name="forwarding_open_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="forwarding_says_something"),
            models.CheckConstraint(
                condition=~Q(state=ForwardingState.REPLIED) | ~Q(reply=""), name="forwarding_reply_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref_no} {self.app_name}"

    @transition(
        field=state, source=[ForwardingState.SENT, ForwardingState.OVERDUE], target=ForwardingState.REPLIED
    )
    def answer(self) -> None:
        """The provider replies; late is better than never."""

    @transition(field=state, source=ForwardingState.SENT, target=ForwardingState.OVERDUE)
    def run_out(self) -> None:
        """No reply in time."""

    @transition(
        field=state, source=[ForwardingState.SENT, ForwardingState.OVERDUE], target=ForwardingState.RECALLED
    )
    def recall(self) -> None:
        """Sent by mistake."""
