"""Questions to outside sources about a filing (Measures Art. 13: sharing with the national data exchange).

A connector answers within its ``timeout`` or raises :class:`NoAnswer`. It is asked in the background, again
with longer waits, and given up after some tries: a dead source leaves "no answer" and never holds a case up.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from review.connectors.base import Answer, Connector, NoAnswer, UnitConnector
from review.connectors.table import LicenceTable, SchoolTable, UnitTable

__all__ = [
    "Answer", "Connector", "NoAnswer", "UnitConnector", "connectors", "labels", "register", "register_for_units",
    "unit_connectors",
]  # fmt: skip

_connectors: dict[str, Connector] = {}
_of_units: dict[str, UnitConnector] = {}


def register(connector: Connector) -> None:
    """Adds a source, or replaces the one with the same key."""
    _connectors[connector.key] = connector


def connectors() -> dict[str, Connector]:
    """The sources in force by key."""
    return dict(_connectors)


def labels() -> dict[str, Any]:
    """Names of the sources."""
    return {key: connector.label for key, connector in (_connectors | _of_units).items()}


def register_for_units(connector: UnitConnector) -> None:
    """Adds a national base that institutions' data are compared with, or replaces the one with the same key."""
    _of_units[connector.key] = connector


def unit_connectors() -> dict[str, UnitConnector]:
    """The national bases of institutions by key (Opinions, 12)."""
    return dict(_of_units)


register(UnitTable("exchange", _("National data exchange: the unit")))
register(LicenceTable("licence", _("Register of off-campus training licences")))
register_for_units(SchoolTable("schools", _("National base of schools")))
