"""The texts of the law: a list, and a page for each article."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rulebook import articles as texts
from rulebook.enums import Source
from rulebook.models import Article

#: Full name, issuer and date of each text.
ABOUT = {
    Source.MEASURES: (
        _("Measures for the filing of educational mobile internet applications"),
        _("General Office of the Ministry of Education, 11 November 2019"),
    ),
    Source.OPINIONS: (
        _("Opinions on the orderly and healthy development of educational mobile internet applications"),
        _("Ministry of Education and seven other departments, 10 August 2019"),
    ),
    Source.BEIJING: (
        _("Beijing notice on the filing and management of educational mobile internet applications"),
        _("Beijing Municipal Education Commission and two other bodies, 27 April 2022"),
    ),
}


@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """All articles, text by text."""
    rows = Article.objects.order_by("order")
    groups = [
        {
            "source": source,
            "name": ABOUT[Source(source)][0],
            "issued": ABOUT[Source(source)][1],
            "articles": [texts.text_of(row) for row in group],
        }
        for source, group in groupby(rows, key=lambda row: row.source)
    ]
    return render(request, "rulebook/articles.html", {"groups": groups})


@require_safe
def article(request: HttpRequest, key: str) -> HttpResponse:
    """One article in the reader's language, the other language beneath it."""
    try:
        row = texts.get(key)
    except texts.ArticleUnknown as error:
        raise Http404(key) from error
    name, issued = ABOUT[Source(row.source)]
    near = Article.objects.filter(source=row.source).only("key", "order")
    before = near.filter(order__lt=row.order).order_by("-order").first()
    after = near.filter(order__gt=row.order).order_by("order").first()
    return render(
        request,
        "rulebook/article.html",
        {
            "article": texts.text_of(row),
            "chinese": texts.text_of(row, "zh-hans"),
            "english": texts.text_of(row, "en"),
            "rendering": row.zh_is_rendering,
            "name": name,
            "issued": issued,
            "before": before and texts.cite(before.key),
            "before_key": before and before.key,
            "after": after and texts.cite(after.key),
            "after_key": after and after.key,
        },
    )
