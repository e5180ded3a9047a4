"""Searching the help: the words of a page with their weight, and excerpts that show where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from registry.search import fold, grams

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_WORD = re.compile(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")
AROUND = 60  # characters before and after what was found


def document(*parts: tuple[str, Iterable[str]]) -> str:
    """The text form of a tsvector: every token with a place for each part that has it.

    Each part is a weight (A to D) and its texts.
    """
    places: dict[str, list[str]] = {}
    for place, (weight, texts) in enumerate(parts, 1):
        for token in {token for text in texts for token in grams(text)}:
            places.setdefault(token, []).append(f"{place}{weight}")
    return " ".join(
        f"'{_escaped(token)}':{','.join(found)}" for token, found in sorted(places.items()) if "\x00" not in token
    )


def either(terms: str) -> str:
    """A query of which any term is enough: ``ts_rank`` then adds up what each term weighs where it stands."""
    return terms.replace(" & ", " | ")


def _escaped(token: str) -> str:
    return token.replace("\\", "\\\\").replace("'", "''")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an excerpt; ``hit`` where it is what was looked for."""

    text: str
    hit: bool = False


def words_of(q: str) -> list[str]:
    """What to mark in an excerpt: runs of Chinese with their pairs, and words; the longest first."""
    folded = fold(q)
    found: list[str] = []
    for run in _HAN.findall(folded):
        found += [run, *(run[at : at + 2] for at in range(len(run) - 1))]
    found += [word for word in _WORD.findall(folded) if len(word) > 1]
    return sorted(dict.fromkeys(found), key=len, reverse=True)


def excerpt(text: str, q: str) -> list[Piece]:
    """Some words of ``text`` around the first place where something of ``q`` stands, the places marked."""
    words = words_of(q)
    whole = [run for run in _HAN.findall(fold(q)) if len(run) > 2 and run in text]
    words = [word for word in words if not any(word in run and word != run for run in whole)]
    if not words:
        return [Piece(text[: 2 * AROUND])] if text else []
    pattern = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    first = min(
        (place for place in (text.lower().find(word) for word in words[:1]) if place >= 0),
        default=next((found.start() for found in pattern.finditer(text)), 0),
    )
    start, end = max(first - AROUND // 2, 0), first + 2 * AROUND
    shown = ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
    pieces: list[Piece] = []
    at = 0
    for found in pattern.finditer(shown):
        pieces += [Piece(shown[at : found.start()]), Piece(found[0], hit=True)]
        at = found.end()
    return [piece for piece in [*pieces, Piece(shown[at:])] if piece.text]
