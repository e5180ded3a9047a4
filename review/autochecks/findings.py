"""What automatic checks say: a result, and a text in the reader's language made from a code and numbers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from providers.models import Filing
from review.models import Check, CheckResult
from rulebook.policies import Policy

Document = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """What a check may look at."""

    filing: Filing
    document: Document
    policy: Policy
    now: datetime
    today: date

    def get(self, key: str) -> Any:
        """The value of a dotted key, or ``None``."""
        part, _dot, name = key.partition(".")
        return self.document.get(part, {}).get(name)


@dataclass(frozen=True)
class Finding:
    """``why`` names the sentence in :data:`TEXTS`; ``params`` fill it, JSON-able."""

    result: str
    why: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def passed(why: str = "", **params: Any) -> Finding:
    return Finding(CheckResult.PASS, why, params)


def hint(why: str, **params: Any) -> Finding:
    return Finding(CheckResult.WARN, why, params)


def failed(why: str, **params: Any) -> Finding:
    return Finding(CheckResult.FAIL, why, params)


#: code → (what is checked, article)
CHECKS: dict[str, tuple[Any, str]] = {
    "uscc": (_("Unified social credit code"), "me-12"),
    "icp": (_("ICP filing number and its owner"), "me-9"),
    "mlps": (_("Number of the graded-protection certificate"), "me-9"),
    "mlps_report": (_("Graded-protection test report"), "op-4"),
    "telecom": (_("Telecom business licence"), "op-4"),
    "not_barred": (_("Not barred from filing"), "me-24"),
    "no_duplicate": (_("No repeated filing"), "me-11"),
    "discipline": (_("Discipline training, licence and legal form"), "bj-3-1"),
    "forum": (_("Community functions and review system"), "op-5"),
    "minors": (_("Age range of apps for minors"), "op-5"),
    "change_late": (_("Change reported in time"), "me-15"),
    "scanned": (_("Attachments free of viruses"), "op-7"),
    "head_office": (_("Filed by the head office"), "me-11"),
}

#: why → sentence
TEXTS: dict[str, Any] = {
    "uscc_wrong": _(
        "%(code)s does not pass its own check. A few old codes fail: override with a reason where the licence shows it."
    ),
    "uscc_other": _("The form says %(code)s, the unit is registered with %(registered)s."),
    "uscc_missing": _("No code was given."),
    "icp_missing": _("No ICP filing number was given."),
    "icp_buffer": _("Not due in the buffer period; to be mended by its end."),
    "icp_wrong": _("%(number)s is no ICP filing number."),
    "icp_shared": _("The published entry %(label)s of another unit shows the same ICP filing: compare the owner."),
    "mlps_level_1": _("Level 1 has no certificate."),
    "mlps_missing": _("No certificate number was given."),
    "mlps_wrong": _("%(number)s is no certificate number."),
    "report_none": _("There is no test report; the Opinions ask for one from level 2 on."),
    "report_over": _("The test report ran out on %(until)s."),
    "report_soon": _("The test report runs out soon, on %(until)s."),
    "report_undated": _("The test report has no date."),
    "telecom_wrong": _("%(number)s is no telecom licence number."),
    "telecom_missing": _("Telecom business is run, but no licence number was given."),
    "telecom_charges": _("The app charges users, yet the unit says that it runs no telecom business."),
    "not_run": _("No telecom business is run."),
    "barred": _("The unit is barred until %(until)s."),
    "duplicate": _("Filed already or being filed: %(label)s."),
    "discipline_form": _(
        "Discipline training needs a non-profit legal person registered with civil affairs; %(code)s is none."
    ),
    "discipline_kind": _(
        "Registered with civil affairs, but not as a private non-enterprise unit: %(code)s. Look at its statutes."
    ),
    "discipline_licence": _("The number of the training licence is missing."),
    "discipline_over": _("The training licence ran out on %(until)s."),
    "discipline_yes": _("Discipline training, with licence %(number)s."),
    "discipline_no": _("No discipline training."),
    "forum_no_system": _("Community functions, but no information review system."),
    "minors_no_age": _("Mainly for minors, but no age range is given."),
    "minors_order": _("The age range %(low)s–%(high)s is upside down."),
    "late": _("Changed on %(changed)s, reported %(days)s working days later."),
    "infected": _("The scanner found something in: %(names)s."),
    "not_scanned": _("Not scanned: %(count)s files. No virus scanner is connected."),
    "no_files": _("No files."),
    "branch": _("The unit is a branch of %(name)s; its head office has to file."),
    "broken": _("The check could not be made: %(error)s."),
}


#: what no reviewer may set aside: a bar is lifted by who ordered it, or ends with its term
NEVER_OVERRIDDEN = frozenset({"not_barred"})


def token(check: Check) -> str:
    """A short text that is another one for another finding: what a page hands back with an override."""
    text = json.dumps([check.result, check.params], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stands_overridden(check: Check) -> bool:
    """Somebody has set this finding aside, and it is one that may be."""
    return check.overridden_by_id is not None and check.code not in NEVER_OVERRIDDEN


@dataclass(frozen=True)
class Shown:
    """A check as the page shows it. ``look`` is a state of the status table "check"."""

    code: str
    label: Any
    article: str
    text: str
    look: str
    css: str
    icon: str
    check: Check

    @property
    def token(self) -> str:
        return token(self.check)

    @property
    def may_be_overridden(self) -> bool:
        return self.look == "failed" and self.code not in NEVER_OVERRIDDEN


_LOOKS = {
    CheckResult.PASS: ("passed", "ok", "check"),
    CheckResult.WARN: ("warning", "warn", "alert"),
    CheckResult.FAIL: ("failed", "bad", "x"),
    CheckResult.WAIT: ("pending", "wait", "clock"),
}


def explain(check: Check) -> str:
    """The sentence of a check, in the reader's language; empty where there is nothing to say."""
    why = str(check.params.get("why", ""))
    template = TEXTS.get(why)
    if template is None:
        return ""
    try:
        return str(template) % check.params
    except (KeyError, TypeError, ValueError):
        return str(template)


def shown(checks: list[Check]) -> list[Shown]:
    """Checks ready to be shown: what failed first, then hints, what waits, what passed."""
    order = [CheckResult.FAIL, CheckResult.WARN, CheckResult.WAIT, CheckResult.PASS]
    rows = []
    places = {code: place for place, code in enumerate(CHECKS)}
    for check in sorted(checks, key=lambda row: (order.index(CheckResult(row.result)), places.get(row.code, 99))):
        label, article = CHECKS.get(check.code, (check.code, ""))
        look, css, icon = _LOOKS[CheckResult(check.result)]
        if stands_overridden(check):
            look, css, icon = "overridden", "wait", "user"
        rows.append(Shown(check.code, label, article, explain(check), look, css, icon, check))
    return rows
