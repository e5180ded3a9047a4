"""The frozen case file of a referral as a reader finds it: labelled, in the reader's language, in the order of use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from registry.enums import EntryState
from registry.models import Entry
from registry.views.entry import facts as public_facts
from rulebook.time import local_date
from supervision.enums import ComplaintKind, OrderState
from supervision.views.authority.base import Section, cell, word

Facts = list[tuple[Any, Any]]


def section_of(key: str, title: str, part: dict[str, Any]) -> Section:
    """A part of the file, by its key in ``supervision.domain.referrals.case_file``; another one as it stands."""
    make = {
        "entry": _entry, "complaint": _complaint, "order": _order, "listing": _listing, "licence": _licence,
    }  # fmt: skip
    if key in make:
        return make[key](title, part)
    return Section(title, facts=[(name.replace("_", " "), str(value)) for name, value in part.items()])


def _entry(title: str, part: dict[str, Any]) -> Section:
    """What the public could read of the app when the case was handed over."""
    public = part.get("public") or {}
    number = part.get("number", "")
    row = Entry(
        public=public, uscc=public.get("uscc", ""), stages=public.get("stages") or [],
        user_groups=public.get("user_groups") or [], functions=public.get("functions") or [],
        is_discipline=bool(public.get("is_discipline")), package_ids=public.get("package_ids") or [],
    )  # fmt: skip
    facts: Facts = [
        (_("App"), public.get("app_name", "")),
        (_("Filing number"), cell(number, url=reverse("entry", args=[number])) if number else ""),
        (_("Status when handed over"), word(EntryState.choices, part.get("state", ""))),
        (_("Provider"), public.get("provider_name", "")),
    ]
    comma = _(", ")
    for one in public_facts(row):
        words = [str(tag) for tag in one.get("tags", [])]
        words += [" ".join(filter(None, code)) for code in one.get("codes", [])]
        words += [f"{label}: {url}" for label, url in one.get("links", [])]
        lines = [text for text in (str(one.get("text") or ""), comma.join(words)) if text]
        facts.append((one["label"], "\n".join(lines)))
    return Section(title, facts=facts)


def _complaint(title: str, part: dict[str, Any]) -> Section:
    """Number, kind and category; what was written and by whom is not in the file."""
    received = part.get("received_at")
    return Section(
        title,
        facts=[
            (_("Case number"), cell(part.get("case_no", ""), mono=True)),
            (_("Kind"), word(ComplaintKind.choices, part.get("kind", ""))), (_("Category"), part.get("category", "")),
            (_("App"), part.get("app_name", "")),
            (_("Received"), local_date(datetime.fromisoformat(received)).isoformat() if received else ""),
        ],
    )  # fmt: skip


def _order(title: str, part: dict[str, Any]) -> Section:
    findings = [
        {"title": _("Finding %(number)s") % {"number": number}, "text": one.get("text", ""), "family": "act",
         "article": one.get("article", "")}
        for number, one in enumerate(part.get("findings") or [], 1)
    ]  # fmt: skip
    facts: Facts = [
        (_("Case number"), cell(part.get("case_no", ""), mono=True)),
        (_("Status when handed over"), word(OrderState.choices, part.get("state", ""))),
        (_("Last day"), part.get("due_day") or ""),
    ]
    return Section(title, facts=facts, lines=findings)


def _listing(title: str, part: dict[str, Any]) -> Section:
    return Section(
        title,
        facts=[
            (_("Provider"), part.get("unit_name", "")),
            (_("Unified social credit code"), cell(part.get("uscc", ""), mono=True)),
            (_("Reason"), part.get("reason", "")), (_("Revoked with it"), "\n".join(part.get("numbers") or [])),
            (_("Barred until"), part.get("bar_last_day") or ""),
        ],
    )  # fmt: skip


def _licence(title: str, part: dict[str, Any]) -> Section:
    """The training licence and the line of the list of licensed institutions, with its address."""
    valid = {True: _("Yes"), False: _("No")}.get(part.get("valid"), "")  # type: ignore[arg-type]
    facts: Facts = [
        (_("Number of the licence"), part.get("number") or _("Not known")), (_("Institution"), part.get("institution")),
        (_("Unified social credit code"), part.get("uscc")), (_("Licensed by"), part.get("licensed_by")),
        (_("Licence valid until"), part.get("until")), (_("Valid when handed over"), valid),
        (_("As listed on"), part.get("listed_on")),
        (_("List of the province"), cell(part["source"], url=part["source"]) if part.get("source") else ""),
    ]  # fmt: skip
    note = "" if part.get("listed") else _("On no list of licensed institutions that the portal knows.")
    return Section(title, facts=facts, note=note, articles=["op-17"])
