"""An authority's view of its subtree: the overview, lists, sheets, campaigns, reminders, and who may see what."""

from __future__ import annotations

import io
import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from ledger.acts import Refused
from notices.models import Notice
from tests import factories, factories_uses
from tests.factories import NOW
from users import domain, overview, tally
from users.models import FilingCampaign, UserFiling

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)
LATER = NOW + timedelta(days=60)


@pytest.fixture(autouse=True)
def _fresh_cache(freeze: Any) -> None:
    cache.clear()
    freeze(NOW)


def client(role: str, code: str) -> Client:
    return factories.client_for(factories.membership(role=role, unit=factories.authority(code)))


@pytest.fixture
def district() -> Any:
    """Haidian with a school that uses an app, one that selected one, one that has nothing."""
    factories_uses.rules()
    district = factories.authority("110108")
    using, drafting, idle = (factories_uses.school(district, name=name) for name in ("甲校", "乙校", "丙校"))
    app = factories_uses.entry("榆荚阅读")
    factories_uses.use_in_state("confirmed", unit=using, entry=app)
    factories_uses.draft(unit=drafting, entry=app)
    return type("District", (), {"unit": district, "using": using, "drafting": drafting, "idle": idle, "app": app})


@pytest.mark.requirement("R176", "R16")
def test_overview_of_a_district_counts_what_is_there(district: Any) -> None:
    response = client(Role.REVIEWER, "110108").get(reverse("dashboard"))
    assert response.status_code == 200
    counts = response.context["counts"]
    assert (counts.institutions, counts.filed, counts.missing, counts.in_use) == (3, 1, 2, 1)
    text = response.content.decode()
    assert "榆荚阅读" in text and "style=" not in text and "<script>" not in text
    assert tally.faults() == []


@pytest.mark.requirement("R19")
def test_ministry_sees_the_country_and_drills_down(district: Any) -> None:
    ministry = client(Role.MINISTRY_REVIEWER, "moe")
    page = ministry.get(reverse("dashboard"))
    assert page.status_code == 200 and "p-map" in page.content.decode()
    assert page.context["counts"].institutions == 3
    beijing = factories.authority("11")
    for indicator in ("rate", "submitted", "overdue", "valid", "filed", "used", "nonsense"):
        assert ministry.get(reverse("dashboard"), {"map": indicator, "quarter": "x"}).status_code == 200
    province = ministry.get(reverse("dashboard_unit", args=[beijing.pk]))
    assert reverse("dashboard_unit", args=[district.unit.pk]) in province.content.decode()
    assert ministry.get(reverse("dashboard_unit", args=[district.unit.pk])).status_code == 200
    school = ministry.get(reverse("dashboard_unit", args=[district.using.pk]))
    assert school.url == reverse("use_sheet", args=[district.using.pk])


@pytest.mark.requirement("R161", "R15")
def test_national_figures_follow_the_filings_of_providers() -> None:
    from tests import factories_filings as filings

    filings.policy()
    filings.submitted(factories.unit(province="11"))
    ministry = client(Role.MINISTRY_REVIEWER, "moe")
    page = ministry.get(reverse("dashboard"), {"map": "submitted"})
    assert page.context["whole"].submitted == 1
    body = b"".join(ministry.get(reverse("dashboard_export", args=["provinces"])).streaming_content).decode()
    beijing = next(line for line in body.splitlines() if line.startswith(("北京", "Beijing")))
    assert beijing.split(",")[1:4] == ["0", "1", "0"]
    province = client(Role.REVIEWER, "11").get(reverse("dashboard"))
    assert province.context["row"].submitted == 1
    providers = client(Role.REVIEWER, "11").get(reverse("dashboard_providers"), {"tab": "under_way"})
    assert len(providers.context["rows"]) == 1
    assert not client(Role.REVIEWER, "11").get(reverse("dashboard_providers"), {"tab": "filed"}).context["rows"]


