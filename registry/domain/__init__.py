"""The verbs of the registry."""

from registry.domain.publication import (
    SUPPLIED_BY,
    SnapshotIncomplete,
    confirm,
    mark_change_under_review,
    on_renewal,
    publish,
    republish,
)
from registry.domain.status import (
    cancel,
    clear_rectification,
    move_many,
    move_rectification,
    on_move,
    order_rectification,
    resume,
    revoke,
    take_offline,
)

__all__ = [
    "SUPPLIED_BY",
    "SnapshotIncomplete",
    "cancel",
    "clear_rectification",
    "confirm",
    "mark_change_under_review",
    "move_many",
    "move_rectification",
    "on_move",
    "on_renewal",
    "order_rectification",
    "publish",
    "republish",
    "resume",
    "revoke",
    "take_offline",
]
