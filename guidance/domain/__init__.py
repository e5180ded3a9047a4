"""The verbs of the help centre."""

from guidance.domain.contacts import save_contact
from guidance.domain.errors import EditedMeanwhile, Invalid
from guidance.domain.pages import (
    add_file,
    create_page,
    drop_file,
    edit_page,
    publish_page,
    withdraw_page,
)
from guidance.domain.reminding import remind_registered
from guidance.domain.training import (
    announce_event,
    cancel_event,
    leave_event,
    note_attendance,
    register_unit,
    save_event,
)

__all__ = [
    "EditedMeanwhile",
    "Invalid",
    "add_file",
    "announce_event",
    "cancel_event",
    "create_page",
    "drop_file",
    "edit_page",
    "leave_event",
    "note_attendance",
    "publish_page",
    "register_unit",
    "remind_registered",
    "save_contact",
    "save_event",
    "withdraw_page",
]
