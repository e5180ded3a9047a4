"""People, units, memberships, invitations, tokens.

Changes of these rows go through ``accounts.domain``; the models stay thin.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import (
    BatchStatus,
    Level,
    MembershipStatus,
    Province,
    Role,
    RowOutcome,
    TokenScope,
    UnitKind,
)
from accounts.querysets import (
    ApiTokenQuerySet,
    ImportBatchQuerySet,
    InvitationQuerySet,
    MembershipQuerySet,
    PersonManager,
    UnitQuerySet,
)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. What he may do hangs on his memberships."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demonstration account"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.email


def title_of(name: str, name_en: str) -> str:
    """A unit's name in the reader's language, where there is an English one."""
    return name_en if name_en and (get_language() or "zh").startswith("en") else name


class Unit(models.Model):
    """An authority, a school, an affiliated unit, or a provider.

    ``path`` holds the ids from the root to the unit itself, as ``/1/12/340/``: one prefix
    comparison answers "is it in my subtree?". Units outside the tree have only their own id.
    ``code`` is the key of an authority in the rulebook: ``moe``, ``11``, ``66``, ``110108``.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind.choices)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.NONE)
    code = models.CharField(_("key"), max_length=20, blank=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    school_code = models.CharField(_("school code"), max_length=10, blank=True)
    province_code = models.CharField(_("province"), max_length=2, choices=Province.choices, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("superior"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    path = models.CharField(_("path"), max_length=200, default="", editable=False)
    head_office = models.ForeignKey(
        "self",
        verbose_name=_("head office"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="branches",
    )
    functional_department = models.CharField(_("department in charge"), max_length=120, blank=True)
    responsible_persons = models.JSONField(_("responsible persons"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="unit_uscc_once"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="unit_code_once"),
            models.UniqueConstraint(
                fields=["school_code"], condition=~Q(school_code=""), name="unit_school_code_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind=UnitKind.AUTHORITY) | (~Q(code="") & ~Q(level=Level.NONE)),
                name="authority_has_key_and_level",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="unit_path", opclasses=["text_pattern_ops"]),
            models.Index(fields=["province_code", "kind"], name="unit_province_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The name in the reader's language, where there is an English one."""
        return title_of(self.name, self.name_en)

    @property
    def policy_codes(self) -> list[str]:
        """Keys of the authorities whose policies apply, from the ministry downwards."""
        if self.code == "moe":
            return ["moe"]
        codes = ["moe"]
        if self.province_code:
            codes.append(self.province_code)
        if self.code and self.code not in codes:
            codes.append(self.code)
        return codes


class Membership(models.Model):
    """A person's place in a unit, with one role."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    status = models.CharField(
        _("status"), max_length=12, choices=MembershipStatus.choices, default=MembershipStatus.ACTIVE
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit"], condition=~Q(status=MembershipStatus.ENDED), name="membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.unit} · {self.get_role_display()}"

    @property
    def active(self) -> bool:
        return self.status == MembershipStatus.ACTIVE


class Invitation(models.Model):
    """An account from above: whoever holds the secret link joins the unit with the role.

    The secret is derived from ``nonce`` and the portal's key and only its digest is stored, so a
    copy of the database alone opens no account, and the e-mail can still be sent again.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    nonce = models.CharField(max_length=32, editable=False)
    secret_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.email} → {self.unit}"


class ApiToken(models.Model):
    """A personal token: shown once, stored as a digest, bound to one membership, expiring."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(_("label"), max_length=80)
    scope = models.CharField(_("scope"), max_length=12, choices=TokenScope.choices)
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"


class ImportBatch(models.Model):
    """A table of units that an authority uploaded: previewed, confirmed, then worked off row by row.

    ``unit`` is the authority that set it up; nothing outside its subtree is made. The file itself is not kept,
    only its rows. ``beat_at`` is the last sign of life of the worker that runs it.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=160)
    digest = models.CharField(max_length=64)
    status = models.CharField(_("status"), max_length=10, choices=BatchStatus.choices, default=BatchStatus.PREVIEW)
    total = models.PositiveIntegerField(_("rows"), default=0)
    created_at = models.DateTimeField(_("uploaded"))
    started_at = models.DateTimeField(_("begun"), null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    stopped_why = models.CharField(max_length=300, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of units")
        verbose_name_plural = _("imports of units")
        indexes = [
            models.Index(fields=["unit", "-id"], name="import_of_unit"),
            models.Index(fields=["status"], name="import_open", condition=Q(status__in=["queued", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.created_at:%Y-%m-%d}"


class ImportRow(models.Model):
    """One row of the table as it was read, what is wrong with it, and what became of it.

    ``values`` are the texts by column (see ``accounts.domain.import_rows.columns``); ``problems`` is
    ``[{"key": column or "", "text": …}]`` in the language of whoever uploaded the table.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    values = models.JSONField(default=dict)
    parent = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(_("result"), max_length=8, choices=RowOutcome.choices)
    problems = models.JSONField(default=list)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class KeyedCall(models.Model):
    """A call that was carried out under an Idempotency-Key; kept for some days.

    ``key`` is the SHA-256 of the header, ``digest`` that of address and body: neither texts nor names are kept.
    ``result`` names the row that the call made or changed.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    result = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("call with a key")
        verbose_name_plural = _("calls with a key")
        constraints = [models.UniqueConstraint(fields=["person", "unit", "key"], name="call_key_once")]

    def __str__(self) -> str:
        return self.key[:12]
