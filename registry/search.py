"""Words of a search: what of an entry is indexed, and how a typed text asks for it.

PostgreSQL does the searching with a plain ``tsvector`` and GIN, no extension. Chinese text is indexed
as single characters and overlapping pairs, so that queries of one, two and more characters work;
Latin text as words; names also by pinyin and its initials; numbers, codes and package ids as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_WORD = re.compile(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
MAX_TOKEN = 64
MAX_TERMS = 24
MAX_QUERY = 100
_CITY = 2  # the characters of a place in front of most provider names


def fold(text: str) -> str:
    """One form for what looks alike: full width to half, lower case, no control characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char if char.isprintable() else " " for char in folded)


def grams(text: str) -> Iterator[str]:
    """Single characters and overlapping pairs of the Chinese, and the words, of ``text``."""
    folded = fold(text)
    for run in _HAN.findall(folded):
        yield from run
        for at in range(len(run) - 1):
            yield run[at : at + 2]
    for word in _WORD.findall(folded):
        yield word[:MAX_TOKEN]


@lru_cache(maxsize=4096)
def _syllables(run: str) -> tuple[tuple[str, ...], str]:
    full = tuple(part for part in lazy_pinyin(run, style=Style.NORMAL) if part.isascii())
    return full, "".join(part[0] for part in full)


def pinyin_tokens(text: str, *, tails: bool) -> Iterator[str]:
    """Pinyin and initials of each Chinese run; with ``tails`` also from each later syllable on."""
    for run in _HAN.findall(fold(text)):
        syllables, initials = _syllables(run)
        starts: Iterable[int] = range(len(syllables)) if tails else {0, _CITY} & set(range(len(syllables)))
        for start in starts:
            yield "".join(syllables[start:])[:MAX_TOKEN]
            if len(initials) - start > 1:
                yield initials[start:][:MAX_TOKEN]


def sort_key(name: str) -> str:
    """Names sorted by pinyin, Latin names among them."""
    return " ".join(lazy_pinyin(fold(name), style=Style.NORMAL))[:240]


def search_document(
    *, app_name: str, provider_name: str, number_digits: str, uscc: str, package_ids: Iterable[str]
) -> list[str]:
    """The tokens of an entry, each once, in order."""
    tokens: list[str] = [*grams(app_name), *pinyin_tokens(app_name, tails=True)]
    tokens += [*grams(provider_name), *pinyin_tokens(provider_name, tails=False)]
    tokens += [number_digits, uscc.casefold()]
    for package in package_ids:
        folded = fold(package).strip()[:MAX_TOKEN]
        tokens += [folded, *(part for part in _WORD.findall(folded) if len(part) > 2)]
    return [token for token in dict.fromkeys(tokens) if token and "\x00" not in token]


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def tsvector(tokens: Iterable[str]) -> str:
    """The text form of a tsvector, every lexeme quoted; nothing in it is parsed as language."""
    return " ".join(_quoted(token) for token in tokens)


def tsquery(text: str) -> str | None:
    """The text form of a tsquery for what somebody typed, or None where nothing can be searched.

    Every term is quoted, so that no text of the user is ever read as an operator.
    """
    folded = fold(text[:MAX_QUERY])
    terms: list[str] = []
    for part in folded.split():
        if "." in part and _HAN.search(part) is None and re.fullmatch(r"[\w.\-]+", part):
            terms.append(_quoted(part.strip(".-")[:MAX_TOKEN]))
            continue
        for run in _HAN.findall(part):
            pairs = [run[at : at + 2] for at in range(len(run) - 1)] or [run]
            terms += [_quoted(pair) for pair in pairs]
        for word in _WORD.findall(part):
            # the beginning of a word or of a pinyin line is enough, but a single letter is too little
            terms.append(_quoted(word[:MAX_TOKEN]) + (":*" if 2 <= len(word) < MAX_TOKEN else ""))
    terms = [term for term in dict.fromkeys(terms) if term.strip("':*")]
    return " & ".join(terms[:MAX_TERMS]) or None
