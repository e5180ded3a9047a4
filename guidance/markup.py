"""Markdown of a help text to HTML that nothing can run in.

Two libraries, one after the other: ``markdown-it-py`` reads the text with raw HTML switched off, and ``nh3`` lets
through what stands in the lists below and nothing else. Links open http, https, mailto, tel and addresses of the
portal. Pictures are left out: material goes with a page as a checked file.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

import nh3
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from rulebook.articles import cite

LONGEST = 40_000  # characters of a text
_TAGS = {
    "p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "s", "a", "blockquote", "code", "pre", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"}, "h2": {"id"}, "h3": {"id"}, "ol": {"start"}, "th": {"scope"}, "td": {"data-l"},
}  # fmt: skip
_CLASSES = {"table": {"p-tbl", "p-cards"}, "blockquote": {"p-note"}, "pre": {"p-code-block"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_ARTICLE = re.compile(r"\[\[((?:me|op|bj)-n?\d{1,2}(?:-\d{1,2})?)\]\]")
_HREF = re.compile(r"(?:https?:|mailto:|tel:|[/#?])|[^:]*\Z", re.IGNORECASE)
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_BLOCK = re.compile(r"</?(?:p|h\d|li|t[dhr]|table|blockquote|pre|[uo]l|[bh]r)\b")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as HTML, with its headings of the second level: (anchor, words)."""

    html: SafeString
    headings: tuple[tuple[str, str], ...]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "maxNesting": 20})
    parser.inline.ruler.before("link", "article", _article)
    return parser.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])


def _article(state: StateInline, silent: bool) -> bool:
    """``[[me-13]]``: a link to that article, cited in the language of the text."""
    found = _ARTICLE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": reverse("article", args=[found[1]])}
        state.push("text", "", 0).content = cite(found[1], state.env["language"])
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def _href(tag: str, attribute: str, value: str) -> str | None:
    """An address that a browser could take for a scheme of another kind is left out."""
    return None if attribute == "href" and _HREF.match(value) is None else value


@lru_cache(maxsize=256)
def render(text: str, language: str) -> Rendered:
    """HTML of a text. ``[[me-13]]`` becomes a link to that article, cited in ``language``. Raises nothing.

    What the parser cannot take (a text longer than ``LONGEST``, nested beyond all reason) is shown as it was typed.
    """
    if len(text) > LONGEST:
        return _plain(text)
    try:
        parser = _parser()
        tokens = parser.parse(text, {"language": language})
        headings = _prepare(tokens)
        dirty = parser.renderer.render(tokens, parser.options, {})
    except (RecursionError, ValueError, IndexError):
        return _plain(text)
    clean = nh3.clean(
        dirty, tags=_TAGS, attributes=_ATTRIBUTES, allowed_classes=_CLASSES, url_schemes=_SCHEMES,
        attribute_filter=_href, link_rel="noopener noreferrer",
    )  # fmt: skip
    return Rendered(mark_safe(clean), tuple(headings))  # noqa: S308  just cleaned


def _plain(text: str) -> Rendered:
    return Rendered(format_html("<p>{}</p>", text), ())


def _prepare(tokens: list[Token]) -> list[tuple[str, str]]:
    """Headings one level down at most, with anchors; classes and labels of tables. Returns the headings."""
    headings: list[tuple[str, str]] = []
    heads: list[str] = []
    column = 0
    for place, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADINGS[token.tag]
            if token.type == "heading_open" and token.tag == "h2":
                anchor = f"s{len(headings) + 1}"
                token.attrSet("id", anchor)
                headings.append((anchor, _words(tokens[place + 1])))
        elif token.type == "table_open":
            token.attrSet("class", "p-tbl p-cards")
            heads = []
        elif token.type == "blockquote_open":
            token.attrSet("class", "p-note")
        elif token.type in ("fence", "code_block"):
            token.info = ""
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}
            heads.append(_words(tokens[place + 1]))
        elif token.type == "td_open":
            token.attrs = {"data-l": heads[column]} if column < len(heads) else {}
            column += 1
    return headings


def _words(token: Token) -> str:
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))


def plain(text: str, language: str) -> str:
    """The words of a text without any markup, in one line: what is searched and shown as an excerpt."""
    shown = _BLOCK.sub(r" \g<0>", str(render(text, language).html))
    return _BLANK.sub(" ", html.unescape(nh3.clean(shown, tags=set()))).strip()
