"""Whether a PDF holds anything that runs, hides or locks."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from providers.materials.errors import Refused

MAX_OBJECTS = 60_000
MAX_PAGES = 2_000
_ACTIVE_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/Rendition",
    "/Movie",
    "/RichMediaExecute",
    "/GoToE",
    "/GoToR",
}
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA", "/Launch"}
_RAW = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData)(?![A-Za-z0-9])")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_FOREIGN = (b"<script", b"<html", b"<!doctype", b"PK\x03\x04", b"MZ\x90")


def inspect_pdf(content: bytes) -> int:
    """Number of pages. Raises :class:`Refused` for scripts, actions, embedded files, locks and polyglots."""
    _ends_well(content)
    _raw_scan(content)
    return _walk(content)


def _active() -> Refused:
    return Refused(
        "active",
        _(
            "The PDF holds a script, an action or an embedded file. Print it to a new PDF, without "
            "forms and attachments, and upload that."
        ),
    )


def _broken() -> Refused:
    return Refused("broken", _("The PDF is damaged and cannot be read. Save it anew."))


def _ends_well(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise _broken()
    rest = content[end + 5 :].strip(b"\x00\r\n\t ")
    if rest:
        raise Refused(
            "trailing", _("Something stands after the end of the PDF. Save the document anew as PDF.")
        )
    head = content[:1024].lower()
    if any(mark.lower() in head for mark in _FOREIGN):
        raise Refused(
            "polyglot", _("Something stands before the beginning of the PDF. Save the document anew as PDF.")
        )


def _raw_scan(content: bytes) -> None:
    """Names in plain objects, written with escapes or not. Compressed data are read by the walk."""
    plain = _STREAM.sub(b"", content)
    plain = _NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), plain)
    if _RAW.search(plain):
        raise _active()
    if re.search(rb"/Encrypt(?![A-Za-z])", plain):
        raise Refused("encrypted", _("The PDF is locked. Upload it without password and protection."))


def _walk(content: bytes) -> int:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Refused("encrypted", _("The PDF is locked. Upload it without password and protection."))
        pages = len(reader.pages)
        _objects(reader)
    except Refused:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        OSError,
        AssertionError,
        NotImplementedError,
        MemoryError,
        OverflowError,
    ):
        raise _broken() from None
    if not 1 <= pages <= MAX_PAGES:
        raise _broken()
    return pages


def _objects(reader: Any) -> None:
    """Every object of the file, compressed ones too, whether or not something points at it."""
    seen: set[tuple[int, int]] = set()
    stack: list[Any] = [reader.trailer]
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    pending = sorted(numbers)
    if len(pending) > MAX_OBJECTS:
        raise Refused("too_complex", _("The PDF has too many parts. Print it to a new PDF and upload that."))
    while stack or pending:
        if not stack:
            number = pending.pop()
            if number in seen:
                continue
            seen.add(number)
            stack.append(_get(reader, *number))
        value = stack.pop()
        if hasattr(value, "idnum"):
            continue  # a reference: its target is in the list of all objects
        if isinstance(value, dict):
            _check_dictionary(value)
            stack += [dict.__getitem__(value, key) for key in value]
        elif isinstance(value, list):
            stack += list(value)


def _get(reader: Any, number: int, generation: int) -> Any:
    from pypdf.generic import IndirectObject

    try:
        return reader.get_object(IndirectObject(number, generation, reader))
    except RecursionError:
        raise
    except Exception:  # noqa: BLE001 - an object that cannot be read cannot be run either; others still are looked at
        return None


def _check_dictionary(value: dict[Any, Any]) -> None:
    for key in value:
        if str(key) in _ACTIVE_KEYS:
            raise _active()
    kind = dict.get(value, "/S")
    if isinstance(kind, str) and kind in _ACTIVE_ACTIONS:
        raise _active()
    if isinstance(dict.get(value, "/Type"), str) and dict.get(value, "/Type") in (
        "/EmbeddedFile",
        "/Filespec",
    ):
        raise _active()
    if dict.get(value, "/Subtype") in ("/RichMedia", "/FileAttachment", "/Movie", "/Screen"):
        raise _active()
