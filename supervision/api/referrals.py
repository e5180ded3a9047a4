"""Referrals to departments, requests to app stores, and the export for the credit platform."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from blacklist.models import Listing
from ledger.acts import Actor
from registry.answers import dumps
from rulebook.time import now as moment
from rulebook.time import start_of_day
from supervision import domain
from supervision.api import inputs, shapes
from supervision.api.base import (
    KEY,
    PLACES,
    AuthorityCall,
    Call,
    PartnerCall,
    SupervisionView,
    act_urls,
    asked,
    page_of,
    text,
    verb,
)
from supervision.enums import ReferralState, TakedownState
from supervision.models import Complaint, JointMeasure, RectificationOrder, Referral, Takedown
from supervision.queries import credit_export

_RELATED = ("authority", "entry__unit", "order__unit", "listing__unit")


def _sources(actor: Actor, values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Takes the ids out of a body and gives the rows that the caller may see."""
    kinds: dict[str, QuerySet[Any]] = {
        "complaint": Complaint.objects.visible_to(actor).select_related("entry", "category"),
        "order": RectificationOrder.objects.visible_to(actor).select_related("entry"),
        "listing": Listing.objects.visible_to(actor),
    }
    found: dict[str, Model] = {}
    for name in names:
        wanted = values.pop(name)
        if wanted is not None:
            row = kinds[name].filter(pk=wanted).first()
            if row is None:
                raise ValidationError({name: [_("There is no such row.")]})
            found[name] = row
    return found


def _page(view: SupervisionView, request: Request) -> Response:
    state = asked(request, "state", ReferralState.values, ReferralState.SENT)
    rows = Referral.objects.visible_to(view.actor).filter(state=state).select_related("authority", "entry")
    down = state != ReferralState.SENT
    return view.page(request, rows, "sent_at" if down else "due_at", shapes.ReferralOut, down=down)


_LIST: dict[str, Any] = {"parameters": [text("state", ", ".join(ReferralState.values)), *PLACES],
         "responses": page_of(shapes.ReferralOut)}  # fmt: skip


def subject_unit(row: Referral) -> Any:
    """The provider that a referral is about."""
    of = next((one for one in (row.entry, row.order, row.listing) if one is not None), None)
    if of is None:
        raise ValidationError({"measure": [_("The referral names no provider.")]})
    return of.unit


# --- the authority ---------------------------------------------------------------------------------------


