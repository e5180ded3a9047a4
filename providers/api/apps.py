"""Calls of the provider on its apps and business systems, and on what differs between two versions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit
from providers import presentation, rules, schema
from providers.api.views import PAGE, ProviderView
from providers.enums import FilingKind
from providers.models import App, BusinessSystem
from providers.queries import policy_of
from rulebook.time import now as moment


class AppOut(serializers.Serializer):
    """An app of the unit. ``possible``: kinds of filing that can be begun for it now."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    system = serializers.IntegerField(source="system_id", allow_null=True)
    number = serializers.CharField(source="entry.number", default=None, allow_null=True)
    status = serializers.CharField(source="entry.state", default="")
    open_filing = serializers.IntegerField(allow_null=True)
    possible = serializers.ListField(child=serializers.ChoiceField(choices=FilingKind.choices))


class AppPage(serializers.Serializer):
    """Apps by their id; ``next_after`` is null on the last page."""

    results = AppOut(many=True)
    next_after = serializers.IntegerField(allow_null=True)


class BusinessSystemOut(serializers.Serializer):
    """A business system of the unit."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class VersionChange(serializers.Serializer):
    """One field that differs; files by name and hash."""

    field_key = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField(help_text="added, removed or changed")
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)


class VersionDiff(serializers.Serializer):
    """What differs between two versions of a filing."""

    old = serializers.IntegerField()
    new = serializers.IntegerField()
    changes = VersionChange(many=True)


class Apps(ProviderView):
    """The unit's apps, with their numbers and what can be begun for each."""

    @extend_schema(
        operation_id="provider_apps", responses=AppPage,
        parameters=[OpenApiParameter("after", OpenApiTypes.INT, description="Apps after this id")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        now, unit = moment(), Unit.objects.get(pk=self.actor.unit_id)
        rows = App.objects.visible_to(self.actor).select_related("entry").prefetch_related("filings").order_by("pk")
        after = request.query_params.get("after", "")
        if after.isdecimal() and len(after) < 18:
            rows = rows.filter(pk__gt=int(after))
        found = list(rows[: PAGE + 1])
        for app in found[:PAGE]:
            current: Any = next((filing for filing in app.filings.all() if filing.is_open), None)
            app.open_filing = current.pk if current else None
            app.possible = [] if current else rules.startable(self.actor, unit, app, now)
        following = found[PAGE - 1].pk if len(found) > PAGE else None
        return Response(AppPage({"results": found[:PAGE], "next_after": following}).data)


class Systems(ProviderView):
    """The unit's business systems."""

    @extend_schema(operation_id="provider_systems", responses=BusinessSystemOut(many=True))
    def get(self, request: Request) -> Response:
        rows = BusinessSystem.objects.visible_to(self.actor).order_by("pk")
        return Response(BusinessSystemOut(rows[:1000], many=True).data)


class Diff(ProviderView):
    """Any two versions side by side; the last two where none is named."""

    @extend_schema(
        operation_id="provider_diff", responses=VersionDiff,
        parameters=[OpenApiParameter(name, OpenApiTypes.INT, description="Number of a version") for name in
                    ("old", "new")],
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        filing = self.filing(pk)
        rows = list(filing.versions.order_by("number"))
        if not rows:
            raise NotFound
        old, new = presentation.two_versions(rows, request.query_params)
        found = schema.diff(old.data, new.data, str(filing.kind), policy_of(filing, moment()))
        said = [{"field_key": d.key, "label": str(d.label), "kind": d.kind, "old": d.old, "new": d.new} for d in found]
        return Response(VersionDiff({"old": old.number, "new": new.number, "changes": said}).data)
