"""The policy in force: what the ministry has set, and above it what the authority has set, on a day.

A filing is judged by the policy in force on the day of its submission, so every caller says the day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from typing import Any

from django.db import connection

from rulebook.authorities import short_name
from rulebook.catalogue import SETTINGS, defaults, merge, on_day, parse_day
from rulebook.models import PolicyVersion

__all__ = ["Policy", "PolicyVersionRef", "SettingUnknown", "by_authority", "by_ids", "in_force"]


class SettingUnknown(KeyError):
    """No policy can set that key; see `catalogue.SETTINGS`."""


@dataclass(frozen=True, slots=True)
class PolicyVersionRef:
    """One version that a policy is made of."""

    id: int
    authority_code: str
    version: int


@dataclass(frozen=True)
class Policy:
    """The settings that hold for an authority on a day, merged from the ministry downwards."""

    on: date
    data: Mapping[str, Any]
    versions: tuple[PolicyVersionRef, ...]

    def get(self, key: str, default: Any = None) -> Any:
        """One setting. Rows with dates are those in effect on the policy's day. Raises SettingUnknown."""
        setting = SETTINGS.get(key)
        if setting is None:
            raise SettingUnknown(key)
        value = self.data.get(key, setting.default if default is None else default)
        return on_day(value, self.on) if setting.dated else value

    def __getattr__(self, name: str) -> Any:
        """`policy.second_level` for `policy.get("second_level")`."""
        if name in SETTINGS:
            return self.get(name)
        raise AttributeError(name)

    @property
    def version_ids(self) -> list[int]:
        """Primary keys of the versions, the ministry's first: what a filing stores."""
        return [version.id for version in self.versions]

    @property
    def version_label(self) -> str:
        """教育部 v1 · 北京 v1, in the reader's language."""
        return self.label()

    def label(self, language: str | None = None) -> str:
        return " · ".join(f"{short_name(v.authority_code, language)} v{v.version}" for v in self.versions)

    def admission_rule(self, code: str) -> Mapping[str, Any] | None:
        """The admission rule of that code, where it is in effect."""
        return next((rule for rule in self.get("admission_rules") if rule["code"] == code), None)

    def buffer(self, day: date | None = None) -> Mapping[str, Any] | None:
        """The buffer window that the day (else the policy's) lies in: its items are no prerequisite then."""
        day = day or self.on
        for window in self.get("buffer_windows"):
            if (parse_day(window["from"]) or day) <= day <= (parse_day(window["to"]) or day):
                return window
        return None

    def prerequisite(self, item: str, day: date | None = None) -> bool:
        """Whether `icp` or `mlps` must be there to submit (Art. 9); not within a buffer that names it."""
        window = self.buffer(day)
        return window is None or item not in window["items"]


def in_force(codes: Sequence[str], on: date) -> Policy:
    """The policy of an authority on a day; `codes` from the ministry downwards, as ["moe", "11"].

    One query. Of each authority that version counts whose start lies latest, not after the day.
    A code without any version adds nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, [list(codes), on])
        latest = {row[1]: row for row in cursor.fetchall()}
    found = [latest[code] for code in dict.fromkeys(codes) if code in latest]
    chosen = [row for row in found if (row[3] or on) >= on]
    refs = tuple(PolicyVersionRef(row[0], row[1], row[2]) for row in chosen)
    return Policy(on, dict(_merged(tuple(row[4] for row in chosen))), refs)


_IN_FORCE = """
    SELECT DISTINCT ON (authority_code) id, authority_code, version, effective_to, data::text
    FROM rulebook_policyversion WHERE authority_code = ANY(%s) AND effective_from <= %s
    ORDER BY authority_code, effective_from DESC, version DESC
"""


@lru_cache(maxsize=256)
def _merged(texts: tuple[str, ...]) -> Mapping[str, Any]:
    """The settings of these versions merged in their order. The text is the key: what is kept is never out of date."""
    return reduce(merge, (json.loads(text) for text in texts), defaults())


def by_authority(on: date, *keys: str) -> dict[str, dict[str, Any]]:
    """Plain settings for every authority that sets them, and under "moe" for all others; one query.

    `by_authority(day, "public_from")`: {"public_from": {"moe": "2020-02-01", "11": "2026-10-01"}}. Settings
    whose rows are merged are not for this; ask `in_force`. Raises SettingUnknown.
    """
    for key in keys:
        setting = SETTINGS.get(key)
        if setting is None or setting.merge_by or isinstance(setting.default, dict):
            raise SettingUnknown(key)
    latest: dict[str, PolicyVersion] = {}
    for row in PolicyVersion.objects.filter(effective_from__lte=on).order_by("effective_from", "version"):
        latest[row.authority_code] = row
    valid = {code: row.data for code, row in latest.items() if (row.effective_to or on) >= on}
    return {
        key: {"moe": SETTINGS[key].default, **{code: data[key] for code, data in valid.items() if key in data}}
        for key in keys
    }


def by_ids(ids: Sequence[int], on: date) -> Policy:
    """The policy that a filing was judged by, from the version ids it stored, in their order."""
    rows = PolicyVersion.objects.in_bulk(list(ids))
    return _policy([rows[pk] for pk in ids if pk in rows], on)


def _policy(chosen: list[PolicyVersion], on: date) -> Policy:
    """The versions merged in their order."""
    data = reduce(merge, (row.data for row in chosen), defaults())
    refs = tuple(PolicyVersionRef(row.pk, row.authority_code, row.version) for row in chosen)
    return Policy(on, data, refs)