@pytest.mark.parametrize("name", overview.LISTS)
def test_lists_hold_whom_they_say(district: Any, name: str, freeze: Any) -> None:
    freeze(LATER)
    page = client(Role.REVIEWER, "110108").get(reverse("dashboard_list", args=[name]))
    expected = {
        "all": {"甲校", "乙校", "丙校"}, "filed": {"甲校"}, "missing": {"乙校", "丙校"}, "selected": {"乙校"},
        "no_system": {"甲校", "乙校", "丙校"}, "unnamed": {"甲校", "乙校", "丙校"},
    }.get(name, set())  # fmt: skip
    shown = {unit.name for unit in page.context["rows"]}
    if name in ("no_system", "unnamed"):
        assert shown <= expected and "丙校" in shown
    else:
        assert shown == expected


@pytest.mark.requirement("R121")
def test_what_is_selected_counts_as_overdue_after_ten_working_days(district: Any, freeze: Any) -> None:
    reviewer = client(Role.REVIEWER, "110108")
    assert not reviewer.get(reverse("dashboard_list", args=["selected"])).context["rows"]
    freeze(LATER)
    reviewer = client(Role.REVIEWER, "110108")
    rows = reviewer.get(reverse("dashboard_list", args=["selected"])).context["rows"]
    assert [(unit.name, unit.waiting) for unit in rows] == [("乙校", 1)]
    assert "乙校" not in str(UserFiling.objects.visible_to(factories.actor(Role.REVIEWER, district.unit)))
    names = {item["name"] for item in reviewer.get(reverse("dashboard")).context["attention"]}
    assert "selected" in names


def test_service_target_that_has_passed_is_a_list_of_its_own(district: Any, freeze: Any) -> None:
    factories_uses.submitted(unit=district.idle, entry=factories_uses.entry())
    freeze(LATER)
    reviewer = client(Role.REVIEWER, "110108")
    rows = reviewer.get(reverse("dashboard_list", args=["target"])).context["rows"]
    has_target = UserFiling.objects.filter(state="submitted", due_day__isnull=False).exists()
    assert [unit.name for unit in rows] == (["丙校"] if has_target else [])
    assert reviewer.get(reverse("dashboard")).context["past_target"] == len(rows)


def test_nobody_looks_outside_his_subtree(district: Any) -> None:
    other = client(Role.REVIEWER, "44")
    for address in (
        reverse("dashboard_unit", args=[district.unit.pk]),
        reverse("use_sheet", args=[district.using.pk]),
        reverse("dashboard_list", args=["all"]) + f"?unit={district.unit.pk}",
        reverse("dashboard_export", args=["states"]) + f"?unit={district.unit.pk}",
        reverse("dashboard_unit", args=[factories.authority("11").pk]),
        reverse("dashboard_list", args=["all"]) + "?unit=x",
        reverse("dashboard_list", args=["nothing"]),
        reverse("dashboard_export", args=["nothing"]),
        reverse("dashboard_export", args=["provinces"]),
    ):
        assert other.get(address).status_code == 404, address
    assert other.get(reverse("dashboard")).context["counts"].institutions == 0
    response = other.post(
        reverse("dashboard_remind", args=["missing"]), {"unit": district.unit.pk, "id": district.idle.pk}
    )
    assert response.status_code == 404
    assert not Notice.objects.filter(to_unit=district.idle, kind="use_reminder_missing").exists()


