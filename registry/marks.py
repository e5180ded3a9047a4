"""QR codes and badges that a provider puts into its app (Measures, Article 14)."""

from __future__ import annotations

import io
from functools import lru_cache

import segno
from django.utils.html import escape

from registry.enums import EntryState

INK = "#0a2b35"


@lru_cache(maxsize=2048)
def qr_path(text: str) -> tuple[int, str]:
    """Side of the QR code in modules, without a quiet zone, and the SVG path of its dark modules."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if row[x]:
                run = 1
                while x + run < len(row) and row[x + run]:
                    run += 1
                parts.append(f"M{x} {y}h{run}v1h-{run}z")
                x += run
            else:
                x += 1
    return len(rows), "".join(parts)


def qr_svg(text: str, title: str) -> str:
    """A whole SVG file with the quiet zone of four modules that scanners ask for."""
    side, path = qr_path(text)
    box = side + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {box} {box}" width="{box * 8}" height="{box * 8}" '
        f'role="img" shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M-4-4h{box}v{box}h-{box}z"/><path fill="{INK}" d="{path}"/></svg>'
    )


def qr_png(text: str) -> bytes:
    """The same as PNG, ten pixels a module."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=10, border=4, dark=INK)
    return out.getvalue()


#: fill of the right part by what holds
_COLOURS = {
    EntryState.PUBLISHED: "#17603a",
    EntryState.RECTIFYING: "#854000",
    EntryState.OFFLINE: "#465259",
    EntryState.REVOKED: "#9e2a1f",
    EntryState.CANCELLED: "#465259",
}


def _width(text: str, size: float) -> float:
    return sum(size if ord(char) > 0x2E7F else size * 0.6 for char in text)


def badge_svg(number: str, state: str, word: str) -> str:
    """The number and the state in words on one line, in system fonts, without anything fetched."""
    size, pad = 13.0, 10.0
    left, right = _width(number, size) + 2 * pad, _width(word, size) + 2 * pad
    colour = _COLOURS[EntryState(state)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:.0f}" height="28" '
        f'viewBox="0 0 {left + right:.0f} 28" role="img"><title>{escape(number)} {escape(word)}</title>'
        f'<path fill="#fff" stroke="{INK}" d="M.5.5h{left + right - 1:.1f}v27H.5z"/>'
        f'<path fill="{colour}" d="M{left:.1f} 0h{right:.1f}v28h-{right:.1f}z"/>'
        f'<g font-family="system-ui,PingFang SC,Microsoft YaHei,Noto Sans CJK SC,sans-serif" font-size="{size:.0f}">'
        f'<text x="{pad:.0f}" y="19" fill="{INK}">{escape(number)}</text>'
        f'<text x="{left + pad:.1f}" y="19" fill="#fff" font-weight="600">{escape(word)}</text></g></svg>'
    )
