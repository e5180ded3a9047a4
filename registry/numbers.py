"""Filing numbers: reading what people type, and issuing the next one.

A number is ``教APP备`` + two digits of the province + serial + ``号``. The serial has five digits
up to 99999 and six from 100000 on (Measures, Article 14).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Province

MINISTRY_PREFIX = "00"
PREFIXES = frozenset(Province.values) | {MINISTRY_PREFIX}
MAX_SERIAL = 999_999
LONGEST_TEXT = 200

_NOISE = re.compile(
    r"[\s\u200b-\u200f\u2060\ufeff_.,:;·•、。，/\\|#*\"'“”‘’「」『』《》〈〉<>()\[\]{}【】〔〕~+-]+"
)
_ICP = re.compile(r"ICP(?P<kind>备|证)?案?(?P<digits>[0-9]*)号?(?:-(?P<part>[0-9]+)(?P<edition>[A-Z]?))?")
_TELECOM = re.compile(r"^[\u4e00-\u9fff]?[AB][0-9](?:\.[AB][0-9])*-[0-9]{8}")
#: the same words as some keyboards write them
_WRITTEN_OTHERWISE = str.maketrans("備號編應動敎", "备号编应动教")
_EXACT = re.compile(r"教APP备([0-9]{7,8})号")
_READ = re.compile(
    r"^(?:(?:备案)?编?号)?(?:教育?)?(?:移动)?(?:APP|应用)?(?:备案|备)?(?:编?号)?第?(?P<digits>[0-9]+)号?$"
)
_ATTEMPT = re.compile(r"(?:教育?APP|APP备|教备)")


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A well-formed number. Whether it was ever issued is another question."""

    prefix: str
    serial: int

    @property
    def digits(self) -> str:
        """Prefix and serial without the words, as used in addresses: ``1100871``."""
        return f"{self.prefix}{self.serial:05d}"

    @property
    def text(self) -> str:
        """The official form: ``教APP备1100871号``."""
        return f"教APP备{self.digits}号"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class NumberProblem:
    """Why a text is no number, and what to do about it.

    ``code``: ``empty``, ``icp``, ``telecom``, ``police``, ``length``, ``serial``, ``prefix``, ``shape``.
    ``attempt`` is False where the text does not look like somebody's try at a number at all.
    """

    code: str
    message: str
    hint: str = ""
    attempt: bool = True


def digits_of(number_text: str) -> str:
    """The digits inside an official number, for addresses."""
    return number_text.removeprefix("教APP备").removesuffix("号")


def read(text: str) -> Number | NumberProblem:
    """Read a number as people type it. Forgives dress, never guesses digits."""
    exact = _EXACT.fullmatch(text)
    if exact:
        return _from_digits(exact[1], dressed=True)
    folded = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).upper().translate(_WRITTEN_OTHERWISE)
    folded = folded.replace("－", "-").replace("—", "-").replace("–", "-").replace("﹣", "-")
    compact = re.sub(r"[\s\u200b-\u200f\u2060\ufeff]+", "", folded)
    if not compact:
        return NumberProblem("empty", _("No number was given."), _example(), attempt=False)
    foreign = _foreign(compact)
    if foreign:
        return foreign
    bare = _NOISE.sub("", compact)
    match = _READ.match(bare)
    if not match:
        tried = bool(_ATTEMPT.search(bare)) and any(char.isdigit() for char in bare)
        return NumberProblem(
            "shape",
            _("“%(text)s” cannot be read as a filing number.") % {"text": text.strip()[:40]},
            _example(),
            tried,
        )
    return _from_digits(match["digits"], dressed=not bare[0].isdigit())


