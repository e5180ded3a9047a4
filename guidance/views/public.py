"""What everybody reads: the start page with its search, categories, pages and their versions, files, contacts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.actors import actor_for
from accounts.enums import LEAD_ROLES, Province
from guidance import markup, queries
from guidance.enums import PageState
from guidance.models import HelpCategory, HelpFile, HelpPage, PageVersion
from providers.views.materials import stream
from registry.search import MAX_QUERY
from rulebook.articles import cite
from rulebook.authorities import is_chinese
from rulebook.models import Article
from rulebook.time import now as moment

NEXT_EVENTS = 3


def language() -> str:
    return "zh-hans" if is_chinese() else "en"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The shelves; with ``?q=`` what was found."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_QUERY]
    if q:
        found, exact = queries.search(q)
        return render(request, "guidance/found.html", {"q": q, "found": found, "exact": exact})
    context = {
        "shelves": queries.shelves(),
        "events": queries.coming(moment(), None)[:NEXT_EVENTS],
        "has_contacts": bool(queries.contacts()),
    }
    return render(request, "guidance/home.html", context)


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """A category, or a page; 410 for a page that was withdrawn."""
    category = HelpCategory.objects.filter(slug=slug).first()
    if category is not None:
        rows = queries.listed().filter(category=category)
        return render(request, "guidance/category.html", {"category": category, "pages": rows})
    page = HelpPage.objects.select_related("category", "current").filter(slug=slug).first()
    if page is None or page.state == PageState.DRAFT:
        raise Http404(slug)
    if page.state == PageState.WITHDRAWN:
        return render(request, "guidance/withdrawn.html", {"page": page}, status=410)
    assert page.current is not None
    return render(request, "guidance/page.html", shown(page, page.current))


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A page as it was published with that number, said to be so where it is not the present one."""
    page = get_object_or_404(HelpPage.objects.published().select_related("category", "current"), slug=slug)
    row = get_object_or_404(PageVersion, page=page, number=number)
    return render(request, "guidance/page.html", shown(page, row) | {"old": row.pk != page.current_id})


def shown(page: HelpPage, row: Any) -> dict[str, Any]:
    """The context of a page's template for one version, or for its working copy."""
    rendered = markup.render(row.body, language())
    near = queries.listed().filter(category_id=page.category_id).exclude(pk=page.pk)[:6]
    files = [{**one, "title": one["title_zh" if is_chinese() else "title_en"]} for one in row.files]
    cited = Article.objects.filter(key__in=row.articles).order_by("order")
    return {
        "page": page,
        "version": row,
        "body": rendered.html,
        "headings": rendered.headings if len(rendered.headings) > 1 else (),
        "cited": [(one.key, cite(one.key), one.title_zh if is_chinese() else one.title_en) for one in cited],
        "files": files,
        "near": near,
        "history": PageVersion.objects.filter(page=page).only("number", "published_at", "note")[:12],
    }


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Material of a page."""
    return stream(request, HelpFile.objects.visible_to(actor_for(request)).filter(pk=pk).first())


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Contacts of the authorities; ``?province=`` those of one."""
    there = queries.provinces_with_contacts()
    provinces = [(value, label) for value, label in Province.choices if value in there]
    chosen = request.GET.get("province", "")
    chosen = chosen if chosen in there else ""
    actor = actor_for(request)
    context = {
        "groups": queries.contacts(chosen), "provinces": provinces, "chosen": chosen,
        "own": actor is not None and actor.role in LEAD_ROLES and actor.unit_id is not None,
    }  # fmt: skip
    return render(request, "guidance/contacts.html", context)
