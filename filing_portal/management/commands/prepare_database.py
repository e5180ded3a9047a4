"""``manage.py prepare_database``: migrates; an empty database is filled at once (see ``filing_portal.fresh``)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from filing_portal.fresh import bring_up_to_date


class Command(BaseCommand):
    """Brings the database up to date, quickly where it is empty."""

    help = "Migrates the database; an empty one is filled at once."

    def handle(self, *args: Any, **options: Any) -> None:
        empty = bring_up_to_date()
        self.stdout.write("the empty database has been filled" if empty else "the database is up to date")
