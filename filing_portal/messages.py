"""The Chinese catalogue without gettext's programs: Babel and Django's own template reader do it all.

``python -m filing_portal.messages COMMAND``:

- ``check``    fails where a translation is missing, fuzzy, or has other placeholders than its source
- ``missing``  prints what is not translated as JSON ``{"source": ""}``
- ``merge FILE.json …``  takes ``{"source": "中文"}`` into the catalogue (``["中文"]`` for a plural,
  key ``"context\\u0004source"`` for a source with a context)
- ``tidy``     drops what no source uses any more
- ``compile``  writes the ``.mo`` file that Django reads, where it is older than its source
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

REPOSITORY = Path(__file__).resolve().parent.parent
ROOMS = (
    "ledger",
    "rulebook",
    "accounts",
    "notices",
    "blacklist",
    "registry",
    "providers",
    "users",
    "review",
    "supervision",
    "guidance",
    "filing_portal",
)
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "_n": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """\
# Simplified Chinese catalogue of the filing portal.
# Kept by `python -m filing_portal.messages`; sorted by source text.
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
_PERCENT = re.compile(r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdifgxX]")
_BRACES = re.compile(r"\{\w*\}")


class Key(NamedTuple):
    """What a message is known by."""

    context: str | None
    source: str


class Found(NamedTuple):
    """A message in the sources: its plural, or None, and the files that use it."""

    plural: str | None
    files: list[str]


def catalogue_path(root: Path = REPOSITORY) -> Path:
    return root / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


# --- reading the sources -----------------------------------------------------------------------


def sources(root: Path = REPOSITORY) -> dict[Key, Found]:
    """Every translatable text in the Python files and templates below ``root``."""
    found: dict[Key, Found] = {}
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        for key, plural in read_source(path.read_text(encoding="utf-8"), template=path.suffix != ".py"):
            known = found.setdefault(key, Found(plural, []))
            if plural is not None and known.plural is None:
                found[key] = known = Found(plural, known.files)
            if name not in known.files:
                known.files.append(name)
    return found


def _files(root: Path) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if "migrations" not in path.parts and path.stem != "messages":
                yield path
    for folder in (root / "templates", *(root / room / "templates" for room in ROOMS)):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".html", ".txt", ".svg", ".xml"):
                yield path


