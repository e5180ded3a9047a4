"""Which sections each kind of form has under a policy, and the checks between fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from providers.checks.text import fill
from providers.schema import Context, Field, Form, Problem, Section, lookup, register, supplementary
from providers.schema import app as provider_app
from providers.schema import documents as provider_documents
from providers.schema import system as provider_system
from providers.schema import unit as provider_unit
from providers.schema.crosschecks import cross_checks as provider_checks
from providers.schema.problems import WARNING
from users.schema import sections as parts

KINDS = ("use", "use_change", "self_use", "self_use_change")
#: the unit's department and persons are asked once, with the use
_ASKED_ELSEWHERE = {"unit.department", "unit.responsible"}
EXTRA_GROUP, PROVIDER_GROUP = "十", "自"


def sections(kind: str, policy: Any = None) -> list[Section]:
    """The sections of a user filing, in the order of the task list; ``policy`` adds what it asks."""
    found = [parts.CHANGE] if kind.endswith("_change") else []
    found.append(parts.USE)
    if kind.startswith("self_use"):
        found += _provider_sections()
    else:
        found.append(_comparison(policy))
    found += [parts.CONSULTATION, parts.DECISION, parts.EXAM_BUSINESS, parts.FEES, _information(policy)]
    extras = [supplementary(row, "use.extra") for row in policy.get("use_items")] if policy is not None else []
    if extras:
        title = _("Further items of the authority")
        found.append(Section("use_extra", "use", EXTRA_GROUP, title, article="me-26", fields=tuple(extras)))
    return [*found, parts.RESPONSIBLE, parts.COMMITMENTS]


def _comparison(policy: Any) -> Section:
    """Alternatives must be compared where the policy says how many."""
    if policy is None or not policy.get("alternatives_needed"):
        return parts.COMPARISON
    fields = [
        replace(item, required=True) if item.key == "use.alternatives" else item for item in parts.COMPARISON.fields
    ]
    return parts.COMPARISON.with_fields(fields)


def _information(policy: Any) -> Section:
    asked: list[Field] = list(parts.INFORMATION.fields)
    if policy is not None and policy.get("biometrics_argumentation"):
        asked += parts.ARGUMENTATION
    if policy is not None and policy.get("collection_consultation"):
        asked += parts.COLLECTION
    return parts.INFORMATION.with_fields(asked)


def _provider_sections() -> list[Section]:
    """The provider's information that goes with 自研自用 (Measures Art. 21): unit, system, app, documents.

    Schools and authorities may have no credit code; branches and commitments of the market do not apply.
    """
    licence, contact = provider_unit.SECTIONS[0], provider_unit.SECTIONS[1]
    unit = [
        replace(item, required=False) if item.key == "unit.uscc" else item
        for item in licence.fields
    ]
    people = [item for item in contact.fields if item.key not in _ASKED_ELSEWHERE]
    found = [
        licence.with_fields(unit),
        contact.with_fields(people),
        *provider_system.SECTIONS,
        *provider_app.SECTIONS,
        provider_documents.POLICIES,
    ]
    return [replace(section, group_no=PROVIDER_GROUP) for section in found]


def cross_checks(context: Context) -> Iterator[Problem]:
    """Problems that no single field shows; the section is filled in by the validation."""
    yield from _dates(context)
    yield from _fees(context)
    yield from _selection(context)
    if context.kind.startswith("self_use"):
        if lookup(context.doc, "use.source") != "self_developed":
            yield _problem(
                "use.source", _("An app that the unit uses by itself is one that it developed itself."),
                "self_use_source", "me-21",
            )  # fmt: skip
        yield from provider_checks(replace(context, kind="initial"))


def _problem(key: str, message: Any, code: str, article: str = "", severity: str = "error") -> Problem:
    return Problem(key, "", message, severity=severity, code=code, article=article)


def _dates(context: Context) -> Iterator[Problem]:
    today = context.on.isoformat()
    for key, message in (
        ("use.decision_on", _("The date of the decision lies in the future.")),
        ("use.changed_on", _("The date of the change lies in the future.")),
    ):
        value = lookup(context.doc, key)
        if isinstance(value, str) and value > today:
            yield _problem(key, message, "future", "op-10")
    rows = lookup(context.doc, "use.consultations")
    for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        held = row.get("held_on") if isinstance(row, dict) else None
        if isinstance(held, str) and held > today:
            yield replace(
                _problem("use.consultations", _("A consultation lies in the future."), "future", "op-10"),
                row=number, column="held_on",
            )  # fmt: skip


def _fees(context: Context) -> Iterator[Problem]:
    """What the law forbids where use is required of all (Opinions 11), and exclusive agreements anywhere."""
    use = context.doc.get("use") or {}
    if use.get("nature") == "required":
        if use.get("fee") in ("voluntary", "charged"):
            yield _problem(
                "use.fee", _("An app that is required of all may cost students and parents nothing."), "fee", "op-11"
            )
        if use.get("has_ads") is True:
            yield _problem(
                "use.has_ads", _("An app that is required of all may carry no advertisements."), "ads", "op-11"
            )
        if use.get("has_games") is True:
            yield _problem("use.has_games", _("An app that is required of all may contain no games."), "games", "op-11")
    functions = use.get("functions")
    if isinstance(functions, list) and "exams" in functions and use.get("exams_run_by") == "third_party":
        if use.get("exclusive_agreement") is True:
            yield _problem(
                "use.exclusive_agreement", _("An exclusive agreement may not be signed for this business."),
                "exclusive", "op-11",
            )  # fmt: skip
        yield _problem(
            "use.exams_run_by", _("Such apps are in principle run by the authority or school itself."),
            "third_party", "op-11", WARNING,
        )  # fmt: skip


def _selection(context: Context) -> Iterator[Problem]:
    use, policy = context.doc.get("use") or {}, context.policy
    needed = int(policy.get("alternatives_needed")) if policy is not None else 0
    rows = use.get("alternatives")
    if context.kind.startswith("use") and isinstance(rows, list) and 0 < len(rows) < needed:
        message = ngettext_lazy(
            "Compare at least %(needed)s alternative.", "Compare at least %(needed)s alternatives.", needed
        )
        yield _problem("use.alternatives", fill(message, needed=needed), "too_few", "op-10")
    asked, concerned = use.get("consultations"), use.get("user_groups")
    rows = [row for row in asked if isinstance(row, dict)] if isinstance(asked, list) else []
    groups = {str(row.get("group")) for row in rows}
    missing = {str(one) for one in concerned} - groups if isinstance(concerned, list) else set()
    if groups and missing - ({"students"} if "parents" in groups else set()):
        yield _problem(
            "use.consultations", _("Not everybody who is to use the app was asked: staff, students or parents."),
            "not_all_asked", "op-10", WARNING,
        )  # fmt: skip


for _kind in KINDS:
    register(_kind, Form(sections, cross_checks))
