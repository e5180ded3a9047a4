"""Lines of a long table as HTML, quickly: fifty of them are most of what a queue's page costs.

The shape of a line stands in a template. It is rendered once per language with slots in place of values, and every
line fills the slots; what many lines share, pills and states, is rendered once per page.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from registry.enums import Stage


def shape(template: str, slots: tuple[str, ...]) -> str:
    """The line of a template as a text for ``str.format``, in the reader's language."""
    return _shape(template, slots, get_language())


@lru_cache(maxsize=16)
def _shape(template: str, slots: tuple[str, ...], language: str | None) -> str:
    return str(get_template(template).render({slot: f"{{{slot}}}" for slot in slots}))


class Parts:
    """What several lines of one page share, each made once."""

    def __init__(self, request: HttpRequest, template: str) -> None:
        self.request = request
        self.template = template
        self.made: dict[Any, str] = {}

    def __call__(self, part: str, *key: Any, **values: Any) -> str:
        """A piece of the template, which finds its name in ``part``; kept under its key."""
        if (part, *key) not in self.made:
            context = {"part": part, "request": self.request, **values}
            self.made[(part, *key)] = str(get_template(self.template).render(context)).strip()
        return self.made[(part, *key)]


def stage_words(codes: Iterable[str]) -> list[str]:
    """Stages in words; an unknown one stands for itself."""
    known = dict(Stage.choices)
    return [str(known.get(code, code)) for code in codes]


def options(pairs: Iterable[tuple[Any, Any]], chosen: str) -> SafeString:
    """The options of a select: (value, word) each."""
    out = []
    for value, word in pairs:
        key = str(value)
        selected = " selected" if key == chosen else ""
        out.append(f'<option value="{escape(key)}"{selected}>{escape(str(word))}</option>')
    return mark_safe("".join(out))  # noqa: S308 - escaped above
