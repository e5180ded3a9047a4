"""`manage.py sweep_clocks` takes up what has run out, now or as of a moment."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rulebook import clocks
from rulebook.time import MomentInvalid, now, parse_moment


def moment(text: str) -> datetime:
    """An argument that is a moment."""
    try:
        return parse_moment(text)
    except MomentInvalid as error:
        raise argparse.ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = "Takes up every clock that has run out and calls its verb; what Celery does each minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of",
            type=moment,
            metavar="MOMENT",
            help="sweep as if it were this moment, like 2026-10-16T00:00:00+08:00 (for trials)",
        )
        parser.add_argument("--limit", type=int, help="try at most so many clocks")

    def handle(self, *args: Any, **options: Any) -> None:
        swept = clocks.sweep(now=options["as_of"] or now(), limit=options["limit"])
        self.stdout.write(
            f"{swept.expired} expired, {swept.overdue} overdue, {swept.moved} moved by a new calendar, "
            f"{swept.passed_over} passed over, {len(swept.failed)} failed"
        )
        if swept.failed:
            self.stderr.write(f"failed clocks: {', '.join(map(str, swept.failed))} (see the log)")
            sys.exit(1)
