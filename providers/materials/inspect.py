"""Reading an upload by its content: PDF, PNG or JPEG, nothing hidden in it, nothing that runs."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import warnings
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext_lazy as _

from providers.checks.text import fill
from providers.materials.errors import Refused
from providers.materials.pdf import inspect_pdf

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 60_000_000  # some 8,900 × 6,700: a scanned A3 page at 600 dpi
MAX_SIDE = 20_000
LONGEST_NAME = 120
_CHUNK = 256 * 1024

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
}
_FOREIGN = (
    b"<script",
    b"<html",
    b"<!doctype html",
    b"<?php",
    b"<svg",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a",
    b"7z\xbc\xaf\x27\x1c",
)
_PNG_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")  # found wherever they stand, so a file must not hold them
_ZIP_END, _ZIP_END_SIZE, _ZIP_NOTE = b"PK\x05\x06", 22, 65_535

__all__ = ["MAX_BYTES", "Inspected", "Refused", "inspect", "safe_name"]


@dataclass(frozen=True)
class Inspected:
    """What an accepted file is. ``type`` by content, ``size`` in bytes, ``pages`` for PDF (images: 1)."""

    type: str
    sha256: str
    size: int
    pages: int
    name: str


def inspect(fileobj: IO[bytes], declared_name: str = "") -> Inspected:
    """Reads the whole file and says what it is. Raises :class:`Refused` with a code and a message.

    The position of ``fileobj`` is set back to the start.
    """
    content = _read(fileobj)
    kind = next((mime for magic, mime in _SIGNATURES if content.startswith(magic)), "")
    if not kind:
        raise _unknown(content)
    if _is_archive(content):
        raise Refused("polyglot", _("The file is an archive at the same time. Print or save it anew and upload that."))
    name = safe_name(declared_name, kind)
    pages = 1
    if kind == "application/pdf":
        pages = inspect_pdf(content)
    else:
        _inspect_image(content, kind)
    return Inspected(kind, hashlib.sha256(content).hexdigest(), len(content), pages, name)


def _read(fileobj: IO[bytes]) -> bytes:
    fileobj.seek(0)
    parts, size = [], 0
    while chunk := fileobj.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise Refused(
                "too_large",
                _("The file is larger than 20 MB. Make a smaller scan, for example with 200 dpi."),
            )
        parts.append(chunk)
    fileobj.seek(0)
    if not size:
        raise Refused("empty", _("The file is empty."))
    return b"".join(parts)


def _unknown(content: bytes) -> Refused:
    if b"%PDF-" in content[:2048]:
        return Refused(
            "polyglot", _("Something stands before the beginning of the PDF. Save the document anew as PDF.")
        )
    if content[:4] == b"PK\x03\x04":
        return Refused("type", _("This is an archive or an office document. Save it as PDF and upload that."))
    return Refused(
        "type",
        _("Only PDF, PNG and JPEG files are accepted; this file is something else, whatever its name says."),
    )


def _is_archive(content: bytes) -> bool:
    """Whether a program for archives would open it, wherever in the file the archive lies.

    A ZIP is read from its end, where a note of any content may follow its last record, up to the end of the file.
    """
    if any(mark in content for mark in _ARCHIVES):
        return True
    place = max(0, len(content) - _ZIP_END_SIZE - _ZIP_NOTE)
    while (place := content.find(_ZIP_END, place)) >= 0:
        note = content[place + 20 : place + _ZIP_END_SIZE]
        if len(note) == 2 and place + _ZIP_END_SIZE + int.from_bytes(note, "little") <= len(content):
            return True
        place += 1
    return False


def _inspect_image(content: bytes, kind: str) -> None:
    body = _png_body(content) if kind == "image/png" else _jpeg_body(content)
    lowered = body.lower()
    if any(mark.lower() in lowered for mark in _FOREIGN):
        raise Refused(
            "polyglot", _("The picture carries something else in its notes. Save it anew as a picture.")
        )
    from PIL import Image, UnidentifiedImageError

    expected = {"image/png": "PNG", "image/jpeg": "JPEG"}[kind]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[expected]) as image:
                width, height = image.size
                if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                    raise Refused(
                        "too_many_pixels",
                        fill(
                            _(
                                "The picture has %(width)s × %(height)s pixels; that is more than is accepted."
                            ),
                            width=width,
                            height=height,
                        ),
                    )
                image.verify()
            with Image.open(io.BytesIO(content), formats=[expected]) as image:
                image.draft(image.mode, (64, 64))  # JPEG: read every block, keep a small picture
                image.load()
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused("too_many_pixels", _("The picture has more pixels than are accepted.")) from None
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        MemoryError,
    ):
        raise Refused("broken", _("The picture is damaged and cannot be read.")) from None


def _png_body(content: bytes) -> bytes:
    """Walks the chunks to the end; returns the text chunks. Nothing may follow IEND."""
    place, texts = 8, b""
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        tag = content[place + 4 : place + 8]
        end = place + 12 + length
        if end > len(content):
            break
        if tag not in _PNG_CRITICAL:
            texts += content[place + 8 : place + 8 + length]
        place = end
        if tag == b"IEND":
            if content[place:].strip(b"\x00\r\n "):
                raise Refused(
                    "trailing", _("Something stands after the end of the picture. Save it anew as a picture.")
                )
            return texts
    raise Refused("broken", _("The picture is damaged and cannot be read."))


def _jpeg_body(content: bytes) -> bytes:
    """Walks the segments; returns comments and application data. Nothing may follow the end marker."""
    place, notes, size = 2, b"", len(content)
    while place + 4 <= size:
        if content[place] != 0xFF:
            break
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            return _jpeg_end(content, place + 2, notes)
        if 0xD0 <= marker <= 0xD8 or marker == 0x01:
            place += 2
            continue
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2:
            break
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            notes += content[place + 4 : place + 2 + length]
        place += 2 + length
        if marker == 0xDA:
            place = _after_scan(content, place)
    if content.rstrip(b"\x00")[-2:] == b"\xff\xd9" and place >= size - 2:
        return notes
    raise Refused("broken", _("The picture is damaged and cannot be read."))


def _after_scan(content: bytes, place: int) -> int:
    """The next marker after compressed data: FF that is neither stuffed (00) nor a restart (D0–D7)."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            return len(content)
        follower = content[place + 1]
        if follower != 0 and not 0xD0 <= follower <= 0xD7:
            return place
        place += 2


