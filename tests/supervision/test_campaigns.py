"""Category campaigns: one decision over many entries (notice of the Measures 3; Beijing notice 3(5))."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.domain.verify import verify
from ledger.models import Record
from notices.models import Notice
from providers.enums import FilingState
from providers.models import Filing, FilingVersion
from registry import domain as registry
from registry.models import Entry, EntryEvent
from supervision import domain, queries
from supervision.domain import Invalid
from supervision.domain import campaigns as work
from supervision.models import Campaign, CampaignItem, Circular
from tests import factories
from tests import factories_supervision as make

NOW = make.NOW


def drafted(by: Actor | None = None, **more: Any) -> Campaign:
    values: dict[str, Any] = {
        "title_zh": "撤销学龄前线上培训应用", "effect": "revoke", "filter": {"stages": ["preschool"], "training": True},
        "reason": "依据“双减”政策，不得开展学龄前线上培训。", "public_text": "面向学龄前儿童的线上培训应用，撤销备案。",
        "articles": ["bj-3-5"],
    }  # fmt: skip
    return domain.draft_campaign(**{**values, **more}, by=by or make.ministry(), now=NOW)


def decided(**more: Any) -> Campaign:
    return domain.decide_campaign(campaign=drafted(**more), by=make.ministry(another=True), now=NOW)


def preschool(**more: Any) -> Entry:
    return make.entry(app={"preschool_training": True}, stages=["preschool"], **more)


@pytest.mark.django_db
@pytest.mark.requirement("R79")
def test_campaign_revokes_every_preschool_training_app_and_nothing_else():
    hit = [preschool(), preschool(province="44")]
    kept = [make.entry(stages=["preschool"]), make.entry(app={"preschool_training": True, "trains_in_subjects": False})]
    preview = queries.campaign_preview({"stages": ["preschool"], "training": True})
    assert (preview.count, preview.by_province) == (2, [("11", 1), ("44", 1)])
    assert [row.pk for row in preview.sample] == sorted(row.pk for row in hit)
    campaign = decided()
    assert (campaign.state, campaign.total) == ("running", 2)
    worked = work.run_campaign(campaign_id=campaign.pk, now=NOW)
    campaign = make.fresh(campaign)
    assert (worked.done, worked.finished, campaign.state, campaign.done) == (2, True, "done", 2)
    assert {make.fresh(row).state for row in hit} == {"revoked"}
    assert {make.fresh(row).state for row in kept} == {"published"}
    notice = Notice.objects.get(kind="campaign_revoked", to_unit=hit[0].unit)
    assert notice.params["number"] == hit[0].number
    circular = Circular.objects.get(campaign=campaign)
    assert (circular.audience, circular.state) == ("public", "published")
    record = Record.objects.filter(subject_type="registry.entry", verb="revoke").first()
    assert (record.actor_id, record.basis) == (campaign.decided_by_id, ["bj-3-5"])
    assert list(verify()) == []


@pytest.mark.django_db
def test_photo_search_is_read_in_what_was_filed_not_in_what_is_typed_since():
    searching, mended, plain = make.entry(), make.entry(), make.entry(app={"photo_search": True})
    file_version(searching, {"photo_search": True})
    file_version(mended, {"photo_search": True}, closed=1)
    file_version(mended, {"photo_search": False}, closed=2)
    searching.app.data = {"photo_search": False}
    searching.app.save()
    found = set(queries.campaign_entries({"photo_search": True}).values_list("pk", flat=True))
    assert found == {searching.pk, plain.pk}  # the last was carried over and has its working copy alone


@pytest.mark.django_db
@pytest.mark.requirement("R44")
def test_buffer_filings_without_icp_or_mlps_are_found():
    from tests import factories_filings as filings

    window = {"key": "b", "from": "2026-01-01", "to": "2026-06-30", "items": ["icp", "mlps"]}
    filings.policy("moe", buffer_windows=[window])
    without_icp, without_mlps, complete, later = (
        make.entry(icp_number=""), make.entry(), make.entry(), make.entry(icp_number="")
    )  # fmt: skip
    for row, month, number in ((without_icp, 3, "1"), (without_mlps, 3, ""), (complete, 3, "1"), (later, 7, "1")):
        file_version(row, {}, system={"mlps_number": number}, month=month)
    found = queries.campaign_entries({"buffer": "b", "lacks": ["icp", "mlps"]})
    assert set(found) == {without_icp, without_mlps}
    assert set(queries.campaign_entries({"buffer": "b", "lacks": ["icp"]})) == {without_icp}
    with pytest.raises(queries.FilterInvalid):
        queries.campaign_entries({"buffer": "nonsense"})


def file_version(of: Entry, app: dict[str, Any], *, closed: int = 1, system: dict[str, Any] | None = None,
                 month: int = 3) -> None:  # fmt: skip
    """A filed filing of the entry's app with this document, as the review leaves it."""
    at = NOW.replace(month=month, day=closed)
    filing = Filing.objects.create(
        kind="initial", unit=of.unit, app=of.app, authority=of.authority, entry=of, version=1,
        state=FilingState.FILED, case_no=f"X-{of.pk}-{closed}", submitted_at=at, last_submitted_at=at, closed_at=at,
    )  # fmt: skip
    FilingVersion.objects.create(
        filing=filing, number=1, digest="0" * 64, submitted_at=at,
        data={"app": app, "system": system or {}, "unit": {}, "filing": {}},
    )  # fmt: skip


