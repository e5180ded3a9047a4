"""Secrets of the embedded mode: made on first use, readable by the runner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def _keep(path: Path, content: bytes) -> None:
    """Writes the file with mode 0600, unless another process was first: then that one's content stays."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)


def text(path: Path) -> str:
    """The secret text in the file, made when there is none."""
    if not path.exists():
        _keep(path, get_random_secret_key().encode() + get_random_secret_key().encode())
    return path.read_text()


def key(path: Path) -> str:
    """32 random bytes as 64 hex digits (an Ed25519 private key), made when there are none."""
    if not path.exists():
        _keep(path, secrets.token_hex(32).encode())
    return path.read_text()
