"""`manage.py seed_calendar` publishes the years that the bundled package holds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from rulebook import calendar, clocks
from rulebook.domain.seeds import seed_calendar
from rulebook.time import now


class Command(BaseCommand):
    help = "Fills the working-day calendar from the bundled package; years that are there stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        years = seed_calendar(now=now())
        if years:
            clocks.recompute(now=now())
        self.stdout.write(f"{years} years added; published until {calendar.published_until()}")