@pytest.mark.django_db
def test_offline_campaign_takes_rectifying_ones_too_and_resumption_marks_them_again():
    of = make.entry(functions=["homework"])
    order = make.order(of)
    campaign = decided(effect="offline", filter={"functions": ["homework"]}, public_text="暂停使用拍照搜题类应用。")
    work.run_campaign(campaign_id=campaign.pk, now=NOW)
    row = make.fresh(of)
    assert (row.state, row.status_public_text, make.fresh(order).state) == (
        "offline", "暂停使用拍照搜题类应用。", "issued",
    )  # fmt: skip
    registry.resume(entry=row, by=make.reviewer(), now=NOW)
    row = make.fresh(of)
    assert (row.state, row.rectify_until) == ("rectifying", order.due_day)


@pytest.mark.django_db
@pytest.mark.requirement("R122")
def test_uses_of_the_entries_are_marked_and_nobody_elses(monkeypatch):
    from tests import factories_uses as uses
    from users.models import UseSweep

    monkeypatch.setattr("users.domain.sweeps._worker", [])
    uses.rules()
    used, unused = make.entry(functions=["homework"]), make.entry(functions=["homework"])
    uses.confirmed(unit=uses.school(), entry=used)
    campaign = decided(effect="offline", filter={"functions": ["homework"]})
    work.run_campaign(campaign_id=campaign.pk, now=NOW)
    assert {make.fresh(used).state, make.fresh(unused).state} == {"offline"}
    assert [(sweep.entry_id, sweep.move, sweep.total) for sweep in UseSweep.objects.all()] == [
        (used.pk, "take_offline", 1)
    ]


@pytest.mark.django_db
def test_second_person_leads_decides_and_only_once():
    preschool()
    first = make.ministry()
    campaign = drafted(first)
    with pytest.raises(Refused) as refused:
        domain.decide_campaign(campaign=campaign, by=first, now=NOW)
    assert refused.value.reasons.codes == ["same_person"]
    second = make.ministry(another=True)
    domain.edit_campaign(campaign=campaign, reason="补充理由", by=second, now=NOW)  # now the second one drafted it
    with pytest.raises(Refused):
        domain.decide_campaign(campaign=campaign, by=second, now=NOW)
    domain.decide_campaign(campaign=campaign, by=first, now=NOW)
    with pytest.raises(AlreadyMoved):
        domain.decide_campaign(campaign=campaign, by=make.ministry(another=True), now=NOW)
    with pytest.raises(Refused):
        domain.edit_campaign(campaign=campaign, reason="x", by=first, now=NOW)
    for role in ("provider_owner", "institution_lead", "partner", "sysadmin"):
        with pytest.raises(Refused):
            drafted(factories.actor(role))


@pytest.mark.django_db
def test_province_decides_over_its_own_apps_alone():
    own, other = preschool(), preschool(province="44")
    campaign = drafted(make.reviewer())
    with pytest.raises(Refused):
        domain.decide_campaign(campaign=campaign, by=make.people(campaign.authority, "reviewer", another=True), now=NOW)
    campaign = domain.decide_campaign(campaign=campaign, by=make.lead(), now=NOW)
    work.run_campaign(campaign_id=campaign.pk, now=NOW)
    assert (make.fresh(own).state, make.fresh(other).state) == ("revoked", "published")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [({"filter": {}}, "filter"), ({"filter": {"stages": []}}, "filter"), ({"filter": {"nonsense": 1}}, "filter"),
     ({"filter": {"stages": "preschool"}}, "filter"), ({"effect": "delete"}, "effect"), ({"reason": " "}, "reason"),
     ({"public_text": ""}, "public_text"), ({"title_zh": ""}, "title_zh")],
)  # fmt: skip
def test_campaign_that_says_nothing_is_refused(changes, field):
    with pytest.raises(Invalid) as invalid:
        drafted(**changes)
    assert field in invalid.value.errors


@pytest.mark.django_db
def test_what_moved_meanwhile_is_skipped_and_what_fails_is_given_up_after_three_tries(monkeypatch):
    gone, broken, fine = preschool(), preschool(), preschool()
    campaign = decided()
    registry.revoke(entry=gone, reason="另案撤销", by=Actor.system(), now=NOW)
    real = registry.move_many

    def stumbles(**kw: Any) -> list[Entry]:
        if broken.pk in [entry.pk for entry in kw["entries"]]:
            raise IntegrityError("disk full")
        return real(**kw)

    monkeypatch.setattr(registry, "move_many", stumbles)
    runs = [work.run_campaign(campaign_id=campaign.pk, now=NOW).finished for _time in range(4)]
    assert runs == [False, False, True, True]
    campaign = make.fresh(campaign)
    assert (campaign.done, campaign.skipped, campaign.failed, campaign.total) == (1, 1, 1, 3)
    assert make.fresh(fine).state == "revoked"
    assert make.fresh(broken).state == "published"
    assert "disk full" in CampaignItem.objects.get(entry=broken).note


