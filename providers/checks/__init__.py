"""Checks of single values: what a code, number, address or file name must look like.

Each ``parse_x(text)`` returns the normalised value or raises :class:`CheckFailed` with a message that
says what is wrong and what a right one looks like. Full-width characters, spaces and lower case are
forgiven where that cannot change the meaning.
"""

from __future__ import annotations

from collections.abc import Callable

from providers.checks.errors import CheckFailed
from providers.checks.icp import parse_icp, parse_miit_app, parse_telecom_licence
from providers.checks.mlps import parse_mlps_certificate
from providers.checks.people import parse_school_code, parse_teacher_certificate
from providers.checks.phone import parse_landline, parse_mobile, parse_phone
from providers.checks.software import parse_bundle_id, parse_miniprogram_id, parse_package, parse_version
from providers.checks.uscc import parse_uscc
from providers.checks.values import parse_age, parse_age_range, parse_date, parse_whole_number
from providers.checks.web import parse_domain_or_url, parse_email, parse_url

#: The checks that a field of the catalogue can name.
CHECKS: dict[str, Callable[[str], str]] = {
    "uscc": parse_uscc,
    "icp": parse_icp,
    "telecom": parse_telecom_licence,
    "miit_app": parse_miit_app,
    "mlps": parse_mlps_certificate,
    "school_code": parse_school_code,
    "teacher_certificate": parse_teacher_certificate,
    "mobile": parse_mobile,
    "landline": parse_landline,
    "phone": parse_phone,
    "url": parse_url,
    "domain_or_url": parse_domain_or_url,
    "email": parse_email,
    "package": parse_package,
    "bundle": parse_bundle_id,
    "miniprogram": parse_miniprogram_id,
    "version": parse_version,
    "date": parse_date,
}

__all__ = [
    "CHECKS",
    "CheckFailed",
    "parse_age",
    "parse_age_range",
    "parse_bundle_id",
    "parse_date",
    "parse_domain_or_url",
    "parse_email",
    "parse_icp",
    "parse_landline",
    "parse_miit_app",
    "parse_miniprogram_id",
    "parse_mlps_certificate",
    "parse_mobile",
    "parse_package",
    "parse_phone",
    "parse_school_code",
    "parse_teacher_certificate",
    "parse_telecom_licence",
    "parse_url",
    "parse_uscc",
    "parse_version",
    "parse_whole_number",
]
