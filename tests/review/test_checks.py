"""Automatic checks and outside sources: advice that never holds a case up by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from blacklist.models import Listing
from ledger.acts import Refused
from providers.models import FilingVersion, Material
from providers.queries import version
from review import connectors as sources
from review import domain as review_verbs
from review.autochecks import explain, run_checks
from review.autochecks.findings import CHECKS, TEXTS, Case
from review.autochecks.rules import ALL
from review.connectors import Answer, NoAnswer
from review.domain import external
from review.domain.external import import_exchange
from review.models import Check, ExternalCheck
from rulebook.time import ZONE, local_date
from tests import factories
from tests import factories_filings as make

pytestmark = pytest.mark.django_db


def case_of(filing, **changes) -> Case:
    """The case with values of its document replaced: ``system__mlps_number="x"``."""
    from providers.queries import policy_of

    document = {part: dict(values) for part, values in version(filing).data.items()}
    for key, value in changes.items():
        part, name = key.split("__", 1)
        document[part][name] = value
    return Case(filing, document, policy_of(filing, make.NOW), make.NOW, local_date(make.NOW))


@pytest.mark.requirement("R37", "R38", "R40", "R41", "R50", "R53", "R75")
@pytest.mark.parametrize(
    ("code", "changes", "result", "why"),
    [
        ("uscc", {}, "pass", ""),
        ("uscc", {"unit__uscc": "91110108MA01TE5T3A"}, "fail", "uscc_wrong"),
        ("uscc", {"unit__uscc": "52110000MJ01A23XXA"}, "fail", "uscc_other"),
        ("icp", {}, "pass", ""),
        ("icp", {"system__icp_number": "12345"}, "fail", "icp_wrong"),
        ("icp", {"system__icp_number": ""}, "fail", "icp_missing"),
        ("mlps", {}, "pass", ""),
        ("mlps", {"system__mlps_number": "1"}, "fail", "mlps_wrong"),
        ("mlps", {"system__mlps_level": "1", "system__mlps_number": ""}, "pass", "mlps_level_1"),
        ("mlps_report", {}, "pass", ""),
        ("mlps_report", {"system__mlps_report_until": "2026-09-23"}, "fail", "report_over"),
        ("mlps_report", {"system__mlps_report_until": "2026-10-20"}, "warn", "report_soon"),
        ("mlps_report", {"system__has_mlps_report": False}, "warn", "report_none"),
        ("telecom", {}, "pass", "not_run"),
        ("telecom", {"app__charges": "charged"}, "warn", "telecom_charges"),
        ("telecom", {"system__telecom_business": True, "system__telecom_licence_number": "x"}, "fail", "telecom_wrong"),
        ("telecom", {"system__telecom_business": True, "system__telecom_licence_number": "京ICP证123456号"},
         "pass", ""),
        ("discipline", {}, "pass", "discipline_no"),
        ("discipline", {"app__trains_in_subjects": True}, "fail", "discipline_form"),
        ("forum", {"app__has_forum": True}, "pass", ""),
        ("forum", {"app__has_forum": True, "system__review_system": None}, "warn", "forum_no_system"),
        ("minors", {}, "pass", ""),
        ("minors", {"app__age_from": None}, "fail", "minors_no_age"),
        ("minors", {"app__age_from": 16}, "fail", "minors_order"),
        ("no_duplicate", {}, "pass", ""),
        ("not_barred", {}, "pass", ""),
        ("scanned", {}, "pass", ""),
        ("head_office", {}, "pass", ""),
    ],
)  # fmt: skip
def test_check_finds(code, changes, result, why):
    found = ALL[code](case_of(make.submitted(), **changes))
    assert (found.result, found.why) == (result, why)


def test_checks_see_what_lies_outside_the_form():
    filing = make.submitted()
    Listing.objects.create(
        unit=filing.unit, uscc=filing.unit.uscc, authority=filing.authority, reason="逾期未整改", listed_at=make.NOW,
        bar_ends_at=datetime(2027, 3, 24, tzinfo=ZONE),
    )  # fmt: skip
    Material.objects.update(scan="infected")
    filing.unit.head_office = factories.unit()
    filing.unit.save()
    case = case_of(filing)
    assert [ALL[code](case).result for code in ("not_barred", "scanned", "head_office")] == ["fail"] * 3
    Material.objects.update(scan="not_scanned")
    assert ALL["scanned"](case).result == "warn"


@pytest.mark.requirement("R30")
def test_twin_app_and_shared_icp_are_found():
    first = make.approved()
    package = first.app.data["android_package"]
    assert ALL["icp"](case_of(make.submitted(factories.unit(province="44")))).why == "icp_shared"
    twin = case_of(make.submitted(factories.unit(province="51")), app__android_package=package)
    assert ALL["no_duplicate"](twin).why == "duplicate"


def test_every_finding_has_a_sentence_with_an_article():
    assert set(ALL) == set(CHECKS)
    assert all(article for _label, article in CHECKS.values())
    for why in TEXTS:
        assert explain(Check(code="uscc", result="fail", params={"why": why}))


def test_results_are_renewed_not_doubled_and_a_broken_check_passes_nothing(monkeypatch):
    filing = make.submitted()
    run_checks(filing=filing, now=make.NOW)
    count = Check.objects.count()
    assert count == len(ALL) - 1  # lateness is asked of changes alone
    monkeypatch.setitem(ALL, "icp", lambda case: 1 / 0)
    run_checks(filing=filing, now=make.NOW + timedelta(hours=1))
    assert Check.objects.count() == count
    broken = Check.objects.get(code="icp")
    assert (broken.result, broken.params["why"]) == ("warn", "broken")


@pytest.mark.parametrize("kind", ["cancel", "unit_change"])
def test_kinds_without_a_form_of_their_own_get_fewer_checks(kind):
    first = make.approved()
    app = None if kind == "unit_change" else make.app_of(first)
    filing = make.submitted(first.unit, of=app, kind=kind)
    assert 1 < len(run_checks(filing=filing, now=make.NOW)) < 6


# --- outside sources --------------------------------------------------------------------------------


@pytest.fixture
def source():
    """A source whose answers the test decides."""

    class Source:
        key, label, timeout = "exchange", "source", 1.0
        says: object = NoAnswer("dead")

        def question(self, document):
            return {"uscc": document["unit"]["uscc"]}

        def ask(self, question):
            if isinstance(self.says, Exception):
                raise self.says
            return self.says

    kept = sources.connectors()["exchange"]
    fake = Source()
    sources.register(fake)
    yield fake
    sources.register(kept)


@pytest.mark.requirement("R86")
def test_dead_source_is_asked_again_later_and_given_up(source):
    filing = make.submitted()
    (row,) = external.request_checks(filing=filing, now=make.NOW)
    now, waits = make.NOW, []
    for _ in range(external.MOST_TRIES):
        row = external.ask(check_id=row.pk, now=now)
        if row.next_attempt_at is None:
            break
        waits.append(row.next_attempt_at - now)
        assert external.ask(check_id=row.pk, now=now) is None, "not before its time"
        now = row.next_attempt_at
    assert row.status == "failed"
    assert waits == [timedelta(minutes=2**n) for n in range(external.MOST_TRIES - 1)]
    reviewer = make.reviewer_of(filing)
    from review import domain

    assert domain.approve(filing=filing, by=reviewer, now=make.NOW).state == "filed", "it holds nothing up"


@pytest.mark.requirement("R86")
@pytest.mark.parametrize("error", [NoAnswer("dead"), TimeoutError(), KeyError("x")])
def test_source_that_comes_back_is_recorded(source, error):
    source.says = error
    filing = make.submitted()
    (row,) = external.request_checks(filing=filing, now=make.NOW)
    assert external.ask(check_id=row.pk, now=make.NOW).status == "pending"
    source.says = Answer(True, {"name": filing.unit.name})
    later = make.NOW + timedelta(minutes=5)
    assert external.ask_waiting(now=later) == 1
    row = ExternalCheck.objects.get()
    assert (row.status, row.agrees, row.answered_at, row.attempts) == ("answered", True, later, 2)
    assert external.request_checks(filing=filing, now=later) == []


@pytest.mark.requirement("R86")
def test_uploaded_table_stands_for_the_exchange():
    filing = make.submitted()
    unit = sources.connectors()["exchange"]
    question = unit.question(FilingVersion.objects.get(filing=filing).data)
    with pytest.raises(NoAnswer):
        unit.ask(question)
    import_exchange(kind="unit", rows=[{"key": filing.unit.uscc, "name": filing.unit.name}], now=make.NOW)
    assert unit.ask(question).agrees is True
    assert unit.ask({**question, "name": "别的单位"}).agrees is False
    assert unit.ask({**question, "uscc": "x"}).agrees is None


@pytest.mark.requirement("R81")
def test_licence_is_asked_of_discipline_training_alone():
    licence = sources.connectors()["licence"]
    document = {"unit": {"uscc": "52X"}, "app": {**make.app_data("x", 1), "training_licence_number": "京教民1号"}}
    assert licence.question(document) is None
    document["app"]["trains_in_subjects"] = True
    question = licence.question(document)
    import_exchange(kind="licence", rows=[{"key": "京教民1号", "uscc": "52X", "status": "有效"}], now=make.NOW)
    assert licence.ask(question).agrees is True
    import_exchange(kind="licence", rows=[{"key": "京教民1号", "uscc": "52X", "status": "注销"}], now=make.NOW)
    assert licence.ask(question).agrees is False


def test_table_without_a_key_is_refused():
    with pytest.raises(ValueError, match="row 2"):
        import_exchange(kind="unit", rows=[{"key": "a"}, {"name": "b"}], now=make.NOW)


def test_administrator_uploads_a_table(freeze):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from review.models import ExchangeRow

    freeze(make.NOW)
    member = factories.membership(role="sysadmin", person=factories.person(is_staff=True, is_superuser=True))
    client = factories.client_for(member)
    file = SimpleUploadedFile("u.csv", "\ufeffkey,name\n91X,单位\n".encode())
    address = reverse("admin:review_exchangerow_upload")
    assert client.get(address).status_code == 200
    assert client.post(address, {"kind": "unit", "file": file}).status_code == 302
    assert ExchangeRow.objects.get().data == {"name": "单位"}
    assert client.get(reverse("admin:review_exchangerow_changelist")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_submission_is_checked_in_the_background(freeze):
    freeze(make.NOW)
    filing = make.submitted()
    assert Check.objects.filter(filing=filing).count() == len(ALL) - 1
    assert ExternalCheck.objects.filter(filing=filing).count() == 1


def test_approval_never_goes_unchecked_and_looks_again_for_bars():
    from ledger.acts import Refused
    from review import domain

    filing, plain = make.submitted(), make.submitted()
    reviewer = make.reviewer_of(filing)
    run_checks(filing=filing, now=make.NOW)
    Listing.objects.create(
        unit=filing.unit, uscc=filing.unit.uscc, authority=filing.authority, reason="逾期未整改", listed_at=make.NOW,
        bar_ends_at=datetime(2027, 3, 24, tzinfo=ZONE),
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        domain.approve(filing=filing, by=reviewer, now=make.NOW)
    assert refused.value.reasons.codes == ["failed_checks"]
    assert not Check.objects.filter(filing=plain).exists()
    domain.approve(filing=plain, by=reviewer, now=make.NOW)
    assert Check.objects.filter(filing=plain).count() == len(ALL) - 1


@pytest.mark.requirement("R26")
def test_older_credit_code_is_filed_and_a_reviewer_sets_its_check_aside():
    """Its check digit is wrong on the certificate itself: nobody can mend it on the form."""
    unit = factories.unit(uscc="91110108MA01TE5T30")
    filing = make.submitted(unit)
    run_checks(filing=filing, now=make.NOW)
    reviewer = make.reviewer_of(filing)
    with pytest.raises(Refused) as refused:
        review_verbs.approve(filing=filing, by=reviewer, now=make.NOW)
    assert refused.value.reasons.codes == ["failed_checks"]
    review_verbs.override_check(filing=filing, code="uscc", reason="与证照一致", by=reviewer, now=make.NOW)
    done = review_verbs.approve(filing=make.fresh(filing), by=reviewer, now=make.NOW)
    assert (done.state, done.entry.uscc) == ("filed", "91110108MA01TE5T30")
