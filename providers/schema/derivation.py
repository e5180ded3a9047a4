"""What follows from the answers: discipline training; what stops a filing at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.errors import Reason, Reasons
from providers.checks.text import fill
from providers.schema import choices
from providers.schema.fields import Bilingual, Document

_DISCIPLINE = dict(choices.DISCIPLINE_SUBJECTS)
_STAGES = dict(choices.STAGES)


@dataclass(frozen=True)
class Derivation:
    """Whether it is discipline training, and the sentences that say why."""

    is_discipline: bool
    because: list[Any] = field(default_factory=list)
    article: str = "bj-2-2"

    def __bool__(self) -> bool:
        return self.is_discipline


def derive_discipline(app_data: Mapping[str, Any]) -> Derivation:
    """Derived, never asked: discipline subject, training in it, and pupils of compulsory or senior high school.

    Beijing notice 2 (2). ``app_data`` is the app's part of a document.
    """
    subjects = [key for key in _texts(app_data.get("subjects")) if key in _DISCIPLINE]
    stages = [key for key in _texts(app_data.get("stages")) if key in choices.DISCIPLINE_STAGES]
    trains = app_data.get("trains_in_subjects") is True
    if not subjects:
        return Derivation(False, [_("It has none of the discipline subjects.")])
    if not trains:
        return Derivation(False, [_("It has discipline subjects, but offers no training in them.")])
    if not stages:
        return Derivation(False, [_("It is not for pupils of compulsory education or senior high school.")])
    return Derivation(
        True,
        [
            fill(
                _("It has discipline subjects: %(subjects)s."),
                subjects=_Joined([_DISCIPLINE[k] for k in subjects]),
            ),
            _("It offers training in them."),
            fill(_("It is for pupils of: %(stages)s."), stages=_Joined([_STAGES[k] for k in stages])),
        ],
    )


class _Joined:
    """Labels joined when they are shown, in the reader's language."""

    def __init__(self, labels: list[Any]) -> None:
        self._labels = labels

    def __str__(self) -> str:
        return str(_(", ")).join(str(label) for label in self._labels)


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def admission(doc: Document, policy: Any, now: datetime | None = None) -> Reasons:
    """Reasons for which the filing is not accepted at all; no correction on the form can mend them.

    Preschool online training and photo search where the policy says so; suspended categories; discipline
    training by others than non-profit legal persons registered with civil affairs (Beijing notice 3 (1)).
    """
    app, unit = doc.get("app") or {}, doc.get("unit") or {}
    reasons = Reasons()
    for rule in policy.get("admission_rules") if policy is not None else ():
        if _MATCHES[rule["code"]](app, rule.get("params") or {}):
            message = Bilingual(rule.get("message_zh", ""), rule.get("message_en", ""))
            reasons.append(Reason(rule["code"], message, article=rule.get("article")))
    if derive_discipline(app).is_discipline and not str(unit.get("uscc") or "").startswith("5"):
        reasons.append(
            Reason(
                "not_non_profit",
                _(
                    "Discipline training is open only to non-profit legal persons registered with civil "
                    "affairs; their code begins with 5, normally 52."
                ),
                article="bj-3-1",
            )
        )
    return reasons


def _preschool(app: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    return "preschool" in _texts(app.get("stages")) and app.get("preschool_training") is True


def _photo_search(app: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    return app.get("photo_search") is True


def _suspended(app: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    """All that the rule names must meet: lists by overlap, ``discipline`` and ``trains`` by value."""
    for key in ("stages", "functions", "subjects", "user_groups"):
        if params.get(key) and not set(_texts(params[key])) & set(_texts(app.get(key))):
            return False
    if "discipline" in params and derive_discipline(app).is_discipline is not bool(params["discipline"]):
        return False
    return "trains" not in params or (app.get("trains_in_subjects") is True) is bool(params["trains"])


_MATCHES = {"preschool_training": _preschool, "photo_search": _photo_search, "suspended_category": _suspended}