def _jpeg_end(content: bytes, place: int, notes: bytes) -> bytes:
    rest = content[place:].strip(b"\x00\r\n ")
    if rest:
        raise Refused(
            "trailing", _("Something stands after the end of the picture. Save it anew as a picture.")
        )
    return notes


def safe_name(declared: str, kind: str = "") -> str:
    """A file name without path, control or reserved characters, with an ending that fits the content."""
    text = unicodedata.normalize("NFC", str(declared or "")).replace("\\", "/").rpartition("/")[2]
    text = "".join(char for char in text if unicodedata.category(char)[0] not in "CZ" or char == " ")
    text = re.sub(r'[<>:"|?*%;\'`$&]+', "_", text).strip(" .")
    stem, dot, ending = text.rpartition(".")
    if not dot:
        stem, ending = text, ""
    endings = _EXTENSIONS.get(kind, ())
    if endings and f".{ending.lower()}" not in endings:
        stem, ending = text, endings[0][1:]
    stem = re.sub(
        r"\.(?:exe|js|html?|php|svg|sh|bat|cmd|jar|scr)(?=\.|$)", "_", stem, flags=re.IGNORECASE
    ).strip(" ._")
    stem = stem[: LONGEST_NAME - len(ending) - 1] or "file"
    return f"{stem}.{ending.lower()}" if ending else stem
