"""Rows of the help centre for tests, made through its verbs."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from accounts.models import Unit
from guidance import domain
from guidance.models import HelpCategory, HelpPage, TrainingEvent
from ledger.acts import Actor
from tests import factories
from tests.factories import NOW

_numbers = itertools.count(1)
SYSTEM = Actor.system()


def category(slug: str = "filing", audience: str = "provider") -> HelpCategory:
    row, _made = HelpCategory.objects.get_or_create(
        slug=slug, defaults={"audience": audience, "name_zh": f"类别{slug}", "name_en": f"Category {slug}"}
    )
    return row


def draft(slug: str = "", **fields: Any) -> HelpPage:
    """A page that nobody has published, complete in both languages."""
    slug = slug or f"page-{next(_numbers)}"
    values = {
        "title_zh": "怎么补正", "title_en": "How to supplement", "body_zh": "## 第一步\n\n补正材料。",
        "body_en": "## First\n\nSupplement it.", **fields,
    }  # fmt: skip
    return domain.create_page(
        slug=slug, category=values.pop("category", None) or category(), by=SYSTEM, now=NOW, **values
    )


def published(slug: str = "", **fields: Any) -> HelpPage:
    return domain.publish_page(page=draft(slug, **fields), by=SYSTEM, now=NOW)


def event(host: Unit | None = None, *, announced: bool = True, days: int = 7, **fields: Any) -> TrainingEvent:
    """A training in a week, of Beijing's authority, for everybody; registration until the day before."""
    starts = NOW + timedelta(days=days)
    values = {
        "host": host or factories.authority("11"), "audiences": ["provider", "institution", "authority", "public"],
        "title_zh": "备案管理培训", "title_en": "Training on filing", "body_zh": "请带电脑。",
        "body_en": "Bring a computer.",
        "place_zh": "线上", "place_en": "Online", "starts_at": starts, "ends_at": starts + timedelta(hours=3),
        "register_until": starts - timedelta(days=1), **fields,
    }  # fmt: skip
    row = domain.save_event(event=None, by=SYSTEM, now=NOW, **values)
    return domain.announce_event(event=row, by=SYSTEM, now=NOW) if announced else row
