"""Secrets that are shown once and stored as digests: tokens and invitation links."""

from __future__ import annotations

import hashlib
import secrets

from django.utils.crypto import salted_hmac

TOKEN_MARK = "fp_"  # noqa: S105  a mark, no secret


def digest(secret: str) -> str:
    """SHA-256 in hex. The secrets have 256 bits of their own, so no salt and no slow hash is due."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token() -> str:
    """A fresh token: the mark that leak scanners look for, and 32 random bytes."""
    return TOKEN_MARK + secrets.token_urlsafe(32)


def new_nonce() -> str:
    """16 random bytes in hex."""
    return secrets.token_hex(16)


def invitation_secret(nonce: str) -> str:
    """The secret of an invitation link: from its nonce and the portal's key.

    It can be made again for the e-mail, yet a copy of the database without the key holds none.
    """
    return salted_hmac("accounts.invitation", nonce, algorithm="sha256").hexdigest()
