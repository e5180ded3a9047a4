"""``manage.py seed_units``: the ministry, the provinces, XPCC, and examples below them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.domain.seeding import seed_units
from ledger.acts import Actor
from rulebook.time import now


class Command(BaseCommand):
    help = "Creates the authorities that the portal starts with. Run again, it adds only what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            created = seed_units(by=Actor.system(), now=now())
        self.stdout.write(f"{created} units created")
