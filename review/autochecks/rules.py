"""The checks themselves, each a function of the case. They advise; only what failed blocks an approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection

from blacklist.queries import barred
from providers import schema
from providers.checks import CheckFailed, parse_icp, parse_mlps_certificate, parse_telecom_licence, parse_uscc
from providers.domain.submission import NEEDS_NO_TWIN
from providers.enums import FilingKind
from providers.models import Material
from providers.queries import duplicates, files_in, package_ids
from registry.enums import LIVE_STATES
from review.autochecks.findings import Case, Finding, failed, hint, passed
from rulebook import calendar
from rulebook.time import local_date

REPORT_SOON = timedelta(days=60)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def uscc(case: Case) -> Finding:
    """GB 32100-2015, and that it is the code under which the unit is registered here."""
    code = str(case.get("unit.uscc") or case.filing.unit.uscc or "")
    if not code:
        return failed("uscc_missing")
    try:
        code = parse_uscc(code)
    except CheckFailed:
        return failed("uscc_wrong", code=code)
    if case.filing.unit.uscc and code != case.filing.unit.uscc:
        return failed("uscc_other", code=code, registered=case.filing.unit.uscc)
    return passed()


def icp(case: Case) -> Finding:
    """Format, and whether another unit's entry shows the same filing (Measures Art. 9)."""
    number = str(case.get("system.icp_number") or "")
    if not number:
        return failed("icp_missing") if case.policy.prerequisite("icp") else hint("icp_buffer")
    try:
        number = parse_icp(number)
    except CheckFailed:
        return failed("icp_wrong", number=number)
    root = number.partition("号")[0] + "号"
    with connection.cursor() as cursor:  # an index over this expression serves it
        cursor.execute(
            "SELECT min(number) FROM registry_entry WHERE public ->> 'icp_number' LIKE %s || '%%'"
            " AND state = ANY(%s) AND unit_id <> %s",
            [root, sorted(LIVE_STATES), case.filing.unit_id],
        )
        other = cursor.fetchone()[0]
    return hint("icp_shared", label=other) if other else passed()


def mlps(case: Case) -> Finding:
    """Certificate number from level 2 on (Measures Art. 9)."""
    if str(case.get("system.mlps_level") or "") == "1":
        return passed("mlps_level_1")
    number = str(case.get("system.mlps_number") or "")
    if not number:
        return failed("mlps_missing") if case.policy.prerequisite("mlps") else hint("icp_buffer")
    try:
        parse_mlps_certificate(number)
    except CheckFailed:
        return failed("mlps_wrong", number=number)
    return passed()


def mlps_report(case: Case) -> Finding:
    """The test report stands only in the Opinions, so its absence is a hint; one that ran out fails."""
    if str(case.get("system.mlps_level") or "") in ("", "1"):
        return passed("mlps_level_1")
    if not case.get("system.has_mlps_report"):
        return hint("report_none")
    until = _day(case.get("system.mlps_report_until"))
    if until is None:
        return hint("report_undated")
    if until < case.today:
        return failed("report_over", until=until.isoformat())
    if until - case.today <= REPORT_SOON:
        return hint("report_soon", until=until.isoformat())
    return passed()


def telecom(case: Case) -> Finding:
    """A licence where telecom business is run (Opinions (4))."""
    if not case.get("system.telecom_business"):
        if case.get("app.charges") in ("partly", "charged"):
            return hint("telecom_charges")
        return passed("not_run")
    number = str(case.get("system.telecom_licence_number") or "")
    if not number:
        return failed("telecom_missing")
    try:
        parse_telecom_licence(number)
    except CheckFailed:
        return failed("telecom_wrong", number=number)
    return passed()


def not_barred(case: Case) -> Finding:
    """The six-month bar, also one that began after the submission (Measures Art. 24)."""
    bar = barred(case.filing.unit, case.now)
    return failed("barred", until=local_date(bar.bar_ends_at).isoformat()) if bar else passed()


