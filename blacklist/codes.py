"""One form for a credit code, however it was typed, so that no second spelling gets round a bar."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

#: Letters that the code never has, and what they are mistaken for (GB 32100-2015: no I, O, S, V, Z).
_LOOKALIKE = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5"})


def normal(text: str | None) -> str:
    """The code in capitals, half-width, without spaces, hyphens and look-alikes; "" for nothing."""
    plain = unicodedata.normalize("NFKC", text or "").upper()
    return "".join(char for char in plain if char.isalnum()).translate(_LOOKALIKE)[:18]


def variants(codes: Iterable[str]) -> list[str]:
    """What rows that were written before codes had a normal form may hold."""
    return list(dict.fromkeys(form for code in codes for form in (code, code.lower())))
