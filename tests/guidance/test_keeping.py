"""The administration of the help centre: all through the verbs; contacts; material of pages."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.enums import Role
from guidance import domain
from guidance.enums import PageState
from guidance.models import Contact, HelpFile, HelpPage, TrainingEvent
from ledger.acts import Refused
from ledger.models import Record
from tests import factories
from tests import factories_guidance as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    client = Client()
    person = factories.person("root@example.test", is_staff=True, is_superuser=True)
    client.force_login(person, backend="accounts.backends.Backend")
    return client


def page_form(**changes: object) -> dict[str, object]:
    return {
        "slug": "supplement", "category": make.category().pk, "kind": "guide", "order": "10", "title_zh": "补正",
        "title_en": "Supplement", "summary_zh": "", "summary_en": "", "body_zh": "正文", "body_en": "Text",
        "keywords": "", "articles": "[]", "versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0", **changes,
    }  # fmt: skip


@pytest.mark.requirement("R171")
def test_a_page_is_written_published_and_withdrawn_in_the_administration(administrator: Client) -> None:
    answer = administrator.post(reverse("admin:guidance_helppage_add"), page_form())
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    page = HelpPage.objects.get()
    assert page.state == PageState.DRAFT
    assert page.edited_by is not None
    change = reverse("admin:guidance_helppage_change", args=[page.pk])
    shown = administrator.get(change).content.decode()
    assert reverse("help_draft", args=[page.pk]) in shown
    answer = administrator.post(
        change, page_form(title_en="Second", state="published", seen_revision=str(page.revision))
    )
    assert answer.status_code == 302
    page = HelpPage.objects.get()
    assert (page.title_en, page.state, page.revision) == ("Second", PageState.DRAFT, 2)
    stale = administrator.post(change, page_form(title_en="Third", seen_revision="1"))
    assert stale.status_code == 200
    assert "Third" in stale.content.decode(), "what was typed stays"
    publish, withdraw = (reverse(f"admin:guidance_helppage_{verb}", args=[page.pk]) for verb in ("publish", "withdraw"))
    assert administrator.get(publish).status_code == 200
    assert HelpPage.objects.get().state == PageState.DRAFT, "a GET publishes nothing"
    assert administrator.post(publish, {"note": "first"}).status_code == 302
    assert administrator.post(publish, {"note": ""}).status_code == 200, "nothing new"
    assert administrator.post(withdraw, {"reason": ""}).status_code == 200
    assert HelpPage.objects.get().state == PageState.PUBLISHED
    assert administrator.post(withdraw, {"reason": "过时"}).status_code == 302
    assert HelpPage.objects.get().state == PageState.WITHDRAWN
    assert administrator.post(reverse("admin:guidance_helppage_delete", args=[page.pk])).status_code == 403
    verbs = Record.objects.filter(subject_type="guidance.helppage").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["create_help", "edit_help", "publish_help", "withdraw_help"]


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "contacts"}, {"slug": "filing"}, {"slug": "Not a slug"}, {"articles": '{"a": 1}'}, {"articles": "[1]"},
        {"articles": "nonsense"}, {"articles": '["me-999"]'}, {"body_zh": "x" * 40_001}, {"title_zh": " "},
        {"category": "999999"}, {"slug": "taken"}, {"order": "-1"}, {"kind": "nothing"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_taken_stands_beside_its_field(administrator: Client, changes: dict[str, str]) -> None:
    make.draft("taken")
    answer = administrator.post(reverse("admin:guidance_helppage_add"), page_form(**changes))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() >= changes.keys()
    assert HelpPage.objects.count() == 1


def test_staff_without_the_permission_gets_nowhere() -> None:
    page, client = make.draft(), Client()
    client.force_login(
        factories.person("clerk@example.test", is_staff=True),
        backend="accounts.backends.Backend",
    )
    for verb in ("publish", "withdraw", "files"):
        address = reverse(f"admin:guidance_helppage_{verb}", args=[page.pk])
        assert client.post(address, {"reason": "x"}).status_code == 403
    assert client.get(reverse("help_draft", args=[page.pk])).status_code == 403
    assert HelpPage.objects.get().state == PageState.DRAFT


def picture(name: str = "a.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


@pytest.mark.requirement("R170")
def test_material_is_checked_and_public_with_the_version_that_has_it(administrator: Client, client: Client) -> None:
    page = make.published("outline", kind="training")
    files = reverse("admin:guidance_helppage_files", args=[page.pk])
    titles = {"title_zh": "课件", "title_en": "Slides"}
    bad = administrator.post(files, {**titles, "file": SimpleUploadedFile("a.pdf", b"<script>", "application/pdf")})
    assert bad.status_code == 200
    assert not HelpFile.objects.exists()
    assert administrator.post(files, {**titles, "file": picture()}).status_code == 302
    row = HelpFile.objects.get()
    address = reverse("help_file", args=[row.pk])
    assert client.get(address).status_code == 404, "not published yet"
    domain.publish_page(page=page, by=make.SYSTEM, now=NOW)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"PNG" in b"".join(answer.streaming_content)
    assert "课件" in client.get(reverse("help_section", args=["outline"])).content.decode()
    assert administrator.post(files, {"drop": str(row.pk)}).status_code == 302
    assert client.get(address).status_code == 200, "the published version keeps it"
    domain.publish_page(page=page, by=make.SYSTEM, now=NOW)
    assert client.get(address).status_code == 404
    assert len(page.versions.get(number=2).files) == 1


@pytest.mark.requirement("R174")
def test_contacts_are_edited_and_shown_by_province(administrator: Client, client: Client) -> None:
    beijing, guangdong = factories.authority("11"), factories.authority("44")
    typed = {
        "authority": beijing.pk, "name_zh": "备案咨询岗", "name_en": "Filing desk", "duty_zh": "", "duty_en": "",
        "phone": "(010) 5550 0111", "email": "", "hours_zh": "工作日 9:00–17:00", "hours_en": "", "order": "10",
        "active": "on",
    }  # fmt: skip
    add = reverse("admin:guidance_contact_add")
    assert administrator.post(add, {**typed, "phone": ""}).status_code == 200
    assert administrator.post(add, typed).status_code == 302
    row = Contact.objects.get()
    domain.save_contact(
        contact=None, authority=guangdong, name_zh="广东岗", name_en="GD desk", email="a@b.test", by=make.SYSTEM,
        now=NOW,
    )  # fmt: skip
    page = client.get(reverse("help_contacts")).content.decode()
    assert "备案咨询岗" in page
    assert 'href="tel:(010)55500111"' in page
    assert "广东岗" in page
    assert "备案咨询岗" not in client.get(reverse("help_contacts"), {"province": "44"}).content.decode()
    assert client.get(reverse("help_contacts"), {"province": "'; --"}).status_code == 200
    change = reverse("admin:guidance_contact_change", args=[row.pk])
    assert administrator.post(change, {**typed, "active": ""}).status_code == 302
    assert "备案咨询岗" not in client.get(reverse("help_contacts")).content.decode()
    record = Record.objects.filter(verb="change_contact").get()
    assert "5550" not in str(record.payload), "the ledger keeps no personal data"


@pytest.mark.requirement("R174")
def test_a_contact_is_changed_by_its_own_head_and_the_keepers_alone() -> None:
    row = domain.save_contact(
        contact=None, authority=factories.authority("11"), name_zh="岗", name_en="Desk", phone="1", by=make.SYSTEM,
        now=NOW,
    )  # fmt: skip
    for role, unit, may in (
        (Role.REVIEW_LEAD, factories.authority("11"), True), (Role.REVIEW_LEAD, factories.authority("44"), False),
        (Role.REVIEWER, factories.authority("11"), False), (Role.MINISTRY_REVIEWER, None, True),
        (Role.SYSADMIN, None, True),
        (Role.PROVIDER_OWNER, None, False), (Role.INSTITUTION_LEAD, None, False), (Role.PARTNER, None, False),
    ):  # fmt: skip
        by = factories.actor(role, unit)
        if may:
            assert domain.save_contact(contact=row, phone="2", by=by, now=NOW).phone == "2"
        else:
            with pytest.raises(Refused):
                domain.save_contact(contact=row, phone="3", by=by, now=NOW)


@pytest.mark.requirement("R170")
def test_a_training_is_entered_announced_and_cancelled_in_the_administration(administrator: Client, freeze) -> None:
    freeze(NOW)
    typed = {
        "host": factories.authority("11").pk, "audiences": ["institution"], "title_zh": "培训", "title_en": "Training",
        "body_zh": "内容", "body_en": "Content", "place_zh": "线上", "place_en": "Online", "starts_at_0": "2026-10-20",
        "starts_at_1": "09:00", "ends_at_0": "2026-10-20", "ends_at_1": "12:00", "register_until_0": "2026-10-19",
        "register_until_1": "18:00", "seats": "", "material": "", "attendances-TOTAL_FORMS": "0",
        "attendances-INITIAL_FORMS": "0",
    }  # fmt: skip
    add = reverse("admin:guidance_trainingevent_add")
    wrong = administrator.post(add, {**typed, "ends_at_1": "08:00"})
    assert wrong.status_code == 200
    assert "ends_at" in wrong.context["adminform"].form.errors
    assert administrator.post(add, typed).status_code == 302
    row = TrainingEvent.objects.get()
    assert row.state == "draft"
    assert administrator.get(reverse("admin:guidance_trainingevent_change", args=[row.pk])).status_code == 200
    assert administrator.post(reverse("admin:guidance_trainingevent_announce", args=[row.pk])).status_code == 302
    assert TrainingEvent.objects.get().state == "open"
    cancel = reverse("admin:guidance_trainingevent_cancel", args=[row.pk])
    assert administrator.post(cancel, {"reason": ""}).status_code == 200
    assert administrator.post(cancel, {"reason": "改期"}).status_code == 302
    assert TrainingEvent.objects.get().state == "cancelled"
    for table in ("helpcategory", "helppage", "contact", "trainingevent"):
        assert administrator.get(reverse(f"admin:guidance_{table}_changelist")).status_code == 200


@pytest.mark.requirement("R174")
def test_the_head_of_an_authority_keeps_its_own_contacts_on_a_page(client: Client) -> None:
    lead = factories.client_for(factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11")))
    other = domain.save_contact(
        contact=None, authority=factories.authority("44"), name_zh="广东岗", name_en="GD", phone="1", by=make.SYSTEM,
        now=NOW,
    )  # fmt: skip
    address = reverse("help_own_contacts")
    typed = {"name_zh": "核验岗", "name_en": "Verification", "phone": "(010) 5550 0222", "order": "10", "active": "on"}
    assert lead.get(address).status_code == 200
    wrong = lead.post(address, {**typed, "phone": ""})
    assert wrong.status_code == 422
    assert "核验岗" in wrong.content.decode(), "what was typed stays"
    assert lead.post(address, typed).status_code == 302
    row = Contact.objects.get(name_zh="核验岗")
    assert row.authority.code == "11"
    assert lead.post(f"{address}?pk={row.pk}", {**typed, "phone": "(010) 5550 0333"}).status_code == 302
    assert "5550 0333" in client.get(reverse("help_contacts")).content.decode()
    assert lead.post(f"{address}?pk={other.pk}", typed).status_code == 404
    assert lead.get(f"{address}?pk=9999999999999999999999").status_code == 404
    assert address in lead.get(reverse("help_contacts")).content.decode()
    assert address not in client.get(reverse("help_contacts")).content.decode()


def test_signs_that_only_look_like_digits_are_no_numbers(administrator: Client) -> None:
    page = make.draft()
    answer = administrator.post(reverse("admin:guidance_helppage_files", args=[page.pk]), {"drop": "²"})
    assert answer.status_code == 200
    assert administrator.get(reverse("admin:ledger_record_changelist"), {"q": "²"}).status_code == 200
