"""How the service of a selected app is procured (Opinions 11, 20): said where the unit wishes, never asked for."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from accounts.enums import Role
from tests import factories
from tests import factories_uses as make
from tests.users.test_api import Caller
from users import domain, overview, queries, schema
from users.register import admitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R179")]


@pytest.fixture(autouse=True)
def _rules(freeze):
    freeze(make.NOW)
    make.rules()


def test_mode_may_be_left_open_and_earlier_words_stay_valid():
    found = schema.field("use.procurement")
    assert found is not None
    codes = [code for code, _word in found.choices]
    assert {"free", "purchased", "joint", "ordered", "other"} <= set(codes)
    assert {"government", "own"} <= set(codes), "stands in earlier filings"
    for value in (None, *codes):
        row = make.draft(**({} if value is None else {"procurement": value}))
        assert make.submitted(of=row).version == 1
    wrong = make.draft(procurement="stolen")
    with pytest.raises(domain.Incomplete) as refused:
        domain.submit(filing=wrong, by=make.lead(wrong.unit), now=make.NOW)
    assert [problem.field_key for problem in refused.value.problems] == ["use.procurement"]


def test_page_difference_interface_and_files_say_it():
    district = factories.authority("110108")
    school = make.school(district)
    use = make.confirmed(school, procurement="free")
    plain = make.confirmed(school)
    values = {**make.use_data(school, change=True), **make.fresh(use).data["use"], "procurement": "joint"}
    values |= {"changed_on": "2026-09-21", "changed_parts": ["fee"], "change_description": "改为集中采购"}
    by = make.lead(school)
    domain.save_part(filing=make.fresh(use), part="use", values=values, by=by, now=make.NOW)
    domain.report_change(filing=make.fresh(use), by=by, now=make.NOW)  # with the school's own review now
    old, new = (queries.version(use, number) for number in (1, 2))
    assert "use.procurement" in [one.key for one in schema.diff(old.data, new.data, "use_change")]

    reviewer = factories.actor(Role.REVIEWER, district)
    sheet = overview.sheet_of(school, reviewer, make.NOW)
    modes = {filing.pk: filing.procurement for filing in sheet.uses}
    assert modes == {use.pk: "free", plain.pk: None}, "what the school has not agreed to is its own affair"
    assert overview.procured(sheet.uses) == [("free", 1), ("", 1)]
    assert dict(overview.procured(overview.sheet_of(school, by, make.NOW).uses)) == {"joint": 1, "": 1}
    assert [line.procurement for line in admitted(by, school)] == [
        str(dict(schema.field("use.procurement").choices)["free"]), ""
    ], "the register shows what was confirmed"  # fmt: skip

    answer = Caller(school).get("use", use.pk).json()
    assert answer["document"]["use"]["procurement"] == "joint"
    client = factories.client_for(factories.membership(role=Role.REVIEWER, unit=district))
    word = str(dict(schema.field("use.procurement").choices)["free"])
    assert word in client.get(reverse("use_case", args=[use.pk])).content.decode()
    make.confirmed(make.school(district), procurement="free")
    queue = client.get(reverse("uses_export"), {"tab": "confirmed"})
    lines = list(csv.reader(io.StringIO(b"".join(queue.streaming_content).decode("utf-8-sig"))))
    assert sorted(line[-1] for line in lines[1:]) == ["", word], "of what was confirmed"
    for name in ("use_sheet", "use_register"):
        address = reverse(name, args=[school.pk])
        assert word in client.get(address).content.decode()
        raw = client.get(address, {"format": "csv"})
        text = b"".join(raw.streaming_content) if raw.streaming else raw.content
        rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
        assert sorted(row[-1] for row in rows[1:]) == ["", word]
        assert client.get(address, {"format": "xlsx"}).status_code == 200
