"""Verbs of the provider: start, save, submit, withdraw; and the clock's: lapse."""

from providers.domain.drafts import add_material, add_system, save_part, start
from providers.domain.errors import Incomplete, NotEditable
from providers.domain.submission import lapse, submit, submit_many, withdraw

__all__ = [
    "Incomplete",
    "NotEditable",
    "add_material",
    "add_system",
    "lapse",
    "save_part",
    "start",
    "submit",
    "submit_many",
    "withdraw",
]
