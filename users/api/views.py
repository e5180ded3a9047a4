"""Calls of the institution: uses from selection to withdrawal, its own review, its selection system, its unit.

The same verbs as the pages. ``Idempotency-Key`` makes handing in safe to repeat.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsInstitution
from accounts.models import Unit
from providers import materials
from providers.api.base import KEY, ActorView
from providers.api.upkeep import attachment
from registry import queries as registry
from registry.models import Entry
from registry.numbers import Number, read
from rulebook.time import now as moment
from users import domain, queries, rules, schema
from users.api import serializers as shapes
from users.enums import EDITABLE_STATES, UseState
from users.models import SelectionSystem, UseMaterial, UserFiling
from users.register import admitted

PAGE = 100
AFTER = OpenApiParameter("after", OpenApiTypes.INT, description="Uses older than this id")
STATE = OpenApiParameter("state", OpenApiTypes.STR, enum=UseState.values, description="Only uses in this state")


def entry_of(number: str) -> Entry:
    """The entry of a number however it is typed, or 404."""
    reading = read(number)
    entry = registry.entry_by_number(reading) if isinstance(reading, Number) else None
    if entry is None:
        raise NotFound
    return entry


class InstitutionView(ActorView):
    """For people of institutions; tokens of the scope ``institution``, or ``read`` for reading."""

    permission_classes = [IsInstitution]

    @property
    def unit(self) -> Unit:
        return Unit.objects.get(pk=self.actor.unit_id)

    def uses(self) -> Any:
        """The unit's own uses."""
        actor = self.actor
        rows = UserFiling.objects.visible_to(actor).filter(unit_id=actor.unit_id)
        return rows.select_related("unit", "authority", "entry")

    def use(self, pk: int) -> UserFiling:
        return get_object_or_404(self.uses(), pk=pk)

    def detail(self, filing: UserFiling, status: int = 200) -> Response:
        """The use with the document that its unit works on."""
        filing = self.use(filing.pk)
        editable = filing.state in EDITABLE_STATES
        shown = queries.working_copy(filing) if editable else queries.document(filing, self.actor)
        found = queries.warnings(filing, moment()) if editable else ()
        context = {"document": shown, "warnings": found}
        return Response(shapes.UseDetailOut(filing, context=context).data, status=status)


class Uses(InstitutionView):
    """The unit's uses."""

    @extend_schema(operation_id="institution_uses", parameters=[AFTER, STATE], responses=shapes.UseOut(many=True))
    def get(self, request: Request) -> Response:
        rows = self.uses().order_by("-pk")
        state = request.query_params.get("state", "")
        if state:
            if state not in UseState.values:
                raise ValidationError({"state": [_("This state does not exist.")]})
            rows = rows.filter(state=state)
        after = request.query_params.get("after", "")
        if after.isdecimal() and len(after) < 18:
            rows = rows.filter(pk__lt=int(after))
        found = list(rows[: PAGE + 1])
        body: dict[str, Any] = {"results": shapes.UseOut(found[:PAGE], many=True).data}
        body["next_after"] = found[PAGE - 1].pk if len(found) > PAGE else None
        return Response(body)

    @extend_schema(operation_id="institution_start", request=shapes.UseStartIn, responses={201: shapes.UseDetailOut})
    def post(self, request: Request) -> Response:
        """Selects an app; where the unit uses it already, gives that filing."""
        values = self.read(shapes.UseStartIn, request)
        common: dict[str, Any] = {"unit": self.unit, "by": self.actor, "now": moment()}
        if values["own_app_name"].strip():
            filing = domain.start_self_use(app_name=values["own_app_name"], **common)
        elif values["number"].strip():
            filing = domain.start_use(entry=entry_of(values["number"]), **common)
        else:
            raise ValidationError({"number": [_("Give the filing number of the app, or the name of an own app.")]})
        return self.detail(filing, status=201)


class Selectable(InstitutionView):
    """Whether an app may be selected, and the reasons against it."""

    @extend_schema(operation_id="institution_selectable", responses=shapes.SelectableOut)
    def get(self, request: Request, number: str) -> Response:
        entry, unit = entry_of(number), self.unit
        live = queries.live_use(unit, entry)
        context = {
            "reasons": [*rules.unit_may_use(unit), *rules.entry_selectable(entry, moment())],
            "use": live.pk if live else None,
        }
        return Response(shapes.SelectableOut(entry, context=context).data)


