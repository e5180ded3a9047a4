"""The verbs of this room."""

from notices.domain.deliver import Delivered, deliver, send_again
from notices.domain.read import choose_email, mark_read
from notices.domain.reminders import Holder, register_holder, send_reminders
from notices.domain.serve import Item, serve, serve_many, serve_person, speaks_to, without_email

__all__ = [
    "Delivered",
    "Holder",
    "Item",
    "choose_email",
    "deliver",
    "mark_read",
    "register_holder",
    "send_again",
    "send_reminders",
    "serve",
    "serve_many",
    "serve_person",
    "speaks_to",
    "without_email",
]
