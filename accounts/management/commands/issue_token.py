"""``manage.py issue_token EMAIL``: a personal token from the command line, shown once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import actor_for_membership
from accounts.domain import issue_token
from accounts.enums import TokenScope
from accounts.models import Membership
from accounts.rules import scopes_for
from ledger.acts import Refused
from rulebook.time import now


class Command(BaseCommand):
    help = "Issues a personal API token for a membership and prints it; it is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--scope", choices=TokenScope.values, help="default: the first scope of the role")
        parser.add_argument("--days", type=int, default=90, help="1 to 365, default 90")
        parser.add_argument("--unit", help="key, credit code or id of the unit, where the person has several")
        parser.add_argument("--label", default="command line")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = list(
            Membership.objects.active()
            .filter(person__email=options["email"].strip().lower())
            .select_related("unit", "person")
            .order_by("pk")
        )
        wanted = options["unit"]
        if wanted:
            rows = [row for row in rows if wanted in (row.unit.code, row.unit.uscc, str(row.unit_id))]
        if not rows:
            raise CommandError("No active membership of this address (in this unit).")
        if len(rows) > 1:
            units = ", ".join(
                f"{row.unit.code or row.unit.uscc or row.unit_id} ({row.unit.name})" for row in rows
            )
            raise CommandError(f"This person works for several units; say which with --unit: {units}")
        membership = rows[0]
        scope = options["scope"] or scopes_for(membership.role)[0]
        try:
            _token, secret = issue_token(
                membership=membership,
                label=options["label"],
                scope=scope,
                days=options["days"],
                by=actor_for_membership(membership),
                now=now(),
            )
        except Refused as refused:
            raise CommandError(" ".join(str(reason) for reason in refused.reasons)) from refused
        self.stdout.write(secret)
