"""``manage.py requirements``: each requirement with the tests that show it met."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from filing_portal.traceability import MarkerInvalid, report


class Command(BaseCommand):
    help = "Prints each requirement with the tests that show it met, and what is not covered yet."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, help="write the table to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = report()
        except MarkerInvalid as error:
            raise CommandError(str(error)) from error
        if options["write"]:
            options["write"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
