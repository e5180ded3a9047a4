"""Everything that somebody can read: the url conf walked with a session, links followed, files opened.

``addresses`` gives every address of the url conf that the endpoint matrix gives somebody, with every id that occurs
in the play; ``reach`` asks them by GET and follows the links of what it gets. What an address wants beside an id stands
in ``WORDS``; an address with a parameter that is not there stops the test.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.test import Client
from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.accounts.endpoint_matrix import AUDIENCES, row_of

#: what slugs and words of addresses may be
WORDS: dict[str, tuple[str, ...]] = {
    "section": ("contact", "app", "unit", "system", "materials", "commitments"),
    "part": ("unit", "system", "app", "filing"),
    "name": ("filed", "revoked", "offline", "rectifying", "cancelled"),
    "kind": ("csv", "json", "atom", "svg", "png", "initial", "change"),
    "key": ("me-24", "bj-5"),
    "verb": ("admit", "release"),
    "act": ("answer", "note"),
    "uidb36": ("0",),
    "slug": ("x",),  # pages of the help centre: those that there are stand in links
}
#: what ends the play, or leads out of it
SKIPPED = ("account_logout", "set_language", "schema", "healthz")
#: links that are followed to one name of the url conf: pages of one kind are much alike
MOST_ALIKE = 8
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>")
_LINK = re.compile(r'(?:href|src|hx-get|action|data-url)="([^"#]+)')


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, parameters) of every address but those of the administration."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            if one.namespace != "admin":
                yield from routes(one, f"{prefix}{one.namespace}:" if one.namespace else prefix)
        elif isinstance(one, URLPattern) and one.name:
            found = tuple(first or second for first, second in _PARAMETER.findall(str(one.pattern)))
            yield f"{prefix}{one.name}", found


def addresses(who: str, ids: Iterable[int], numbers: Iterable[str], near: Iterable[int] = ()) -> list[str]:
    """Addresses to ask for ``who``: where he may come in with every id, elsewhere with those ``near`` the matter."""
    found: dict[str, None] = {}
    for name, parameters in routes():
        row = row_of(name)
        assert row is not None, name
        if name in SKIPPED:
            continue
        own = who in AUDIENCES[row.audience]
        if not own and not near:
            continue
        for kwargs in _kwargs(parameters, list(ids if own else near), list(numbers), name):
            try:
                found[reverse(name, kwargs=kwargs or None)] = None
            except NoReverseMatch:
                continue
    return list(found)


def _kwargs(names: tuple[str, ...], ids: list[int], numbers: list[str], address: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{}]
    for name in names:
        if name == "number":
            values: Iterable[Any] = [*numbers, 1]
        elif name in ("pk", "file", "candidate", "expert", "objection"):
            values = ids
        else:
            values = WORDS.get(name, ("x",) if address.startswith(("sv_", "review_", "api_auth", "case_")) else ())
        rows = [{**row, name: value} for row in rows for value in values]
    return rows


def unknown_parameters(who: str) -> set[str]:
    """Parameters of addresses that ``who`` may open, of which nothing is known here."""
    known = {"number", "pk", "file", "candidate", "expert", "objection", *WORDS}
    found = set()
    for name, parameters in routes():
        row = row_of(name)
        if row is not None and who in AUDIENCES[row.audience]:
            found |= set(parameters) - known
    return found


@dataclass
class Answer:
    """What came back: the address, its status, everything readable in it."""

    address: str
    status: int
    text: str


def reach(client: Client, start: Iterable[str]) -> Iterator[Answer]:
    """Answers to GET of every address of ``start``, and of what they link to."""
    waiting = list(dict.fromkeys(start))
    known, alike = set(waiting), Counter[str]()

    def follow(link: str) -> None:
        if not link or link in known:
            return
        try:
            name = resolve(urlsplit(link).path).view_name
        except Resolver404:
            return
        if name not in SKIPPED and alike[name] < MOST_ALIKE:
            alike[name] += 1
            known.add(link)
            waiting.append(link)

    for place, address in enumerate(waiting):  # grows while it is walked
        # A visitor's address of its own for each call: the limits of visitors are not what is tried here.
        response = client.get(address, REMOTE_ADDR=f"198.51.{place // 250}.{place % 250}")
        assert response.status_code < 500, address
        body = b"".join(response) if response.streaming else response.content
        shown = readable(body, response.headers.get("Content-Type", ""))
        heads = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        yield Answer(address, response.status_code, plain(f"{heads}\n{response.cookies.output()}\n{shown}"))
        if response.status_code in (301, 302):
            follow(_local(response.headers["Location"]))
        elif response.status_code == 200:
            for link in _LINK.findall(shown):
                follow(_local(html.unescape(link), address))


def _local(link: str, base: str = "/") -> str:
    """The path of a link within the portal that only reads; else ""."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or link.startswith(("//", "mailto:", "tel:", "data:")):
        return ""
    path = parts.path or urlsplit(base).path
    if not path.startswith("/") or path.startswith(("/static/", "/i18n/", "/accounts/logout", "/admin/", "/media/")):
        return ""
    return f"{path}?{parts.query}" if parts.query else path


def readable(body: bytes, content_type: str) -> str:
    """Every text in a body: JSON with its escapes undone, the parts of workbooks and PDF files unpacked."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(
                f"{name}\n{readable(packed.read(name), '')}" for name in packed.namelist()
            )
    text = body.decode("utf-8", "replace")
    if body[:4] == b"%PDF":
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", body, re.DOTALL):
            try:
                text += zlib.decompress(stream).decode("latin-1")
            except zlib.error:
                continue
    if "json" in content_type:
        try:
            text += "\n".join(json.dumps(json.loads(line), ensure_ascii=False) for line in text.splitlines() if line)
        except ValueError:
            text += body.decode("unicode_escape", "replace")
    return text


def plain(text: str) -> str:
    """The text as it stands, and with entities and percent signs resolved."""
    return f"{text}\n{html.unescape(text)}\n{unquote(text)}"
