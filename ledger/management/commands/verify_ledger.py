"""``manage.py verify_ledger``: exit 0 when the ledger is whole, 1 with every finding named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.domain import verify
from ledger.models import Checkpoint, Record


class Command(BaseCommand):
    help = "Checks every chain and checkpoint of the ledger and names what was tampered with."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = 0
        for finding in verify():
            findings += 1
            self.stdout.write(str(finding))
        if findings:
            msg = f"The ledger is NOT whole: {findings} findings."
            raise CommandError(msg)
        self.stdout.write(
            f"The ledger is whole: {Record.objects.count()} records, {Checkpoint.objects.count()} checkpoints."
        )
