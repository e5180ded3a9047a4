"""Uploads by their content: what is accepted, and every trick that is not."""

from __future__ import annotations

import io
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from providers.materials import MAX_BYTES, Refused, inspect, safe_name, scanner
from providers.materials.scan import ClamdScanner, NullScanner


def pdf(change: Callable[[PdfWriter], None] | None = None, *, pages: int = 2) -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if change is not None:
        change(writer)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def image(kind: str = "PNG", size: tuple[int, int] = (64, 48), **more: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, kind, **more)
    return stream.getvalue()


def refusal(content: bytes, name: str = "x.pdf") -> str:
    with pytest.raises(Refused) as caught:
        inspect(io.BytesIO(content), name)
    assert str(caught.value)
    return caught.value.code


def test_pdf_is_accepted_with_its_pages_and_hash() -> None:
    content = pdf(pages=3)
    found = inspect(io.BytesIO(content), "等级保护备案证明.pdf")
    assert (found.type, found.pages, found.size) == ("application/pdf", 3, len(content))
    assert len(found.sha256) == 64
    assert found.name == "等级保护备案证明.pdf"


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_picture_is_accepted(kind: str, mime: str) -> None:
    found = inspect(io.BytesIO(image(kind)), "scan.bin")
    assert found.type == mime
    assert found.name.endswith((".png", ".jpg"))


def test_progressive_jpeg_with_a_comment_is_accepted() -> None:
    content = image("JPEG", (300, 300), progressive=True, comment=b"scanned", quality=70)
    assert inspect(io.BytesIO(content), "a.jpeg").type == "image/jpeg"


def test_position_is_set_back_for_the_next_reader() -> None:
    stream = io.BytesIO(image())
    stream.seek(5)
    inspect(stream, "a.png")
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"GIF89a....", "type"), (b"MZ\x90\x00", "type"), (b"PK\x03\x04" + b"0" * 50, "type"),
     (b"<html><script>", "type"), (b"%!PS-Adobe", "type"), (b"\x00" * 100, "type")],
)  # fmt: skip
def test_other_types_are_refused_whatever_they_are_called(content: bytes, code: str) -> None:
    assert refusal(content, "licence.pdf") == code


def test_larger_than_the_limit_is_refused_without_reading_on() -> None:
    assert refusal(b"%PDF-" + b"0" * (MAX_BYTES + 1)) == "too_large"


def javascript_on_open(writer: PdfWriter) -> None:
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )


def action(kind: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("calc.exe")}
        )

    return change


def embedded(writer: PdfWriter) -> None:
    writer.add_attachment("evil.exe", b"MZ")


def annotation(writer: PdfWriter) -> None:
    link = DictionaryObject(
        {
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/AA"): DictionaryObject(
                {NameObject("/E"): DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})}
            ),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])


@pytest.mark.parametrize(
    "change",
    [javascript_on_open, action("/Launch"), action("/JavaScript"), action("/SubmitForm"), action("/ImportData"),
     action("/GoToE"), embedded, annotation],
)  # fmt: skip
def test_pdf_that_runs_or_hides_something_is_refused(change: Callable[[PdfWriter], None]) -> None:
    assert refusal(pdf(change)) == "active"


def test_name_written_with_escapes_is_read() -> None:
    content = pdf(action("/JavaScript")).replace(b"/JavaScript", b"/J#61v#61Script")
    assert refusal(content) == "active"


def object_stream_pdf(inner: bytes) -> bytes:
    """A PDF 1.5 whose catalogue's action lies in a compressed object stream, with a cross-reference stream."""
    packed = zlib.compress(b"4 0 " + inner)
    objects = [
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/Names 4 0 R>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n",
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n",
        b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
        + packed + b"\nendstream\nendobj\n",
    ]  # fmt: skip
    body, places = b"%PDF-1.5\n", []
    for text in objects:
        places.append(len(body))
        body += text
    start = len(body)
    rows = [(0, 0, 65535), (1, places[0], 0), (1, places[1], 0), (1, places[2], 0), (2, 5, 0), (1, places[3], 0),
            (1, start, 0)]  # fmt: skip
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    body += (
        b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n" % len(table)
        + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    )  # fmt: skip
    return body


def test_script_in_a_compressed_object_is_found() -> None:
    content = object_stream_pdf(b"<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert(1))>>]>>>>")
    assert b"/JavaScript" not in content
    assert refusal(content) == "active"


def test_harmless_compressed_object_is_accepted() -> None:
    content = object_stream_pdf(b"<</Dests<<>>>>")
    assert PdfReader(io.BytesIO(content)).pages
    assert inspect(io.BytesIO(content), "a.pdf").pages == 1


