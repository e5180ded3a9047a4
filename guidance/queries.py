"""Reading the help centre: its start page, its search, contacts, coming trainings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from accounts.enums import Level
from guidance import markup
from guidance.enums import TAKING_SEATS, AttendanceState, EventState, HelpAudience
from guidance.models import Contact, HelpCategory, HelpPage, TrainingEvent
from guidance.models.bilingual import said
from guidance.searching import Piece, either, excerpt, words_of
from ledger.acts import Actor
from registry.search import tsquery
from rulebook.authorities import is_chinese

MOST_FOUND = 30
LINK_KEPT = 60  # seconds
ON_START = 6  # pages of a category on the start page


@dataclass(frozen=True, slots=True)
class Shelf:
    """An audience on the start page: its categories, each with its first pages and how many there are."""

    audience: str
    label: Any
    categories: list[tuple[HelpCategory, list[HelpPage], int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A page that a search found, its title and an excerpt with what was looked for marked."""

    page: HelpPage
    title: list[Piece]
    excerpt: list[Piece]


def listed() -> QuerySet[HelpPage]:
    """Published pages with what a list shows of them, in the order of the shelves; no texts are read."""
    return (
        HelpPage.objects.published()
        .select_related("current", "category")
        .defer("body_zh", "body_en", "search", "current__body_zh", "current__body_en")
        .order_by("category__order", "category_id", "order", "id")
    )


def shelves() -> list[Shelf]:
    """The start page, in the order of ``HelpAudience``; categories without a page are left out. One query."""
    groups: dict[str, list[tuple[HelpCategory, list[HelpPage], int]]] = {}
    for _key, rows in groupby(listed(), key=lambda page: page.category_id):
        pages = list(rows)
        category = pages[0].category
        groups.setdefault(category.audience, []).append((category, pages[:ON_START], len(pages)))
    return [
        Shelf(str(value), label, groups[str(value)]) for value, label in HelpAudience.choices if str(value) in groups
    ]


def search(q: str) -> tuple[list[Found], bool]:
    """Published pages with all the words of ``q``, the nearest first; where there is none, those with some of them.

    Returns the pages and whether all words stand in them. One or two queries.
    """
    terms = tsquery(q.replace("\x00", ""))
    if terms is None:
        return [], True
    exact = True
    rows = list(_matching(terms))
    if not rows and " & " in terms:
        exact = False
        rows = list(_matching(either(terms)))
    language = "zh-hans" if is_chinese() else "en"
    return [_found(row, q, language) for row in rows], exact


def _matching(terms: str) -> QuerySet[HelpPage]:
    rows = HelpPage.objects.published().select_related("current", "category").defer("body_zh", "body_en", "search")
    rank = RawSQL("ts_rank(guidance_helppage.search, %s::tsquery)", [either(terms)])
    return rows.extra(where=["guidance_helppage.search @@ %s::tsquery"], params=[terms]).order_by(rank.desc(), "pk")[
        :MOST_FOUND
    ]


def _found(row: HelpPage, q: str, language: str) -> Found:
    version = row.current
    assert version is not None
    text = markup.plain(said(version, "body", language), language)
    if not any(word in text.lower() for word in words_of(q)):
        text = version.summary or text
    title = excerpt(version.title, q) if len(version.title) < 60 else [Piece(version.title)]
    return Found(row, title, excerpt(text, q))


def link(key: str) -> tuple[str, str] | None:
    """Address key and title of the published page of that stable key, or None.

    Every page of a workspace asks: the answer is kept for a minute, and dropped when the page is published anew
    or withdrawn.
    """
    row = cache.get(_link_key(key))
    if row is None:
        titles = ("current__title_zh", "current__title_en")
        row = HelpPage.objects.published().filter(slug=key).order_by().values_list(*titles).first() or ()
        cache.set(_link_key(key), row, LINK_KEPT)
    if not row:
        return None
    chinese, english = row
    return key, str(chinese if is_chinese() else english)


def forget_link(key: str) -> None:
    """The page of that key has another title, or none: now, and once more when others can see it."""
    cache.delete(_link_key(key))
    transaction.on_commit(partial(cache.delete, _link_key(key)))


def _link_key(key: str) -> str:
    return f"help-link:{key}"


def contacts(province: str = "") -> list[tuple[str, list[Contact]]]:
    """Shown contacts by authority, the ministry first; of one province with its ministry where it is given."""
    rows: Iterable[Contact] = (
        Contact.objects.filter(active=True)
        .select_related("authority")
        .order_by("authority__path", "order", "pk")
    )
    if province:
        rows = rows.filter(  # type: ignore[attr-defined]
            Q(authority__province_code=province) | Q(authority__level=Level.MINISTRY)
        )
    return [
        (authority_name(group[0].authority), group)
        for _key, found in groupby(rows, key=lambda row: row.authority_id)
        for group in [list(found)]
    ]


def authority_name(unit: Any) -> str:
    """The authority's name in the reader's language."""
    return str(unit.name if is_chinese() or not unit.name_en else unit.name_en)


def provinces_with_contacts() -> set[str]:
    """Codes of the provinces of which a contact is shown."""
    codes = Contact.objects.filter(active=True).values_list("authority__province_code", flat=True)
    return {code for code in codes.distinct().order_by() if code}


def coming(now: datetime, actor: Actor | None) -> QuerySet[TrainingEvent]:
    """Trainings that have not ended, the next one first."""
    rows = TrainingEvent.objects.visible_to(actor).select_related("host").filter(ends_at__gt=now)
    return rows.order_by("starts_at", "pk")


def hosted(unit_id: int) -> QuerySet[TrainingEvent]:
    """What an authority holds, drafts among it, the newest first; ``units``, ``people``, ``came`` beside each."""
    counted = Q(attendances__state__in=TAKING_SEATS)
    return (
        TrainingEvent.objects.filter(host_id=unit_id)
        .annotate(
            units=Count("attendances", filter=counted),
            people=Coalesce(Sum("attendances__people", filter=counted), 0),
            came=Coalesce(Sum("attendances__came", filter=counted), 0),
            open_lists=Count("attendances", filter=Q(attendances__state=AttendanceState.REGISTERED)),
        )
        .order_by("-starts_at", "-pk")
    )


def past(now: datetime) -> QuerySet[TrainingEvent]:
    """Trainings that have been held, the last one first."""
    rows = TrainingEvent.objects.visible_to(None).select_related("host", "material__current")
    return rows.filter(ends_at__lte=now, state=EventState.OPEN).order_by("-starts_at", "-pk")
