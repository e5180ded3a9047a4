"""The door of the public form: spam and flood are held off without a foreign service and without cookies.

A form carries a signed token with the moment it was opened and a small sum in words; a machine that posts
at once, posts late, posts twice with the same token, fills in the hidden field, or cannot add is turned away. Of the
address a keyed hash is counted in the cache for a day at most; neither is stored with a complaint.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext as _

from ledger.acts import Reason, Reasons

LEAST_SECONDS = 3
MOST_SECONDS = 12 * 3600
PER_HOUR, PER_DAY = 5, 20  # complaints of one address
LOOKS_PER_HOUR = 30  # tries of a query code from one address
_SALT = "supervision.complaint"
_DIGITS_ZH = "零一二三四五六七八九"
_WORDS_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class OpenedForm:
    """What a form carries: the token, and the sum to be asked in the reader's language."""

    token: str
    first: int
    second: int

    @property
    def question(self) -> str:
        """三加四等于几？ – in words, so that it is no number to be read off."""
        return _("What is %(first)s plus %(second)s? (a number)") % {
            "first": _word(self.first),
            "second": _word(self.second),
        }


def _word(digit: int) -> str:
    from django.utils.translation import get_language

    return _WORDS_EN[digit] if (get_language() or "zh").startswith("en") else _DIGITS_ZH[digit]


def new_form(now: datetime) -> OpenedForm:
    """A form that is opened now."""
    first, second = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
    body = [int(now.timestamp()), first, second, secrets.token_hex(8)]
    return OpenedForm(signing.dumps(body, salt=_SALT, compress=False), first, second)


def opened(token: str) -> OpenedForm | None:
    """The form of a token, to be shown again after a mistake; None where the token is none."""
    body = _read(token)
    return OpenedForm(token, body[1], body[2]) if body else None


def check(*, token: str, answer: str, honeypot: str, address: str, now: datetime) -> Reasons:
    """What speaks against taking the form in; empty: nothing. Counts the address only where nothing does.

    Call it once everything else on the form is right: a token is good for one complaint.
    """
    body = _read(token)
    if body is None:
        return Reasons.of(Reason("form_invalid", _("This form is not valid any more. Open it again.")))
    reasons = Reasons()
    age = now.timestamp() - body[0]
    if honeypot:
        reasons.append(Reason("robot", _("Leave the hidden field empty.")))
    if age < LEAST_SECONDS:
        reasons.append(Reason("too_fast", _("That was too fast; send it again.")))
    if age > MOST_SECONDS:
        reasons.append(Reason("too_old", _("The form has been open for too long. Open it again; your text stays.")))
    if _number(answer) != body[1] + body[2]:
        reasons.append(Reason("wrong_sum", _("The sum is not right. Add again.")))
    if reasons:
        return reasons
    if not cache.add(f"complaint-token:{body[3]}", 1, MOST_SECONDS):
        return Reasons.of(Reason("sent_already", _("This form has been sent already.")))
    if not (_within("hour", address, now, PER_HOUR, 3600) and _within("day", address, now, PER_DAY, 86400)):
        cache.delete(f"complaint-token:{body[3]}")
        return Reasons.of(Reason("flood", _("Too many complaints from your connection. Try again later.")))
    return reasons


def give_back(token: str) -> None:
    """The form was not taken in after all, by no fault of its sender: its token is good once more."""
    body = _read(token)
    if body is not None:
        cache.delete(f"complaint-token:{body[3]}")


def may_try_code(*, address: str, now: datetime) -> bool:
    """Whether this address may try another query code now."""
    return _within("code", address, now, LOOKS_PER_HOUR, 3600)


def address_hash(address: str) -> str:
    """A keyed hash of the address, of no use without the portal's key."""
    return hmac.new(settings.SECRET_KEY.encode(), f"complaint:{address}".encode(), hashlib.sha256).hexdigest()[:32]


def _within(span: str, address: str, now: datetime, most: int, seconds: int) -> bool:
    key = f"complaint-{span}:{address_hash(address)}:{int(now.timestamp()) // seconds}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two
        return True


def _read(token: str) -> list[Any] | None:
    try:
        body = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return body if isinstance(body, list) and len(body) == 4 else None


def _number(answer: str) -> int | None:
    text = "".join(answer.split())
    if text.isdecimal() and len(text) <= 4:
        return int(text)
    return _chinese(text)


def _chinese(text: str) -> int | None:
    """0 to 18 in Chinese, as somebody may well answer a question in words."""
    if text in _DIGITS_ZH and len(text) == 1:
        return _DIGITS_ZH.index(text)
    if text.startswith("十") and len(text) <= 2:
        rest = text[1:]
        return 10 + (_DIGITS_ZH.index(rest) if rest in _DIGITS_ZH and rest else 0)
    return None
