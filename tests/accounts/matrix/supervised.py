"""Arguments of addresses of supervision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import factories
from tests.accounts.matrix.cast import Cast


def _supervised(cast: Cast) -> Any:
    from tests import factories_filings as filings
    from tests import factories_supervision as supervision

    filings.calendar()
    return supervision


def _assessment(cast: Cast, by: Any, now: Any) -> Any:
    from supervision import domain
    from supervision.indicators import Period

    period = Period(now.date(), now.date())
    return domain.take_assessment(node=factories.authority("11"), period=period, purpose="考核", by=by, now=now)


def _task(cast: Cast, by: Any, now: Any) -> Any:
    from supervision import domain

    return domain.give_task(
        title="任务", text="内容", responsible=cast.members["institution"].unit, due_day=now.date(), by=by,
        sharing=[cast.members["partner"].unit], now=now,
    )  # fmt: skip


def _work_plan(cast: Cast, by: Any, now: Any) -> Any:
    from supervision import domain

    return domain.make_work_plan(
        title="计划", aim="目标", first_day=now.date(), last_day=now.date(), by=by, now=now
    )


def _interview(cast: Cast, by: Any, now: Any) -> Any:
    from supervision import domain

    row = domain.write_circular(
        kind="interview", audience="units", title_zh="约谈", body_zh="正文", by=by, now=now, units=[factories.unit()]
    )
    return domain.publish_circular(circular=row, by=by, now=now)


def _report(cast: Cast, by: Any, now: Any) -> Any:
    from accounts.actors import actor_for_membership
    from supervision import domain

    ministry = actor_for_membership(cast.members["ministry"])
    return domain.generate_report(first_day=now.date(), last_day=now.date(), by=ministry, now=now)


def _list_line(cast: Cast, by: Any, now: Any) -> Any:
    from blacklist import domain

    return domain.add_line(
        kind="negative", authority=factories.authority("11"), subject="practice", title_zh="做法", reason="理由", by=by,
        now=now,
    )  # fmt: skip


def _edition(cast: Cast, by: Any, now: Any) -> Any:
    from supervision import domain

    return domain.publish_list(
        kind="negative", authority=factories.authority("11"), as_of=now.date(), by=by, now=now
    )


def _institutions(cast: Cast, by: Any, now: Any) -> Any:
    from io import BytesIO

    from accounts.sheets import read_rows
    from supervision.domain import institutions

    file = BytesIO("机构名称,办学许可证号\n示例培训中心,教民1号".encode())
    rows = read_rows(file, institutions.COLUMNS, institutions.LIMITS)
    return institutions.prepare_institutions(rows=rows, name="表.csv", by=by, now=now)


_GOVERNING = {
    "assessment": _assessment, "task": _task, "work_plan": _work_plan, "interview": _interview, "report": _report,
    "list_line": _list_line, "edition": _edition, "institutions": _institutions,
}  # fmt: skip


def _of_supervision(what: str, **more: Any) -> Callable[[Cast], dict[str, Any]]:
    """Arguments of an address of supervision, about something of Beijing's."""

    def make(cast: Cast) -> dict[str, Any]:
        from accounts.actors import actor_for_membership
        from supervision import domain
        from supervision.models import Partner, Warning  # noqa: A004
        from tests import factories_filings as filings
        from tests import factories_supervision as supervised

        filings.calendar()
        by, now = actor_for_membership(cast.members["lead"]), supervised.NOW
        if what in ("complaint", "listing"):
            row: Any = getattr(supervised, what)()
        elif what in ("issued", "overdue"):
            row = supervised.order_in(what)
        elif what == "campaign":
            terms = {"title_zh": "专项", "effect": "offline", "reason": "理由", "public_text": "说明"}
            row = domain.draft_campaign(
                **terms, filter={"stages": ["primary"]}, by=actor_for_membership(cast.members["ministry"]), now=now
            )
        elif what == "entry":
            row = supervised.entry()
        elif what == "plan":
            row = domain.make_plan(title="抽查", method="random", size=1, by=by, now=now)
        elif what == "inspection":
            row = domain.plan_inspection(entry=supervised.entry(), by=by, now=now)
        elif what == "warning":
            of = supervised.entry()
            row = Warning.objects.create(
                key="matrix", kind="stale", entry=of, unit=of.unit, authority=of.authority, raised_at=now
            )
        elif what == "referral":
            unit = cast.members["partner"].unit
            Partner.objects.get_or_create(unit=unit, defaults={"department": "police", "province_code": "11"})
            row = domain.refer(subject="crime", title="线索", text="请依法处理", by=by, now=now)
        elif what == "takedown":
            row = domain.request_takedown(store="商店", text="请下架", entry=supervised.entry(), by=by, now=now)
        elif what in _GOVERNING:
            row = _GOVERNING[what](cast, by, now)
        else:
            row = domain.write_circular(
                kind="circular", audience="units", title_zh="通报", body_zh="正文", by=by, now=now,
                units=[factories.unit()],
            )  # fmt: skip
        return {"pk": row.pk, **more}

    return make


OF_SUPERVISION: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "own_order": lambda cast: {"pk": _supervised(cast).order_of(cast.members["owner"].unit).pk},
    "own_forwarding": lambda cast: {"pk": _supervised(cast).forwarding_of(cast.members["owner"].unit).pk},
    "own_listing": lambda cast: {"pk": _supervised(cast).listing_of(cast.members["owner"].unit).pk},
    **{
        f"sv_{what}": _of_supervision(what)
        for what in (
            "complaint", "listing", "issued", "overdue", "campaign", "plan", "inspection", "warning", "referral",
            "takedown", "circular", "entry", "assessment", "task", "work_plan", "interview",
            "report", "list_line", "edition", "institutions",
        )
    },
    "sv_complaint_act": _of_supervision("complaint", act="note"),
    "sv_order_act": _of_supervision("issued", act="extend"),
    "sv_entry_act": _of_supervision("entry", act="offline"),
    "sv_listing_act": _of_supervision("listing", act="lift"),
    "sv_campaign_act": _of_supervision("campaign", act="no-such-act"),
    "sv_plan_act": _of_supervision("plan", act="draw"),
    "sv_inspection_act": _of_supervision("inspection", act="assign"),
    "sv_warning_act": _of_supervision("warning", act="settle"),
    "sv_referral_act": _of_supervision("referral", act="answer"),
    "sv_takedown_act": _of_supervision("takedown", act="answer"),
    "sv_circular_act": _of_supervision("circular", act="edit"),
    "sv_assessment_act": _of_supervision("assessment", act="verify"),
    "sv_assessment_file": _of_supervision("assessment", kind="csv"),
    "sv_task_records": _of_supervision("task", kind="tasks"),
    "sv_task_act": _of_supervision("task", act="note"),
    "sv_lists_act": lambda cast: {"pk": cast.members["lead"].unit_id, "act": "publish"},
}
