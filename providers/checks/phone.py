"""Telephone numbers: mobiles, landlines, 400 and 800 service numbers."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from providers.checks.errors import CheckFailed
from providers.checks.text import digits_only, fill, tidy, wrong_digit

MOBILE_EXAMPLE = "13800000000"
LANDLINE_EXAMPLE = "010-66000000"
_LANDLINE = re.compile(
    r"^(?P<area>010|02[0-9]|0[3-9][0-9]{2})-?(?P<number>[1-9][0-9]{6,7})(?:-(?P<extension>[0-9]{1,6}))?$"
)
_SERVICE = re.compile(r"^(400|800)([0-9]{7})$")


def _plain(text: object) -> str:
    typed = re.sub(r"[()]", "", tidy(text, upper=True))
    if typed.startswith("+86"):
        typed = typed[3:].lstrip("-")
    elif re.fullmatch(r"0086-?1[0-9]{10}", typed):
        typed = typed[4:].lstrip("-")
    return typed


def parse_mobile(text: object) -> str:
    """11 digits, the second 3 to 9; ``+86`` is taken off."""
    number = digits_only(_plain(text).replace("-", ""), 11, MOBILE_EXAMPLE)
    if not re.match(r"1[3-9]", number):
        raise CheckFailed(
            "mobile",
            fill(
                _("A mobile number begins with 13 to 19, not %(start)s. Example: %(example)s"),
                start=number[:2],
                example=MOBILE_EXAMPLE,
            ),
            position=1,
        )
    return number


def parse_landline(text: object) -> str:
    """Area code and number, ``010-66000000``, with an extension where needed; or a 400/800 number."""
    typed = _plain(text)
    service = _service(typed)
    if service:
        return service
    for place, char in enumerate(typed, start=1):
        if char not in "0123456789-":
            raise wrong_digit(char, place, LANDLINE_EXAMPLE)
    match = _LANDLINE.match(typed)
    if match is None:
        raise CheckFailed(
            "landline",
            fill(
                _(
                    "A landline has an area code beginning with 0 and a number of 7 or 8 digits. Example: %(example)s"
                ),
                example=LANDLINE_EXAMPLE,
            ),
        )
    if (match["area"] == "010" or match["area"].startswith("02")) and len(match["number"]) != 8:
        raise CheckFailed(
            "landline",
            fill(
                _("Numbers of area %(area)s have 8 digits; here there are %(length)s. Example: %(example)s"),
                area=match["area"],
                length=len(match["number"]),
                example=LANDLINE_EXAMPLE,
            ),
        )
    extension = f"-{match['extension']}" if match["extension"] else ""
    return f"{match['area']}-{match['number']}{extension}"


def _service(typed: str) -> str:
    match = _SERVICE.match(typed.replace("-", ""))
    if match is None:
        return ""
    return f"{match[1]}-{match[2][:3]}-{match[2][3:]}"


def parse_phone(text: object) -> str:
    """A mobile, a landline, or a 400/800 service number."""
    typed = _plain(text)
    service = _service(typed)
    if service:
        return service
    if typed.startswith("1") and "-" not in typed[:4]:
        return parse_mobile(text)
    return parse_landline(text)
