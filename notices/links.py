"""Where a notice leads: each room registers how to reach its subjects, since imports go down only."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from ledger.acts import Actor
from notices.models import Notice

Link = Callable[[Notice, Actor | None], str]

_links: dict[str, list[Link]] = {}


def register(subject_type: str, link: Link) -> None:
    """``link(notice, actor)`` gives the address of the subject's page for this reader, "" for none.

    A subject may have pages of several audiences: the first that gives an address counts.
    """
    known = _links.setdefault(subject_type, [])
    if link not in known:
        known.append(link)


def subject_url(notice: Notice, actor: Actor | None) -> str:
    """Address of what the notice is about; "" where there is none."""
    found = (link(notice, actor) for link in _links.get(notice.subject_type, ()))
    return next((address for address in found if address), "")


def absolute(path: str) -> str:
    """The address as it stands in an e-mail."""
    base = (getattr(settings, "PORTAL_BASE_URL", "") or "").rstrip("/")
    return f"{base}{path}"
