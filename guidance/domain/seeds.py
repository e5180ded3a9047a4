"""The help texts that every portal starts with, from ``guidance/data``; published through the verbs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from django.db import transaction

from guidance.domain.pages import create_page, edit_page, publish_page
from guidance.enums import PageState
from guidance.models import HelpCategory, HelpPage
from guidance.models.pages import COPIED
from ledger.acts import Actor
from rulebook.models import Article

_LOCK = 0x66700009  # advisory lock: two that start at once do not both write the pages


@dataclass(frozen=True)
class Seeded:
    """Pages that came in, and pages whose packaged wording was renewed."""

    new: int
    renewed: int


def packaged_categories() -> list[dict[str, Any]]:
    """The headings, in their order."""
    text = resources.files("guidance").joinpath("data", "categories.json").read_text(encoding="utf-8")
    return list(json.loads(text))


def packaged_pages() -> list[dict[str, Any]]:
    """Every packaged page with its fields; ``category`` is a slug."""
    folder = resources.files("guidance").joinpath("data", "pages")
    files = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".md")), key=lambda one: one.name
    )
    return [read_page(one.name.removesuffix(".md"), one.read_text(encoding="utf-8")) for one in files]


def read_page(slug: str, text: str) -> dict[str, Any]:
    """Fields of a file: lines ``name: value``, then the text after ``=== zh`` and after ``=== en``."""
    head, rest = text.split("\n=== zh\n", 1)
    chinese, english = rest.split("\n=== en\n", 1)
    fields: dict[str, Any] = {"slug": slug, "body_zh": chinese.strip(), "body_en": english.strip()}
    for line in head.strip().splitlines():
        name, _colon, value = line.partition(":")
        fields[name.strip()] = value.strip()
    fields["order"] = int(fields["order"])
    fields["articles"] = fields.get("articles", "").split()
    return fields


def seed_help(*, by: Actor, now: datetime) -> Seeded:
    """Publishes the packaged pages that are not there; renews those that only this function has written so far.

    What a person has edited, withdrawn or left as a draft stays as it is. Articles that the rulebook does not hold yet
    are left out. Effects: categories, pages, versions, ledger records.
    """
    known = set(Article.objects.values_list("key", flat=True))
    new = renewed = 0
    with transaction.atomic():
        _one_at_a_time()
        for order, row in enumerate(packaged_categories(), 1):
            HelpCategory.objects.get_or_create(slug=row["slug"], defaults={**row, "order": order * 10})
        categories = {row.slug: row for row in HelpCategory.objects.all()}
        there = {row.slug: row for row in HelpPage.objects.select_related("current")}
        for fields in packaged_pages():
            fields["articles"] = [key for key in fields["articles"] if key in known]
            category = categories[fields.pop("category")]
            page = there.get(fields["slug"])
            if page is None:
                if fields["slug"] in categories:
                    continue  # a category that somebody has made has this address
                page = create_page(category=category, by=by, now=now, **fields)
                publish_page(page=page, by=by, now=now)
                new += 1
            elif _is_ours(page) and any(fields.get(name, "") != getattr(page, name) for name in COPIED):
                changed = {name: fields[name] for name in COPIED if name in fields}
                publish_page(page=edit_page(page=page, by=by, now=now, **changed), by=by, now=now)
                renewed += 1
    return Seeded(new, renewed)


def _is_ours(page: HelpPage) -> bool:
    """Whether no person has had a hand in it: neither in the working copy nor in any version."""
    return (
        page.state == PageState.PUBLISHED
        and page.edited_by_id is None
        and not page.versions.exclude(published_by=None).exists()
    )


def _one_at_a_time() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
