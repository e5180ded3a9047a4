"""Tables of the help centre."""

from guidance.models.contacts import Contact
from guidance.models.pages import HelpCategory, HelpFile, HelpPage, PageVersion
from guidance.models.training import Attendance, TrainingEvent

__all__ = ["Attendance", "Contact", "HelpCategory", "HelpFile", "HelpPage", "PageVersion", "TrainingEvent"]
