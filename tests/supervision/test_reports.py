"""Progress reports of the ministry (Measures Art. 23)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger.acts import AlreadyMoved, Refused
from supervision import domain
from supervision.domain import Invalid
from supervision.models import ProgressReport
from tests import factories_supervision as make

NOW = make.NOW


@pytest.mark.django_db
@pytest.mark.requirement("R161")
def test_report_counts_a_period_by_province_and_is_published_for_good(django_assert_max_num_queries):
    earlier = NOW - timedelta(days=60)
    make.entry(now=earlier)
    make.listing(make.entry())
    make.complaint(make.entry(province="44"))
    by = make.ministry()
    with django_assert_max_num_queries(25):
        report = domain.generate_report(first_day=date(2026, 8, 1), last_day=date(2026, 8, 31), by=by, now=NOW)
    rows = {row["code"]: row for row in report.tables["provinces"]}
    assert (rows["11"]["published"], rows["11"]["in_force"], rows["11"]["revoked"]) == (1, 1, 1)
    assert (rows["11"]["orders"], rows["11"]["listings"], rows["44"]["complaints"]) == (1, 1, 1)
    assert (report.tables["totals"]["published"], report.tables["states"]["revoked"]) == (2, 1)
    with pytest.raises(Refused) as refused:
        domain.publish_report(report=report, by=by, now=NOW)
    assert refused.value.reasons.codes == ["text_needed"]
    report = domain.edit_report(report=report, body_zh="八月进展。", by=by, now=NOW)
    again = domain.generate_report(first_day=date(2026, 8, 1), last_day=date(2026, 8, 31), by=by, now=NOW)
    assert (again.pk, again.body_zh) == (report.pk, "八月进展。")
    assert not ProgressReport.objects.visible_to(None).exists()
    domain.publish_report(report=again, by=by, now=NOW)
    assert ProgressReport.objects.visible_to(None).get().title_zh.startswith("教育移动应用备案进展通报")
    with pytest.raises(AlreadyMoved):
        domain.publish_report(report=again, by=by, now=NOW)
    with pytest.raises(Refused):
        domain.generate_report(first_day=date(2026, 8, 1), last_day=date(2026, 8, 31), by=by, now=NOW)
    with pytest.raises(Refused):
        domain.edit_report(report=again, body_zh="x", by=by, now=NOW)


@pytest.mark.django_db
def test_report_is_the_ministrys_and_of_a_period_that_has_ended():
    with pytest.raises(Invalid):
        domain.generate_report(first_day=date(2026, 8, 1), last_day=date(2026, 9, 30), by=make.ministry(), now=NOW)
    with pytest.raises(Refused):
        domain.generate_report(first_day=date(2026, 7, 1), last_day=date(2026, 7, 31), by=make.lead(), now=NOW)
