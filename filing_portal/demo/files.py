"""Small made-up materials: PDF pages with Chinese text, and PNG pictures."""

from __future__ import annotations

import hashlib
import io

from PIL import Image, ImageDraw


def pdf(title: str, lines: list[str], pages: int = 1) -> bytes:
    """A PDF whose pages show a title and lines in the reader's own Song type (no font is embedded)."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = len(objects) + 1
    objects += [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [%d 0 R] >>"
        % (font + 1),
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
            b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor %d 0 R /DW 1000 >>" % (font + 2)
        ),
        (
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
            b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
        ),
    ]
    kids = []
    for page in range(1, pages + 1):
        content = _page(title, [*lines, f"第 {page} 页，共 {pages} 页"])
        stream = len(objects) + 1
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 %d 0 R >> >> >>" % (stream, font)
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b" ".join(b"%d 0 R" % kid for kid in kids))
    return _assemble(objects)


def _page(title: str, lines: list[str]) -> bytes:
    parts = [b"BT /F1 20 Tf 60 770 Td <%s> Tj ET" % _hex(title)]
    for number, line in enumerate(lines):
        parts.append(b"BT /F1 12 Tf 60 %d Td <%s> Tj ET" % (730 - 22 * number, _hex(line)))
    parts.append(b"0.6 w 50 60 495 740 re S")
    parts.append(b"BT /F1 10 Tf 60 75 Td <%s> Tj ET" % _hex("演示材料，内容均为虚构"))
    return b"\n".join(parts)


def _hex(text: str) -> bytes:
    return text.encode("utf-16-be").hex().encode()


def _assemble(objects: list[bytes]) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def png(seed: str, width: int = 640, height: int = 400) -> bytes:
    """A picture like a screenshot: bars and boxes whose colours follow from ``seed``."""
    colours = hashlib.sha256(seed.encode()).digest()
    image = Image.new("RGB", (width, height), (246, 247, 245))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 48), fill=(10, 43, 53))
    for row in range(5):
        shade = tuple(150 + colours[row * 3 + part] % 90 for part in range(3))
        top = 72 + row * 62
        draw.rectangle((32, top, width - 32, top + 44), fill=(255, 255, 255), outline=(221, 226, 224))
        draw.rectangle((44, top + 12, 44 + 60 + colours[row] % 200, top + 32), fill=shade)
    out = io.BytesIO()
    image.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()