def packed_pdf(*streams: bytes, asked: int = 0) -> bytes:
    """A PDF whose objects 100, 101, … lie each in a stream of its own; ``asked`` more are said to lie in the first."""
    body, places = b"%PDF-1.5\n", [(0, 0, 65535)]
    texts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]  # fmt: skip
    for place, inner in enumerate(streams):
        packed = zlib.compress((b"%d 0 " % (100 + place)).ljust(8) + inner, 9)
        texts.append(
            b"<</Type/ObjStm/N 1/First 8/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
            + packed + b"\nendstream"
        )  # fmt: skip
    for number, text in enumerate(texts, start=1):
        places.append((1, len(body), 0))
        body += b"%d 0 obj\n" % number + text + b"\nendobj\n"
    number, start = len(places), len(body)
    places.append((1, start, 0))
    within = [(2, 4 + place, 0) for place in range(len(streams))] + [(2, 4, 0)] * asked
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in places + within))
    return body + (
        b"%d 0 obj\n<</Type/XRef/Size 99999/W[1 4 2]/Index[0 %d 100 %d]/Root 1 0 R/Filter/FlateDecode/Length %d>>\n"
        b"stream\n" % (number, number + 1, len(within), len(table)) + table
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    )  # fmt: skip


def test_packed_objects_of_a_usual_size_are_accepted() -> None:
    assert inspect(io.BytesIO(packed_pdf(b"<<>>", b"<</A 1>>")), "a.pdf").pages == 1


@pytest.mark.parametrize(
    "content",
    [
        packed_pdf(b"<<>>" + b" " * 13 * 1024 * 1024),
        packed_pdf(*[b"<<>>" + b" " * 256 * 1024] * 60),
        packed_pdf(b"<<>>" + b" " * 16 * 1024, asked=2_000),
        packed_pdf(b"<</S/JavaScript/JS(app.alert(1))>>" + b" " * 80 * 1024 * 1024),
    ],
    ids=["one large stream", "many streams", "one stream read again and again", "script in what is not unpacked"],
)
def test_pdf_that_unpacks_to_far_more_than_it_is_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.materials.pdf.MAX_UNPACKED", 4 * 1024 * 1024)
    assert len(content) < 200_000
    assert refusal(content) == "too_complex"


def test_beginnings_of_streams_without_an_end_are_read_once() -> None:
    """Millions of them would otherwise each be followed to the end of the file."""
    assert refusal(b"%PDF-1.4\n" + b"stream\n" * 1_000_000 + b"%%EOF") == "broken"


def test_script_after_a_stream_is_seen() -> None:
    content = pdf().replace(b"%%EOF", b"%stream of words\n9 0 obj\n<</JS(1)>>\nendobj\n%%EOF")
    assert refusal(content) == "active"


