"""Calls of the provider: list, start, save parts, upload, submit, withdraw, versions, receipt.

The same verbs as the pages. ``Idempotency-Key`` makes a submission safe to repeat.
"""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsProvider
from accounts.models import Unit
from ledger.models import Record
from providers import domain, materials, schema
from providers.api.base import KEY, ActorView
from providers.api.serializers import (
    FilingDetailOut,
    FilingOut,
    MaterialIn,
    MaterialOut,
    PartIn,
    ReceiptOut,
    StartIn,
    SubmitIn,
    VersionOut,
)
from providers.domain.drafts import PARTS
from providers.enums import EDITABLE_STATES, FilingKind
from providers.models import App, BusinessSystem, Filing, Material
from providers.queries import document, policy_day, policy_of, working_copy
from rulebook.time import now as moment

PAGE = 100
AFTER = OpenApiParameter("after", OpenApiTypes.INT, description="Filings older than this id")


class ProviderView(ActorView):
    """For provider roles; tokens of the scope ``provider``, or ``read`` for reading."""

    permission_classes = [IsProvider]

    def filing(self, pk: int) -> Filing:
        cases = Filing.objects.visible_to(self.actor).select_related("authority", "entry", "app", "unit")
        return get_object_or_404(cases, pk=pk)

    def detail(self, filing: Filing, status: int = 200) -> Response:
        """The filing with the document that its provider works on."""
        editable = filing.state in EDITABLE_STATES
        shown = working_copy(filing) if editable else document(filing)
        filing = self.filing(filing.pk)
        return Response(FilingDetailOut(filing, context={"document": shown}).data, status=status)


class Filings(ProviderView):
    """The unit's filings."""

    @extend_schema(operation_id="provider_filings", parameters=[AFTER], responses=FilingOut(many=True))
    def get(self, request: Request) -> Response:
        rows = Filing.objects.visible_to(self.actor).select_related("authority", "entry").order_by("-pk")
        after = request.query_params.get("after", "")
        if after.isdecimal() and len(after) < 18:
            rows = rows.filter(pk__lt=int(after))
        found = list(rows[: PAGE + 1])
        body: dict[str, Any] = {"results": FilingOut(found[:PAGE], many=True).data}
        body["next_after"] = found[PAGE - 1].pk if len(found) > PAGE else None
        return Response(body)

    @extend_schema(operation_id="provider_start", request=StartIn, responses={201: FilingDetailOut})
    def post(self, request: Request) -> Response:
        """Begins a filing; for an app with an open one, gives that."""
        values, actor = self.read(StartIn, request), self.actor
        app = system = None
        if values.get("app") is not None:
            app = get_object_or_404(App.objects.visible_to(actor).select_related("entry"), pk=values["app"])
        if values.get("system") is not None:
            system = get_object_or_404(BusinessSystem.objects.visible_to(actor), pk=values["system"])
        if app is None and values["kind"] == FilingKind.INITIAL and not values["app_name"].strip():
            raise ValidationError({"app_name": [_("Give the app, or a name for a new one.")]})
        filing = domain.start(
            unit=Unit.objects.get(pk=actor.unit_id), kind=values["kind"], app=app, app_name=values["app_name"],
            system=system, by=actor, now=moment(),
        )  # fmt: skip
        return self.detail(filing, status=201)


