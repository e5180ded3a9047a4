"""Endpoint × role: one line for each address of the portal. The test walks the URL map and fails for any
address that stands in no row.

A row:  "url name": Row("audience", kwargs_factory)

``audience`` names the class of callers that may come in (see ``AUDIENCES``); everybody else must be
refused: anonymous people by a redirect to sign-in (pages) or 401 (API), others by 403 or 404.
``kwargs`` is a name in ``KWARGS``: a function of the cast that gives the address's arguments; "" where the
address has none. With ``why`` the row is listed, but not requested (it says why).

``method``: what is sent; "post" for addresses that take nothing else. A POST with an empty body must pass
the door (200, 302, 400, 409, 422 …), not do anything.
``prefix:*`` covers everything under a namespace or a name's beginning (allauth, admin).
The rows stand by audience in ``tests/accounts/matrix/``.
"""

from __future__ import annotations

from tests.accounts.matrix import (
    guidance,
    institutions,
    interfaces,
    people,
    providers,
    public,
    review,
    supervision,
)
from tests.accounts.matrix.cast import AUDIENCES, CAST, Cast, Row, make_cast
from tests.accounts.matrix.things import KWARGS

__all__ = ["AUDIENCES", "CAST", "KWARGS", "MATRIX", "Cast", "Row", "make_cast", "row_of"]

_PARTS = (public, people, providers, institutions, supervision, review, guidance, interfaces)
MATRIX: dict[str, Row] = {name: row for part in _PARTS for name, row in part.ROWS.items()}


def row_of(name: str) -> Row | None:
    """The row of an address: its own, or that of the longest beginning with a star."""
    if name in MATRIX:
        return MATRIX[name]
    stars = [key for key in MATRIX if key.endswith("*") and name.startswith(key[:-1])]
    return MATRIX[max(stars, key=len)] if stars else None
