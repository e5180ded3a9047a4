"""A complete document of a filing, what is wrong with one, and the policy that it is judged by."""

from __future__ import annotations

from datetime import date
from typing import Any

from providers import schema
from rulebook import catalogue as settings_of_policies
from rulebook.policies import Policy

ON = date(2026, 9, 24)
KINDS = ["initial", "change", "resume", "cancel", "unit_change"]
FILE = {"id": 1, "name": "a.pdf", "sha256": "0" * 64, "size": 5, "type": "application/pdf"}


def policy(on: date = ON, **data: Any) -> Policy:
    return Policy(on, {**settings_of_policies.defaults(), **data}, ())


def complete() -> dict[str, dict[str, Any]]:
    """A document without any problem, built from the catalogue so that a new field shows up here."""
    unit = {
        "name": "示例科技有限公司", "kind": "enterprise", "uscc": "91110108MA01TE5T3U", "licence_scan": FILE,
        "legal_representative": "甲", "province": "11", "registered_address": "示例路1号", "department": "产品部",
        "responsible": [{"name": "乙", "position": "主任"}], "contact_name": "丙", "contact_mobile": "13800000000",
        "contact_email": "a@example.test", "authorisation_letter": FILE, "has_branches": False,
    }  # fmt: skip
    system = {
        "name": "平台", "domain": "app.example.com", "hosting_place": "北京", "has_developers": False,
        "icp_number": "京ICP备14035507号-1", "icp_proof": FILE, "telecom_business": False, "mlps_level": "2",
        "mlps_number": "11010899001-00001", "mlps_certificate": FILE, "mlps_authority": "公安",
        "mlps_date": "2025-03-01",
        "has_mlps_report": True, "mlps_report": FILE, "mlps_report_until": "2027-12-31", "security_officer": "丁",
        "security_phone": "13800000001", "security_measures": "有", "complaint_url": "https://app.example.com/help",
        "complaint_entry": FILE, "complaint_days": 3, "service_agreement_url": "https://app.example.com/a",
        "privacy_policy_url": "https://app.example.com/p", "privacy_policy": FILE, "data_protection": FILE,
    }  # fmt: skip
    app = {
        "name": "示例阅读", "purpose": "阅读", "version": "1.0.0", "android_package": "com.example.a",
        "stages": ["primary"], "user_groups": ["students"], "functions": ["reading"], "subjects": ["chinese"],
        "trains_in_subjects": False, "photo_search": False, "mainly_minors": True, "age_from": 6, "age_to": 12,
        "time_limit": "有", "content_control": "有", "has_forum": False, "has_ads": False, "has_games": False,
        "charges": "free", "collects_information": True, "real_name": "mobile", "hosts_institutions": False,
        "personal_information": [{"item": "手机号", "purpose": "登录", "manner": "entered", "required": True}],
        "guardian_consent": "有", "user_consent": "有",
    }  # fmt: skip
    filing = {item.name: True for item in schema.sections("initial")[-1].fields if item.kind == "accept"}
    return {"unit": unit, "system": system, "app": app, "filing": {**filing, "signed_name": "戊"}}


def changed(**values: Any) -> dict[str, dict[str, Any]]:
    """The complete document with other values: ``app__has_forum=True``."""
    document = complete()
    for key, value in values.items():
        part, name = key.split("__", 1)
        document[part][name] = value
    return document


def errors(document: Any, kind: str = "initial", **settings_: Any) -> dict[str, str]:
    found = schema.validate(document, policy(**settings_), kind, ON)
    return {p.field_key: p.code for p in found if p.is_error}
