"""The entry of an app changes after its use was confirmed: the use is marked until its unit has looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from ledger.acts import Actor, Refused
from ledger.queries import timeline
from notices.models import Notice
from registry import domain as registry
from registry.models import Entry
from tests import factories
from tests import factories_uses as make
from tests.review.test_api import Caller
from users import domain
from users.models import UserFiling, UseSweep

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def _rules(freeze):
    freeze(LATER)
    make.rules()


def renew(filing: UserFiling, now=LATER, **changes) -> None:
    """The provider's change is approved; the jobs that follow are worked off."""
    entry = Entry.objects.get(pk=filing.entry_id)
    snapshot = {**entry.public, **changes}
    registry.republish(entry=entry, snapshot=snapshot, by=Actor.system(), now=now)
    for job in domain.open_sweeps():
        domain.work_off(sweep=job, now=now)


@pytest.mark.requirement("R101")
def test_use_is_marked_and_its_unit_told_when_the_app_changes_in_what_matters():
    use, draft = make.confirmed(), make.draft()
    other = make.confirmed()
    renew(use, charges="会员收费", functions=["other"], version="9.9")
    row = make.fresh(use)
    assert (row.check_since, row.check_fields, row.state) == (LATER, ["charges", "functions"], "confirmed")
    assert make.fresh(other).check_since is None and make.fresh(draft).check_since is None
    told = Notice.objects.get(kind="use_to_check")
    assert (told.to_unit_id, told.params["changed"]) == (row.unit_id, "收费、功能")
    collected = [{"item": "姓名", "purpose": "登录", "manner": "填写"}]
    renew(use, now=LATER + timedelta(days=1), personal_information=collected)
    assert make.fresh(use).check_fields == ["charges", "functions", "personal_information"]
    assert UserFiling.objects.public().filter(pk=use.pk).exists()  # the use goes on meanwhile


def test_changes_that_mean_nothing_to_users_mark_nothing():
    use = make.confirmed()
    renew(use, version="9.9", consult_phone="010-12345678")
    assert make.fresh(use).check_since is None
    assert not UseSweep.objects.exists()


def test_use_confirmed_after_the_change_is_not_marked():
    use = make.submitted()
    entry = Entry.objects.get(pk=use.entry_id)
    registry.republish(entry=entry, snapshot={**entry.public, "charges": "收费"}, by=Actor.system(), now=LATER)
    domain.confirm(filing=make.fresh(use), by=make.confirmer(use), now=LATER + timedelta(hours=1))
    for job in domain.open_sweeps():
        domain.work_off(sweep=job, now=LATER + timedelta(hours=2))
    assert make.fresh(use).check_since is None


def test_unit_says_that_its_use_stays_as_it_is():
    use = make.confirmed()
    renew(use, advertising="有广告")
    by = make.lead(use.unit)
    with pytest.raises(Refused):
        domain.note_checked(filing=make.fresh(use), by=make.confirmer(use), now=LATER)
    domain.note_checked(filing=make.fresh(use), by=by, now=LATER, comment="不影响")
    row = make.fresh(use)
    assert (row.check_since, row.check_fields) == (None, None)
    assert timeline(row).get(verb="note_checked").payload == {"fields": ["advertising"], "comment": "不影响"}
    with pytest.raises(Refused) as refused:
        domain.note_checked(filing=row, by=by, now=LATER)
    assert refused.value.reasons.codes == ["nothing_to_check"]


def test_tab_that_was_opened_before_the_app_changed_again_takes_no_mark_away():
    use = make.confirmed()
    renew(use, charges="收费")
    member = factories.membership(role=Role.INSTITUTION_LEAD, unit=use.unit)
    page = factories.client_for(member)
    first = make.fresh(use).check_since
    assert first.isoformat() in page.get(reverse("use", args=[use.pk])).content.decode()
    domain.effects.checking(fields=["advertising"], now=first + timedelta(hours=3)).do(
        make.fresh(use), by=Actor.system(), now=first + timedelta(hours=3)
    )
    address = reverse("use_checked", args=[use.pk])
    page.post(address, {"seen_since": first.isoformat()})
    assert make.fresh(use).check_fields == ["advertising", "charges"]
    assert page.post(address, {"seen_since": "gestern"}).status_code == 400
    page.post(address, {"seen_since": (first + timedelta(hours=3)).isoformat()})
    assert make.fresh(use).check_since is None


def test_reported_change_ends_the_mark_once_it_is_confirmed():
    use = make.confirmed()
    renew(use, charges="收费")
    row = make.fresh(use)
    by = make.lead(row.unit)
    data = {**row.data["use"], "changed_on": "2026-09-25", "changed_parts": ["fee"], "change_description": "说明"}
    domain.save_part(filing=row, part="use", values=data, by=by, now=LATER)
    moment = LATER + timedelta(hours=1)
    row = domain.report_change(filing=make.fresh(use), by=by, now=moment)
    if row.state == "unit_review":
        row = domain.unit_approve(filing=row, by=make.second(row.unit), now=moment)
    assert row.check_since is not None
    row = domain.confirm(filing=row, by=make.confirmer(row), now=moment)
    assert (row.check_since, row.check_fields) == (None, None)


def test_page_and_interface_show_the_mark_and_take_the_answer():
    use, second = make.confirmed(), make.confirmed()
    renew(use, functions=["other"])
    renew(second, functions=["other"])
    member = factories.membership(role=Role.INSTITUTION_LEAD, unit=use.unit)
    page = factories.client_for(member)
    todo = page.get(reverse("institution_home")).context["todo"]
    assert any("功能" in one.text or "functions" in one.text for one in todo)
    assert reverse("use_checked", args=[use.pk]) in page.get(reverse("use", args=[use.pk])).content.decode()
    assert page.post(reverse("use_checked", args=[second.pk])).status_code == 404
    assert page.post(reverse("use_checked", args=[use.pk]), follow=True).status_code == 200
    assert make.fresh(use).check_since is None
    assert page.post(reverse("use_checked", args=[use.pk]), follow=True).status_code == 200  # once is enough

    caller = Caller(factories.membership(role=Role.INSTITUTION_LEAD, unit=second.unit), "institution")
    assert caller.get("api_institution_use", second.pk).json()["check_fields"] == ["functions"]
    assert caller.post("api_institution_checked", second.pk, body={}).json()["check_since"] is None
    assert caller.post("api_institution_checked", second.pk, body={}).status_code == 403
