"""`manage.py seed_help` brings the packaged help texts in, and newer wordings of those that nobody has edited."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from guidance.domain.seeds import seed_help
from ledger.acts import Actor
from rulebook.time import now


class Command(BaseCommand):
    help = "Publishes the packaged help pages; what people have edited stays. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        done = seed_help(by=Actor.system(), now=now())
        self.stdout.write(f"{done.new} help pages added, {done.renewed} renewed")
