"""The articles that the portal relies on, and how they are cited."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rulebook.authorities import is_chinese
from rulebook.models import Article

_DIGITS = "〇一二三四五六七八九"
_KEY = re.compile(r"(me|op|bj)-(n?)(\d+)(?:-(\d+))?")
_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV", 5: "V"}


class ArticleUnknown(LookupError):
    """No article of the rulebook has that key."""


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article in the reader's language, with what must be said about the wording."""

    key: str
    citation: str
    title: str
    text: str
    note: str


def get(key: str) -> Article:
    """The article of that key, such as `me-13`. Raises ArticleUnknown."""
    try:
        return Article.objects.get(key=key)
    except Article.DoesNotExist as error:
        raise ArticleUnknown(key) from error


def numeral(number: int) -> str:
    """1 to 99 in Chinese: 十三."""
    tens, ones = divmod(number, 10)
    text = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return text + (_DIGITS[ones] if ones or not tens else "")


def cite(key: str, language: str | None = None) -> str:
    """How an article is cited: 《管理办法》第十三条, or Measures, Art. 13. Reads nothing.

    `language` is that of the reader where it is not given. A key that is none stands for itself.
    """
    found = _KEY.fullmatch(key)
    if found is None:
        return key
    source, notice, first = found[1], bool(found[2]), int(found[3])
    second = int(found[4]) if found[4] else None
    if is_chinese(language):
        number, part = numeral(first), f"（{numeral(second)}）" if second else ""
        if source == "me":
            return f"《管理办法》印发通知第{number}条" if notice else f"《管理办法》第{number}条"
        return f"《意见》（{number}）" if source == "op" else f"《北京通知》{number}{part}"
    if source == "me":
        return f"Notice of the Measures, item {first}" if notice else f"Measures, Art. {first}"
    if source == "op":
        return f"Opinions ({first})"
    return f"Beijing notice {_ROMAN.get(first, first)}" + (f"({second})" if second else "")


def text_of(article: Article, language: str | None = None) -> ArticleText:
    """The article in that language, else the reader's."""
    chinese = is_chinese(language)
    return ArticleText(
        key=article.key,
        citation=cite(article.key, language),
        title=article.title_zh if chinese else article.title_en,
        text=article.text_zh if chinese else article.text_en,
        note=article.note_zh if chinese else article.note_en,
    )
