"""Help texts are Markdown; nothing that somebody writes into them can run, load or look like the portal's own."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidance import markup
from guidance.markup import LONGEST, render

_TAGS = markup._TAGS
_ADDRESS = re.compile(r"^(https?:|mailto:|tel:|/|#|\?|[^:]*$)", re.IGNORECASE)


class Reader(HTMLParser):
    """What a browser would see: elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(text: str) -> None:
    allowed = {"href", "title", "rel", "id", "start", "scope", "data-l", "class"}
    for tag, attributes in Reader(str(render(text, "en").html)).found:
        assert tag in _TAGS
        assert set(attributes) <= allowed, attributes
        if "href" in attributes:
            assert tag == "a"
            assert _ADDRESS.match(attributes["href"] or ""), attributes


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.test/x.js></sCrIpT>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\tjavascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://evil.test/pixel.png)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=https://evil.test></iframe>",
    "<style>*{display:none}</style>",
    '<p style="position:fixed;inset:0">x</p>',
    '<a href="https://a.test" onclick="x()">x</a>',
    "<form action=https://evil.test><input name=password></form>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<base href=https://evil.test/><meta http-equiv=refresh content=0>",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>`",
    "| <script> | a |\n|---|---|\n| <img onerror=x> | \" onmouseover=x |",
    '| a" onclick="x | b |\n|---|---|\n| c | d |',
    "# <script>x</script> heading",
    '[x](https://a.test "t\\" onclick=x")',
    "[[me-13]](javascript:alert(1))",
    "[[me-13\"><script>]]",
    "<!-- <script>x</script> -->",
    "<![CDATA[<script>]]>",
    "\u202e<script>\u0000",
]


@pytest.mark.requirement("R171")
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(text: str) -> None:
    assert_harmless(text)
    html = str(render(text, "zh-hans").html).lower()
    for forbidden in ("<script", "<img", "<svg", "<iframe", "<style", "<form", "<base"):
        assert forbidden not in html


@given(st.text(alphabet="<>[]()!`*_#|-&;:\"'=/ \n\tajvscriptonerrxhtml13", max_size=200))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_harmless(text: str) -> None:
    assert_harmless(text)


@pytest.mark.breadth
@pytest.mark.parametrize(
    "text",
    [
        "> " * 15_000, "- " * 15_000, "*a " * 13_000, "[" * 40_000, "**" * 20_000, "`" * 40_000, "(" * 40_000,
        "[a](" * 10_000, "1. " * 13_000, "|" * 20_000 + "\n" + "|-" * 10_000, "<" * 40_000, "&" * 40_000, "_a" * 20_000,
        "![" * 20_000, "~~" * 20_000, "[x]: y\n" * 5_700, "\n".join(" " * i + "- x" for i in range(280)),
    ],
    ids=lambda text: text[:6].strip(),
)  # fmt: skip
def test_deep_and_long_texts_are_harmless(text: str) -> None:
    render.cache_clear()
    assert_harmless(text[:LONGEST])


def test_too_long_is_shown_as_typed() -> None:
    shown = render("<b>" + "a" * LONGEST, "en").html
    assert shown.startswith("<p>&lt;b&gt;a")


def test_what_a_text_needs_is_there() -> None:
    text = (
        "# Top\n\n## First *part*\n\nSee [[me-13]] and [mail](mailto:a@b.test), [call](tel:01055500111), "
        "[page](/help/contacts/).\n\n"
        "| Term | Day |\n| --- | --- |\n| ten | 3 |\n\n> note\n\n1. one\n2. two\n\n## Second"
    )
    shown = render(text, "en")
    assert '<a href="/articles/me-13/" rel="noopener noreferrer">Measures, Art. 13</a>' in shown.html
    assert 'href="mailto:a@b.test"' in shown.html
    assert 'href="tel:01055500111"' in shown.html
    assert '<table class="p-tbl p-cards">' in shown.html
    assert '<td data-l="Term">ten</td>' in shown.html
    assert '<th scope="col">Term</th>' in shown.html
    assert '<blockquote class="p-note">' in shown.html
    assert "<h1" not in shown.html
    assert [words for _anchor, words in shown.headings] == ["Top", "First part", "Second"]
    assert "《管理办法》第十三条" in render("[[me-13]]", "zh-hans").html
    assert markup.plain(text, "en").startswith("Top First part See Measures, Art. 13")