# --- many entries, killed and resumed ------------------------------------------------------------------


class Killed(BaseException):
    """The worker's process is gone: nothing catches it."""


def many(count: int) -> list[int]:
    """Published entries by the thousand: copies of one, as the database sees them."""
    pattern = preschool()
    with connection.cursor() as cursor:
        columns = [
            field.column for field in Entry._meta.concrete_fields
            if field.column not in ("id", "number", "serial", "app_ref")
        ]  # fmt: skip
        names = ", ".join(columns)
        cursor.execute(
            f"INSERT INTO registry_entry ({names}, number, serial, app_ref) SELECT {names}, "
            "'教APP备11' || (500000 + n) || '号', 500000 + n, 10000000 + n "
            "FROM registry_entry, generate_series(1, %s) AS n WHERE id = %s",
            [count, pattern.pk],
        )
        cursor.execute(
            "INSERT INTO providers_app (unit_id, name, data, entry_id, created_at, updated_at) "
            "SELECT unit_id, app_name, '{\"preschool_training\": true}', id, now(), now() FROM registry_entry "
            "WHERE id <> %s",
            [pattern.pk],
        )
    return sorted(Entry.objects.values_list("pk", flat=True))


def killed_after(count: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the worker dies in the middle of its ``count``-th batch; returns what puts it right again."""
    real, calls = registry.move_many, [0]

    def dies(**kw: Any) -> list[Entry]:
        calls[0] += 1
        moved = real(**kw)
        if calls[0] == count:
            raise Killed
        return moved

    monkeypatch.setattr(registry, "move_many", dies)
    return lambda: monkeypatch.setattr(registry, "move_many", real)


def size() -> int:
    """Entries of the great campaign: PORTAL_LARGE=1 for 100,000, or their number; else 2,000."""
    asked = int(os.environ.get("PORTAL_LARGE") or 0)
    return 100_000 if asked == 1 else asked or 2_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R44", "R79")
def test_campaign_killed_three_times_does_nothing_twice_and_leaves_nothing_out(monkeypatch):
    count = size()
    ids, batches = many(count - 1), count // work.BATCH
    monkeypatch.setattr(work, "_worker", [])  # the task is not run at once, as it is in tests
    campaign = decided()
    assert campaign.total == count
    left, started = count, time.monotonic()
    for kill in (1, batches // 3, batches // 4):
        restore = killed_after(kill, monkeypatch)
        with pytest.raises(Killed):
            work.run_campaign(campaign_id=campaign.pk, now=NOW)
        restore()
        # What was committed stays, the batch in which the worker died does not.
        left -= (kill - 1) * work.BATCH
        assert CampaignItem.objects.filter(campaign=campaign, status="pending").count() == left
        assert Entry.objects.filter(state="revoked").count() == count - left
    worked = work.run_campaign(campaign_id=campaign.pk, now=NOW)
    print(f"{count} entries in {time.monotonic() - started:.0f} s, {count / (time.monotonic() - started):.0f} a second")
    assert (worked.finished, worked.done) == (True, left)
    campaign = make.fresh(campaign)
    assert (campaign.state, campaign.done, campaign.skipped, campaign.failed) == ("done", count, 0, 0)
    assert Entry.objects.filter(state="revoked").count() == count
    records = Record.objects.filter(subject_type="registry.entry", verb="revoke")
    assert records.count() == records.values("subject_id").distinct().count() == count
    assert sorted(records.values_list("subject_id", flat=True)) == ids
    for rows, of in (
        (EntryEvent.objects.filter(kind="revoked"), "entry_id"),
        (Notice.objects.filter(kind="campaign_revoked"), "subject_id"),
    ):
        assert sorted(rows.values_list(of, flat=True)) == ids, "each once, and each of them"
    again = work.run_campaign(campaign_id=campaign.pk, now=NOW)
    assert (again.handled, again.finished) == (0, True)
    if count <= 2_000:
        assert list(verify()) == []


@pytest.mark.django_db
def test_items_are_once_and_states_guarded():
    preschool()
    campaign = decided()
    item = CampaignItem.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignItem.objects.create(campaign=campaign, entry=item.entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(state="done")
    assert Unit.objects.filter(code="moe").exists()


@pytest.mark.django_db
def test_draft_is_seen_by_the_authority_that_drew_it_up_and_the_ministry_alone():
    terms = {"title_zh": "专项", "effect": "offline", "reason": "理由", "public_text": "说明"}
    own = domain.draft_campaign(**terms, filter={"stages": ["primary"]}, by=make.reviewer(), now=make.NOW)
    for reader, seen in (
        (make.reviewer(), True), (make.lead(), True), (make.ministry(), True), (make.reviewer("44"), False),
        (make.provider(factories.unit()), False), (None, False),
    ):  # fmt: skip
        assert Campaign.objects.visible_to(reader).filter(pk=own.pk).exists() is seen, reader
