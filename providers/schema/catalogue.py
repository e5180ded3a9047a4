"""Which sections and fields a filing of a kind has, under a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from providers.schema import app, commitments, documents, system, training, unit
from providers.schema.fields import Bilingual, Condition, Context, Field, Section, holds
from providers.schema.problems import Problem

BASE = (*unit.SECTIONS, *system.SECTIONS, *app.SECTIONS)
GROUPS = {
    "〇": _("This filing"),
    "一": _("Unit"),
    "二": _("Business system"),
    "三": _("App"),
    "四": _("Materials"),
    "五": _("Commitments"),
}
#: The conditions that a policy can name for a required material.
WHEN: dict[str, Condition] = {
    "telecom_business": system.TELECOM,
    "mlps_level_2_or_above": system.LEVEL_2,
    "forum_or_messages": training.FORUM,
    "discipline_training": training.DISCIPLINE,
    "mainly_minors": training.MINORS,
}
_BUFFERED = {"icp_proof": "icp", "mlps_certificate": "mlps", "mlps_report": "mlps"}
_ITEM_KINDS = {
    "text": "text",
    "long_text": "textarea",
    "number": "number",
    "date": "date",
    "choice": "choice",
    "yes_no": "bool",
    "file": "file",
}


@dataclass(frozen=True)
class Form:
    """A form that a room above builds of the same fields: its sections, and its checks between fields."""

    sections: Callable[[str, Any], list[Section]]
    cross_checks: Callable[[Context], Iterator[Problem]]


_forms: dict[str, Form] = {}


def register(kind: str, form: Form) -> None:
    """Adds a kind of form; everything in this package then works for it as for a provider filing."""
    _forms[kind] = form


def form_of(kind: str) -> Form | None:
    """The registered form of a kind; None for the kinds of a provider filing."""
    return _forms.get(kind)


def sections(kind: str, policy: Any = None) -> list[Section]:
    """The sections of a filing, in the order of the task list. ``policy`` adds its own items."""
    if kind in _forms:
        return _forms[kind].sections(kind, policy)
    if kind == "cancel":
        return [commitments.CANCEL]
    first: list[Section] = {
        "change": [commitments.CHANGE],
        "unit_change": [commitments.CHANGE],
        "resume": [commitments.RESUME],
    }.get(kind, [])
    if kind == "unit_change":
        return [*first, *unit.SECTIONS, commitments.COMMITMENTS]
    extras = extra_fields(policy)
    extra = [app.EXTRAS.with_fields(extras)] if extras else []
    home = [*first, *BASE, *extra, documents.POLICIES]
    files = [f for section in home for f in section.fields if f.kind == "file" and f.group == "qualification"]
    return [
        *home[:-1],
        documents.QUALIFICATIONS.with_fields(files),
        documents.POLICIES,
        commitments.COMMITMENTS,
    ]


def section(key: str, kind: str, policy: Any = None) -> Section | None:
    """One section of a filing by its key."""
    return next((one for one in sections(kind, policy) if one.key == key), None)


def fields(kind: str, policy: Any = None) -> Iterator[tuple[Section, Field]]:
    """Every field once, with the section where it is at home."""
    for one in sections(kind, policy):
        if not one.mirror:
            for item in one.fields:
                yield one, item


@lru_cache(maxsize=1)
def _known() -> dict[str, Field]:
    everything = (
        *BASE,
        documents.POLICIES,
        commitments.COMMITMENTS,
        commitments.CHANGE,
        commitments.RESUME,
        commitments.CANCEL,
    )
    return {item.key: item for one in everything for item in one.fields}


def field(key: str, policy: Any = None) -> Field | None:
    """A field by its key, whatever the kind of filing."""
    known = _known().get(key)
    if known is not None or not key.startswith("app.extra."):
        return known
    return next((item for item in extra_fields(policy) if item.key == key), None)


def extra_fields(policy: Any) -> list[Field]:
    """Supplementary items and required materials that the policy adds to the catalogue."""
    if policy is None:
        return []
    found = [supplementary(row) for row in policy.get("supplementary_items")]
    materials = {item.material for item in _known().values() if item.material}
    for row in policy.get("required_materials"):
        if row["key"] not in materials:
            found.append(
                Field(
                    f"app.extra.{row['key']}",
                    _label(row),
                    "file",
                    required=True,
                    material=row["key"],
                    group="qualification",
                    article=row.get("article", ""),
                    shown_when=WHEN.get(row.get("when") or ""),
                )
            )
    return found


def _label(row: Any) -> Bilingual:
    return Bilingual(row.get("label_zh", ""), row.get("label_en", ""))


def supplementary(row: Any, prefix: str = "app.extra") -> Field:
    """The field of a supplementary item of a policy, under ``prefix``."""
    kind = _ITEM_KINDS.get(row.get("kind", ""), "text")
    return Field(
        f"{prefix}.{row['key']}",
        _label(row),
        kind,
        required=bool(row.get("required")),
        article=row.get("article") or "",
        choices=_options(row.get("options")),
        group="qualification" if kind == "file" else "",
        max_length=1000 if kind == "textarea" else 200,
    )


def _options(options: Any) -> Sequence[tuple[str, Any]]:
    """Options as a list of texts, or of ``{"key", "label_zh", "label_en"}``."""
    if not isinstance(options, list):
        return ()
    return [
        (str(one["key"]), _label(one)) if isinstance(one, dict) and "key" in one else (str(one), str(one))
        for one in options
    ]


def is_shown(item: Field, context: Context) -> bool:
    """Whether the field is asked at all."""
    return holds(item.shown_when, context.doc)


def is_required(item: Field, context: Context) -> bool:
    """By the catalogue, or because the policy requires the material; never within a buffer that names it."""
    policy = context.policy
    if item.material and policy is not None:
        buffered = _BUFFERED.get(item.material)
        if buffered and not policy.prerequisite(buffered, context.on):
            return False
        for row in policy.get("required_materials"):
            if row["key"] == item.material and holds(WHEN.get(row.get("when") or ""), context.doc):
                return True
    return item.is_required(context)
