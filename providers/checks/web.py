"""Web addresses and e-mail."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from providers.checks.errors import CheckFailed
from providers.checks.text import MAX_TYPED, fill, tidy

URL_EXAMPLE = "https://www.example.com/privacy"
EMAIL_EXAMPLE = "name@example.com"
_LABEL = re.compile(r"^[a-z0-9\u4e00-\u9fff](?:[a-z0-9\u4e00-\u9fff-]{0,61}[a-z0-9\u4e00-\u9fff])?$")


def parse_url(text: object) -> str:
    """An http(s) address with a public host name; no user name, no script, no inner address."""
    typed = tidy(text)
    if not re.match(r"^[A-Za-z][A-Za-z0-9+.-]*:", typed):
        raise CheckFailed(
            "scheme",
            fill(
                _("The address must begin with https:// or http://. Example: %(example)s"),
                example=URL_EXAMPLE,
            ),
        )
    try:
        parts = urlsplit(typed)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _bad_url() from None
    if parts.scheme.lower() not in ("http", "https"):
        raise CheckFailed(
            "scheme",
            fill(
                _("The address must begin with https:// or http://. Example: %(example)s"),
                example=URL_EXAMPLE,
            ),
        )
    if parts.username or parts.password:
        raise CheckFailed("user", _("An address that holds a user name or password is not accepted."))
    check_host(host)
    if re.search(r"[\"'<>\\`{}|^\x00-\x20]", typed):
        raise _bad_url()
    return typed


def parse_domain_or_url(text: object) -> str:
    """A host name such as ``app.example.com``, or an address."""
    typed = tidy(text)
    if "://" in typed:
        return parse_url(typed)
    host = typed.lower().rstrip("./")
    check_host(host)
    return host


def check_host(host: str) -> None:
    """A public host name. Raises :class:`CheckFailed`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if not address.is_global:
            raise CheckFailed(
                "inner_address", _("This address can be reached from inside only; the public one is meant.")
            )
        return
    labels = host.split(".")
    if (
        len(labels) < 2
        or len(host) > 253
        or not all(_LABEL.match(label) for label in labels)
        or labels[-1].isdigit()
    ):
        raise _bad_url()
    if labels[-1] in ("local", "localhost", "internal", "lan"):
        raise CheckFailed(
            "inner_address", _("This address can be reached from inside only; the public one is meant.")
        )


def _bad_url() -> CheckFailed:
    return CheckFailed("url", fill(_("This is no web address. Example: %(example)s"), example=URL_EXAMPLE))


def parse_email(text: object) -> str:
    """An e-mail address; the host in lower case."""
    typed = tidy(text)
    if "@" not in typed:
        raise CheckFailed(
            "email", fill(_("An e-mail address has an @. Example: %(example)s"), example=EMAIL_EXAMPLE)
        )
    try:
        validate_email(typed)
    except ValidationError:
        raise CheckFailed(
            "email", fill(_("This is no e-mail address. Example: %(example)s"), example=EMAIL_EXAMPLE)
        ) from None
    name, _at, host = typed.rpartition("@")
    return f"{name}@{host.lower()}"


__all__ = ["MAX_TYPED", "check_host", "parse_domain_or_url", "parse_email", "parse_url"]
