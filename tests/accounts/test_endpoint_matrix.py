"""Closed by default: every address stands in the matrix, and lets in exactly whom its row names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.middleware import SEEN_KEY, TRACKED_KEY
from accounts.models import Membership
from tests.accounts.endpoint_matrix import AUDIENCES, CAST, KWARGS, MATRIX, Row, make_cast, row_of
from tests.accounts.matrix import interfaces
from tests.factories import client_for


def names(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name with namespace, route) of every address; "" as the name where there is none."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from names(entry, inner)
        elif isinstance(entry, URLPattern):
            yield (f"{prefix}{entry.name or ''}" if entry.name or prefix else ""), str(entry.pattern)


ALL = sorted({name for name, _route in names(get_resolver()) if name and not name.startswith("admin:")})


def test_every_address_has_a_name_and_stands_in_the_matrix() -> None:
    nameless = [route for name, route in names(get_resolver()) if not name]
    missing = sorted({name for name, _route in names(get_resolver()) if name and row_of(name) is None})
    assert not missing, (
        f"{len(missing)} addresses stand in no row of tests/accounts/endpoint_matrix.py: {missing}"
    )
    # Django's administration has redirects and a catch-all without names; nothing of ours may have.
    assert not nameless, nameless


def test_every_row_is_about_an_address_that_exists() -> None:
    known = {name for name, _route in names(get_resolver())}
    gone = [key for key in MATRIX if not key.endswith("*") and key not in known]
    switched_off = [key for key in gone if MATRIX[key].why]
    assert sorted(set(gone) - set(switched_off)) == []


def test_every_row_names_a_known_audience_and_factory() -> None:
    for key, row in MATRIX.items():
        assert row.audience in AUDIENCES, key
        assert row.kwargs in KWARGS, key
        assert AUDIENCES[row.audience] <= set(CAST), key


def let_in(name: str, row: Row, response) -> bool:
    """Whether the door opened: not a refusal, not the way to sign-in."""
    if response.status_code in (401, 403, 404):
        return False
    if response.status_code == 302 and response.url.startswith(("/accounts/login/", "/admin/login/")):
        return False
    assert response.status_code < 500, f"{name}: {response.status_code}"
    return True


REQUESTED = [
    name for name in ALL if (row := row_of(name)) is not None and not row.why and name not in interfaces.ROWS
]


#: addresses that share one cast: making it costs more than asking for a page
PARTS = 12
SUPERVISED = 4


class Reader:
    """Somebody of the cast, signed in once. Signing in anew before each act takes longer than most acts."""

    def __init__(self, member: Membership | None) -> None:
        self.member = member
        self.enter()

    def enter(self) -> None:
        self.client = client_for(self.member)
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        self.said = self.session()

    def session(self) -> dict[str, Any]:
        """What the session holds, but when and where it was used last."""
        kept = self.client.session.items() if self.cookies else ()
        return {key: value for key, value in kept if key not in (SEEN_KEY, TRACKED_KEY)}

    def again(self) -> None:
        """As before: whatever an act did to the session or the cookies is undone, by a new sign-in where it must be."""
        self.client.cookies.clear()
        for name, value in self.cookies.items():
            self.client.cookies[name] = value
        if self.session() != self.said:
            self.enter()


@pytest.mark.breadth
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_address_lets_in_exactly_its_audience(part: int, freeze) -> None:
    from tests.factories import NOW

    freeze(NOW)
    cast = make_cast()
    readers = {who: Reader(cast.members[who]) for who in CAST}
    wrong = []
    for name in [*REQUESTED, "admin:index"][part::PARTS]:
        row = row_of(name)
        assert row is not None
        with transaction.atomic():
            kwargs = KWARGS[row.kwargs](cast)
            for who in CAST:
                # What one does is taken back, so that it is not seen by the next.
                with transaction.atomic():
                    response = getattr(readers[who].client, row.method)(reverse(name, kwargs=kwargs or None))
                    opened = let_in(name, row, response)
                    if opened != (who in AUDIENCES[row.audience]):
                        wrong.append((name, row.audience, who, response.status_code, getattr(response, "url", "")))
                    transaction.set_rollback(True)
                if row.method != "get":
                    readers[who].again()
            transaction.set_rollback(True)
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.breadth
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(SUPERVISED))
def test_interfaces_of_supervision_let_in_exactly_their_audience(part: int, freeze) -> None:
    from tests.factories import NOW

    freeze(NOW)
    cast = make_cast()
    clients = {who: client_for(cast.members[who]) for who in CAST}
    wrong = []
    for name, row in [one for one in interfaces.ROWS.items() if not one[1].why][part::SUPERVISED]:
        with transaction.atomic():
            address = reverse(name, kwargs=KWARGS[row.kwargs](cast) or None)
            for who, client in clients.items():
                with transaction.atomic():
                    response = getattr(client, row.method)(address)
                    if let_in(name, row, response) != (who in AUDIENCES[row.audience]):
                        wrong.append((name, who, response.status_code))
                    transaction.set_rollback(True)
            transaction.set_rollback(True)
    assert not wrong, wrong