class OneUse(InstitutionView):
    """One use with its document and notes."""

    @extend_schema(operation_id="institution_use", responses=shapes.UseDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(self.use(pk))


class Part(InstitutionView):
    """One part of the form: use; for an own app also unit, system, app."""

    @extend_schema(operation_id="institution_save_part", request=shapes.UsePartIn, responses=shapes.UseDetailOut)
    def patch(self, request: Request, pk: int, part: str) -> Response:
        filing, now = self.use(pk), moment()
        kind = schema.form_kind(filing)
        if part not in schema.parts_of(kind):
            raise NotFound
        values = self.read(shapes.UsePartIn, request)["values"]
        known = {
            item.name: item for _section, item in schema.fields(kind, queries.policy_of(filing, now))
            if item.part == part and not item.readonly
        }  # fmt: skip
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise ValidationError({name: [_("This field does not exist in this part.")] for name in unknown})
        kept = {name: self.kept(known[name], value) for name, value in values.items()}
        return self.detail(domain.save_part(filing=filing, part=part, values=kept, by=self.actor, now=now))

    def kept(self, item: schema.Field, value: Any) -> Any:
        """The value in its one form; a file as it was uploaded, never as the caller describes it."""
        if item.kind != "file" or schema.is_empty(value):
            return schema.normalise(item, value)
        wanted = value.get("id") if isinstance(value, dict) else value
        own = UseMaterial.objects.visible_to(self.actor).filter(unit_id=self.actor.unit_id)
        row = own.filter(pk=wanted).first() if isinstance(wanted, int) else None
        if row is None:
            raise ValidationError({item.name: [_("Upload the file first and give its id.")]})
        return materials.file_value(row)


class Problems(InstitutionView):
    """What still stands against handing it in, field by field."""

    @extend_schema(operation_id="institution_problems", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        filing, now = self.use(pk), moment()
        found = schema.validate(
            queries.working_copy(filing), queries.policy_of(filing, now), schema.form_kind(filing),
            queries.policy_day(filing, now),
        )  # fmt: skip
        return Response({"problems": [problem.as_dict() for problem in found]})


class Submit(InstitutionView):
    """Hands in a draft or what was returned."""

    @extend_schema(
        operation_id="institution_submit", request=shapes.UseSubmitIn, parameters=[KEY], responses=shapes.UseOut
    )
    def post(self, request: Request, pk: int) -> Response:
        values = self.read(shapes.UseSubmitIn, request)
        row, seen = self.use(pk), values.get("seen_state")
        self.once(
            request, lambda: domain.submit(filing=row, by=self.actor, now=moment(), seen_state=seen),
            again=lambda: domain.stays_handed_in(self.use(pk)),
        )  # fmt: skip
        return Response(shapes.UseOut(self.use(pk)).data)


class Change(InstitutionView):
    """Reports the change of a confirmed use; save its parts first."""

    @extend_schema(
        operation_id="institution_change", request=shapes.UseSubmitIn, parameters=[KEY], responses=shapes.UseOut
    )
    def post(self, request: Request, pk: int) -> Response:
        values = self.read(shapes.UseSubmitIn, request)
        row, seen = self.use(pk), values.get("seen_state")
        self.once(
            request, lambda: domain.report_change(filing=row, by=self.actor, now=moment(), seen_state=seen),
            again=lambda: domain.stays_handed_in(self.use(pk)),
        )  # fmt: skip
        return Response(shapes.UseOut(self.use(pk)).data)


class Review(InstitutionView):
    """The school's own review by a second person."""

    @extend_schema(operation_id="institution_review", request=shapes.UseReviewIn, responses=shapes.UseOut)
    def post(self, request: Request, pk: int) -> Response:
        values = self.read(shapes.UseReviewIn, request)
        common: dict[str, Any] = {
            "filing": self.use(pk), "by": self.actor, "now": moment(), "comment": values["comment"],
            "seen_state": values.get("seen_state"), "seen_version": values.get("seen_version"),
        }  # fmt: skip
        if values["verdict"] == "approve":
            filing = domain.unit_approve(**common)
        else:
            filing = domain.unit_send_back(notes=[dict(note) for note in values.get("notes", [])], **common)
        return Response(shapes.UseOut(self.use(filing.pk)).data)


class Checked(InstitutionView):
    """The app has changed since the use was confirmed, and the use stays as it is."""

    @extend_schema(operation_id="institution_checked", request=shapes.UseCheckedIn, responses=shapes.UseOut)
    def post(self, request: Request, pk: int) -> Response:
        values = self.read(shapes.UseCheckedIn, request)
        filing = domain.note_checked(filing=self.use(pk), by=self.actor, now=moment(), **values)
        return Response(shapes.UseOut(self.use(filing.pk)).data)


class Withdraw(InstitutionView):
    """Ends the use, or drops a filing that is not confirmed."""

    @extend_schema(operation_id="institution_withdraw", request=shapes.UseWithdrawIn, responses=shapes.UseOut)
    def post(self, request: Request, pk: int) -> Response:
        values = self.read(shapes.UseWithdrawIn, request)
        filing = domain.withdraw(
            filing=self.use(pk), by=self.actor, now=moment(), reason=values["reason"],
            notice_text=values["notice_text"], seen_state=values.get("seen_state"),
        )  # fmt: skip
        return Response(shapes.UseOut(self.use(filing.pk)).data)


class Versions(InstitutionView):
    """What was handed in, version by version."""

    @extend_schema(operation_id="institution_versions", responses=shapes.UseVersionOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.UseVersionOut(self.use(pk).versions.order_by("number"), many=True).data)


class Receipt(InstitutionView):
    """Proof of the newest version that was handed in."""

    @extend_schema(operation_id="institution_receipt", responses=shapes.UseReceiptOut)
    def get(self, request: Request, pk: int) -> Response:
        filing = self.use(pk)
        newest = queries.version(filing)
        if newest is None:
            raise NotFound
        body = {
            "case_no": filing.case_no, "version": newest.number, "digest": newest.digest,
            "submitted_at": newest.submitted_at, "authority": filing.authority.name, "due_day": filing.due_day,
        }  # fmt: skip
        return Response(shapes.UseReceiptOut(body).data)


class Materials(InstitutionView):
    """Files of the unit, inspected by their content and scanned."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="institution_upload", request=shapes.UseMaterialIn, responses={201: shapes.UseMaterialOut}
    )
    def post(self, request: Request) -> Response:
        sent = self.read(shapes.UseMaterialIn, request)["file"]
        try:
            examined = materials.examine(sent)
        except materials.Refused as refused:
            raise ValidationError({"file": [str(refused.message)]}) from refused
        row = domain.add_material(unit=self.unit, by=self.actor, now=moment(), **examined)
        return Response(shapes.UseMaterialOut(materials.file_value(row)).data, status=201)


class MaterialFile(InstitutionView):
    """A file of the unit itself."""

    @extend_schema(
        operation_id="institution_material", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        own = UseMaterial.objects.visible_to(self.actor).filter(unit_id=self.actor.unit_id)
        return attachment(get_object_or_404(own, pk=pk))


class Register(InstitutionView):
    """What the unit has ever admitted, with the day of each admission and end (Opinions, item 11)."""

    @extend_schema(
        operation_id="institution_register",
        parameters=[OpenApiParameter("on", OpenApiTypes.DATE, description="Only what stood at the end of this day")],
        responses=shapes.RegisterLineOut(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params.get("on", "")
        try:
            on = date.fromisoformat(asked) if asked else None
        except ValueError as error:
            raise ValidationError({"on": [_("Give a day as 2026-09-01.")]}) from error
        return Response(shapes.RegisterLineOut(admitted(self.actor, self.unit, on=on), many=True).data)


class Institution(InstitutionView):
    """The unit, its department and responsible persons."""

    @extend_schema(operation_id="institution_unit", responses=shapes.InstitutionOut)
    def get(self, request: Request) -> Response:
        unit = self.unit
        system = queries.current_system(unit)
        body = {
            "name": unit.name, "kind": unit.kind, "school_code": unit.school_code,
            "authority": queries.confirming_authority(unit).name,
            "functional_department": unit.functional_department,
            "responsible_persons": [row for row in unit.responsible_persons or [] if isinstance(row, dict)],
            "selection_system": system.number if system else None,
        }  # fmt: skip
        return Response(shapes.InstitutionOut(body).data)

    @extend_schema(
        operation_id="institution_name_responsible", request=shapes.NamingIn, responses=shapes.InstitutionOut
    )
    def put(self, request: Request) -> Response:
        """Names the department in charge and the responsible persons; earlier namings stay on record."""
        values = self.read(shapes.NamingIn, request)
        domain.name_responsible(
            unit=self.unit, department=values["department"], persons=[dict(row) for row in values["persons"]],
            by=self.actor, now=moment(),
        )  # fmt: skip
        return self.get(request)


class SelectionSystems(InstitutionView):
    """The selection system in its versions."""

    def rows(self) -> Any:
        rows = SelectionSystem.objects.visible_to(self.actor).filter(unit_id=self.actor.unit_id)
        return rows.select_related("material")

    @extend_schema(operation_id="institution_selection_systems", responses=shapes.SystemOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(shapes.SystemOut(self.rows(), many=True).data)

    @extend_schema(
        operation_id="institution_add_selection_system", request=shapes.SystemIn, responses={201: shapes.SystemOut}
    )
    def post(self, request: Request) -> Response:
        """Puts a new version on record."""
        values = self.read(shapes.SystemIn, request)
        own = UseMaterial.objects.visible_to(self.actor).filter(unit_id=self.actor.unit_id)
        row = own.filter(pk=values["material"]).first()
        if row is None:
            raise ValidationError({"material": [_("Upload the file first and give its id.")]})
        system = domain.upload_selection_system(
            unit=self.unit, title=values["title"], material=row, effective_on=values["effective_on"],
            note=values["note"], by=self.actor, now=moment(),
        )  # fmt: skip
        return Response(shapes.SystemOut(system).data, status=201)


class FormSchema(InstitutionView):
    """The form of a kind of filing as JSON Schema, for programs that fill it in."""

    @extend_schema(operation_id="institution_form_schema", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, kind: str) -> Response:
        if kind not in schema.KINDS:
            raise NotFound
        policy = queries.policy_of_unit(self.unit, moment())
        return Response({one.key: schema.json_schema(one) for one in schema.sections(kind, policy)})
