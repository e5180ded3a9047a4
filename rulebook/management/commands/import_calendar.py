"""`manage.py import_calendar FILE` publishes a year of working days."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.acts import Actor
from rulebook import clocks
from rulebook.domain.calendar import CalendarInvalid, YearData, import_year, preview_year, read_year
from rulebook.time import now


def line(move: clocks.Move) -> str:
    """One clock of the preview."""
    provisional = {True: "provisional", False: "fixed"}
    return (
        f"{move.clock.kind} {move.clock.subject_type}:{move.clock.subject_id}  "
        f"{move.before} → {move.after}  "
        f"{provisional[move.provisional_before]} → {provisional[move.provisional_after]}"
    )


class Command(BaseCommand):
    help = (
        "Imports a year of the working-day calendar from the JSON of the community's holiday data sets "
        '({"year": 2027, "papers": […], "days": [{"name", "date", "isOffDay"}, …]}), '
        "and recomputes every running clock. With --preview nothing is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the JSON file, or - for standard input")
        parser.add_argument("--preview", action="store_true", help="only list the clocks that would move")

    def handle(self, *args: Any, file: str, preview: bool, **options: Any) -> None:
        moment = now()
        try:
            year = read_year(self._load(file), now=moment)
        except CalendarInvalid as error:
            raise CommandError("\n".join([f"{file} is no calendar year:", *error.problems])) from error
        if preview:
            self._preview(year)
            return
        done = import_year(data=year, by=Actor.system(), now=moment)
        self.stdout.write(
            f"{year.year} published: {len(year.days)} days, calendar v{done.version}; "
            f"{done.recomputed.moved} clocks moved, {done.recomputed.restated} confirmed on their day"
        )
        if done.recomputed.failed:
            self.stderr.write(f"{len(done.recomputed.failed)} clocks failed; the next sweep tries again")

    def _load(self, file: str) -> Any:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
            return json.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except json.JSONDecodeError as error:
            raise CommandError(f"{file} is no JSON: {error}") from error

    def _preview(self, year: YearData) -> None:
        found = preview_year(year)
        moved = [move for move in found if move.moves]
        for move in found:
            self.stdout.write(line(move))
        self.stdout.write(
            f"{year.year}: {len(moved)} running clocks would move, "
            f"{len(found) - len(moved)} would only change between provisional and fixed; nothing was changed"
        )
