"""What institutions file: uses of apps, their frozen versions, decisions, files; selection systems; lists; sweeps."""

from users.models.campaigns import FilingCampaign
from users.models.filing import UserFiling
from users.models.lists import ListEdition, ListItem, RecommendedList
from users.models.papers import UseDecision, UseMaterial, UseMaterialUse, UseNote, UserFilingVersion
from users.models.reroutes import UseReroute
from users.models.sweeps import UseSweep
from users.models.tally import UnitStanding, UseDelta, UseTally
from users.models.units import ResponsibleNaming, SelectionSystem, UseCounter

__all__ = [
    "FilingCampaign",
    "ListEdition",
    "ListItem",
    "RecommendedList",
    "ResponsibleNaming",
    "SelectionSystem",
    "UnitStanding",
    "UseCounter",
    "UseDecision",
    "UseDelta",
    "UseMaterial",
    "UseMaterialUse",
    "UseNote",
    "UseReroute",
    "UseSweep",
    "UseTally",
    "UserFiling",
    "UserFilingVersion",
]
