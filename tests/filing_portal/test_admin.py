"""The administration shows much and changes nothing that a verb guards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.rules import allowed
from ledger.models import Record
from providers.enums import FilingState
from providers.models import Filing
from registry.models import Entry
from rulebook import clocks
from tests import factories

pytestmark = pytest.mark.django_db

#: tables in which nobody may add, change or delete anything here
READ_ONLY = [
    "ledger.record", "ledger.checkpoint", "providers.filing", "providers.filingversion", "providers.app",
    "providers.businesssystem", "providers.material", "blacklist.listing", "users.userfiling",
    "users.userfilingversion", "users.selectionsystem", "users.usesweep",
]  # fmt: skip


@pytest.fixture
def administrator() -> Client:
    person = factories.person("root@example.test", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(person, backend="accounts.backends.Backend")
    return client


def a_filing(now, *, number: int = 1) -> Filing:
    """A filing that stands with the authority, through ledger and clock as the verbs leave it."""
    from ledger.acts import perform
    from providers.models import App

    unit = factories.unit()
    app = App.objects.create(unit=unit, name=f"测试应用{number}")
    filing = Filing.objects.create(
        kind="initial", unit=unit, app=app, authority=factories.authority("11"), app_name=app.name,
        provider_name=unit.name,
    )  # fmt: skip

    def change(row: Filing) -> None:
        row.case_no, row.version, row.submitted_at = f"BJ-2026-{row.pk:06d}", 1, now

    filing = perform(
        verb="submit", subject=filing, by=factories.actor(unit=unit), now=now, rule=allowed,
        transition="submit", change=change,
    )  # fmt: skip
    clocks.start(kind="feedback", subject=filing, started_at=now, days=10, authority_code="11", now=now)
    return filing


def model_of(label: str):
    from django.apps import apps

    return apps.get_model(label)


@pytest.mark.parametrize("label", READ_ONLY)
def test_read_only_table_offers_no_way_to_write(administrator: Client, rf, label: str) -> None:
    model = model_of(label)
    options = admin.site._registry[model]
    request = rf.get("/admin/")
    request.user = factories.person("other@example.test", is_staff=True, is_superuser=True)
    assert not options.has_add_permission(request)
    assert not options.has_change_permission(request)
    assert not options.has_delete_permission(request)
    assert options.get_actions(request) == {}
    name = label.replace(".", "_")
    assert administrator.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert administrator.get(reverse(f"admin:{name}_add")).status_code == 403


def test_forged_post_cannot_move_a_filing(administrator: Client, now) -> None:
    filing = a_filing(now)
    before = Filing.objects.values().get(pk=filing.pk)
    records = Record.objects.count()
    change = reverse("admin:providers_filing_change", args=[filing.pk])
    forged = [
        {"state": "filed", "_save": "Save"},
        {"state": "filed", "_fsmtransition-state-complete": "Complete", "_save": "Save"},
        {"_fsm_transition_to": "complete", "state": "filed"},
        {"_fsmtransition": "complete", "_continue": "1", "case_no": "BJ-2026-999999"},
    ]
    for data in forged:
        assert administrator.post(change, data).status_code in (302, 403, 405)
    for action in ("delete_selected", "approve", "complete", "lapse", "force_transition"):
        answer = administrator.post(
            reverse("admin:providers_filing_changelist"),
            {"action": action, "_selected_action": [str(filing.pk)], "post": "yes", "index": "0"},
        )
        assert answer.status_code in (200, 302, 403, 405)
    assert (
        administrator.post(
            reverse("admin:providers_filing_delete", args=[filing.pk]), {"post": "yes"}
        ).status_code
        == 403
    )
    list_edit = {
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(filing.pk), "form-0-state": "filed",
        "_save": "Save",
    }  # fmt: skip
    administrator.post(reverse("admin:providers_filing_changelist"), list_edit)
    assert Filing.objects.values().get(pk=filing.pk) == before
    assert before["state"] == FilingState.SUBMITTED
    assert Record.objects.count() == records
    assert clocks.running(filing, "feedback") is not None


def test_forged_post_cannot_touch_the_ledger(administrator: Client, now) -> None:
    filing = a_filing(now)
    record = Record.objects.get(subject_type="providers.filing", subject_id=filing.pk)
    before = Record.objects.values().get(pk=record.pk)
    change = reverse("admin:ledger_record_change", args=[record.pk])
    assert administrator.post(change, {"verb": "approve", "_save": "Save"}).status_code == 403
    assert (
        administrator.post(
            reverse("admin:ledger_record_delete", args=[record.pk]), {"post": "yes"}
        ).status_code
        == 403
    )
    administrator.post(
        reverse("admin:ledger_record_changelist"),
        {"action": "delete_selected", "_selected_action": [str(record.pk)], "post": "yes"},
    )
    assert Record.objects.values().get(pk=record.pk) == before


def test_no_admin_form_edits_a_state(rf) -> None:
    """No registered table, of whatever room, has its state (or an FSM's) among its editable fields."""
    from django_fsm import FSMField

    request = rf.get("/admin/")
    request.user = factories.person("root2@example.test", is_staff=True, is_superuser=True)
    guarded = 0
    for model, options in admin.site._registry.items():
        states = {field.name for field in model._meta.fields if isinstance(field, FSMField)}
        if not states:
            continue
        guarded += 1
        assert not options.has_delete_permission(request), model
        assert not states & set(options.list_editable), model
        if options.has_change_permission(request):
            read_only = set(options.get_readonly_fields(request))
            assert states <= read_only or not states & set(_fields_of(options, request)), model
    assert guarded >= 2


def _fields_of(options, request) -> list[str]:
    names: list[str] = []
    for _title, part in options.get_fieldsets(request):
        for name in part["fields"]:
            names.extend(name if isinstance(name, (list, tuple)) else [name])
    return names


def test_filing_page_shows_its_timeline_and_links_the_ledger(administrator: Client, now) -> None:
    filing = a_filing(now)
    page = administrator.get(reverse("admin:providers_filing_change", args=[filing.pk])).content.decode()
    record = Record.objects.get(subject_type="providers.filing", subject_id=filing.pk)
    assert reverse("admin:ledger_record_change", args=[record.pk]) in page
    assert f"?q=providers.filing+{filing.pk}" in page
    found = administrator.get(
        reverse("admin:ledger_record_changelist"), {"q": f"providers.filing {filing.pk}"}
    )
    assert [row.pk for row in found.context["cl"].result_list] == [record.pk]


@pytest.mark.parametrize("label", ["providers_filing", "ledger_record"])
def test_lists_cost_the_same_number_of_queries_at_one_and_at_many_rows(
    administrator: Client, now, label: str
) -> None:
    address = reverse(f"admin:{label}_changelist")
    a_filing(now, number=1)
    administrator.get(address)
    with CaptureQueriesContext(connection) as one:
        administrator.get(address)
    for number in range(2, 12):
        a_filing(now, number=number)
    with CaptureQueriesContext(connection) as many:
        administrator.get(address)
    assert len(many) == len(one)
    assert not [query["sql"] for query in many if "COUNT(*)" in query["sql"] and label in query["sql"]]


@pytest.mark.parametrize(
    "label",
    ["notices_notice", "notices_emaildelivery", "rulebook_clock", "review_decision", "review_exchangerow",
     "accounts_person", "accounts_membership", "accounts_unit", "accounts_apitoken", "registry_entry"],
)  # fmt: skip
def test_long_tables_are_paged_without_counting_them(administrator: Client, now, label: str) -> None:
    a_filing(now)
    for search in ("", "测试", "11", "root@example.test", "providers.filing 1", "\x00"):
        with CaptureQueriesContext(connection) as queries:
            page = administrator.get(reverse(f"admin:{label}_changelist"), {"q": search} if search else {})
        assert page.status_code == 200
        asked = [query["sql"] for query in queries]
        assert not [sql for sql in asked if "COUNT(*)" in sql and f'FROM "{label}"' in sql]


def test_notices_are_found_by_whom_they_were_served_on_and_what_they_are_about(administrator: Client, now) -> None:
    from notices.domain import serve

    filing = a_filing(now)
    row = serve(kind="filing_submitted", to_unit=filing.unit, subject=filing, params={}, now=now)
    serve(kind="filing_submitted", to_unit=filing.authority, subject=None, params={}, now=now)
    for search in (filing.unit.name, filing.unit.uscc, f"providers.filing {filing.pk}"):
        found = administrator.get(reverse("admin:notices_notice_changelist"), {"q": search})
        assert [one.pk for one in found.context["cl"].result_list] == [row.pk]


def test_table_of_an_outside_source_is_not_for_everybody_with_a_desk_here() -> None:
    clerk = Client()
    clerk.force_login(factories.person(is_staff=True), backend="accounts.backends.Backend")
    assert clerk.get(reverse("admin:review_exchangerow_upload")).status_code == 403


def test_health_page_names_a_clock_that_waits(administrator: Client, now, freeze) -> None:
    a_filing(now)
    freeze(now + timedelta(days=40))
    page = administrator.get(reverse("admin:portal_health"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "feedback providers.filing" in text
    assert 'data-level="bad"' in text


def test_health_page_raises_no_alarm_for_what_runs_out_by_itself(administrator: Client, now, freeze) -> None:
    """A service target has no verb: nobody is late who could be woken for it."""
    filing = a_filing(now)
    clocks.stop(subject=filing, now=now)
    clocks.start(kind="ministry_target", subject=filing, started_at=now, days=5, authority_code="moe", now=now)
    freeze(now + timedelta(days=40))
    assert "ministry_target" not in administrator.get(reverse("admin:portal_health")).content.decode()


def test_secrets_of_sign_in_have_no_table_here() -> None:
    """What packages register by themselves knows no verb, and would show the secret of a second factor."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    assert not {EmailAddress, Authenticator, UserSession}.intersection(admin.site._registry)


def test_health_page_is_closed_to_others(client: Client) -> None:
    assert client.get(reverse("admin:portal_health")).status_code == 302
    reviewer = factories.client_for(factories.membership(role="reviewer"))
    assert reviewer.get(reverse("admin:portal_health")).status_code == 302


def test_administration_is_reached_with_sidebar_by_rooms(administrator: Client) -> None:
    page = administrator.get(reverse("admin:index"))
    titles = [str(group["title"]) for group in page.context["sidebar_navigation"]]
    assert len(titles) == len(set(titles)) >= 10
    sign_in = [group for group in page.context["sidebar_navigation"] if str(group["title"]) in ("Sign-in", "登录")]
    tables = [item["link"] for group in sign_in for item in group["items"]]
    assert not [link for link in tables if "/users/" in link or "/supervision/" in link], "each room has its own group"
    links = [item["link"] for group in page.context["sidebar_navigation"] for item in group["items"]]
    assert reverse("admin:portal_health") in links
    assert reverse("admin:ledger_record_changelist") in links


def test_entries_of_the_registry_cannot_be_deleted_here(rf) -> None:
    request = rf.get("/admin/")
    request.user = factories.person("root3@example.test", is_staff=True, is_superuser=True)
    options = admin.site._registry.get(Entry)
    if options is None:
        pytest.skip("the registry's tables are not in the administration yet")
    assert not options.has_delete_permission(request)
