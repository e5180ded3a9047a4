"""Totals of the uses below an authority: read exactly at all times, whatever their number.

The database writes the differences of every act (``migrations/0004_tally_triggers``); ``compact`` adds them to the
totals, every minute. Readers add what is not yet added, in the same statement. Facets and their keys:

``state`` state · ``use`` all in use · ``type`` registered, self_use · ``nature`` · ``source`` · ``stage`` ·
``function`` · ``app`` entry id (of what is in use) · ``handed``, ``confirmed`` month YYYY-MM · ``late`` all ·
``selected``, ``due``, ``returned``, ``proposed`` day YYYY-MM-DD of what waits · ``units`` all, filed, used, selected,
system, named (institutions that have to file).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction

from accounts.models import Unit

EVERYTHING = 0  # the node above all trees
BATCH = 20_000
#: everything but single apps, of which there may be thousands
PLAIN = (
    "state", "use", "type", "nature", "source", "stage", "function", "handed", "confirmed", "late",
    "selected", "due", "returned", "proposed", "units",
)  # fmt: skip


@dataclass
class Counts:
    """Totals by facet and key; what is not there is 0."""

    by: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, facet: str, key: str, n: int) -> None:
        """Adds to a total."""
        keys = self.by.setdefault(facet, {})
        keys[key] = keys.get(key, 0) + n

    def of(self, facet: str) -> dict[str, int]:
        """Totals of a facet by key, without zeros."""
        return {key: n for key, n in self.by.get(facet, {}).items() if n}

    def n(self, facet: str, key: str = "all") -> int:
        """One total."""
        return self.by.get(facet, {}).get(key, 0)

    def before(self, facet: str, day: date) -> int:
        """How many of a facet whose keys are days lie before ``day``."""
        limit = day.isoformat()
        return sum(n for key, n in self.by.get(facet, {}).items() if key < limit)

    def minus(self, others: Iterable[Counts]) -> Counts:
        """What remains without the others."""
        rest = Counts({facet: dict(keys) for facet, keys in self.by.items()})
        for other in others:
            for facet, keys in other.by.items():
                mine = rest.by.setdefault(facet, {})
                for key, n in keys.items():
                    mine[key] = mine.get(key, 0) - n
        return rest

    # The words of the dashboards.

    @property
    def institutions(self) -> int:
        return self.n("units")

    @property
    def filed(self) -> int:
        return self.n("units", "filed")

    @property
    def missing(self) -> int:
        return self.institutions - self.filed

    @property
    def no_system(self) -> int:
        return self.institutions - self.n("units", "system")

    @property
    def unnamed(self) -> int:
        return self.institutions - self.n("units", "named")

    @property
    def in_use(self) -> int:
        return self.n("use")

    @property
    def rate(self) -> float | None:
        """Institutions that have filed, in per cent; None where there is no institution."""
        return 100 * self.filed / self.institutions if self.institutions else None


def _id(node: Unit | None) -> int:
    return node.pk if node else EVERYTHING


def counts(node: Unit | None, facets: Iterable[str] = PLAIN) -> Counts:
    """Totals of an authority with all below it; None: of everything. One query, however many filings."""
    found = Counts()
    wanted = list(facets)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT facet, key, sum(n)::bigint FROM ("
            " SELECT facet, key, n FROM users_usetally WHERE node_id = %s AND facet = ANY(%s)"
            " UNION ALL SELECT facet, key, n FROM users_usedelta WHERE nodes @> ARRAY[%s]::bigint[] AND facet = ANY(%s)"
            ") parts GROUP BY 1, 2",
            [_id(node), wanted, _id(node), wanted],
        )
        for facet, key, n in cursor:
            found.add(facet, key, n)
    return found


def of_each(nodes: Iterable[int], facets: Iterable[str] = PLAIN) -> dict[int, Counts]:
    """Totals of each of these authorities, by id; one query."""
    ids, wanted = list(nodes), list(facets)
    found = {pk: Counts() for pk in ids}
    if not ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT node, facet, key, sum(n)::bigint FROM ("
            " SELECT node_id AS node, facet, key, n FROM users_usetally WHERE node_id = ANY(%s) AND facet = ANY(%s)"
            " UNION ALL SELECT node, facet, key, n FROM users_usedelta CROSS JOIN LATERAL unnest(nodes) AS node"
            "  WHERE nodes && %s::bigint[] AND facet = ANY(%s)"
            ") parts WHERE node = ANY(%s) GROUP BY 1, 2, 3",
            [ids, wanted, ids, wanted, ids],
        )
        for pk, facet, key, n in cursor.fetchall():
            found[pk].by.setdefault(facet, {})[key] = n
    return found


def top_apps(node: Unit | None, limit: int = 10) -> list[tuple[int, int]]:
    """The entries that most institutions below ``node`` use, with how many; one query.

    Exact: whatever is among the first has a difference that is not added yet, or a total among the first, of which
    so many more are looked at as entries have lost users since.
    """
    pk = _id(node)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH fresh AS (SELECT key, sum(n) AS n FROM users_usedelta"
            "  WHERE facet = 'app' AND nodes @> ARRAY[%s]::bigint[] GROUP BY key),"
            " best AS (SELECT key, n FROM users_usetally WHERE node_id = %s AND facet = 'app'"
            "  ORDER BY n DESC LIMIT %s + (SELECT count(*) FROM fresh WHERE n < 0)),"
            " known AS (SELECT key, n FROM best UNION SELECT t.key, t.n FROM users_usetally t JOIN fresh"
            "  ON t.key = fresh.key WHERE t.node_id = %s AND t.facet = 'app')"
            " SELECT key::bigint, sum(n)::bigint AS n FROM (SELECT * FROM known UNION ALL SELECT * FROM fresh) parts"
            " GROUP BY key HAVING sum(n) > 0 ORDER BY n DESC, key LIMIT %s",
            [pk, pk, limit, pk, limit],
        )
        return [(int(key), int(n)) for key, n in cursor]


def users_of(entry_id: int, node: Unit | None = None) -> int:
    """How many institutions below ``node`` use an entry (everywhere: None); one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n), 0)::bigint FROM ("
            " SELECT n FROM users_usetally WHERE node_id = %s AND facet = 'app' AND key = %s"
            " UNION ALL SELECT n FROM users_usedelta WHERE facet = 'app' AND key = %s AND nodes @> ARRAY[%s]::bigint[])"
            " parts",
            [_id(node), str(entry_id), str(entry_id), _id(node)],
        )
        return int(cursor.fetchone()[0])


