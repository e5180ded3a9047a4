"""Ids and versions of what is installed."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from providers.checks.errors import CheckFailed
from providers.checks.text import fill, tidy

PACKAGE_EXAMPLE = "com.example.reading"
BUNDLE_EXAMPLE = "com.example.Reading-App"
MINI_EXAMPLE = "wx0123456789abcdef"
VERSION_EXAMPLE = "4.3.0"
_MAX_ID = 155


def parse_package(text: object) -> str:
    """Android or HarmonyOS package: parts of letters, digits and ``_``, joined by dots, at least two."""
    return _dotted(tidy(text), r"[A-Za-z][A-Za-z0-9_]*", PACKAGE_EXAMPLE)


def parse_bundle_id(text: object) -> str:
    """iOS bundle id: parts of letters, digits and hyphens, joined by dots, at least two."""
    return _dotted(tidy(text), r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", BUNDLE_EXAMPLE)


def _dotted(typed: str, part: str, example: str) -> str:
    if typed.startswith(("http:", "https:")):
        raise CheckFailed(
            "link_for_id",
            fill(_("This is a link; the id of the package is meant. Example: %(example)s"), example=example),
        )
    parts = typed.split(".")
    if len(parts) < 2:
        raise CheckFailed(
            "parts",
            fill(
                _("Such an id has at least two parts with a dot between them. Example: %(example)s"),
                example=example,
            ),
        )
    place = 1
    for text in parts:
        if not re.fullmatch(part, text):
            raise CheckFailed(
                "part",
                fill(
                    _("The part “%(part)s” from character %(position)s on is wrong. Example: %(example)s"),
                    part=text,
                    position=place,
                    example=example,
                ),
                position=place,
            )
        place += len(text) + 1
    if len(typed) > _MAX_ID:
        raise CheckFailed("too_long", fill(_("This is too long: %(length)s characters."), length=len(typed)))
    return typed


def parse_miniprogram_id(text: object) -> str:
    """Id of a mini-program: letters, digits, ``_``, 6 to 64 of them, as the platform shows it."""
    typed = tidy(text)
    if not re.fullmatch(r"[A-Za-z0-9_]{6,64}", typed):
        raise CheckFailed(
            "miniprogram",
            fill(
                _(
                    "The id of a mini-program has 6 to 64 letters and digits, as its platform shows it. "
                    "Example: %(example)s"
                ),
                example=MINI_EXAMPLE,
            ),
        )
    return typed


def parse_version(text: object) -> str:
    """A version of numbers joined by dots, with a suffix where there is one; a leading v is taken off."""
    typed = re.sub(r"^[vV](?=[0-9])", "", tidy(text))
    if not re.fullmatch(r"[0-9]{1,8}(?:\.[0-9]{1,8}){0,4}(?:[-+.]?[A-Za-z][A-Za-z0-9.]{0,15})?", typed):
        raise CheckFailed(
            "version",
            fill(
                _("A version is numbers with dots between them. Example: %(example)s"),
                example=VERSION_EXAMPLE,
            ),
        )
    return typed
