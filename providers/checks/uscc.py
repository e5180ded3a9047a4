"""Unified social credit code (统一社会信用代码), GB 32100-2015, with GB 11714's own check inside."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as gb32100

from providers.checks.errors import CheckFailed
from providers.checks.text import LOOKALIKE, fill, tidy, wrong_digit, wrong_length

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
EXAMPLE = "91110108MA01TE5T3U"
_GB11714_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GB11714_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LENGTH = 18
#: Body (9th to 16th place) and check character (17th) of the organisation code.
_ORG = slice(8, 16)

#: Who registers, by the first character.
REGISTRARS = {
    "1": "organs",
    "2": "foreign_affairs",
    "3": "justice",
    "4": "culture",
    "5": "civil_affairs",
    "6": "tourism",
    "7": "religion",
    "8": "trade_unions",
    "9": "market",
    "A": "army_reform",
    "N": "agriculture",
    "Y": "other",
}


def parse_uscc(text: object) -> str:
    """The 18 characters in capitals. Raises :class:`CheckFailed` naming the first wrong place."""
    code = tidy(text, upper=True).replace("-", "")
    for place, char in enumerate(code, start=1):
        if char not in ALPHABET:
            if char in LOOKALIKE and char in "OIZS":
                raise wrong_digit(char, place, EXAMPLE)
            raise CheckFailed(
                "character",
                fill(
                    _(
                        "Character %(position)s is “%(char)s”, which such a code never has. Example: %(example)s"
                    ),
                    position=place,
                    char=char,
                    example=EXAMPLE,
                ),
                position=place,
            )
    if len(code) != _LENGTH:
        raise wrong_length(len(code), _LENGTH, EXAMPLE)
    for place, char in enumerate(code[2:8], start=3):
        if char not in "0123456789":
            raise wrong_digit(char, place, EXAMPLE)
    if code[0] not in REGISTRARS:
        raise CheckFailed(
            "registrar",
            fill(
                _(
                    "No office registers units under “%(char)s” (character 1); companies begin with 91. "
                    "Example: %(example)s"
                ),
                char=code[0],
                example=EXAMPLE,
            ),
            position=1,
        )
    if gb32100.calc_check_digit(code) != code[17]:
        raise CheckFailed(
            "check_character",
            _(
                "The code does not pass its own check: some character was mistyped. Compare it with "
                "the certificate, place by place."
            ),
        )
    if organisation_check(code[_ORG]) != code[16]:
        raise CheckFailed(
            "organisation_check",
            _(
                "The organisation code inside (characters 9 to 17) does not pass its own check. "
                "Compare it with the certificate."
            ),
        )
    return code


def organisation_check(body: str) -> str:
    """GB 11714's check character of eight characters."""
    total = sum(
        weight * _GB11714_ALPHABET.index(char) for weight, char in zip(_GB11714_WEIGHTS, body, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def registrar(code: str) -> str:
    """Who registered the unit: a value of :data:`REGISTRARS`, or ``""``."""
    return REGISTRARS.get(code[:1].upper(), "")


def civil_affairs_kind(code: str) -> str:
    """For 5x: ``association`` 51, ``private_non_enterprise`` 52, ``foundation`` 53, ``other`` 59; else ``""``."""
    kinds = {"51": "association", "52": "private_non_enterprise", "53": "foundation", "59": "other"}
    return kinds.get(code[:2], "")


def make(prefix: str, serial: int) -> str:
    """A valid made-up code: ``prefix`` is the first 8 places ("91110108"), ``serial`` makes it unique.

    The organisation part begins with MD, which made-up codes keep to.
    """
    if not re.fullmatch(r"[0-9A-Z]{2}[0-9]{6}", prefix) or prefix[0] not in REGISTRARS:
        msg = f"{prefix!r} is no beginning of a code"
        raise ValueError(msg)
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    rest, tail = serial, ""
    for _place in range(6):
        rest, index = divmod(rest, len(letters))
        tail = letters[index] + tail
    if rest:
        msg = f"{serial} is too large"
        raise ValueError(msg)
    body = "MD" + tail
    first = prefix + body + organisation_check(body)
    return first + str(gb32100.calc_check_digit(first + "0"))
