"""Tidying what people type, and saying where it goes wrong."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from providers.checks.errors import CheckFailed

MAX_TYPED = 400  # longer input is never one of these values; keeps every pattern cheap
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣", "-"))
#: Letters that are taken for digits, and the digit that was meant.
LOOKALIKE = {"O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}


def tidy(text: object, *, upper: bool = False, spaces: bool = False) -> str:
    """Half-width, without invisible characters, one kind of hyphen; without spaces unless ``spaces``."""
    typed = str(text if text is not None else "")
    if len(typed) > MAX_TYPED:
        raise CheckFailed("too_long", fill(_("This is too long: %(length)s characters."), length=len(typed)))
    half = unicodedata.normalize("NFKC", _INVISIBLE.sub("", typed)).translate(_DASHES)
    half = _SPACES.sub(" " if spaces else "", half).strip()
    return half.upper() if upper else half


def fill(message: object, **params: object) -> object:
    """A lazy message with its values put in when it is shown."""
    return _Filled(message, params)


class _Filled:
    """A lazily translated text with named values."""

    def __init__(self, message: object, params: dict[str, object]) -> None:
        self._message, self._params = message, params

    def __str__(self) -> str:
        return str(self._message) % {key: str(value) for key, value in self._params.items()}

    def __repr__(self) -> str:
        return repr(str(self))

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def wrong_digit(char: str, position: int, example: str) -> CheckFailed:
    """The refusal of a character where a digit should stand."""
    meant = LOOKALIKE.get(char.upper())
    if meant is not None:
        return CheckFailed(
            "letter_for_digit",
            fill(
                _(
                    "Character %(position)s is the letter “%(char)s”; the digit “%(digit)s” is probably meant."
                ),
                position=position,
                char=char,
                digit=meant,
            ),
            position=position,
        )
    return CheckFailed(
        "not_a_digit",
        fill(
            _("Character %(position)s is “%(char)s”; only digits belong there. Example: %(example)s"),
            position=position,
            char=char,
            example=example,
        ),
        position=position,
    )


def digits_only(text: str, count: int, example: str, *, offset: int = 0) -> str:
    """``text`` if it is exactly ``count`` ASCII digits; else a refusal that names the place or the length."""
    for place, char in enumerate(text, start=1 + offset):
        if char not in "0123456789":
            raise wrong_digit(char, place, example)
    if len(text) != count:
        raise wrong_length(len(text), count, example)
    return text


def wrong_length(length: int, count: int, example: str) -> CheckFailed:
    return CheckFailed(
        "length",
        fill(
            _("This has %(length)s characters; it must have %(count)s. Example: %(example)s"),
            length=length,
            count=count,
            example=example,
        ),
    )


__all__ = ["LOOKALIKE", "digits_only", "fill", "tidy", "wrong_digit", "wrong_length"]