def archive(wrap: Callable[[bytes], bytes]) -> bytes:
    """A file that an archive program opens as well: the note after its last record reaches to the end of the file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("Run.class", b"\xca\xfe\xba\xbe")
    plain = stream.getvalue()
    whole = wrap(plain)
    after = len(whole) - whole.index(plain) - len(plain)
    both = wrap(plain[:-2] + struct.pack("<H", after))
    with zipfile.ZipFile(io.BytesIO(both)) as packed:
        assert packed.namelist() == ["Run.class"]
    return both


def in_pdf(data: bytes) -> bytes:
    held = b"9 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(data), data)
    return pdf().replace(b"%%EOF", held + b"%%EOF")


def in_png(data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + b"ZZZZ" + data + struct.pack(">I", zlib.crc32(b"ZZZZ" + data))
    plain = image()
    place = plain.index(b"IDAT") - 4
    return plain[:place] + chunk + plain[place:]


@pytest.mark.parametrize("wrap", [in_pdf, in_png])
def test_archive_inside_is_refused(wrap: Callable[[bytes], bytes]) -> None:
    assert refusal(archive(wrap)) == "polyglot"
    assert refusal(wrap(b"Rar!\x1a\x07\x01\x00")) == "polyglot"


def test_locked_pdf_is_refused() -> None:
    def lock(writer: PdfWriter) -> None:
        writer.encrypt("secret", algorithm="RC4-128")

    assert refusal(pdf(lock)) == "encrypted"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"junk" + pdf(), "polyglot"),
        (pdf() + b"PK\x03\x04" + b"zip" * 20, "trailing"),
        (pdf() + b"<html><script>alert(1)</script>", "trailing"),
        (pdf().replace(b"%PDF-1.3\n", b"%PDF-1.3\n%<script>alert(1)</script>\n", 1), "polyglot"),
        (pdf()[:200], "broken"),
        (b"%PDF-1.4\n%%EOF", "broken"),
        (b"%PDF-1.4\n" + b"1 0 obj\n<<" * 2000 + b"%%EOF", "broken"),
    ],
)
def test_pdf_polyglots_and_wrecks_are_refused(content: bytes, code: str) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (image() + b"PK\x03\x04zip", "trailing"),
        (image("JPEG") + b"<html><script>", "trailing"),
        (image("JPEG", comment=b"<script>alert(1)</script>"), "polyglot"),
        (image("JPEG", comment=b"<?php system($_GET[0]);"), "polyglot"),
        (image()[:60], "broken"),
        (image("JPEG")[:200], "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 100, "broken"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 10, "broken"),
    ],
)
def test_picture_polyglots_and_wrecks_are_refused(content: bytes, code: str) -> None:
    assert refusal(content, "a.png") == code


def test_text_chunk_with_a_script_is_refused() -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    assert refusal(image(pnginfo=notes), "a.png") == "polyglot"


def test_decompression_bomb_is_refused_by_its_header() -> None:
    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    content = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 10_000))
        + chunk(b"IEND", b"")
    )
    assert refusal(content, "a.png") == "too_many_pixels"


@given(st.binary(max_size=300), st.sampled_from([b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b""]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_accepted_or_refused_never_an_error(tail: bytes, head: bytes) -> None:
    try:
        inspect(io.BytesIO(head + tail), "x")
    except Refused as refused:
        assert refused.code


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8), st.sampled_from(["pdf", "PNG", "JPEG"]))
@settings(max_examples=120, deadline=None)
def test_damaged_files_are_accepted_or_refused_never_an_error(place: int, junk: bytes, kind: str) -> None:
    content = bytearray(pdf(pages=1) if kind == "pdf" else image(kind))
    place %= len(content)
    content[place : place + len(junk)] = junk
    try:
        inspect(io.BytesIO(bytes(content)), "x")
    except Refused as refused:
        assert refused.code


@pytest.mark.parametrize(
    ("declared", "kind", "kept"),
    [
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("C:\\Users\\a\\证明.PDF", "application/pdf", "证明.pdf"),
        ("a.php.png", "image/png", "a.png"),
        ("invoice.pdf.exe", "application/pdf", "invoice.pdf.pdf"),
        ("a\r\nSet-Cookie: x.png", "image/png", "aSet-Cookie_ x.png"),
        ("\u202egnp.exe", "image/png", "gnp.png"),
        ("", "image/jpeg", "file.jpg"),
        ("...", "image/png", "file.png"),
        ("长" * 300 + ".pdf", "application/pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_are_made_safe(declared: str, kind: str, kept: str) -> None:
    assert safe_name(declared, kind) == kept


class FakeClamd:
    """A server that speaks INSTREAM: it answers FOUND when the stream holds the test signature."""

    def __init__(self, answer: bytes = b"") -> None:
        self.answer = answer
        self.server = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server.getsockname()[1]}"

    def _serve(self) -> None:
        connection, _peer = self.server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack(">I", stream.read(4))[0]:
                content += stream.read(length)
            found = b"stream: Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
            connection.sendall(self.answer or found)


@pytest.fixture
def clamd() -> Iterator[Callable[..., FakeClamd]]:
    started: list[FakeClamd] = []

    def start(answer: bytes = b"") -> FakeClamd:
        started.append(FakeClamd(answer))
        return started[-1]

    yield start
    for one in started:
        one.server.close()


def test_scanner_says_clean_and_infected(clamd: Callable[..., FakeClamd]) -> None:
    assert ClamdScanner(clamd().address).scan(io.BytesIO(b"x" * 200_000)).status == "clean"
    found = ClamdScanner(clamd().address).scan(io.BytesIO(b"EICAR"))
    assert (found.status, found.signature, found.may_keep) == ("infected", "Test-Signature", False)


def test_scanner_that_fails_closes_the_door(clamd: Callable[..., FakeClamd]) -> None:
    assert (
        not ClamdScanner(clamd(b"INSTREAM size limit exceeded. ERROR\0").address)
        .scan(io.BytesIO(b"x"))
        .may_keep
    )
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    assert ClamdScanner(address, timeout=2).scan(io.BytesIO(b"x")).status == "unavailable"
    assert ClamdScanner("/nowhere/clamd.sock").scan(io.BytesIO(b"x")).status == "unavailable"


def test_without_a_scanner_the_file_is_marked_not_scanned(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.delenv("CLAMAV_ADDRESS", raising=False)
    settings.PORTAL_CLAMAV = ""
    assert isinstance(scanner(), NullScanner)
    assert scanner().scan(io.BytesIO(b"x")).status == "not_scanned"
    settings.PORTAL_CLAMAV = "127.0.0.1:3310"
    assert isinstance(scanner(), ClamdScanner)
