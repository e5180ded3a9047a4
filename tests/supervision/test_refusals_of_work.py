"""What supervision refuses in campaigns, papers, editions and work plans, and why; what stays as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.domain import close_authority
from accounts.enums import Role
from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved
from notices.models import Notice
from registry import domain as registry
from registry.models import Entry
from supervision import domain
from supervision.domain import (
    assessments,
    circulars,
)
from supervision.domain import campaigns as work
from supervision.domain.editions import publish_list
from supervision.models import Broadcast, CampaignItem
from tests import factories
from tests import factories_supervision as make
from tests.supervision.refusing import DAY, NOBODY, NOW, refused, wrong

pytestmark = pytest.mark.django_db


# --- campaigns ---------------------------------------------------------------------------------------


def campaign(by: Actor | None = None, **more: Any) -> Any:
    values: dict[str, Any] = {
        "title_zh": "清理", "effect": "revoke", "filter": {"functions": ["homework"]}, "reason": "违规",
        "public_text": "撤销备案。", "articles": ["bj-3-5"], **more,
    }  # fmt: skip
    return domain.draft_campaign(by=by or make.ministry(), now=NOW, **values)


@pytest.mark.requirement("R79")
def test_campaigns_are_decided_where_something_fits_and_withdrawn_before():
    row, second = campaign(), make.ministry(another=True)
    with pytest.raises(ValueError, match="state"):
        domain.edit_campaign(campaign=row, state="done", by=make.ministry(), now=NOW)
    assert refused(lambda: domain.decide_campaign(campaign=row, by=second, now=NOW)) == ["nothing_fits"]
    row = domain.withdraw_campaign(campaign=row, by=make.ministry(), now=NOW)
    assert row.state == "withdrawn"
    with pytest.raises(AlreadyMoved):
        domain.decide_campaign(campaign=row, by=second, now=NOW)


def test_campaign_stops_at_its_limit_and_goes_round_what_others_have_done_or_taken(monkeypatch):
    monkeypatch.setattr(work, "_worker", [])
    apps = [make.entry(functions=["homework"]) for _time in range(3)]
    row = campaign(make.reviewer())
    row = domain.decide_campaign(campaign=row, by=make.lead(), now=NOW)
    worked = work.run_campaign(campaign_id=row.pk, now=NOW, limit=1)
    assert (worked.done, worked.finished) == (1, False)
    registry.revoke(entry=make.fresh(apps[1]), reason="另案", by=make.reviewer(), now=NOW)
    Entry.objects.filter(pk=apps[2].pk).update(authority=factories.authority("44"))
    items = dict(CampaignItem.objects.filter(campaign=row).order_by("pk").values_list("pk", "entry_id"))
    again = work.Worked()
    work._batch(row, items, work._decider(row), NOW, again)
    assert (again.done, again.skipped, again.failed) == (0, 2, 0)
    said = dict(CampaignItem.objects.filter(campaign=row).values_list("entry_id", "status"))
    assert said == {apps[0].pk: "done", apps[1].pk: "skipped", apps[2].pk: "skipped"}
    assert make.fresh(apps[2]).state == "published", "another authority's app is left alone"


class Away:
    """A task whose broker does not answer."""

    def apply_async(self, **_more: Any) -> None:
        raise ConnectionError


def test_a_broker_that_is_away_stops_neither_campaigns_nor_circulars(monkeypatch, caplog):
    for module in (work, circulars):
        monkeypatch.setattr(module, "_worker", [Away()])
        module._nudge(7)
        monkeypatch.setattr(module, "_worker", [])
        module._nudge(7)
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["campaign 7", "broadcast 7"]


# --- circulars, reports, editions --------------------------------------------------------------------


@pytest.mark.requirement("R164")
def test_circulars_have_an_author_addressees_and_a_record_only_of_interviews():
    by = make.reviewer()

    def write(**more: Any) -> Any:
        values = {"kind": "circular", "audience": "public", "title_zh": "通报", "body_zh": "内容", "by": by, **more}
        return domain.write_circular(now=NOW, **values)

    assert refused(lambda: write(by=NOBODY)) == ["not_your_authority"]
    assert refused(lambda: write(audience="units")) == ["nobody"]
    row = write()
    with pytest.raises(ValueError, match="state"):
        domain.edit_circular(circular=row, state="published", by=by, now=NOW)
    assert refused(
        lambda: domain.record_interview(circular=row, held_on=DAY, minutes="已说明", by=by, now=NOW)
    ) == ["no_interview"]
    template = make.LetterTemplate(title_zh="致%(unit)s", title_en="To %(unit)s", body_zh="%(reason)s", body_en="")
    assert circulars.fill(template, {"unit": "某校"})["body_zh"] == "%(reason)s", "a place without a value stays"
    assert circulars.units_using([]) == []
    for_nobody = Broadcast.objects.create(circular=row, entry_ids=[], everybody=False, started_at=NOW)
    assert circulars.spread(broadcast_id=for_nobody.pk, now=NOW)
    assert not Notice.objects.exists()


def test_figures_of_a_report_are_not_edited():
    with pytest.raises(ValueError, match="tables"):
        domain.edit_report(report=None, tables={}, by=make.ministry(), now=NOW)  # type: ignore[arg-type]


def test_negative_and_exit_lists_are_frozen_with_their_lines():
    from blacklist import domain as blacklist

    home, by = factories.authority("11"), make.lead()
    for kind in ("negative", "exit"):
        blacklist.add_line(kind=kind, authority=home, subject="app", title_zh="某应用", reason="停用", by=by, now=NOW)
    gone = make.entry()
    registry.revoke(entry=gone, reason="违规", by=make.reviewer(), now=NOW)
    kept: dict[str, Any] = {"authority": home, "as_of": DAY, "by": by, "now": NOW}
    negative, exits = (publish_list(kind=kind, **kept) for kind in ("negative", "exit"))
    assert (negative.rows, exits.rows) == (1, 2), "the exit list names what was revoked too"
    assert gone.number in exits.file.open().read().decode()
    again = publish_list(kind="negative", **kept)
    assert again.pk == negative.pk, "one edition a day"
    everywhere = publish_list(kind="negative", **kept | {"authority": None, "by": make.ministry()})
    assert everywhere.rows == 1


def test_assessments_of_too_many_institutions_are_refused(monkeypatch):
    monkeypatch.setattr(assessments, "MOST_UNITS", 0)
    factories.unit(kind="school", parent=factories.authority("110108"))
    period = assessments.Period(DAY - timedelta(days=30), DAY)
    home = factories.authority("11")
    assert wrong(
        lambda: domain.take_assessment(
            node=home, period=period, purpose="年度考核", by=make.lead(), now=NOW, by_unit_too=True
        )
    ) == ["node"]


# --- work plans --------------------------------------------------------------------------------------


@pytest.mark.requirement("R166")
def test_plans_and_tasks_are_an_authoritys_and_of_a_size_to_be_read():
    lead, home = make.lead(), factories.authority("11")

    def plan(**more: Any) -> Any:
        values = {"title": "计划", "aim": "目标", "first_day": DAY, "last_day": DAY, "by": lead, **more}
        return domain.make_work_plan(now=NOW, **values)

    def give(**more: Any) -> Any:
        values: dict[str, Any] = {
            "title": "任务", "text": "抽查", "responsible": home, "due_day": DAY + timedelta(days=9), "by": lead,
            **more,
        }  # fmt: skip
        return domain.give_task(now=NOW, **values)

    assert wrong(lambda: plan(last_day=DAY - timedelta(days=1))) == ["last_day"]
    assert refused(lambda: plan(by=NOBODY)) == ["not_your_authority"]
    many = [{"title": f"第{number}步", "due_day": DAY} for number in range(31)]
    assert wrong(lambda: give(milestones=many)) == ["milestones"]
    assert wrong(lambda: give(sharing=[Unit(pk=10**6 + number) for number in range(201)])) == ["sharing"]
    assert wrong(lambda: give(title="长" * 161)) == ["title"]
    row = give()
    more: dict[str, Any] = {"task": row, "reason": "顺延", "by": lead, "now": NOW}
    assert wrong(lambda: domain.move_task(due_day=DAY - timedelta(days=1), **more)) == ["due_day"]
    assert domain.move_task(due_day=DAY + timedelta(days=19), **more).due_day == DAY + timedelta(days=19)
    assert domain.drop_task(**more).state == "dropped"
    assert not Notice.objects.exists(), "nobody is told of what he himself did"


def test_who_worked_for_an_authority_that_is_closed_gives_no_task():
    district = factories.authority("110108")
    lead = make.people(district, Role.REVIEW_LEAD)
    close_authority(unit=district, by=make.lead(), now=NOW)
    values: dict[str, Any] = {"responsible": factories.authority("11"), "due_day": DAY, "by": lead, "now": NOW}
    assert refused(lambda: domain.give_task(title="任务", text="抽查", **values)) == ["not_your_authority"]