def _from_digits(digits: str, *, dressed: bool) -> Number | NumberProblem:
    if len(digits) not in (7, 8):
        message = _("A filing number has 7 digits, from serial 100000 on 8; this one has %(count)d.") % {
            "count": len(digits)
        }
        hint = _(
            "A digit may be missing or doubled. It is not guessed here: "
            "please copy the number as the app shows it, or search by the app's name."
        )
        # a bare short figure or a telephone number is more likely a search word
        return NumberProblem("length", message, hint, attempt=dressed or len(digits) in (6, 9))
    prefix, serial = digits[:2], int(digits[2:])
    if prefix not in PREFIXES:
        return NumberProblem(
            "prefix",
            _("No province has the code %(prefix)s.") % {"prefix": prefix},
            _("The first two digits are the code of the provider's province, for example 11 for Beijing."),
            attempt=dressed or len(digits) == 7,
        )
    if serial == 0 or (len(digits) == 8 and serial < 100_000):
        return NumberProblem("serial", _("No such serial is ever issued."), _example(), attempt=True)
    return Number(prefix, serial)


def _foreign(compact: str) -> NumberProblem | None:
    """Numbers of other registers that are often taken for this one."""
    if "公网安备" in compact:
        return NumberProblem(
            "police",
            _(
                "This is a public security filing number of a website, not an educational app's filing number."
            ),
            _example(),
        )
    icp = _ICP.search(compact)
    if icp:
        return NumberProblem("icp", str(_icp_message(icp["kind"], icp["part"], icp["edition"])), _example())
    if _TELECOM.match(compact):
        return NumberProblem(
            "telecom",
            _(
                "This is a telecom business licence of the communications administration, not a filing number."
            ),
            _example(),
        )
    return None


_ICP_APP = gettext_lazy(
    "This is the app's ICP filing number with the industry ministry. "
    "The educational app's filing number is another one; it begins with 教APP备."
)
_ICP_MINI = gettext_lazy(
    "This is a mini-program's ICP filing number with the industry ministry. "
    "The educational app's filing number is another one; it begins with 教APP备."
)
_ICP_LICENCE = gettext_lazy(
    "This is an ICP licence of the communications administration. "
    "The educational app's filing number is another one; it begins with 教APP备."
)
_ICP_SITE = gettext_lazy(
    "This is a website's ICP filing number with the industry ministry. "
    "The educational app's filing number is another one; it begins with 教APP备."
)


def _icp_message(kind: str | None, part: str | None, edition: str | None) -> object:
    if kind == "证":
        return _ICP_LICENCE
    if edition == "A":
        return _ICP_APP
    if edition == "X":
        return _ICP_MINI
    return _ICP_SITE


def _example() -> str:
    return _("A filing number looks like 教APP备1100871号.")


class NoTransaction(RuntimeError):
    """A number may only be issued inside the transaction that approves the filing."""


class SerialsUsedUp(RuntimeError):
    """All 999,999 serials of a prefix are issued."""


def issue(*, prefix: str) -> Number:
    """Take the next number of ``prefix``. Must run inside the approval's transaction.

    Effects: moves the sequence of the prefix on by one. Its row stays locked until the transaction
    ends, so a rolled back approval leaves no gap and two approvals never get the same number.
    Call it as late as possible in the transaction (Measures, Article 14).

    Raises ``NoTransaction``, ``SerialsUsedUp``, and ``ValueError`` for an unknown prefix.
    """
    if prefix not in PREFIXES:
        raise ValueError(f"unknown number prefix: {prefix!r}")
    if not transaction.get_connection().in_atomic_block:
        raise NoTransaction("issue() outside a transaction would leave gaps")
    authority = "moe" if prefix == MINISTRY_PREFIX else prefix
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_numbersequence AS s (authority_code, prefix, last_serial) VALUES (%s, %s, 1) "
            "ON CONFLICT (prefix) DO UPDATE SET last_serial = s.last_serial + 1 RETURNING last_serial",
            [authority, prefix],
        )
        serial = int(cursor.fetchone()[0])
    if serial > MAX_SERIAL:
        raise SerialsUsedUp(f"prefix {prefix} has no serial left")
    return Number(prefix, serial)