class OneFiling(ProviderView):
    """One filing with its document and notes."""

    @extend_schema(operation_id="provider_filing", responses=FilingDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(self.filing(pk))


class Part(ProviderView):
    """One part of the form: unit, system, app, filing."""

    @extend_schema(operation_id="provider_save_part", request=PartIn, responses=FilingDetailOut)
    def patch(self, request: Request, pk: int, part: str) -> Response:
        filing = self.filing(pk)
        if part not in PARTS:
            raise NotFound
        values = self.read(PartIn, request)["values"]
        known = {
            item.name: item for _section, item in schema.fields(str(filing.kind), policy_of(filing, moment()))
            if item.part == part and not item.readonly
        }  # fmt: skip
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise ValidationError({name: [_("This field does not exist in this part.")] for name in unknown})
        values = {name: self.kept(known[name], value) for name, value in values.items()}
        return self.detail(domain.save_part(filing=filing, part=part, values=values, by=self.actor, now=moment()))


    def kept(self, item: schema.Field, value: Any) -> Any:
        """The value in its one form; a file as it was uploaded, never as the caller describes it."""
        if item.kind != "file" or schema.is_empty(value):
            return schema.normalise(item, value)
        wanted = value.get("id") if isinstance(value, dict) else value
        row = Material.objects.visible_to(self.actor).filter(pk=wanted).first() if isinstance(wanted, int) else None
        if row is None:
            raise ValidationError({item.name: [_("Upload the file first and give its id.")]})
        return materials.file_value(row)


class Problems(ProviderView):
    """What still stands against a submission, field by field."""

    @extend_schema(operation_id="provider_problems", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        filing, now = self.filing(pk), moment()
        found = schema.validate(
            working_copy(filing), policy_of(filing, now), str(filing.kind), policy_day(filing, now)
        )
        return Response({"problems": [problem.as_dict() for problem in found]})


class Submit(ProviderView):
    """Hands in a draft or a supplement."""

    @extend_schema(operation_id="provider_submit", request=SubmitIn, parameters=[KEY], responses=FilingOut)
    def post(self, request: Request, pk: int) -> Response:
        values = self.read(SubmitIn, request)
        row, seen = self.filing(pk), values.get("seen_state")
        self.once(
            request, lambda: domain.submit(filing=row, by=self.actor, now=moment(), seen_state=seen),
            again=lambda: domain.stays_handed_in(self.filing(pk)),
        )  # fmt: skip
        return Response(FilingOut(self.filing(pk)).data)


class Withdraw(ProviderView):
    """Takes it back."""

    @extend_schema(operation_id="provider_withdraw", request=SubmitIn, responses=FilingOut)
    def post(self, request: Request, pk: int) -> Response:
        values = self.read(SubmitIn, request)
        filing = domain.withdraw(
            filing=self.filing(pk), by=self.actor, now=moment(), seen_state=values.get("seen_state")
        )
        return Response(FilingOut(self.filing(filing.pk)).data)


class Versions(ProviderView):
    """What was handed in, version by version."""

    @extend_schema(operation_id="provider_versions", responses=VersionOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        return Response(VersionOut(self.filing(pk).versions.order_by("number"), many=True).data)


class Receipt(ProviderView):
    """Proof of the newest submission with the hash of its ledger record."""

    @extend_schema(operation_id="provider_receipt", responses=ReceiptOut)
    def get(self, request: Request, pk: int) -> Response:
        filing = self.filing(pk)
        newest = filing.versions.order_by("-number").first()
        if newest is None:
            raise NotFound
        record = (
            Record.objects.filter(
                subject_type="providers.filing", subject_id=filing.pk, verb__in=["submit", "resubmit"],
                payload__version=newest.number,
            ).order_by("-seq").first()
        )  # fmt: skip
        body = {
            "case_no": filing.case_no, "version": newest.number, "digest": newest.digest,
            "submitted_at": newest.submitted_at, "authority": filing.authority.name, "due_day": filing.due_day,
            "ledger_hash": record.hash if record else "",
        }  # fmt: skip
        return Response(ReceiptOut(body).data)


class Materials(ProviderView):
    """Files of the unit, inspected by their content and scanned."""

    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="provider_upload", request=MaterialIn, responses={201: MaterialOut})
    def post(self, request: Request) -> Response:
        sent = self.read(MaterialIn, request)["file"]
        unit = Unit.objects.get(pk=self.actor.unit_id)
        try:
            examined = materials.examine(sent)
        except materials.Refused as refused:
            raise ValidationError({"file": [str(refused.message)]}) from refused
        row = domain.add_material(unit=unit, by=self.actor, now=moment(), **examined)
        return Response(MaterialOut(materials.file_value(row)).data, status=201)


class FormSchema(ProviderView):
    """The form of a kind of filing as JSON Schema, for programs that fill it in."""

    @extend_schema(operation_id="provider_form_schema", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, kind: str) -> Response:
        if kind not in FilingKind.values:
            raise NotFound
        return Response({section.key: schema.json_schema(section) for section in schema.sections(kind)})
