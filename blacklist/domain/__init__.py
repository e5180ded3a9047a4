"""The verbs of the blacklist. Listing together with the revocation is ``supervision.domain.list_provider``."""

from blacklist.domain.editions import Verified, publish_edition, verify_edition
from blacklist.domain.listing import cool_off, decide_objection, lift, list_unit, object_to_listing
from blacklist.domain.lists import add_line, remove_line

__all__ = [
    "Verified",
    "add_line",
    "cool_off",
    "decide_objection",
    "lift",
    "list_unit",
    "object_to_listing",
    "publish_edition",
    "remove_line",
    "verify_edition",
]
