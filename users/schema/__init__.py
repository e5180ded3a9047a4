"""The form of a user filing, built of the fields and functions of ``providers.schema``.

A document is ``{"use": {…}}``; that of 自研自用 also has ``"unit"``, ``"system"`` and ``"app"`` with the provider's
information. ``form_kind`` says which form a filing has; everything else takes that kind where the provider's
functions take theirs.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from providers.schema import (
    Column,
    Context,
    Field,
    FieldDiff,
    Problem,
    Section,
    SectionState,
    completeness,
    diff,
    display,
    holds,
    is_empty,
    is_file,
    is_required,
    is_shown,
    json_schema,
    lookup,
    normalise,
    row_text,
    section,
    segments,
    single_problem,
    validate,
    validate_field,
)
from providers.schema import fields as _fields_of
from providers.schema import sections as _sections_of
from users.schema import forms
from users.schema.choices import NOT_LEARNING
from users.schema.forms import KINDS
from users.schema.public import public_view

__all__ = [
    "GROUPS",
    "KINDS",
    "NOT_LEARNING",
    "PARTS",
    "Column",
    "Context",
    "Field",
    "FieldDiff",
    "Problem",
    "Section",
    "SectionState",
    "completeness",
    "diff",
    "display",
    "field",
    "fields",
    "form_kind",
    "forms",
    "holds",
    "is_empty",
    "is_file",
    "is_required",
    "is_shown",
    "json_schema",
    "lookup",
    "normalise",
    "parts_of",
    "public_view",
    "row_text",
    "section",
    "sections",
    "segments",
    "single_problem",
    "validate",
    "validate_field",
]

#: the group numbers of the task list
GROUPS = {
    "〇": _("This filing"),
    "一": _("Use"),
    "自": _("The provider’s information"),
    "二": _("Selection"),
    "三": _("Consultation"),
    "四": _("Decision"),
    "五": _("Admission and examinations"),
    "六": _("Fees"),
    "七": _("Personal information"),
    "八": _("Responsibility"),
    "九": _("Commitments"),
    "十": _("Further items"),
}
#: parts of a document; the last three belong to 自研自用 alone
PARTS = ("use", "unit", "system", "app")

sections = _sections_of
fields = _fields_of


def parts_of(kind: str) -> tuple[str, ...]:
    """The parts that a form of this kind has."""
    return PARTS if kind.startswith("self_use") else PARTS[:1]


def form_kind(filing: Any) -> str:
    """The kind of a filing's form: ``use`` or ``self_use``, with ``_change`` once it was confirmed."""
    return ("self_use" if filing.self_use else "use") + ("_change" if filing.confirmed_version else "")


def field(key: str, kind: str = "use_change", policy: Any = None) -> Field | None:
    """A field of a form by its key."""
    return next((item for _section, item in _fields_of(kind, policy) if item.key == key), None)
