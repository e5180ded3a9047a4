"""Verbs of the provider: start, save, submit, withdraw; and the clock's: lapse."""

from providers.domain.drafts import add_material, add_system, save_part, start
from providers.domain.errors import Incomplete, NotEditable
from providers.domain.submission import lapse, obstacles, stays_handed_in, submit, submit_many, withdraw
from providers.domain.upkeep import Reminded, confirm_information, remind, remind_all

__all__ = [
    "Incomplete",
    "NotEditable",
    "Reminded",
    "add_material",
    "add_system",
    "confirm_information",
    "lapse",
    "obstacles",
    "remind",
    "remind_all",
    "save_part",
    "start",
    "stays_handed_in",
    "submit",
    "submit_many",
    "withdraw",
]
