"""``manage.py tally_uses``: adds up, checks or rebuilds the totals of uses."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from users import tally


class Command(BaseCommand):
    """Without an option: what the task does every minute."""

    help = "Add pending differences to the totals of uses; --check compares with the rows, --rebuild makes them anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--check", action="store_true", help="compare with the rows; fails on a difference")
        which.add_argument("--rebuild", action="store_true", help="make all totals anew; writers wait meanwhile")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            found = tally.faults()
            for fault in found:
                self.stderr.write(f"{fault.what}: kept {fault.kept}, true {fault.true}")
            if found:
                raise CommandError("The totals are wrong; run tally_uses --rebuild.")
            self.stdout.write("The totals are right.")
        elif options["rebuild"]:
            self.stdout.write(f"{tally.rebuild()} totals made anew.")
        else:
            self.stdout.write(f"{tally.compact()} differences added.")
