"""The demonstration accounts: shown on the sign-in page and by ``make run`` in the embedded mode alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

PASSWORD = "Portal-demo-2026"  # noqa: S105  printed on the sign-in page; production refuses to start with it
MARKER = "admin@demo.test"


@dataclass(frozen=True)
class Account:
    """One account: address, whose it is, what to try with it, and the name of the person (made up)."""

    email: str
    label: Any
    hint: Any
    name: str
    language: str = "zh-hans"
    listed: bool = True


ACCOUNTS: tuple[Account, ...] = (
    Account(
        "provider@demo.test",
        _("Provider, Beijing"),
        _("One returned app with notes on fields, one under review, two published"),
        "榆荚经办人",
    ),
    Account(
        "provider2@demo.test",
        _("Provider, Beijing, second company"),
        _("A change under review, an app that waits to be resumed"),
        "砚池经办人",
    ),
    Account(
        "provider.gd@demo.test",
        _("Provider, Guangdong"),
        _("A province without a second level; a draft to go on with"),
        "木棉经办人",
    ),
    Account(
        "newcomer@demo.test",
        _("Newcomer without a unit"),
        _("Register a unit, or ask to join one"),
        "新来者",
    ),
    Account(
        "reviewer.bj@demo.test",
        _("Reviewer, Beijing"),
        _("A full queue: overdue, due today, waiting for the provider"),
        "北京初审岗03",
    ),
    Account(
        "reviewer2.bj@demo.test",
        _("Second reviewer, Beijing"),
        _("A colleague to hand cases to"),
        "北京初审岗04",
    ),
    Account(
        "lead.bj@demo.test",
        _("Head of review, Beijing"),
        _("Assign cases, hand over, invite people"),
        "北京复核岗01",
    ),
    Account("reviewer.gd@demo.test", _("Reviewer, Guangdong"), _("Approves without a second level"), "广东初审岗01"),
    Account("reviewer.sc@demo.test", _("Reviewer, Sichuan"), _("A small queue"), "四川初审岗01"),
    Account(
        "ministry@demo.test",
        _("Reviewer, Ministry of Education"),
        _("Second level for Beijing; sees every province"),
        "部级审核岗01",
    ),
    Account(
        "school@demo.test",
        _("School, Haidian: person in charge"),
        _("Uses in every state; one to review, one returned, one whose app was revoked"),
        "示例学校负责人",
    ),
    Account(
        "school2@demo.test",
        _("School, Haidian: second person"),
        _("Does the school’s own review of what a colleague handed in"),
        "示例学校教师",
    ),
    Account(
        "district@demo.test",
        _("District authority, Haidian"),
        _("Confirms the uses of 40 schools; invites and imports units"),
        "海淀确认岗01",
    ),
    Account(
        "university@demo.test",
        _("University under the ministry"),
        _("Its uses are confirmed by the Ministry of Education"),
        "示例大学经办人",
    ),
    Account(
        "partner.bj@demo.test",
        _("Partner department, Beijing"),
        _("Market supervision: reads the cases that are referred to it, and answers"),
        "市场监管联络人",
    ),
    Account("admin@demo.test", _("Administrator"), _("The administration at /admin/"), "系统管理员"),
)


def account(email: str) -> Account:
    """The account of an address; raises ``LookupError``."""
    for row in ACCOUNTS:
        if row.email == email:
            return row
    raise LookupError(email)
