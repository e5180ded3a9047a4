"""Editions of recommended lists: published, and reported upwards at the same time (Opinions, 9)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.enums import LEAD_ROLES
from accounts.queries import ministry
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, perform
from notices.domain import serve
from users.models import ListEdition


def publish_edition(*, edition: ListEdition, by: Actor, now: datetime) -> ListEdition:
    """Publishes a prepared edition of the actor's authority; from then on it stays as it is.

    Effects: moments of publication and of the report; a notice to the ministry, which is the report
    (Opinions, 9); ledger record with every number on it. Raises ``Refused``: not its head of review, or
    published already.
    """

    def rule(actor: Actor, row: ListEdition) -> Reasons:
        reasons = Reasons()
        if actor.role not in LEAD_ROLES or actor.unit_id != row.list.authority_id:
            reasons.append(Reason("not_your_list", _("Only the authority that keeps a list publishes it.")))
        if row.published_at is not None:
            reasons.append(Reason("published_already", _("This edition has been published already.")))
        return reasons

    def change(row: ListEdition) -> None:
        row.published_at = row.reported_at = now
        row.published_by_id = by.person_id

    def effects(row: ListEdition, record: Appended) -> None:
        authority = row.list.authority
        serve(
            kind="list_published", to_unit=ministry(), subject=row, now=now, dedupe=f"list_published:{row.pk}",
            params={
                "list": row.list.name, "list_en": row.list.name_en or row.list.name, "authority": authority.name,
                "authority_en": authority.name_en or authority.name, "number": row.number,
            },
        )  # fmt: skip

    return perform(
        verb="publish_edition", subject=edition, by=by, now=now, rule=rule, change=change, effects=effects,
        basis=["op-9"], audience=Audience.PUBLIC, related=("list__authority",),
        payload=lambda row: {
            "edition": row.number,
            "numbers": list(row.items.order_by("place").values_list("entry__number", flat=True)),
        },
    )  # fmt: skip
