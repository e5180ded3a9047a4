"""The append-only record of acts, its chains, and the signed checkpoints over them.

Rows are written by the SQL function ``ledger_append`` alone (see the migrations); a trigger
refuses UPDATE, DELETE and TRUNCATE.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who may read a record in a timeline. Each wider audience is contained in the narrower one."""

    PUBLIC = "public", _("Everybody")
    PARTIES = "parties", _("The parties")
    AUTHORITY = "authority", _("Authorities only")


class ActorKind(models.TextChoices):
    """How the one who acted came in."""

    PERSON = "person", _("Person")
    TOKEN = "token", _("Person, by token")
    SYSTEM = "system", _("System")


class Record(models.Model):
    """One act. ``body`` is the canonical text that is hashed; the other columns repeat it for queries.

    ``hash`` = SHA-256 of ``previous|subject_type|subject_id|seq|body`` in UTF-8, as 64 hex digits.
    """

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_id = models.BigIntegerField(null=True)
    actor_role = models.CharField(max_length=24, blank=True)
    actor_unit_id = models.BigIntegerField(null=True)
    basis = models.JSONField(default=list)
    payload = models.JSONField(default=dict)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PARTIES)
    body = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("ledger record")
        verbose_name_plural = _("ledger records")
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_id", "seq"], name="ledger_seq_once")]
        indexes = [
            models.Index(fields=["verb", "-id"], name="ledger_verb"),
            models.Index(fields=["actor_id", "-id"], name="ledger_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} #{self.seq} {self.verb}"


class Chain(models.Model):
    """Head of the chain of one subject: its length and last hash."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_id"], name="ledger_chain_once")]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} ({self.length})"


class Checkpoint(models.Model):
    """Ties all chains together: the digest of every record up to ``last_record_id``, signed (Ed25519)."""

    at = models.DateTimeField()
    last_record_id = models.BigIntegerField()
    records = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    public_key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self) -> str:
        return f"… {self.last_record_id}"
