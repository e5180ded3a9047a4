"""Who looks: an institution at its own unit, an authority at its subtree. Every ``visible_to`` starts here."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, LEAD_ROLES, Level, Role, UnitKind
from accounts.scope import scope_of
from ledger.acts import Actor


@dataclass(frozen=True, kw_only=True)
class Sight:
    """``own_unit``: the unit for which the actor acts as institutional user. ``path``: the subtree that he
    oversees for an authority. ``below``: the subtree of a school group or district unit, whose lead looks at what
    the units below it handed in, and does nothing there. ``everything``: the ministry. All empty: nothing."""

    own_unit: int | None = None
    path: str = ""
    below: str = ""
    everything: bool = False
    unit_id: int | None = None

    @property
    def reads(self) -> str:
        """The subtree of which the actor reads what was handed in; empty: none beyond his own unit."""
        return self.path or self.below


def sight_of(actor: Actor | None) -> Sight:
    """What the actor's role and place let him see of user filings.

    People of an institution see their unit's, and its lead also what stands below it; the lead of an authority
    acts for its own uses likewise.
    Reviewers and leads of an authority oversee their subtree, the ministry's the country (Measures Art. 5, 6).
    """
    if actor is None or actor.unit_id is None or actor.is_system:
        return Sight()
    if actor.role in INSTITUTION_ROLES:
        leads = actor.role == Role.INSTITUTION_LEAD and actor.unit_kind != UnitKind.AUTHORITY
        return Sight(own_unit=actor.unit_id, below=actor.unit_path if leads else "", unit_id=actor.unit_id)
    if actor.role in AUTHORITY_ROLES:
        scope = scope_of(actor)
        own = actor.unit_id if actor.role in LEAD_ROLES else None
        if not scope.path:
            return Sight()
        return Sight(own_unit=own, path=scope.path, everything=scope.level == Level.MINISTRY, unit_id=actor.unit_id)
    return Sight()
