"""Whether a PDF holds anything that runs, hides or locks."""

from __future__ import annotations

import io
import logging
import re
import time
from typing import Any

from django.utils.translation import gettext_lazy as _

from providers.materials.errors import Refused

MAX_OBJECTS = 60_000
MAX_PAGES = 2_000
MAX_UNPACKED = 12 * 1024 * 1024  # bytes of compressed objects; a scan of hundreds of pages has less than one million
MAX_SECONDS = 15  # of one processor, for reading the objects; damaged files make a reader search again and again
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
    plain = _NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), _without_streams(content))
    if _RAW.search(plain):
        raise _active()
    if re.search(rb"/Encrypt(?![A-Za-z])", plain):
        raise Refused("encrypted", _("The PDF is locked. Upload it without password and protection."))


def _without_streams(content: bytes) -> bytes:
    """What stands between the streams. Reads the content once, however many beginnings have no end."""
    parts, place = [], 0
    while (begin := content.find(b"stream", place)) >= 0:
        data = begin + 6
        if content[data : data + 1] not in (b"\r", b"\n"):
            parts.append(content[place:data])
            place = data
            continue
        end = content.find(b"endstream", data)
        if end < 0:
            break
        parts.append(content[place:begin])
        place = end + 9
    parts.append(content[place:])
    return b"".join(parts)


def _too_complex() -> Refused:
    return Refused("too_complex", _("The PDF has too many parts. Print it to a new PDF and upload that."))


def _reader(content: bytes) -> Any:
    """A reader with bounds: what it may unpack in all, and how long it may work.

    A few kilobytes can hold gigabytes of compressed objects, which would keep a web worker busy for minutes.
    """
    from pypdf import PdfReader
    from pypdf.generic import IndirectObject

    class BoundedReader(PdfReader):
        left = MAX_UNPACKED
        until = time.thread_time() + MAX_SECONDS

        def get_object(self, indirect_reference: Any) -> Any:
            if isinstance(indirect_reference, int):
                indirect_reference = IndirectObject(indirect_reference, 0, self)
            held = self.xref_objStm.get(indirect_reference.idnum)
            known = self.cache_get_indirect_object(indirect_reference.generation, indirect_reference.idnum)
            if held is not None and known is None:
                self._spend(held[0])
            return super().get_object(indirect_reference)

        def _spend(self, number: int) -> None:
            """An object stream is read as a whole, each time that an object is asked for which it does not hold."""
            holder = IndirectObject(number, 0, self).get_object()
            unpack = getattr(holder, "get_data", None)
            if unpack is not None:
                self.left -= len(unpack())
            if self.left < 0:
                raise _too_complex()

        def read_object_header(self, stream: Any) -> tuple[int, int]:
            if time.thread_time() > self.until:
                raise _too_complex()
            return super().read_object_header(stream)

    return BoundedReader(io.BytesIO(content), strict=False, xref_stream_maximum_entries=4 * MAX_OBJECTS)


def _walk(content: bytes) -> int:
    from pypdf import apply_configuration
    from pypdf.errors import LimitReachedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with apply_configuration(
            zlib_maximum_output_length=MAX_UNPACKED,
            lzw_maximum_output_length=MAX_UNPACKED,
            run_length_maximum_output_length=MAX_UNPACKED,
        ):
            pages = _pages(content)
    except Refused:
        raise
    except LimitReachedError:
        raise _too_complex() from None
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


def _pages(content: bytes) -> int:
    reader = _reader(content)
    if reader.is_encrypted:
        raise Refused("encrypted", _("The PDF is locked. Upload it without password and protection."))
    pages = len(reader.pages)
    _objects(reader)
    return pages


def _objects(reader: Any) -> None:
    """Every object of the file, compressed ones too, whether or not something points at it."""
    seen: set[tuple[int, int]] = set()
    stack: list[Any] = [reader.trailer]
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    pending = sorted(numbers)
    if len(pending) > MAX_OBJECTS:
        raise _too_complex()
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
    from pypdf.errors import LimitReachedError
    from pypdf.generic import IndirectObject

    try:
        return reader.get_object(IndirectObject(number, generation, reader))
    except (RecursionError, MemoryError, Refused, LimitReachedError):
        raise  # what was not looked at for its size may well hold something that runs
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
