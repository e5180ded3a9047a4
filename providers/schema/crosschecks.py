"""Checks between fields, and against the policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from providers.checks import CheckFailed, parse_age_range, parse_date
from providers.checks.uscc import civil_affairs_kind, registrar
from providers.schema import catalogue
from providers.schema.derivation import derive_discipline
from providers.schema.fields import Context, holds, is_empty, lookup
from providers.schema.problems import WARNING, Problem
from providers.schema.system import LEVEL_2

EDITIONS = ("android_package", "ios_bundle", "harmony_bundle", "miniprogram_id", "official_account")


def cross_checks(context: Context) -> Iterator[Problem]:
    """Problems that no single field shows. The section is filled in by the caller."""
    form = catalogue.form_of(context.kind)
    if form is not None:
        yield from form.cross_checks(context)
        return
    if context.kind == "cancel":
        return
    yield from _unit(context)
    yield from _dates(context)
    if context.kind == "unit_change":
        return
    yield from _system(context)
    yield from _app(context)


def _problem(key: str, message: Any, code: str, article: str = "", severity: str = "error") -> Problem:
    return Problem(key, "", message, severity=severity, code=code, article=article)


def _unit(context: Context) -> Iterator[Problem]:
    code, kind = str(lookup(context.doc, "unit.uscc") or ""), lookup(context.doc, "unit.kind")
    fits = {"enterprise": {"market"}, "social": {"civil_affairs"}}.get(str(kind))
    if fits and registrar(code) and registrar(code) not in fits:
        yield _problem(
            "unit.kind",
            _("The unified social credit code does not fit this kind of unit."),
            "kind_and_code",
            "me-10",
            WARNING,
        )
    if derive_discipline(context.doc.get("app") or {}).is_discipline and civil_affairs_kind(code) not in (
        "private_non_enterprise",
        "",
    ):
        yield _problem(
            "unit.uscc",
            _(
                "Discipline training is normally done by private non-enterprise units (code 52); the "
                "authority will look at this."
            ),
            "not_52",
            "bj-3-1",
            WARNING,
        )


def _dates(context: Context) -> Iterator[Problem]:
    for key, message in (
        ("filing.changed_on", _("The date of the change lies in the future.")),
        ("system.mlps_date", _("The date of the certificate lies in the future.")),
    ):
        value = _date(context, key)
        if value and value > context.on.isoformat():
            yield _problem(key, message, "future")


def _date(context: Context, key: str) -> str:
    try:
        return parse_date(lookup(context.doc, key))
    except CheckFailed:
        return ""


def _system(context: Context) -> Iterator[Problem]:
    doc, policy = context.doc, context.policy
    if holds(LEVEL_2, doc):
        until = _date(context, "system.mlps_report_until")
        if lookup(doc, "system.has_mlps_report") is True and until and until < context.on.isoformat():
            yield _problem("system.mlps_report_until", _("The test report has expired."), "expired", "op-4")
        asked = policy is not None and any(
            row["key"] == "mlps_report" for row in policy.get("required_materials")
        )
        if (
            lookup(doc, "system.has_mlps_report") is False
            and asked
            and policy.prerequisite("mlps", context.on)
        ):
            yield _problem(
                "system.has_mlps_report",
                _("From level 2 on, a test report is required before filing."),
                "report_due",
                "op-4",
            )


def _app(context: Context) -> Iterator[Problem]:
    doc, policy = context.doc, context.policy
    app = doc.get("app") or {}
    if not any(str(app.get(key) or "").strip() for key in EDITIONS):
        yield _problem(
            "app.android_package",
            _("Give at least one edition: a package, a bundle, a mini-program or an official account."),
            "required",
            "me-12",
        )
    ages = (app.get("age_from"), app.get("age_to"))
    if app.get("mainly_minors") is True and not any(is_empty(age) for age in ages):
        try:
            parse_age_range(*ages)
        except CheckFailed as failure:
            yield _problem("app.age_to", failure.message, failure.code, "op-5")
    minors = {"preschool", "primary", "junior", "senior"}
    stages = app.get("stages") if isinstance(app.get("stages"), list) else []
    if (
        app.get("mainly_minors") is False
        and stages
        and set(map(str, stages)) <= minors
        and app.get("user_groups") == ["students"]
    ):
        yield _problem(
            "app.mainly_minors",
            _("By its stages and users the app is mainly for minors; please check."),
            "minors",
            "op-5",
            WARNING,
        )
    if policy is not None and policy.get("ads_rule") == "none":
        if app.get("has_ads") is True:
            yield _problem(
                "app.has_ads", _("Your province does not accept apps with advertisements."), "no_ads", "bj-3"
            )
        if app.get("has_games") is True:
            yield _problem(
                "app.has_games",
                _("Your province does not accept apps with games or links to games."),
                "no_games",
                "bj-3",
            )
    until = _date(context, "app.training_licence_until")
    if derive_discipline(app).is_discipline and until and until < context.on.isoformat():
        yield _problem("app.training_licence_until", _("The licence has expired."), "expired", "bj-3-1")
    yield from _tables(context)


def _tables(context: Context) -> Iterator[Problem]:
    app = context.doc.get("app") or {}
    if app.get("trains_in_subjects") is True and derive_discipline(app).is_discipline:
        trainers: Any = app.get("trainers") if isinstance(app.get("trainers"), list) else []
        for number, row in enumerate(trainers, start=1):
            if isinstance(row, dict) and row.get("kind") == "other" and not row.get("certificate"):
                yield Problem(
                    "app.trainers",
                    "",
                    _(
                        "Persons who do discipline training need a teacher certificate: choose “Teacher "
                        "(discipline)” and give its number."
                    ),
                    severity=WARNING,
                    code="certificate",
                    article="op-5",
                    row=number,
                )
                break
    items: Any = app.get("personal_information") if isinstance(app.get("personal_information"), list) else []
    names = [str(row.get("item") or "").strip() for row in items if isinstance(row, dict)]
    if len(set(names)) < len(names):
        yield _problem("app.personal_information", _("An item stands in the list twice."), "twice", "op-6")
