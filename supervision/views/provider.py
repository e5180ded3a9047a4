"""The provider's side of supervision: orders to rectify, forwarded complaints, its listing, warnings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from blacklist import domain as blacklist
from blacklist.enums import ListingState, ObjectionState
from blacklist.queries import barred, clock_of
from ledger.acts import ActError, AlreadyMoved, Refused
from providers import materials
from providers.domain.drafts import add_material
from providers.domain.errors import FileRefused
from providers.models import Material
from providers.views.base import actor_of, provider_view, unit_of
from rulebook import clocks
from rulebook.enums import ClockKind
from rulebook.time import now as moment
from supervision import domain, provider_side
from supervision.domain import Invalid
from supervision.enums import OrderState
from supervision.models import Forwarding, RectificationOrder
from supervision.public_forms import LONGEST, ManyFiles, ManyFilesField

MOST_FILES = 10
HISTORY = 30
REFUSAL = gettext_lazy("Why you do not rectify")


class TextForm(forms.Form):
    """A reply or an objection."""

    text = forms.CharField(label="", max_length=LONGEST, widget=forms.Textarea)

    def __init__(self, *args: Any, label: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text


class EvidenceForm(forms.Form):
    """What was mended, with files. Files that were kept already come back as ``kept``."""

    text = forms.CharField(
        label=gettext_lazy("How it was mended"), max_length=LONGEST, widget=forms.Textarea,
        help_text=gettext_lazy("Go through the findings one by one: what was changed, and since when."),
    )  # fmt: skip
    evidence = ManyFilesField(
        label=gettext_lazy("Files"), required=False, max_length=200,
        help_text=gettext_lazy("Screenshots, test reports, statements: PDF, PNG or JPEG, at most 20 MB each."),
        widget=ManyFiles(attrs={"accept": "application/pdf,image/png,image/jpeg"}),
    )  # fmt: skip

    def clean_evidence(self) -> list[UploadedFile]:
        sent: list[UploadedFile] = self.cleaned_data["evidence"]
        if len(sent) > MOST_FILES:
            raise forms.ValidationError(_("At most %(most)s files.") % {"most": MOST_FILES})
        return sent


def _one(rows: models.QuerySet[Any], pk: int) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _say(form: forms.Form, error: ActError) -> int:
    """Puts what a verb refused into the form; the status of the answer."""
    if isinstance(error, Invalid):
        for field, message in error.errors.items():
            form.add_error(field if field in form.fields else None, str(message))
        return 422
    if isinstance(error, AlreadyMoved):
        form.add_error(None, _("The state has changed meanwhile. Look at it again; your text is still here."))
        return 409
    if isinstance(error, Refused):
        for reason in error.reasons:
            form.add_error(None, str(reason.message))
    else:
        form.add_error(None, str(error))
    return 422


@provider_view
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What authorities want of us, the most urgent first; then what is over."""
    by, unit, now = actor_of(request), unit_of(request), moment()
    orders = RectificationOrder.objects.visible_to(by).select_related("entry", "authority")
    sent = Forwarding.objects.visible_to(by).select_related("authority", "entry")
    context = {
        "bar": barred(unit, now),
        "listings": provider_side.listings(unit)[:HISTORY],
        "orders": list(provider_side.open_orders(by)),
        "forwardings": list(provider_side.waiting_complaints(by)),
        "orders_over": orders.filter(closed_at__isnull=False).order_by("-closed_at")[:HISTORY],
        "replied": sent.exclude(state__in=provider_side.WAITING).order_by("-replied_at")[:HISTORY],
        "warnings": provider_side.warnings(by)[:HISTORY],
        "unit": unit,
    }
    return render(request, "supervision/provider/home.html", context)


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """An order with its findings and its deadline; evidence is handed in here (Beijing notice 5)."""
    by, now = actor_of(request), moment()
    rows = RectificationOrder.objects.visible_to(by).select_related("entry", "authority", "listing")
    row = _one(rows, pk)
    form, kept, status = EvidenceForm(), [], 200
    if request.method == "POST":
        form = EvidenceForm(request.POST, request.FILES)
        kept = list(Material.objects.visible_to(by).filter(pk__in=_numbers(request, "kept")))
        form.is_valid()
        kept += _keep(request, form, now)
        status = 422
        if not form.errors:
            try:
                domain.submit_evidence(
                    order=row, text=form.cleaned_data["text"], materials=kept, by=by, now=now,
                    seen_state=request.POST.get("seen_state") or None,
                )  # fmt: skip
            except ActError as error:
                status = _say(form, error)
                row = _one(rows, pk)
            else:
                messages.success(request, _("Handed in. The authority checks it; its period pauses meanwhile."))
                return redirect("provider_order", pk)
    return _order_page(request, row, form, kept, status)


