"""The catalogue of a provider filing: sections, fields, their rules, and what follows from the answers.

A document is ``{"unit": {…}, "system": {…}, "app": {…}, "filing": {…}}`` with JSON-able values; a file is
``{"id", "name", "sha256", "size", "type"}``. Fields are named by dotted keys ("unit.uscc").
"""

from providers.schema.catalogue import (
    GROUPS,
    Form,
    extra_fields,
    field,
    fields,
    is_required,
    is_shown,
    register,
    section,
    sections,
    supplementary,
)
from providers.schema.commitments import ACCEPTED
from providers.schema.derivation import Derivation, admission, derive_discipline
from providers.schema.difference import FieldDiff, diff, segments
from providers.schema.display import display, row_text
from providers.schema.fields import PARTS, Bilingual, Column, Context, Field, Section, holds, is_empty, lookup
from providers.schema.jsonschema import json_schema
from providers.schema.problems import Problem
from providers.schema.public import public_view
from providers.schema.training import DISCIPLINE
from providers.schema.validation import (
    SectionState,
    completeness,
    is_file,
    normalise,
    single_problem,
    validate,
    validate_field,
)

__all__ = [
    "ACCEPTED",
    "DISCIPLINE",
    "GROUPS",
    "PARTS",
    "Bilingual",
    "Column",
    "Context",
    "Derivation",
    "Field",
    "FieldDiff",
    "Form",
    "Problem",
    "Section",
    "SectionState",
    "admission",
    "completeness",
    "derive_discipline",
    "diff",
    "display",
    "extra_fields",
    "field",
    "fields",
    "holds",
    "is_empty",
    "is_file",
    "is_required",
    "is_shown",
    "json_schema",
    "lookup",
    "normalise",
    "public_view",
    "register",
    "row_text",
    "section",
    "sections",
    "segments",
    "single_problem",
    "supplementary",
    "validate",
    "validate_field",
]
