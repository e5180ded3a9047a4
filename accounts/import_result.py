"""What became of a table of units, as a table again: the same lines for the page and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.domain.import_rows import titles
from accounts.enums import RowOutcome
from accounts.models import ImportBatch

RESULT_TITLES = (_("Row"), _("Result"), _("What is wrong"))


def result_lines(batch: ImportBatch, *, only_problems: bool = False) -> Iterator[list[Any]]:
    """A heading, and every row with what became of it; ``only_problems`` leaves those that are to be corrected.

    The columns after the first three are those of the table, so that it can be corrected and uploaded again.
    """
    rows = batch.rows.order_by("number")
    if only_problems:
        rows = rows.filter(outcome__in=(RowOutcome.FAULTY, RowOutcome.FAILED))
    heads, words = titles(), dict(RowOutcome.choices)
    yield [*map(str, RESULT_TITLES), *heads.values()]
    for item in rows.iterator(chunk_size=500):
        said = " ".join(problem["text"] for problem in item.problems)
        yield [item.number, words[item.outcome], said, *(item.values.get(key, "") for key in heads)]