def _order_page(
    request: HttpRequest, row: RectificationOrder, form: EvidenceForm, kept: list[Material], status: int,
    refusal: TextForm | None = None,
) -> HttpResponse:  # fmt: skip
    now = moment()
    clock = clocks.running(row, ClockKind.RECTIFICATION)
    context = {
        "refusal": refusal or TextForm(label=REFUSAL, auto_id="id_refusal_%s"),
        "may_refuse": row.state in (OrderState.ISSUED, OrderState.EVIDENCE_SUBMITTED),
        "order": row,
        "clock": clock,
        "steps": row.steps.prefetch_related("files__material").select_related("unit"),
        "form": form,
        "kept": kept,
        "may_submit": row.state == OrderState.ISSUED and row.due_at is not None and now < row.due_at,
        "proposed": row.state in (OrderState.OVERDUE, OrderState.REFUSED),
    }
    return render(request, "supervision/provider/order.html", context, status=status)


@provider_view
@require_http_methods(["POST"])
def refuse_order(request: HttpRequest, pk: int) -> HttpResponse:
    """The provider says that it will not rectify, and why: the authority then decides on the listing (Art. 24)."""
    by = actor_of(request)
    row = _one(RectificationOrder.objects.visible_to(by).select_related("entry", "authority", "listing"), pk)
    form = TextForm(request.POST, label=REFUSAL)
    status = 422
    if form.is_valid():
        try:
            domain.refuse(
                order=row, reason=form.cleaned_data["text"], by=by, now=moment(),
                seen_state=request.POST.get("seen_state") or None,
            )  # fmt: skip
        except ActError as error:
            status = _say(form, error)
            row = _one(RectificationOrder.objects.visible_to(by).select_related("entry", "authority", "listing"), pk)
        else:
            messages.success(request, _("Your refusal has reached the authority; it decides what follows."))
            return redirect("provider_order", pk)
    return _order_page(request, row, EvidenceForm(), [], status, refusal=form)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    given = request.POST.getlist(name)[: MOST_FILES * 2]
    return [int(text) for text in given if text.isascii() and text.isdecimal() and len(text) < 18]


def _keep(request: HttpRequest, form: EvidenceForm, now: datetime) -> list[Material]:
    """Keeps the files that are in order, also where something else is wrong: nobody uploads twice."""
    kept = []
    for sent in form.cleaned_data.get("evidence") or []:
        try:
            seen = materials.examine(sent)
            kept.append(add_material(unit=unit_of(request), by=actor_of(request), now=now, **seen))
        except (materials.Refused, FileRefused) as refused:
            form.add_error("evidence", f"{sent.name}: {getattr(refused, 'message', refused)}")
    return kept


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def forwarding(request: HttpRequest, pk: int) -> HttpResponse:
    """What the authority wrote about a complaint, and our reply. Nothing of the complaint itself is here."""
    by, now = actor_of(request), moment()
    rows = Forwarding.objects.visible_to(by).select_related("authority", "entry", "unit")
    row = _one(rows, pk)
    label = gettext_lazy("Your reply to the authority")
    form, status = TextForm(label=label), 200
    if request.method == "POST":
        form, status = TextForm(request.POST, label=label), 422
        if form.is_valid():
            try:
                domain.provider_reply(
                    forwarding=row, text=form.cleaned_data["text"], by=by, now=now,
                    seen_state=request.POST.get("seen_state") or None,
                )  # fmt: skip
            except ActError as error:
                status = _say(form, error)
                row = _one(rows, pk)
            else:
                messages.success(request, _("Your reply has reached the authority."))
                return redirect("provider_forwarding", pk)
    context = {
        "forwarding": row,
        "clock": clocks.running(row, ClockKind.FORWARDING),
        "form": form,
        "may_reply": row.state in provider_side.WAITING,
    }
    return render(request, "supervision/provider/forwarding.html", context, status=status)


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """Why we are blacklisted, until when, and how to object (Measures Art. 24)."""
    by, now, unit = actor_of(request), moment(), unit_of(request)
    rows = provider_side.listings(unit)
    row = _one(rows, pk)
    own = row.unit_id == unit.pk
    label = gettext_lazy("What is wrong with the listing")
    hint = gettext_lazy("Facts and evidence; somebody else than who listed decides.")
    form, status = TextForm(label=label, help_text=hint), 200
    if request.method == "POST":
        form, status = TextForm(request.POST, label=label, help_text=hint), 422
        if form.is_valid():
            try:
                blacklist.object_to_listing(listing=row, text=form.cleaned_data["text"], by=by, now=now)
            except ActError as error:
                status = _say(form, error)
                row = _one(rows, pk)
            else:
                messages.success(request, _("Your objection is filed. Until it is decided the listing stays in force."))
                return redirect("provider_listing", pk)
    objections = list(row.objections.visible_to(by).order_by("-filed_at")) if own else []
    waiting = any(one.state == ObjectionState.FILED for one in objections)
    context = {
        "listing": row,
        "own": own,
        "clock": clock_of(row),
        "objections": objections,
        "form": form,
        "may_object": own and row.state == ListingState.ACTIVE and not waiting,
        "order": RectificationOrder.objects.visible_to(by).filter(listing_id=row.pk).first(),
    }
    return render(request, "supervision/provider/listing.html", context, status=status)