def read_source(text: str, *, template: bool) -> Iterator[tuple[Key, str | None]]:
    """The messages of one file's text with their plurals."""
    if template:
        # Django turns a template into calls that a Python reader understands; indentation means nothing there.
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    for _line, messages, _comments, context in extract(
        "python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        parts = (messages,) if isinstance(messages, str) else tuple(messages)
        if parts and parts[0]:
            yield Key(context or None, parts[0]), parts[1] if len(parts) > 1 else None


# --- reading and writing the catalogue -------------------------------------------------------------


def read_catalogue(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="zh_Hans", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def write_catalogue(path: Path, catalogue: Catalog, found: dict[Key, Found]) -> None:
    """Writes the catalogue in a stable order, with the files that use each text."""
    fresh = Catalog(locale="zh_Hans", fuzzy=False)
    for message in catalogue:
        if not message.id:
            continue
        key = key_of(message)
        plural = found[key].plural if key in found else _plural_of(message)
        text = _texts(message)
        fresh.add(
            (key.source, plural) if plural else key.source,
            (text[0],) if plural else text[0],
            locations=[(name, None) for name in (found[key].files[:3] if key in found else [])],
            flags=message.flags - {"python-format", "python-brace-format"},
            context=key.context,
        )
    output = io.BytesIO()
    write_po(output, fresh, width=110, omit_header=True, sort_output=True, include_lineno=False)
    _replace(path, HEADER.encode() + output.getvalue())


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time changes the catalogue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def key_of(message: Message) -> Key:
    source = message.id if isinstance(message.id, str) else message.id[0]
    return Key(message.context or None, source)


def _plural_of(message: Message) -> str | None:
    return None if isinstance(message.id, str) else message.id[1]


def _texts(message: Message) -> list[str]:
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


# --- the commands ------------------------------------------------------------------------------


def problems(root: Path = REPOSITORY) -> list[str]:
    """What is wrong with the catalogue, a line each."""
    found = sources(root)
    known = {key_of(message): message for message in read_catalogue(catalogue_path(root)) if message.id}
    lines = []
    for key, use in sorted(found.items(), key=lambda item: (item[0].source, item[0].context or "")):
        message = known.get(key)
        if message is None or not all(_texts(message)):
            lines.append(f"missing: {key.source!r} ({use.files[0]})")
        elif message.fuzzy:
            lines.append(f"fuzzy: {key.source!r} ({use.files[0]})")
        else:
            lines += _placeholder_problems(key, use, _texts(message))
    return lines


def _placeholder_problems(key: Key, use: Found, texts: Iterable[str]) -> Iterator[str]:
    allowed = [placeholders(source) for source in (key.source, use.plural) if source is not None]
    for text in texts:
        if placeholders(text) not in allowed:
            yield f"placeholders differ: {key.source!r} and {text!r} ({use.files[0]})"


def placeholders(text: str) -> list[str]:
    """The places in a text that a value is put into, sorted."""
    return sorted(_PERCENT.findall(text.replace("%%", "")) + _BRACES.findall(text))


def obsolete(root: Path = REPOSITORY) -> list[Key]:
    """What the catalogue holds and no source uses."""
    found = sources(root)
    return [
        key_of(message)
        for message in read_catalogue(catalogue_path(root))
        if message.id and key_of(message) not in found
    ]


def missing(root: Path = REPOSITORY) -> dict[str, str | list[str]]:
    """What is not translated, in the form that :func:`merge` takes."""
    known = {
        key_of(message)
        for message in read_catalogue(catalogue_path(root))
        if message.id and all(_texts(message)) and not message.fuzzy
    }
    return {
        f"{key.context}\u0004{key.source}" if key.context else key.source: [""] if use.plural else ""
        for key, use in sorted(sources(root).items(), key=lambda item: item[0].source)
        if key not in known
    }


def merge(files: Iterable[Path], root: Path = REPOSITORY) -> int:
    """Takes the translations of the JSON files into the catalogue; returns how many changed."""
    path = catalogue_path(root)
    found = sources(root)
    changed = 0
    with _alone(path):
        catalogue = read_catalogue(path)
        for file in files:
            for name, given in json.loads(file.read_text(encoding="utf-8")).items():
                context, _, source = name.rpartition("\u0004")
                key = Key(context or None, source)
                text = given if isinstance(given, str) else (given or [""])[0]
                if not text:
                    continue
                known = catalogue.get(source, context=key.context)
                if known is not None and _texts(known)[0] == text and not known.fuzzy:
                    continue
                if known is not None:
                    catalogue.delete(source, context=key.context)
                plural = found[key].plural if key in found else None
                catalogue.add(
                    (source, plural) if plural else source, (text,) if plural else text, context=key.context
                )
                changed += 1
        write_catalogue(path, catalogue, found)
    return changed


def tidy(root: Path = REPOSITORY) -> int:
    """Drops what no source uses any more; returns how many."""
    path = catalogue_path(root)
    with _alone(path):
        gone = obsolete(root)
        catalogue = read_catalogue(path)
        for key in gone:
            catalogue.delete(key.source, context=key.context)
        write_catalogue(path, catalogue, sources(root))
    return len(gone)


def compile_catalogue(root: Path = REPOSITORY) -> Path:
    """Writes the ``.mo`` file where it is older than the catalogue; returns its path."""
    path = catalogue_path(root)
    target = path.with_suffix(".mo")
    if path.exists() and not (target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns):
        output = io.BytesIO()
        write_mo(output, read_catalogue(path))
        _replace(target, output.getvalue())
    return target


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m filing_portal.messages", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("command", choices=["check", "missing", "merge", "tidy", "compile"])
    parser.add_argument("files", nargs="*", type=Path, help="JSON files to merge")
    options = parser.parse_args(arguments)
    if options.command == "check":
        lines = problems()
        for key in obsolete():
            sys.stdout.write(f"note, not used any more: {key.source!r}\n")
        sys.stdout.write("".join(line + "\n" for line in lines))
        sys.stdout.write(f"{len(sources())} texts, {len(lines)} problems\n")
        return 1 if lines else 0
    if options.command == "missing":
        sys.stdout.write(json.dumps(missing(), ensure_ascii=False, indent=1) + "\n")
    elif options.command == "merge":
        sys.stdout.write(f"{merge(options.files)} translations taken in\n")
    elif options.command == "tidy":
        sys.stdout.write(f"{tidy()} texts dropped\n")
    else:
        compile_catalogue()
    return 0


if __name__ == "__main__":
    sys.exit(main())
