"""`manage.py seed_rulebook` brings in the calendar, the articles and the first policies."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from rulebook.domain.seeds import seed_articles, seed_policies
from rulebook.time import now


class Command(BaseCommand):
    help = "Fills the rulebook: calendar, articles, first policies. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("seed_calendar", stdout=self.stdout)
        self.stdout.write(f"{seed_articles()} articles")
        self.stdout.write(f"{seed_policies(now=now())} policies added")
