"""The preview of a draft: the page as readers would see it, under the strict policy of public pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.http import require_safe

from accounts.actors import actor_for
from guidance.models import HelpPage
from guidance.models.bilingual import said
from guidance.rules import keeps_help
from guidance.views.public import shown

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