class OneReferral(AuthorityCall):
    """A referral with its case file."""

    shown = shapes.ReferralDetailOut

    def rows(self) -> QuerySet[Any]:
        return Referral.objects.visible_to(self.actor).select_related(*_RELATED)

    @extend_schema(operation_id="authority_referral", responses=shapes.ReferralDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Referrals(OneReferral):
    """Referrals: open ones the earliest deadline first."""

    @extend_schema(operation_id="authority_referrals", **_LIST)
    def get(self, request: Request) -> Response:  # type: ignore[override]
        return _page(self, request)

    @extend_schema(
        operation_id="authority_referral_send", request=inputs.ReferIn, parameters=[KEY],
        responses={201: shapes.ReferralDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Hands a case to the department that is competent for its subject."""
        values = self.read(inputs.ReferIn, request)
        sources = _sources(self.actor, values, "complaint", "order", "listing")
        number = values.pop("number")
        entry = inputs.entry_of(number) if number.strip() else None
        for source in sources.values():
            entry = entry or getattr(source, "entry", None)
        made = self.once(
            request, lambda: domain.refer(entry=entry, by=self.actor, now=moment(), **values, **sources)
        )
        return self.detail(made, status=201)


def _measure(row: Referral, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    domain.record_measure(
        unit=subject_unit(row), referral=row, listing=row.listing, by=by, now=now,
        **{"department": row.department, **values},
    )  # fmt: skip


REFERRAL_ACTS = act_urls(
    OneReferral, "referrals", "authority_referral",
    (
        Call("answer", inputs.ReferralAnswerIn, verb("referral", domain.answer_referral),
             "Records an answer that came by post."),
        Call("close", inputs.Seen, verb("referral", domain.close_referral), "Closes the referral."),
        Call("measure", inputs.MeasureIn, _measure, "Records a joint measure of a department."),
    ),
)  # fmt: skip


class OneTakedown(AuthorityCall):
    """A request to an app store."""

    shown = shapes.TakedownOut

    def rows(self) -> QuerySet[Any]:
        return Takedown.objects.visible_to(self.actor).select_related("authority", "entry")

    @extend_schema(operation_id="authority_takedown", responses=shapes.TakedownOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Takedowns(OneTakedown):
    """Requests to app stores, newest first."""

    @extend_schema(
        operation_id="authority_takedowns", parameters=[text("state", ", ".join(TakedownState.values)), *PLACES],
        responses=page_of(shapes.TakedownOut),
    )  # fmt: skip
    def get(self, request: Request) -> Response:  # type: ignore[override]
        state = asked(request, "state", TakedownState.values, "")
        rows = self.rows().filter(state=state) if state else self.rows()
        return self.page(request, rows, "requested_at", shapes.TakedownOut, down=True)

    @extend_schema(
        operation_id="authority_takedown_request", request=inputs.TakedownIn, parameters=[KEY],
        responses={201: shapes.TakedownOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Asks a store to take an app down."""
        values = self.read(inputs.TakedownIn, request)
        sources, number = _sources(self.actor, values, "listing"), values.pop("number")
        entry = inputs.entry_of(number) if number.strip() else None
        made = self.once(
            request, lambda: domain.request_takedown(entry=entry, by=self.actor, now=moment(), **values, **sources)
        )
        return self.detail(made, status=201)


TAKEDOWN_ACTS = act_urls(
    OneTakedown, "takedowns", "authority_takedown",
    (Call("answer", inputs.StoreAnswerIn, verb("takedown", domain.answer_takedown), "Records the store's answer."),),
)  # fmt: skip


# --- the partner -----------------------------------------------------------------------------------------


class PartnerReferral(PartnerCall):
    """A referral to the department, with the case file as it was frozen."""

    shown = shapes.ReferralDetailOut

    def rows(self) -> QuerySet[Any]:
        return Referral.objects.visible_to(self.actor).select_related(*_RELATED)

    @extend_schema(operation_id="partner_referral", responses=shapes.ReferralDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class PartnerReferrals(PartnerCall):
    """Referrals to the department: open ones the earliest deadline first."""

    @extend_schema(operation_id="partner_referrals", **_LIST)
    def get(self, request: Request) -> Response:
        return _page(self, request)


PARTNER_ACTS = act_urls(
    PartnerReferral, "referrals", "partner_referral",
    (
        Call("answer", inputs.ReferralAnswerIn, verb("referral", domain.answer_referral), "Answers the referral."),
        Call("measure", inputs.OwnMeasureIn, _measure, "Records a measure of the department itself."),
    ),
)  # fmt: skip


class PartnerMeasures(PartnerCall):
    """Measures that the department has taken, the last recorded first."""

    @extend_schema(operation_id="partner_measures", parameters=PLACES, responses=page_of(shapes.MeasureOut))
    def get(self, request: Request) -> Response:
        rows = JointMeasure.objects.visible_to(self.actor).select_related("unit", "authority")
        return self.page(request, rows, "recorded_at", shapes.MeasureOut, down=True)


# --- the credit platform ---------------------------------------------------------------------------------


def _credit(request: Request) -> StreamingHttpResponse:
    asked_for, since = request.query_params.get("since", ""), None
    if asked_for:
        try:
            day = parse_date(asked_for)
        except ValueError:
            day = None
        if day is None or day.year < 1970:
            raise ParseError(_("“since” is no day; write it as 2026-08-31."))
        since = start_of_day(day)
    lines = (dumps(one) + "\n" for one in credit_export(since=since))
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = 'attachment; filename="credit.jsonl"'
    return response


_CREDIT: dict[str, Any] = {
    "parameters": [text("since", "A day: what was listed or ended from then on")],
    "responses": {(200, "application/x-ndjson"): shapes.CreditOut},
    "description": "Listings for the credit information platform: a JSON object a line, oldest first.",
}


class AuthorityCredit(AuthorityCall):
    """Listings for the credit information platform (Opinions 16)."""

    @extend_schema(operation_id="authority_credit", **_CREDIT)
    def get(self, request: Request) -> StreamingHttpResponse:
        return _credit(request)


class PartnerCredit(PartnerCall):
    """Listings for the credit information platform (Opinions 16)."""

    @extend_schema(operation_id="partner_credit", **_CREDIT)
    def get(self, request: Request) -> StreamingHttpResponse:
        return _credit(request)
