"""`manage.py seed_demo` makes the demonstration data, once, in the embedded mode alone."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from filing_portal.demo.seed import NotHere, seed
from rulebook.time import now


class Command(BaseCommand):
    help = "Makes people, units, filings in every state and 300 published entries; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        silent = {"stdout": self.stdout}
        for command in ("seed_rulebook", "seed_units"):
            call_command(command, **silent)
        try:
            done = seed(now=now(), say=self.stdout.write)
        except NotHere as error:
            raise CommandError(str(error)) from error
        if done.fresh:
            self.stdout.write(f"demo data ready: {done.filings} filings, {done.entries} published entries")
        else:
            self.stdout.write("demo data are there already")
