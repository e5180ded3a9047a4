"""Publishing what an authority sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max

from ledger.acts import Actor, Refused, append
from rulebook.catalogue import SETTINGS, problems
from rulebook.catalogue import Invalid as PolicyInvalid
from rulebook.models import PolicyVersion
from rulebook.rules import may_publish_policy
from rulebook.time import local_date

__all__ = ["PolicyInvalid", "publish_policy"]


#: called with each version that is published; rooms above that keep settings in memory forget them here
after_publish: list[Callable[[PolicyVersion], None]] = []


def publish_policy(
    *,
    authority_code: str,
    effective_from: date,
    data: Mapping[str, Any],
    by: Actor,
    now: datetime,
    effective_to: date | None = None,
    note: str = "",
) -> PolicyVersion:
    """Publishes an authority's policy from a day on (Art. 26); the versions before it stay as they are.

    Effects: a new version with the next number, and a public ledger record. `data` holds only what the
    authority sets itself (`catalogue.SETTINGS`); the rest is inherited.
    Raises PolicyInvalid with every problem, Refused.
    """
    reasons = may_publish_policy(by, authority_code, effective_from, local_date(now))
    if reasons:
        raise Refused(reasons)
    found = problems(data)
    if effective_to is not None and effective_to < effective_from:
        found.append("The policy ends before it starts.")
    if found:
        raise PolicyInvalid(found)
    with transaction.atomic():
        own = PolicyVersion.objects.filter(authority_code=authority_code)
        list(own.select_for_update(no_key=True).values_list("pk", flat=True))
        last = own.aggregate(last=Max("version"))["last"] or 0
        row = PolicyVersion.objects.create(
            authority_code=authority_code,
            version=last + 1,
            effective_from=effective_from,
            effective_to=effective_to,
            data=dict(data),
            note=note,
            created_at=now,
        )
        append(
            verb="policy.publish",
            subject=row,
            by=by,
            now=now,
            basis=sorted({SETTINGS[key].article for key in data} - {""} | {"me-26"}),
            payload={
                "authority": authority_code,
                "version": row.version,
                "effective_from": effective_from.isoformat(),
                "settings": sorted(data),
            },
            audience="public",
        )
        for callback in after_publish:
            transaction.on_commit(partial(callback, row))
    return row
