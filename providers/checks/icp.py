"""ICP filings and telecom licences (ICP备案、电信业务经营许可证)."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from providers.checks.errors import CheckFailed
from providers.checks.text import fill, tidy, wrong_digit

#: 川/蜀 and 甘/陇 both occur; 贵/黔, 云/滇 and 陕/秦 likewise.
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新"
ICP_EXAMPLE = "京ICP备14035507号"
SITE_EXAMPLE = "京ICP备14035507号-1"
APP_EXAMPLE = "京ICP备14035507号-25A"
TELECOM_EXAMPLE = "京ICP证123456号"

_NUMBER = re.compile(r"^(?P<province>.)ICP备案?(?P<digits>[^号-]*)号?(?:-(?P<suffix>.*))?$")
_SUFFIX = re.compile(r"^(?P<serial>[0-9]{1,4})(?P<edition>[AX]?)$")
_LICENCE = re.compile(r"^(?P<province>.)ICP证(?P<digits>[0-9]{6,8})号?$")
_B_LICENCE = re.compile(
    r"^(?P<province>[^AB-]*)(?P<classes>[AB][0-9](?:\.[AB][0-9])*)-?(?P<year>(?:19|20)[0-9]{2})(?P<serial>[0-9]{4})号?"
    r"(?:-(?P<branch>[0-9]{1,4}[AX]?))?$"
)


def parse_icp(text: object) -> str:
    """An ICP filing of the back end: ``京ICP备14035507号``, with ``-n`` for a site.

    A number of an app (``-nA``) or a mini-program (``-nX``) is accepted too; licences are not.
    """
    return _filing(text, ICP_EXAMPLE)[0]


def parse_miit_app(text: object) -> str:
    """The industry ministry's number of an app, ``京ICP备14035507号-25A``, or mini-program, ``…-3X``."""
    number, edition = _filing(text, APP_EXAMPLE)
    if edition not in ("A", "X"):
        raise CheckFailed(
            "not_an_app",
            fill(
                _(
                    "This is the number of a unit or a site; an app’s ends in a number and “A”, a "
                    "mini-program’s in “X”. Example: %(example)s"
                ),
                example=APP_EXAMPLE,
            ),
        )
    return number


def kind_of(number: str) -> str:
    """``unit``, ``site``, ``app`` or ``mini_program`` of a normalised ICP filing number."""
    _base, hyphen, suffix = number.partition("号-")
    if not hyphen:
        return "unit"
    return {"A": "app", "X": "mini_program"}.get(suffix[-1], "site")


def _filing(text: object, example: str) -> tuple[str, str]:
    typed = tidy(text, upper=True)
    if "ICP证" in typed or re.match(r"^.?[AB][0-9][.-]", typed):
        raise CheckFailed(
            "licence_for_filing",
            fill(
                _("This is a telecom licence; the number of the ICP filing is meant. Example: %(example)s"),
                example=example,
            ),
        )
    if "APP备" in typed:
        raise CheckFailed(
            "education_number",
            fill(
                _("This is a number of an educational app; the ICP filing is meant. Example: %(example)s"),
                example=example,
            ),
        )
    match = _NUMBER.match(typed)
    if match is None:
        raise CheckFailed(
            "form", fill(_("This is no ICP filing number. Example: %(example)s"), example=example)
        )
    province, digits, suffix = match["province"], match["digits"], match["suffix"]
    _check_province(province, example)
    start = typed.index(digits, typed.index("备") + 1) if digits else len(typed)
    for place, char in enumerate(digits, start=start + 1):
        if char not in "0123456789":
            raise wrong_digit(char, place, example)
    if len(digits) not in (8, 10):
        raise CheckFailed(
            "length",
            fill(
                _("Between 备 and 号 stand %(length)s digits; there must be 8 or 10. Example: %(example)s"),
                length=len(digits),
                example=example,
            ),
        )
    number = f"{province}ICP备{digits}号"
    if suffix is None:
        return number, ""
    tail = _SUFFIX.match(suffix)
    if tail is None or int(tail["serial"]) == 0:
        raise CheckFailed(
            "suffix",
            fill(
                _(
                    "The ending “-%(suffix)s” is wrong: “-1” for a site, “-1A” for an app, “-1X” for a "
                    "mini-program. Example: %(example)s"
                ),
                suffix=suffix,
                example=example,
            ),
        )
    return f"{number}-{tail['serial']}{tail['edition']}", tail["edition"]


def _check_province(char: str, example: str) -> None:
    if char not in PROVINCES:
        raise CheckFailed(
            "province",
            fill(
                _("“%(char)s” is no short name of a province (such as 京, 沪, 粤, 川). Example: %(example)s"),
                char=char,
                example=example,
            ),
            position=1,
        )


def parse_telecom_licence(text: object) -> str:
    """A telecom business licence: ``京ICP证123456号``, ``粤B2-20090059``, ``粤B1.B2-20150286``, ``B2-20201234``."""
    typed = tidy(text, upper=True)
    if "ICP备" in typed:
        raise CheckFailed(
            "filing_for_licence",
            fill(
                _("This is an ICP filing; the number of the telecom licence is meant. Example: %(example)s"),
                example=TELECOM_EXAMPLE,
            ),
        )
    match = _LICENCE.match(typed)
    if match is not None:
        _check_province(match["province"], TELECOM_EXAMPLE)
        return f"{match['province']}ICP证{match['digits']}号"
    match = _B_LICENCE.match(typed)
    if match is None:
        raise CheckFailed(
            "form",
            fill(
                _("This is no number of a telecom business licence. Examples: %(first)s, %(second)s"),
                first=TELECOM_EXAMPLE,
                second="粤B2-20090059",
            ),
        )
    if match["province"]:  # a licence for the whole country has none
        _check_province(match["province"], "粤B2-20090059")
    branch = f"-{match['branch']}" if match["branch"] else ""
    return f"{match['province']}{match['classes']}-{match['year']}{match['serial']}{branch}"