def no_duplicate(case: Case) -> Finding:
    """The same app elsewhere, also one that came after the submission (Measures Art. 11)."""
    if case.filing.kind not in NEEDS_NO_TWIN:
        return passed()
    twin = duplicates(
        case.filing.unit, case.filing.app_name, package_ids(case.document["app"]), app_pk=case.filing.app_id
    )
    return failed("duplicate", label=twin["label"]) if twin else passed()


def discipline(case: Case) -> Finding:
    """Type derived from stage, subject and training; then licence and legal form (Beijing 2 (2), 3 (1))."""
    if not schema.derive_discipline(case.document["app"]).is_discipline:
        return passed("discipline_no")
    code = str(case.get("unit.uscc") or case.filing.unit.uscc or "")
    if not code.startswith("5"):
        return failed("discipline_form", code=code)
    number = str(case.get("app.training_licence_number") or "")
    if not number:
        return failed("discipline_licence")
    until = _day(case.get("app.training_licence_until"))
    if until is not None and until < case.today:
        return failed("discipline_over", until=until.isoformat())
    return passed("discipline_yes", number=number) if code.startswith("52") else hint("discipline_kind", code=code)


def forum(case: Case) -> Finding:
    """Forum, community or messages need an information review system (Opinions (5))."""
    if case.get("app.has_forum") and not case.get("system.review_system"):
        return hint("forum_no_system")
    return passed()


def minors(case: Case) -> Finding:
    """Apps mainly for minors state an age range (Opinions (5))."""
    if not case.get("app.mainly_minors"):
        return passed()
    low, high = case.get("app.age_from"), case.get("app.age_to")
    if low in (None, "") or high in (None, ""):
        return failed("minors_no_age")
    if int(low) > int(high):
        return failed("minors_order", low=low, high=high)
    return passed()


def change_late(case: Case) -> Finding:
    """Reported within ten working days (Measures Art. 15)."""
    filing = case.filing
    if not filing.late or filing.changed_on is None or filing.submitted_at is None:
        return passed()
    days = calendar.working_days_between(filing.changed_on, local_date(filing.submitted_at))
    return hint("late", changed=filing.changed_on.isoformat(), days=days)


def scanned(case: Case) -> Finding:
    """What the virus scanner said when the files came in."""
    ids = {file["id"] for _key, file in files_in(case.document)}
    rows = list(Material.objects.filter(pk__in=ids, unit_id=case.filing.unit_id).values_list("name", "scan"))
    if not rows:
        return passed("no_files")
    bad = [name for name, scan in rows if scan in ("infected", "found", "bad")]
    if bad:
        return failed("infected", names="、".join(bad[:5]))
    unscanned = sum(scan not in ("clean", "ok", "passed") for _name, scan in rows)
    return hint("not_scanned", count=unscanned) if unscanned else passed()


def head_office(case: Case) -> Finding:
    """Apps of branches are filed by the head office (Measures Art. 11)."""
    office = case.filing.unit.head_office
    return failed("branch", name=office.name) if office is not None else passed()


Rule = Callable[[Case], Finding]
ALL: dict[str, Rule] = {
    "uscc": uscc, "icp": icp, "mlps": mlps, "mlps_report": mlps_report, "telecom": telecom, "not_barred": not_barred,
    "no_duplicate": no_duplicate, "discipline": discipline, "forum": forum, "minors": minors,
    "change_late": change_late, "scanned": scanned, "head_office": head_office,
}  # fmt: skip
_BY_KIND: dict[str, tuple[str, ...]] = {
    FilingKind.CANCEL: ("uscc", "scanned"),
    FilingKind.UNIT_CHANGE: ("uscc", "not_barred", "change_late", "scanned", "head_office"),
}


def for_kind(kind: str) -> dict[str, Rule]:
    """The checks that a filing of this kind gets."""
    codes = _BY_KIND.get(kind, tuple(code for code in ALL if code != "change_late" or kind == FilingKind.CHANGE))
    return {code: ALL[code] for code in codes}
