"""The help centre: public to read; registration for units, the list of an event for who holds it."""

from collections.abc import Callable
from typing import Any

from tests import factories_guidance as help_rows
from tests.accounts.matrix.cast import Cast, Row


def _registered(cast: Cast) -> dict[str, Any]:
    from accounts.actors import actor_for_membership
    from guidance.domain import register_unit

    event = help_rows.event()
    register_unit(event=event, people=2, by=actor_for_membership(cast.members["owner"]), now=help_rows.NOW)
    return {"pk": event.pk}


OF_GUIDANCE: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "help_page": lambda cast: {"slug": help_rows.published().slug},
    "help_version": lambda cast: {"slug": help_rows.published().slug, "number": 1},
    "help_draft": lambda cast: {"pk": help_rows.draft().pk},
    "help_event": lambda cast: {"pk": help_rows.event().pk},
    "help_registered": _registered,
}

ROWS: dict[str, Row] = {
    "help_home": Row("public"),
    "help_contacts": Row("public"),
    "help_own_contacts": Row("leads"),
    "help_training": Row("public"),
    "help_hosted": Row("authorities"),
    "help_event": Row("public", "help_event"),
    "help_section": Row("public", "help_page"),
    "help_version": Row("public", "help_version"),
    "help_file": Row("public", why="needs a published file: tests/guidance/test_files.py"),
    "help_register": Row("signed_in", "help_event", method="post"),
    "help_leave": Row("own_provider", "help_registered", method="post"),
    "help_attendance": Row("own_lead", "help_event"),
    "help_draft": Row("keepers", "help_draft"),
}
