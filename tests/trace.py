"""What the database holds, in one statement: equal before and after an act that was refused.

    before = trace()
    … an act that is refused …
    assert trace() == before
"""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import connection

ROOMS = {
    "ledger", "rulebook", "notices", "blacklist", "registry", "providers", "users", "review", "supervision",
}  # fmt: skip
#: long texts of the law and of the calendar, which are loaded once and which no act on a filing touches
LARGE = {"rulebook_article", "rulebook_calendarday", "rulebook_calendaryear", "rulebook_policyversion"}


@cache
def _statement() -> tuple[list[str], str]:
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in ROOMS and model._meta.managed and model._meta.db_table not in LARGE
    )
    # Every row as text, in an order that depends on nothing but the rows themselves.
    each = ", ".join(f"(SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM {name} r)" for name in tables)
    return tables, f"SELECT {each}"


def trace() -> dict[str, str]:
    """Table to a digest of all its rows, those of each room that acts write to; empty tables are left out."""
    tables, statement = _statement()
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_prepared_statements WHERE name = 'trace_of_all'")
        if not cursor.rowcount:  # planned once: it is asked thousands of times
            cursor.execute(f"PREPARE trace_of_all AS {statement}")
        cursor.execute("EXECUTE trace_of_all")
        return {table: digest for table, digest in zip(tables, cursor.fetchone(), strict=True) if digest}
