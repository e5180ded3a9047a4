"""What a page of supervision offers, the interface offers: act by act, and under the same checks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.models import KeyedCall
from supervision import urls
from supervision.enums import RatingKind, StoreDuty
from supervision.views.authority import (
    campaigns,
    complaints,
    entries,
    indicators,
    inspections,
    listings,
    orders,
    papers,
    plans,
    referrals,
    takedowns,
    warnings,
    work,
)
from tests import factories_supervision as make
from tests.supervision.api_caller import calls

#: acts of a page, the name of their calls, and where an act has another name there
PAGES = (
    (complaints.ACTS, "complaint",
     {"not-accepted": "not_accept", "assign": "take", "resolve": "reply"}),
    (orders.ACTS, "order", {}),
    (listings.ACTS, "listing", {"objection": "decide_objection", "decide": "decide_objection"}),
    (campaigns.ACTS, "campaign", {"decide": "confirm"}),
    (plans.PLAN_ACTS, "plan", {}),
    (inspections.ACTS, "inspection", {}),
    (warnings.WARNING_ACTS, "warning", {}),
    (referrals.ACTS, "referral", {}),
    (takedowns.TAKEDOWN_ACTS, "takedown", {}),
    (entries.ENTRY_ACTS, "entry", {}),
    (papers.ACTS, "circular", {"edit": ""}),
    (papers.REPORT_ACTS, "report", {"edit": ""}),
    (work.ACTS, "task", {}),
    (indicators.ACTS, "assessment", {}),
)
PARTNER_ACTS = [act.name for act in referrals.PARTNER_ACTS]


@pytest.mark.parametrize(("acts", "thing", "other"), PAGES, ids=[thing for _acts, thing, _other in PAGES])
def test_every_act_of_a_page_has_its_call(acts, thing, other):
    missing = []
    for act in acts:
        name = other.get(act.name, act.name.replace("-", "_"))
        try:
            address = reverse(f"api_authority_{thing}" + (f"_{name}" if name else ""), args=[1])
        except NoReverseMatch:
            missing.append(act.name)
            continue
        assert address.startswith("/api/v1/authority/")
    assert acts
    assert missing == []


#: pages beside those of acts, with the call of the same; "" where a page only leads to others or offers a form
OTHERS = {
    "supervision_home": "complaints", "sv_identity": "complaint_identity", "sv_complaint_file": "complaint_file",
    "sv_orders": "orders", "sv_order_new": "orders", "sv_order_file": "order_file", "sv_order_list": "order_list",
    "sv_listings": "listings", "sv_lists": "list_lines", "sv_lists_back": "", "sv_edition": "edition_verify",
    "sv_campaigns": "campaigns", "sv_campaign_new": "campaigns", "sv_campaign_edit": "campaign", "sv_plans": "plans",
    "sv_plan_new": "plans", "sv_inspection_new": "inspections", "sv_inspection_file": "inspection_file",
    "sv_warnings": "warnings", "sv_referrals": "referrals", "sv_referral_new": "referrals", "sv_takedowns": "takedowns",
    "sv_takedown_new": "takedowns", "sv_circulars": "circulars", "sv_circular_new": "circulars",
    "sv_reports": "reports", "sv_indicators": "indicators", "sv_assessments": "assessments",
    "sv_assessment_file": "assessment_file", "sv_circular_outcomes": "circular_outcomes",
    "sv_listing_outcomes": "listing_outcomes", "sv_checklist": "inspection_checklist", "sv_tasks": "tasks",
    "sv_task_new": "tasks", "sv_work_plan_new": "work_plans", "sv_work_plan": "work_plan",
    "sv_institutions": "training_institutions", "sv_institutions_template": "",
    "sv_institution_batch": "institution_table", "sv_institution_take": "institution_table_take",
    "sv_partner": "", "sv_partner_referral": "", "sv_partner_act": "", "sv_lists_act": "list_lines",
}  # fmt: skip


@pytest.mark.parametrize("act", PARTNER_ACTS)
def test_every_act_of_a_partner_has_its_call(act):
    assert reverse(f"api_partner_referral_{act}", args=[1])


def test_every_page_of_supervision_has_its_call():
    names = {str(one.name) for one in urls.urlpatterns}
    shown = {f"sv_{thing}" for _acts, thing, _other in PAGES}
    left = names - shown - {f"{name}_act" for name in shown} - set(OTHERS)
    assert left == set(), "say by which call the interface does the same"
    calls_known = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {name for name in OTHERS.values() if name and f"api_authority_{name}" not in calls_known} == set()


@pytest.mark.parametrize("act", [act.name for act in listings.LIST_ACTS])
def test_acts_on_the_lists_have_their_calls(act):
    name = {"publish": "editions", "add": "list_lines", "remove": "list_line_remove"}[act]
    assert reverse(f"api_authority_{name}", args=[1] if act == "remove" else [])


@pytest.mark.django_db
def test_ledger_of_a_case_is_read_by_who_may_see_the_case(freeze):
    freeze(make.NOW)
    row = make.order()
    found = calls(make.reviewer()).get("api_authority_records", "orders", row.pk)
    assert "no-store" in found["Cache-Control"]
    lines = found.json()
    assert [one["verb"] for one in lines] == ["order"]
    assert (lines[0]["seq"], lines[0]["to_state"], len(lines[0]["hash"])) == (1, "issued", 64)
    assert "payload" not in lines[0]
    for caller, kind, pk in (
        (make.reviewer("44"), "orders", row.pk), (make.reviewer(), "nothing", row.pk),
        (make.reviewer(), "orders", row.pk + 1),
    ):  # fmt: skip
        assert calls(caller).get("api_authority_records", kind, pk).status_code == 404
    system = calls(make.lead())
    letter = {"kind": "circular", "audience": "system", "title_zh": "通报", "body_zh": "正文"}
    pk = system.post("api_authority_circulars", **letter).json()["id"]
    system.post("api_authority_circular_publish", pk, seen_state="draft")
    assert len(system.get("api_authority_records", "circulars", pk).json()) == 2
    other = calls(make.reviewer("44"))
    assert other.get("api_authority_circular", pk).status_code == 200
    assert other.get("api_authority_records", "circulars", pk).status_code == 404, "as on its page"


@pytest.mark.django_db
def test_published_reports_are_read_by_everybody(freeze):
    freeze(make.NOW)
    make.entry()
    call, public = calls(make.ministry()), Client()
    pk = call.post("api_authority_reports", first_day="2026-08-01", last_day="2026-08-31").json()["id"]
    address = reverse("api_registry_progress_report", args=[pk])
    assert public.get(address).status_code == 404, "a draft"
    call.put("api_authority_report", pk, title_zh="八月进展", body_zh="总体平稳。")
    call.post("api_authority_report_publish", pk, seen_state="draft")
    found = public.get(address).json()
    assert (found["text_zh"], found["totals"]["published"], found["last_day"]) == ("总体平稳。", 1, "2026-08-31")
    listed = public.get(reverse("api_registry_progress_reports")).json()
    assert [one["id"] for one in listed["results"]] == [pk]


CREATING = (
    "circulars", "reports", "list_lines", "editions", "tasks", "work_plans", "assessments", "orders", "campaigns",
    "plans", "inspections", "referrals", "takedowns", "inspection_checklist",
)  # fmt: skip
MALFORMED = ("{", "[]", '"x"', "null", "7", '{"title": {}, "kind": [], "text": {}}', '{"title_zh": "\\u0000"}')


@pytest.mark.django_db
def test_malformed_bodies_are_told_so_and_leave_no_key(freeze):
    freeze(make.NOW)
    call = calls(make.ministry())
    for name in CREATING:
        for body in MALFORMED:
            answer = call.client.post(
                reverse(f"api_authority_{name}"), body, content_type="application/json", **call.head,
                HTTP_IDEMPOTENCY_KEY="k\xe9",
            )  # fmt: skip
            assert answer.status_code == 400, (name, body, answer.content)
            assert answer["Content-Type"].startswith("application/problem+json")
    assert not KeyedCall.objects.exists()


@pytest.mark.django_db
def test_store_accounts_for_its_duties_and_a_rating_is_recorded_once(freeze):
    freeze(make.NOW)
    row, call = make.entry(), calls(make.reviewer())
    first, second, *_rest = StoreDuty.values
    asked = {"store": "应用商店", "text": "请下架", "number": row.number}
    bad = call.post("api_authority_takedowns", **asked, duties=["none"])
    assert (bad.status_code, bad.json()["errors"][0]["pointer"].split("/")[1]) == (400, "duties")
    made = call.post("api_authority_takedowns", **asked, duties=[second, first]).json()
    assert (made["duties"], made["shown"]) == ([first, second], [])
    answer = {"answer": "已下架", "removed": True, "answered_on": "2026-08-31", "seen_state": "requested"}
    done = call.post("api_authority_takedown_answer", made["id"], **answer, shown=[second]).json()
    assert (done["state"], done["shown"]) == ("removed", [second])
    rating = {"kind": RatingKind.values[0], "body": "某行业协会", "result": "AA", "rated_on": "2026-08-30",
              "source": "https://rating.example/1"}  # fmt: skip
    for _ in range(2):
        shown = call.post("api_authority_entry_rating", row.pk, once="r", **rating).json()
    assert [one["result"] for one in shown["ratings"]] == ["AA"]
    wrong = call.post("api_authority_entry_rating", row.pk, **rating | {"source": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/source")
    assert calls(make.reviewer("44")).post("api_authority_entry_rating", row.pk, **rating).status_code == 404
