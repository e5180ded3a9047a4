"""The wizard's forms: reading what was sent, and laying out the fields of a section."""

from providers.forms.layout import Cell, Control, TableRow, controls, rule_on_page
from providers.forms.reading import merged, read, split_parts

__all__ = ["Cell", "Control", "TableRow", "controls", "merged", "read", "rule_on_page", "split_parts"]
