"""Reading filings: the document of a filing, its policy, duplicates, what stands beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.models import Unit
from providers.enums import OPEN_STATES, FilingKind
from providers.models import App, Filing, FilingVersion, ProviderProfile
from providers.schema import is_file
from registry.enums import LIVE_STATES
from rulebook import policies
from rulebook.policies import Policy
from rulebook.time import local_date

Document = dict[str, dict[str, Any]]


def working_copy(filing: Filing) -> Document:
    """The document as it stands now in the provider's working copies.

    Credit code, province and (but for a change of the unit) name are those of the registered unit, whatever
    an abandoned draft has left behind: an entry is published under what was verified.
    """
    profile = ProviderProfile.objects.filter(unit_id=filing.unit_id).values_list("data", flat=True).first()
    app = filing.app
    system = app.system if app is not None else None
    registered = {"uscc": filing.unit.uscc, "province": filing.unit.province_code}
    unit = {**(profile or {}), **{key: value for key, value in registered.items() if value}}
    if filing.kind != FilingKind.UNIT_CHANGE:
        unit["name"] = filing.unit.name
    return {
        "unit": unit,
        "system": dict(system.data) if system is not None else {},
        "app": dict(app.data) if app is not None else {},
        "filing": dict(filing.data),
    }


def digest(document: Document) -> str:
    """SHA-256 of the canonical text of a document, as 64 hex digits."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def version(filing: Filing, number: int | None = None) -> FilingVersion | None:
    """A frozen version; the newest without ``number``."""
    versions = filing.versions.order_by("-number")
    return versions.filter(number=number).first() if number is not None else versions.first()


def document(filing: Filing) -> Document:
    """What the reader of this filing sees: the newest version, or the working copy of a draft."""
    newest = version(filing)
    return newest.data if newest is not None else working_copy(filing)


def policy_day(filing: Filing, now: datetime) -> date:
    """A filing is judged by the policy in force on the day of its first submission."""
    return local_date(filing.submitted_at or now)


def policy_of(filing: Filing, now: datetime) -> Policy:
    """The policy by which the filing is judged."""
    return policies.in_force(filing.authority.policy_codes, on=policy_day(filing, now))


def buffer_of(filing: Filing) -> dict[str, Any] | None:
    """What a buffer window lets come later for this filing, and until when; None outside of any window.

    The window is that of the policy by which the filing is judged, on the day of its first submission
    (Measures, notice 3). A window without a last day of its own for these ends with itself.
    """
    if filing.submitted_at is None or filing.kind == FilingKind.UNIT_CHANGE:
        return None
    window = policy_of(filing, filing.submitted_at).buffer()
    if window is None:
        return None
    return {"items": list(window["items"]), "until": window.get("rectify_until") or window["to"], "key": window["key"]}


def published_document(filing: Filing) -> Document | None:
    """The document behind the published entry that a change is compared with."""
    if filing.app_id is None:
        return None
    earlier = (
        FilingVersion.objects.filter(filing__app_id=filing.app_id, filing__state="filed")
        .exclude(filing_id=filing.pk)
        .order_by("-submitted_at")
        .first()
    )
    return earlier.data if earlier is not None else None


def duplicates(unit: Unit, app_name: str, package_ids: list[str], *, app_pk: int | None) -> dict[str, Any] | None:
    """The same unit and app filed or being filed anywhere in the country (Measures Art. 11).

    Returns ``{"kind": "entry"|"filing", "label": …}`` or ``None``.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _DUPLICATES,
            {
                "unit": unit.pk, "name": app_name, "uscc": unit.uscc or None, "packages": package_ids,
                "app": app_pk, "live": sorted(LIVE_STATES), "open": [str(state) for state in OPEN_STATES],
                "initial": FilingKind.INITIAL,
            },
        )  # fmt: skip
        found = cursor.fetchall()
    if not found:
        return None
    kind, _key, label = min(found)  # entries before filings, the oldest first
    return {"kind": kind, "label": label}


# Each branch has an index of its own; together with OR and LIMIT the planner would read the whole register.
_DUPLICATES = """
    SELECT 'entry', id, number FROM registry_entry
    WHERE unit_id = %(unit)s AND app_name = %(name)s
        AND state = ANY(%(live)s) AND app_ref IS DISTINCT FROM %(app)s::bigint
    UNION ALL SELECT 'entry', id, number FROM registry_entry
    WHERE uscc = %(uscc)s AND app_name = %(name)s
        AND state = ANY(%(live)s) AND app_ref IS DISTINCT FROM %(app)s::bigint
    UNION ALL SELECT 'entry', id, number FROM registry_entry
    WHERE package_ids && %(packages)s::varchar[]
        AND state = ANY(%(live)s) AND app_ref IS DISTINCT FROM %(app)s::bigint
    UNION ALL SELECT 'filing', id, case_no FROM providers_filing
    WHERE unit_id = %(unit)s AND app_name = %(name)s AND kind = %(initial)s
        AND state = ANY(%(open)s) AND submitted_at IS NOT NULL AND app_id IS DISTINCT FROM %(app)s::bigint
"""


def package_ids(app_data: dict[str, Any]) -> list[str]:
    """Package and bundle ids of all editions, without repeats."""
    keys = ("android_package", "ios_bundle", "harmony_bundle", "miniprogram_id")
    return sorted({str(app_data[key]).strip() for key in keys if app_data.get(key)})


def files_in(document: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every file of a document as ``(field key, {"id", "name", "sha256", "size", …})``, tables included."""
    for part, values in document.items():
        for key, value in values.items():
            yield from _files(f"{part}.{key}", value)


def _files(key: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        if "sha256" in value and "id" in value:
            if is_file(value):
                yield key, value
        else:
            for name, inner in value.items():
                yield from _files(f"{key}.{name}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _files(key, inner)


def open_filing(app: App) -> Filing | None:
    """The open filing of an app; there is at most one."""
    return app.filings.filter(state__in=OPEN_STATES).first()
