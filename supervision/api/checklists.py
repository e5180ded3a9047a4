"""The checklist of inspections with what is said to it; everybody who works for a unit may comment (R169)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rulebook.time import now as moment
from supervision import domain
from supervision.api import governance_inputs as reads
from supervision.api import governance_shapes as shapes
from supervision.api.base import KEY, AuthorityCall, PartnerCall, ProviderCall, SupervisionView
from supervision.api.work import InstitutionCall
from supervision.domain.checklists import checklist_for
from supervision.models import ChecklistComment

SHOWN = 200


def _view(base: type[SupervisionView], whose: str) -> type[SupervisionView]:
    """The checklist for one kind of reader."""

    @extend_schema(operation_id=f"{whose}_inspection_checklist", responses=shapes.ChecklistOut)
    def get(self: SupervisionView, request: Request) -> Response:
        items, label = checklist_for(self.actor, moment())
        seen = ChecklistComment.objects.visible_to(self.actor).select_related("unit")[:SHOWN]
        return Response(shapes.ChecklistOut({"label": label, "items": items, "comments": seen}).data)

    @extend_schema(
        operation_id=f"{whose}_inspection_checklist_comment", request=reads.CommentIn, parameters=[KEY],
        responses={201: shapes.CommentOut},
        description="Says something to an item of the checklist, or to the whole; the authorities read it.",
    )  # fmt: skip
    def post(self: SupervisionView, request: Request) -> Response:
        values = self.read(reads.CommentIn, request)
        made = self.once(request, lambda: domain.comment_on_checklist(by=self.actor, now=moment(), **values))
        row = ChecklistComment.objects.visible_to(self.actor).select_related("unit").get(pk=made)
        return Response(shapes.CommentOut(row).data, status=201)

    members: dict[str, Any] = {
        "get": get, "post": post, "__doc__": "The checklist of inspections in force, with the newest comments.",
    }  # fmt: skip
    return type(f"{whose.title()}Checklist", (base,), members)


AuthorityChecklist = _view(AuthorityCall, "authority")
PartnerChecklist = _view(PartnerCall, "partner")
InstitutionChecklist = _view(InstitutionCall, "institution")
ProviderChecklist = _view(ProviderCall, "provider")
