"""Who looks: an institution at its own unit, an authority at its subtree. Every ``visible_to`` starts here."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, LEAD_ROLES, Level
from accounts.scope import scope_of
from ledger.acts import Actor


@dataclass(frozen=True)
class Sight:
    """``own_unit``: the unit for which the actor acts as institutional user. ``path``: the subtree that he
    oversees for an authority. ``everything``: the ministry. All empty: nothing."""

    own_unit: int | None = None
    path: str = ""
    everything: bool = False
    unit_id: int | None = None


def sight_of(actor: Actor | None) -> Sight:
    """What the actor's role and place let him see of user filings.

    People of an institution see their unit's; the lead of an authority acts for its own uses likewise.
    Reviewers and leads of an authority oversee their subtree, the ministry's the country (Measures Art. 5, 6).
    """
    if actor is None or actor.unit_id is None or actor.is_system:
        return Sight()
    if actor.role in INSTITUTION_ROLES:
        return Sight(own_unit=actor.unit_id, unit_id=actor.unit_id)
    if actor.role in AUTHORITY_ROLES:
        scope = scope_of(actor)
        own = actor.unit_id if actor.role in LEAD_ROLES else None
        if not scope.path:
            return Sight()
        return Sight(own, scope.path, scope.level == Level.MINISTRY, actor.unit_id)
    return Sight()
