"""Category campaigns for the authority: count and list, propose, decide by a second person, progress."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit
from ledger.acts import Refused
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.api import inputs, work_shapes
from supervision.api.base import KEY, PAGE, PLACES, AuthorityCall, Call, act_urls, asked, page_of, text, verb
from supervision.enums import CampaignState, ItemStatus
from supervision.models import Campaign
from supervision.queries import campaign_preview

SAMPLE = 50


class OneCampaign(AuthorityCall):
    """A campaign and how far it has come."""

    shown = work_shapes.CampaignDetailOut

    def rows(self) -> QuerySet[Any]:
        return Campaign.objects.visible_to(self.actor).select_related("authority")

    @extend_schema(operation_id="authority_campaign", responses=work_shapes.CampaignDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)

    @extend_schema(
        operation_id="authority_campaign_edit", request=inputs.CampaignEditIn, responses=work_shapes.CampaignDetailOut
    )
    def put(self, request: Request, pk: int) -> Response:
        """Replaces a draft; who changes it counts as the first person from now on."""
        row, values = self.row(pk), self.read(inputs.CampaignEditIn, request)
        domain.edit_campaign(campaign=row, by=self.actor, now=moment(), **values)
        return self.detail(pk)


class Campaigns(OneCampaign):
    """Campaigns, newest first."""

    http_method_names = ["get", "head", "post", "options"]

    @extend_schema(
        operation_id="authority_campaigns", parameters=[text("state", ", ".join(CampaignState.values)), *PLACES],
        responses=page_of(work_shapes.CampaignOut),
    )  # fmt: skip
    def get(self, request: Request) -> Response:  # type: ignore[override]
        state = asked(request, "state", CampaignState.values, "")
        rows = self.rows().filter(state=state) if state else self.rows()
        return self.page(request, rows, "drafted_at", work_shapes.CampaignOut, down=True)

    @extend_schema(
        operation_id="authority_campaign_propose", request=inputs.CampaignIn, parameters=[KEY],
        responses={201: work_shapes.CampaignDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Proposes a campaign; nothing happens to any app before a second person decides."""
        values = self.read(inputs.CampaignIn, request)
        made = self.once(request, lambda: domain.draft_campaign(by=self.actor, now=moment(), **values))
        return self.detail(made, status=201)


class Preview(AuthorityCall):
    """Counts and lists what a filter means now; nothing is kept."""

    @extend_schema(
        operation_id="authority_campaign_preview", request=inputs.PreviewIn, responses=work_shapes.PreviewOut
    )
    def post(self, request: Request) -> Response:
        reasons = rules.may_draft_campaign(self.actor)
        if reasons:
            raise Refused(reasons)
        wanted = self.read(inputs.PreviewIn, request)["filter"]
        found = campaign_preview(wanted, Unit.objects.get(pk=self.actor.unit_id), sample=SAMPLE)
        sample = [{"number": one.number, "app_name": one.app_name, "provider": one.provider_name,
                   "state": str(one.state)} for one in found.sample]  # fmt: skip
        body = {
            "count": found.count, "by_province": dict(found.by_province), "by_state": dict(found.by_state),
            "sample": sample,
        }  # fmt: skip
        return Response(body)


class Items(OneCampaign):
    """The entries of a decided campaign and what became of each, in the order of the work."""

    http_method_names = ["get", "head", "options"]

    @extend_schema(
        operation_id="authority_campaign_items",
        parameters=[text("status", ", ".join(ItemStatus.values)), OpenApiParameter("after", int, description="id")],
        responses=work_shapes.CampaignItemOut(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        rows = self.row(pk).items.select_related("entry").order_by("pk")
        status, after = asked(request, "status", ItemStatus.values, ""), request.query_params.get("after", "")
        if status:
            rows = rows.filter(status=status)
        if after.isdecimal() and len(after) < 19:
            rows = rows.filter(pk__gt=int(after))
        return Response(work_shapes.CampaignItemOut(rows[:PAGE], many=True).data)


CAMPAIGN_ACTS = act_urls(
    OneCampaign, "campaigns", "authority_campaign",
    (
        Call("confirm", inputs.Seen, verb("campaign", domain.decide_campaign),
             "A second person decides: the entries that fit now are frozen, and the work begins."),
        Call("withdraw", inputs.Seen, verb("campaign", domain.withdraw_campaign), "Withdraws a draft."),
    ),
)  # fmt: skip