@pytest.mark.parametrize("name", ["regions", "states", "stages", "functions", "natures", "flow", "apps"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_chart_has_its_table_as_a_file(district: Any, name: str, kind: str) -> None:
    response = client(Role.REVIEWER, "110108").get(reverse("dashboard_export", args=[name]), {"format": kind})
    assert response.status_code == 200
    body = b"".join(response.streaming_content)
    response.close()
    if kind == "csv":
        assert len(body.decode().strip().splitlines()) >= 2
        return
    from openpyxl import load_workbook

    assert load_workbook(io.BytesIO(body)).active.max_row >= 2  # type: ignore[union-attr]


def test_list_as_a_file_holds_no_formula(district: Any) -> None:
    factories_uses.school(district.unit, name="=HYPERLINK(1)校")
    response = client(Role.REVIEWER, "110108").get(reverse("dashboard_list", args=["all"]), {"format": "csv"})
    body = b"".join(response.streaming_content).decode()
    assert "'=HYPERLINK" in body and len(body.strip().splitlines()) == 5


def test_pages_of_a_list_follow_each_other(district: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = overview.units(factories.actor(Role.REVIEWER, district.unit), district.unit, "all", NOW)
    seen: list[str] = []
    after = 0
    while True:
        page, following = overview.page_of(rows, after, size=2)
        seen += [unit.name for unit in page]
        if following is None:
            break
        after = following
    assert seen == ["甲校", "乙校", "丙校"]


@pytest.mark.requirement("R177", "R110")
def test_sheet_tells_what_an_institution_has_and_lacks(district: Any, freeze: Any) -> None:
    reviewer = client(Role.REVIEWER, "110108")
    page = reviewer.get(reverse("use_sheet", args=[district.using.pk]))
    assert page.status_code == 200
    assert [row["filing"].app_name for row in page.context["rows"]] == ["榆荚阅读"]
    held = {duty["article"]: duty["holds"] for duty in page.context["duties"]}
    assert held["me-17"] is True and held["op-14"] is True
    freeze(LATER)
    reviewer = client(Role.REVIEWER, "110108")
    page = reviewer.get(reverse("use_sheet", args=[district.drafting.pk]))
    held = {duty["article"]: duty["holds"] for duty in page.context["duties"]}
    assert held["me-17"] is False and held["op-14"] is False and held["me-8"] is False
    assert not page.context["rows"], "another unit's draft is counted, not shown"
    assert reviewer.get(reverse("use_sheet", args=[district.using.pk]), {"format": "csv"}).status_code == 200


def test_institution_sees_its_own_sheet_and_no_other(district: Any) -> None:
    own = factories.client_for(factories.membership(role=Role.INSTITUTION_LEAD, unit=district.using))
    assert own.get(reverse("use_sheet", args=[district.using.pk])).status_code == 200
    assert own.get(reverse("use_sheet", args=[district.idle.pk])).status_code == 404
    assert own.get(reverse("dashboard")).status_code == 403
    provider = factories.client_for(factories.membership())
    assert provider.get(reverse("use_sheet", args=[district.using.pk])).status_code == 403


@pytest.mark.requirement("R119")
def test_apps_that_serve_the_same_function_are_reported_for_a_unit(district: Any) -> None:
    factories_uses.use_in_state("confirmed", unit=district.using, entry=factories_uses.entry("砚池阅读"))
    sheet = overview.sheet_of(district.using, factories.actor(Role.REVIEWER, district.unit), NOW)
    assert [(function, len(filings)) for function, filings in sheet.overlaps] == [("reading", 2)]
    page = client(Role.REVIEWER, "110108").get(reverse("use_sheet", args=[district.using.pk]))
    assert page.context["overlaps"][0]["filings"]


# --- campaigns and reminders ---------------------------------------------------------------------------


def campaign(**values: Any) -> FilingCampaign:
    by = values.pop("by", None) or factories.actor(Role.REVIEW_LEAD, factories.authority("11"))
    return domain.set_up_campaign(
        **{
            "name": f"集中备案{next(_numbers)}", "starts_on": date(2026, 9, 1), "ends_on": date(2026, 10, 30),
            "goal": "filed", "target": 100, "by": by, "now": NOW, **values,
        }
    )  # fmt: skip


@pytest.mark.requirement("R12", "R35")
def test_campaign_tells_its_progress_and_warns(district: Any) -> None:
    row = campaign()
    made = overview.progress(row, NOW)
    assert (made.done, made.base, made.state) == (1, 3, "running")
    assert round(made.share) == 33 and made.warning is (made.share < made.expected - 10)
    late = overview.progress(row, NOW + timedelta(days=30))
    assert late.warning and late.state == "running"
    assert overview.progress(row, NOW + timedelta(days=90)).state == "missed"
    assert overview.progress(campaign(target=33), NOW).state == "reached"
    assert overview.progress(campaign(starts_on=date(2026, 10, 8)), NOW).state == "coming"
    assert overview.progress(campaign(goal="apps", target=4), NOW).done == 1
    assert overview.progress(campaign(unit_kinds=["university"]), NOW).base == 0
    parts = overview.parts(row, factories.actor(Role.REVIEWER, factories.authority("11")), factories.authority("11"))
    assert (district.unit.pk, 1, 3) in {(unit.pk, done, base) for unit, done, base in parts}


def test_campaign_pages_for_the_authority_that_runs_it_and_those_below(district: Any) -> None:
    lead = client(Role.REVIEW_LEAD, "11")
    form = {"name": "秋季集中备案", "starts_on": "2026-09-01", "ends_on": "2026-10-30", "goal": "filed", "target": "90"}
    bad = lead.post(reverse("filing_campaign_new"), {**form, "ends_on": "2026-08-01", "name": ""})
    assert bad.status_code == 422 and not FilingCampaign.objects.exists()
    assert set(bad.context["form"].errors) == {"ends_on", "name"}
    assert lead.post(reverse("filing_campaign_new"), {**form, "target": "140"}).status_code == 422
    assert lead.post(reverse("filing_campaign_new"), {**form, "name": "a\x00b"}).status_code == 422
    made = lead.post(reverse("filing_campaign_new"), form)
    row = FilingCampaign.objects.get()
    assert made.url == reverse("filing_campaign", args=[row.pk])
    page = lead.get(made.url)
    assert "秋季集中备案" in page.content.decode() and page.context["may_run"]
    assert lead.get(reverse("filing_campaigns")).status_code == 200
    assert lead.get(reverse("dashboard")).context["running"]
    below = client(Role.REVIEWER, "110108")
    assert below.get(made.url).context["may_run"] is False
    assert below.post(reverse("filing_campaign_close", args=[row.pk])).status_code == 403
    assert below.get(reverse("filing_campaign_new")).status_code == 403
    assert client(Role.REVIEW_LEAD, "44").get(made.url).status_code == 404
    assert lead.get(made.url, {"format": "csv"}).status_code == 200
    edited = lead.post(reverse("filing_campaign_edit", args=[row.pk]), {**form, "name": "改名"})
    assert edited.status_code == 302 and FilingCampaign.objects.get().name == "改名"
    assert lead.post(reverse("filing_campaign_close", args=[row.pk])).status_code == 302
    assert lead.post(reverse("filing_campaign_edit", args=[row.pk]), form).status_code == 403


@pytest.mark.parametrize("count", [1, 3, 20])
def test_list_of_campaigns_costs_the_same_however_many(district: Any, count: int) -> None:
    for number in range(count):
        campaign(goal="apps" if number % 5 == 4 else "filed")
    own = factories.authority("11")
    pairs = [(row, own) for row in FilingCampaign.objects.all()]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        made = overview.progress_of(pairs, own, NOW)
    assert len(made) == count and len(queries) <= 5


@pytest.mark.requirement("R16")
def test_units_are_reminded_once_a_day(district: Any, freeze: Any) -> None:
    reviewer = client(Role.REVIEWER, "110108")
    address = reverse("dashboard_remind", args=["missing"])
    form = {"unit": district.unit.pk, "id": [district.idle.pk, district.using.pk], "text": "请于本周内完成"}
    for _twice in range(2):
        assert reviewer.post(address, form).status_code == 302
    served = Notice.objects.filter(kind="use_reminder_missing")
    assert [notice.to_unit_id for notice in served] == [district.idle.pk], "who has filed is not on the list"
    freeze(NOW + timedelta(days=1))
    reviewer = client(Role.REVIEWER, "110108")
    assert reviewer.post(address, {"unit": district.unit.pk, "everybody": "1"}).status_code == 302
    assert served.all().count() == 3
    freeze(NOW + timedelta(days=2))
    reviewer = client(Role.REVIEWER, "110108")
    for query in ({"kind": "university"}, {"q": "没有这样的学校"}):
        reviewer.post(reverse("dashboard_remind", args=["missing"], query=query), {"everybody": "1"})
    assert served.all().count() == 3, "all of the list as it is filtered"
    shown = reviewer.get(reverse("dashboard_list", args=["missing"]), {"kind": "school"}).content.decode()
    assert f"{address}?q=&amp;kind=school" in shown
    assert "请于本周内完成" in str(served.order_by("pk").first().params)  # type: ignore[union-attr]


def test_reminders_go_down_only_and_have_a_bound(district: Any) -> None:
    below = factories.actor(Role.REVIEWER, district.unit)
    elsewhere = factories_uses.school(factories.authority("44"))
    done = domain.remind(units=[district.idle, elsewhere], matter="missing", by=below, now=NOW)
    assert (done.now, done.refused) == (1, 1)
    with pytest.raises(Refused):
        domain.remind(units=[district.idle], matter="anything", by=below, now=NOW)
    with pytest.raises(Refused):
        domain.remind(units=[district.idle] * 501, matter="missing", by=below, now=NOW)
    with pytest.raises(Refused):
        domain.remind(units=[district.idle], matter="missing", by=factories.actor(), now=NOW)


@pytest.mark.parametrize("count", [1, 3, 100])
def test_pages_cost_the_same_queries_however_many_units(count: int, freeze: Any) -> None:
    """The bound is that of one unit: constant at 1, 3 and 100."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    factories_uses.rules()
    district, app = factories.authority("110108"), factories_uses.entry()
    for _number in range(count):
        school = factories_uses.school(district)
        UserFiling.objects.create(
            unit=school, entry=app, app_name="甲", authority=district, created_at=NOW, version=1, nature="recommended",
            source="self_selected", state="submitted", submitted_at=NOW, case_no=f"C{next(_numbers)}",
        )  # fmt: skip
    reviewer = client(Role.REVIEWER, "110108")
    bounds = {
        reverse("dashboard"): 22, reverse("dashboard_list", args=["all"]): 14,
        reverse("use_sheet", args=[school.pk]): 14, reverse("filing_campaigns"): 12,
    }  # fmt: skip
    for address, bound in bounds.items():
        reviewer.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert reviewer.get(address).status_code == 200
        assert len(queries) <= bound, (address, len(queries))


def test_campaign_typed_over_an_older_copy_does_not_undo_a_colleagues(district: Any) -> None:
    row = campaign()
    lead = client(Role.REVIEW_LEAD, "11")
    address = reverse("filing_campaign_edit", args=[row.pk])
    seen = lead.get(address).context["mark"]
    campaign(campaign=row, name="同事改的名", target=80)
    form = {"name": "我的改名", "starts_on": "2026-09-01", "ends_on": "2026-10-30", "goal": "filed", "target": "100"}
    mistyped = lead.post(address, form | {"seen": seen, "target": "140"})
    assert (mistyped.status_code, mistyped.context["mark"]) == (422, seen), "the colleague's has not been read yet"
    answer = lead.post(address, form | {"seen": seen})
    assert answer.status_code == 409 and "我的改名" in answer.content.decode()
    kept = FilingCampaign.objects.get(pk=row.pk)
    assert (kept.name, kept.target) == ("同事改的名", 80)
    assert lead.post(address, form | {"seen": answer.context["mark"]}).status_code == 302
    assert FilingCampaign.objects.get(pk=row.pk).name == "我的改名"
