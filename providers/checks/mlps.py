"""Certificate of the graded-protection filing (网络安全等级保护备案证明)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from providers.checks.errors import CheckFailed
from providers.checks.text import fill, tidy, wrong_digit

EXAMPLE = "11010899021-20301"
_HEAD, _TAIL = 11, 5


def parse_mlps_certificate(text: object) -> str:
    """11 digits, hyphen, 5 digits; the hyphen may be missing. Level 1 has no certificate."""
    typed = tidy(text, upper=True)
    for place, char in enumerate(typed, start=1):
        if char not in "0123456789" and not (char == "-" and place == _HEAD + 1):
            if char == "-":
                raise CheckFailed(
                    "hyphen",
                    fill(
                        _(
                            "The hyphen stands after %(count)s digits; it belongs after 11. Example: %(example)s"
                        ),
                        count=place - 1,
                        example=EXAMPLE,
                    ),
                    position=place,
                )
            raise wrong_digit(char, place, EXAMPLE)
    digits = typed.replace("-", "")
    if len(digits) != _HEAD + _TAIL:
        raise CheckFailed(
            "length",
            fill(
                _("This has %(length)s digits; it must have 16: 11, a hyphen, 5. Example: %(example)s"),
                length=len(digits),
                example=EXAMPLE,
            ),
        )
    return f"{digits[:_HEAD]}-{digits[_HEAD:]}"
