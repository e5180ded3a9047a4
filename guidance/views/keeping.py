"""For who keeps the help: the preview of a draft under the strict policy of public pages, an authority's contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import actor_for
from accounts.enums import LEAD_ROLES
from accounts.models import Unit
from guidance.domain import Invalid, save_contact
from guidance.forms import OwnContactForm
from guidance.models import Contact, HelpPage
from guidance.models.bilingual import said
from guidance.rules import keeps_help
from guidance.views.public import shown
from ledger.acts import ActError
from rulebook.time import now as moment

LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class WorkingCopy:
    """What a page's template reads of a version, from the fields that are being written."""

    page: HelpPage

    @property
    def title(self) -> str:
        return said(self.page, "title")

    @property
    def summary(self) -> str:
        return said(self.page, "summary")

    @property
    def body(self) -> str:
        return said(self.page, "body")

    @property
    def articles(self) -> list[str]:
        return self.page.articles

    @property
    def files(self) -> list[dict[str, Any]]:
        return [one.in_version() for one in self.page.files.filter(active=True).order_by("pk")]


def may_preview(request: HttpRequest) -> bool:
    """Who keeps the help centre, also at the administration without a membership."""
    user = request.user
    if user.is_authenticated and user.is_active and user.is_staff and user.has_perm("guidance.change_helppage"):
        return True
    actor = actor_for(request)
    return actor is not None and keeps_help(actor)


@require_http_methods(["GET", "HEAD", "POST"])
def own_contacts(request: HttpRequest) -> HttpResponseBase:
    """The head of an authority enters and changes its contacts; ``?pk=`` chooses the one to change."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    actor = actor_for(request)
    if actor is None or actor.role not in LEAD_ROLES or actor.unit_id is None:
        raise PermissionDenied
    rows = Contact.objects.filter(authority_id=actor.unit_id).order_by("order", "pk")
    wanted = request.GET.get("pk", "")
    chosen = get_object_or_404(rows, pk=int(wanted[:18])) if wanted.isdecimal() else None
    form = OwnContactForm(request.POST if request.method == "POST" else None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in (form.changed_data if chosen else form.cleaned_data)}
        if chosen is None:
            fields["authority"] = Unit.objects.get(pk=actor.unit_id)
        try:
            if fields:
                kept = Contact.objects.get(pk=chosen.pk) if chosen else None
                save_contact(contact=kept, by=actor, now=moment(), **fields)
        except Invalid as error:
            form.take(error.errors)
        except ActError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("help_own_contacts")
    context = {"rows": rows.all(), "form": form, "chosen": chosen}
    return render(request, "guidance/own_contacts.html", context, status=422 if form.errors else 200)


@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The working copy of a page; ``?in=zh`` or ``?in=en`` in that language whatever the reader's is."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not may_preview(request):
        raise PermissionDenied
    page = get_object_or_404(HelpPage.objects.select_related("category", "current"), pk=pk)
    chosen = LANGUAGES.get(request.GET.get("in", ""))
    with translation.override(chosen or translation.get_language()):
        answer: HttpResponse = render(request, "guidance/page.html", shown(page, WorkingCopy(page)) | {"draft": True})
    answer["Cache-Control"] = "private, no-store"
    return answer
