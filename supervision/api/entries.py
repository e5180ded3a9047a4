"""Decisions on one entry: offline, resumed, revoked, each with its public wording (Measures Art. 15, 24)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.enums import EntryState
from registry.models import Entry
from supervision import domain
from supervision.api import governance_inputs as reads
from supervision.api import inputs
from supervision.api.base import AuthorityCall, Call, act_urls, text, verb
from supervision.api.shapes import Out, code_of, word_of
from supervision.models import IndustryRating


class RatingOut(Out):
    kind = serializers.CharField()

    class Meta:
        model = IndustryRating
        fields = ["kind", "body", "result", "rated_on", "source", "recorded_at"]


class EntryOut(Out):
    """An entry as it stands, with what bodies of the industry have published of it."""

    state = word_of(EntryState.values)
    authority = code_of()
    provider = serializers.CharField(source="provider_name")
    ratings = serializers.SerializerMethodField()

    class Meta:
        model = Entry
        fields = [
            "id", "number", "state", "authority", "app_name", "provider", "uscc", "status_since", "status_public_text",
            "rectify_until", "version", "ratings",
        ]  # fmt: skip

    def get_ratings(self, row: Entry) -> list[dict[str, Any]]:
        seen = IndustryRating.objects.visible_to(self.context["actor"]).filter(entry=row)[:50]
        return list(RatingOut(seen, many=True).data)


class OneEntry(AuthorityCall):
    """An entry that the authority filed; its public page is under ``/api/v1/registry/``."""

    shown = EntryOut

    def rows(self) -> QuerySet[Any]:
        return Entry.objects.kept_by(self.actor).select_related("authority", "unit")

    @extend_schema(operation_id="authority_entry", responses=EntryOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Entries(OneEntry):
    """The entry of a number, so that one knows its id and state before deciding."""

    @extend_schema(operation_id="authority_entry_by_number", parameters=[text("number", "filing number")],
                   responses=EntryOut)  # fmt: skip
    def get(self, request: Request) -> Response:  # type: ignore[override]
        found = inputs.entry_of(request.query_params.get("number", "")[:40])
        return self.detail(found.pk)


ENTRY_ACTS = act_urls(
    OneEntry, "entries", "authority_entry",
    (
        Call("offline", reads.EntryActIn, verb("entry", domain.take_entry_offline),
             "Takes the app offline for the time being."),
        Call("resume", reads.ResumeIn, verb("entry", domain.resume_entry), "Brings it back."),
        Call("revoke", reads.EntryActIn, verb("entry", domain.revoke_entry), "Revokes the filing, for good."),
        Call("rating", reads.RatingIn, verb("entry", domain.record_rating),
             "Records what a body of the industry has published of the app; nothing follows from it."),
    ),
)  # fmt: skip