# --- keeping them ------------------------------------------------------------------------------------


def compact(*, batch: int = BATCH, most: int = 50) -> int:
    """Adds the differences to the totals, ``batch`` at a time, at most ``most`` times. Returns how many it took.

    Each step is one statement, so that a reader finds a difference on one side or the other, never on both or
    neither. Two at once do not disturb each other: the second goes away.
    """
    taken = 0
    for _step in range(most):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('users_tally'))")
            if not cursor.fetchone()[0]:
                return taken
            cursor.execute(
                "WITH gone AS (DELETE FROM users_usedelta WHERE id IN"
                "  (SELECT id FROM users_usedelta ORDER BY id LIMIT %s) RETURNING nodes, facet, key, n),"
                " placed AS (SELECT nodes, facet, key, sum(n) AS n FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0),"
                " added AS (INSERT INTO users_usetally AS t (node_id, facet, key, n)"
                "  SELECT node, facet, key, sum(n) FROM placed CROSS JOIN LATERAL unnest(nodes) AS node"
                "  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
                "  ON CONFLICT (node_id, facet, key) DO UPDATE SET n = t.n + EXCLUDED.n RETURNING 1)"
                " SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM added)",
                [batch],
            )
            step = int(cursor.fetchone()[0])
            cursor.execute("DELETE FROM users_usetally WHERE n = 0")
        taken += step
        if step < batch:
            break
    return taken


def rebuild() -> int:
    """Makes all totals anew from the filings and units, with writers waiting. Returns how many totals there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT users_tally_rebuild()")
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Fault:
    """A total or a standing that is not what the rows say."""

    what: str
    kept: int
    true: int


def faults(limit: int = 50) -> list[Fault]:
    """Where totals and standings differ from the rows themselves; reads everything."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH kept AS (SELECT node_id, facet, key, sum(n) AS n FROM ("
            "  SELECT node_id, facet, key, n FROM users_usetally UNION ALL"
            "  SELECT node, facet, key, n FROM users_usedelta CROSS JOIN LATERAL unnest(nodes) AS node) parts"
            "  GROUP BY 1, 2, 3 HAVING sum(n) <> 0)"
            " SELECT node_id || ' ' || facet || ' ' || key, coalesce(k.n, 0)::bigint, coalesce(t.n, 0)::bigint"
            " FROM kept k FULL JOIN users_tally_truth() t USING (node_id, facet, key)"
            " WHERE k.n IS DISTINCT FROM t.n ORDER BY 1 LIMIT %s",
            [limit],
        )
        found = [Fault(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT unit_id || ' standing', coalesce(s.handed_in, -1), coalesce(t.handed_in, -1)"
            " FROM users_unitstanding s FULL JOIN users_standing_truth() t USING (unit_id)"
            " WHERE (s.place, s.counts, s.named, s.systems, s.selected, s.handed_in, s.in_use) IS DISTINCT FROM"
            " (t.place::varchar, t.counts, t.named, t.systems, t.selected, t.handed_in, t.in_use) LIMIT %s",
            [limit],
        )
        return found + [Fault(*row) for row in cursor.fetchall()]
