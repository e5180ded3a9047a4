"""Policies: what holds for an authority on a day, and publishing a new version."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import InternalError, transaction
from django.db.utils import IntegrityError
from django.utils import translation

from ledger.acts import Actor, Refused
from ledger.models import Record
from rulebook import policies as facade
from rulebook.catalogue import SETTINGS, defaults, merge, problems
from rulebook.domain.policies import PolicyInvalid, publish_policy
from rulebook.domain.seeds import seed_policies
from rulebook.models import Article, PolicyVersion
from tests.rulebook.conftest import at, keeper

pytestmark = pytest.mark.django_db
NOW = at("2026-11-20 10:00:00")
TODAY = date(2026, 11, 20)


def publish(data, *, code="43", start=TODAY, by=None, **more):
    return publish_policy(
        authority_code=code, effective_from=start, data=data, by=by or keeper(), now=NOW, **more
    )


# --- in force ----------------------------------------------------------------------------------------


@pytest.mark.requirement("R13", "R80")
def test_beijing_has_the_second_level_from_its_notice_on(policies):
    assert facade.in_force(["moe", "11"], date(2022, 4, 27)).second_level
    assert not facade.in_force(["moe", "11"], date(2022, 4, 26)).second_level
    assert not facade.in_force(["moe", "43"], TODAY).second_level


@pytest.mark.requirement("R13", "R17")
def test_authority_inherits_what_it_does_not_set(policies):
    beijing = facade.in_force(["moe", "11"], TODAY)
    assert (beijing.feedback_days, beijing.supplement_days, beijing.bar_months) == (10, 10, 6)
    assert beijing.get("ads_rule") == "none"
    assert beijing.content_review_for_all
    assert facade.in_force(["moe", "51"], TODAY).get("ads_rule") == "national"


def test_version_label_names_the_parts_in_both_languages(policies):
    beijing = facade.in_force(["moe", "11"], TODAY)
    with translation.override("zh-hans"):
        assert beijing.version_label == "教育部 v1 · 北京 v1"
    with translation.override("en"):
        assert beijing.version_label == "Ministry v1 · Beijing v1"
    assert beijing.label("zh-hans") == "教育部 v1 · 北京 v1"
    assert beijing.version_ids == [
        PolicyVersion.objects.get(authority_code=code).pk for code in ("moe", "11")
    ]


def test_filing_is_judged_by_the_policy_of_its_day(policies):
    before = facade.in_force(["moe", "43"], TODAY)
    publish({"bar_months": 24, "second_person": True}, start=date(2027, 1, 1))
    assert facade.in_force(["moe", "43"], date(2026, 12, 31)).bar_months == 6
    later = facade.in_force(["moe", "43"], date(2027, 1, 1))
    assert (later.bar_months, later.second_person) == (24, True)
    assert facade.in_force(["moe", "43"], TODAY) == before
    assert facade.by_ids(later.version_ids, date(2027, 1, 1)) == later
    assert facade.by_ids([0], TODAY).version_ids == []


def test_policy_that_has_ended_is_not_in_force(policies):
    publish({"second_person": True}, effective_to=date(2026, 12, 31))
    assert facade.in_force(["moe", "43"], date(2026, 12, 31)).second_person
    assert not facade.in_force(["moe", "43"], date(2027, 1, 1)).second_person


def test_in_force_costs_one_query(policies, queries):
    with queries() as seen:
        facade.in_force(["moe", "11", "110108"], TODAY)
    assert len(seen) == 1


def test_unknown_setting_is_an_error_and_unset_ones_have_defaults(db):
    bare = facade.in_force(["moe", "11"], TODAY)
    assert (bare.version_label, bare.feedback_days, bare.admission_rules) == ("", 10, [])
    with pytest.raises(facade.SettingUnknown):
        bare.get("no_such_key")
    with pytest.raises(AttributeError):
        bare.no_such_key  # noqa: B018


@pytest.mark.requirement("R77", "R78")
def test_admission_rules_have_dates_and_are_replaced_by_code(policies):
    assert facade.in_force(["moe", "43"], date(2021, 7, 23)).admission_rule("photo_search") is None
    national = facade.in_force(["moe", "43"], TODAY).admission_rule("photo_search")
    assert "article" not in national
    beijing = facade.in_force(["moe", "11"], TODAY)
    assert beijing.admission_rule("photo_search")["article"] == "bj-3-3"
    assert beijing.admission_rule("preschool_training")["article"] == "bj-3-5"
    assert [rule["code"] for rule in beijing.admission_rules] == ["preschool_training", "photo_search"]


def test_child_takes_an_inherited_row_away(policies):
    publish({"admission_rules": [{"code": "photo_search", "off": True}]})
    codes = [rule["code"] for rule in facade.in_force(["moe", "43"], TODAY).admission_rules]
    assert codes == ["preschool_training"]


@pytest.mark.requirement("R42")
@pytest.mark.parametrize(
    ("day", "needed"),
    [("2019-11-30", True), ("2019-12-01", False), ("2020-06-30", False), ("2020-07-01", True)],
)
def test_buffer_window_waives_its_prerequisites(policies, day, needed):
    policy = facade.in_force(["moe"], TODAY)
    assert policy.prerequisite("icp", date.fromisoformat(day)) is needed
    assert policy.prerequisite("mlps", date.fromisoformat(day)) is needed
    assert facade.in_force(["moe"], date(2019, 12, 1)).prerequisite("telecom")


@pytest.mark.requirement("R47", "R53", "R87")
def test_checklist_of_beijing_replaces_and_adds(policies):
    rows = {row["key"]: row for row in facade.in_force(["moe", "11"], TODAY).checklist}
    assert rows["ads_fit"]["article"] == "bj-3"
    assert "content_opinion" in rows
    assert "icp_valid" in rows
    assert len(rows) > len(facade.in_force(["moe"], TODAY).checklist)


def test_limits_are_merged_key_by_key(policies):
    publish({"limits": {"drafts_per_unit": 20}})
    limits = facade.in_force(["moe", "43"], TODAY).limits
    assert (limits["drafts_per_unit"], limits["apps_per_unit"]) == (20, 500)


def test_keys_of_another_release_are_left_out():
    assert merge(defaults(), {"not_yet": 1}) == defaults()


@pytest.mark.requirement("R88")
def test_prefixes_of_authorities_without_province_code(policies):
    assert facade.in_force(["moe"], TODAY).number_prefix == "00"
    assert facade.in_force(["moe", "66"], TODAY).number_prefix == "66"


def test_seeds_are_valid_and_cite_known_articles(policies, articles):
    known = set(Article.objects.values_list("key", flat=True))
    for row in PolicyVersion.objects.all():
        assert problems(row.data) == []
        for value in row.data.values():
            for item in value if isinstance(value, list) else []:
                assert item.get("article") in known | {None}
    assert {setting.article for setting in SETTINGS.values()} <= known | {""}
    assert seed_policies(now=NOW) == 0


# --- publishing --------------------------------------------------------------------------------------


def test_publish_numbers_versions_and_leaves_a_record(policies):
    first, second = (
        publish({"second_person": True}),
        publish({"second_person": False}, note="Second thoughts"),
    )
    assert (first.version, second.version, second.note) == (1, 2, "Second thoughts")
    assert str(second) == "43 v2"
    assert not facade.in_force(["moe", "43"], TODAY).second_person
    record = Record.objects.get(subject_type="rulebook.policyversion", subject_id=second.pk)
    assert (record.verb, record.payload["authority"]) == ("policy.publish", "43")
    assert record.basis == ["me-26"]


def test_published_policy_cannot_be_changed_behind_its_back(policies):
    row = publish({"second_person": True})
    for act in (
        lambda: PolicyVersion.objects.filter(pk=row.pk).update(note="x"),
        lambda: PolicyVersion.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises((InternalError, IntegrityError), match="never changed"), transaction.atomic():
            act()


def test_publish_backwards_is_refused(policies):
    with pytest.raises(Refused) as refused:
        publish({}, start=date(2026, 11, 19))
    assert refused.value.reasons.codes == ["policy_backwards"]


def test_publish_is_for_administrators_and_the_authoritys_own_lead(policies):
    def lead(code, role="review_lead"):
        return Actor(person_id=3, unit_id=3, role=role, province_code=code)

    assert publish({}, by=lead("43")).version == 1
    assert publish({}, by=Actor.system()).version == 2
    for other in (lead("51"), lead("43", "reviewer"), lead("")):
        with pytest.raises(Refused) as refused:
            publish({}, by=other)
        assert refused.value.reasons.codes == ["not_policy_owner"]


def test_publish_that_ends_before_it_starts_is_refused(policies):
    with pytest.raises(PolicyInvalid, match="ends before it starts"):
        publish({}, effective_to=date(2026, 11, 19))


RULE = {"code": "photo_search", "effective_from": "2026-01-01", "message_zh": "不受理", "message_en": "No"}
ITEM = {"key": "a_b", "label_zh": "甲", "label_en": "A"}
WINDOW = {"key": "w", "from": "2026-01-01", "to": "2026-02-01", "items": ["icp"]}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ([], "must be an object of settings"),
        ({"colour": "red"}, "“colour” is no setting"),
        ({"second_level": "yes"}, "“second_level” must be true or false"),
        ({"feedback_days": 11}, "whole number from 1 to 10"),
        ({"feedback_days": True}, "whole number"),
        ({"feedback_days": "10"}, "whole number"),
        ({"supplement_days": 9}, "must be exactly 10"),
        ({"bar_months": 3}, "from 6 to 60"),
        ({"ads_rule": "some"}, "must be one of national, none"),
        ({"number_prefix": "6"}, "two digits"),
        ({"number_prefix": 66}, "two digits"),
        ({"public_from": "2020-2-1"}, "must be a date"),
        ({"public_from": "2020-02-31"}, "must be a date"),
        ({"notes": 1}, "must be a text"),
        ({"limits": {"apps_per_unit": 0}}, "whole numbers above 0"),
        ({"limits": []}, "whole numbers above 0"),
        ({"checklist": {}}, "must be a list"),
        ({"checklist": ["x"]}, "row 1: must be an object"),
        ({"checklist": [{"label_zh": "甲"}]}, "row 1: needs “key”"),
        ({"checklist": [ITEM, ITEM]}, "row 2: “a_b” stands twice"),
        ({"checklist": [{"key": "a_b", "label_zh": " "}]}, "“label_zh” must be a text"),
        ({"checklist": [{"key": "a_b", "label_zh": "甲"}]}, "“label_en” is missing"),
        ({"checklist": [{**ITEM, "key": "A b"}]}, "must be a key of"),
        ({"checklist": [{**ITEM, "article": "nowhere"}]}, "the key of an article"),
        ({"checklist": [{**ITEM, "colour": 1}]}, "“colour” is not known"),
        ({"admission_rules": [{**RULE, "code": "no_cats"}]}, "must be one of preschool_training"),
        ({"admission_rules": [{**RULE, "effective_to": "2025-01-01"}]}, "“effective_to” lies before"),
        ({"admission_rules": [{**RULE, "params": 1}]}, "“params” must be an object"),
        ({"buffer_windows": [{**WINDOW, "items": ["tea"]}]}, "list of some of icp, mlps"),
        ({"buffer_windows": [{**WINDOW, "items": []}]}, "list of some of"),
        ({"buffer_windows": [{**WINDOW, "to": "2025-01-01"}]}, "“to” lies before “from”"),
        ({"buffer_windows": [{**WINDOW, "rectify_until": "2026-01-15"}]}, "“rectify_until” lies before"),
        (
            {"supplementary_items": [{**ITEM, "kind": "choice", "required": True, "options": []}]},
            "“options” must be a list of texts",
        ),
        ({"supplementary_items": [{**ITEM, "kind": "song", "required": True}]}, "must be one of text"),
    ],
)
def test_publish_refuses_what_is_no_policy(policies, data, problem):
    with pytest.raises(PolicyInvalid) as refused:
        publish(data)
    assert any(problem in text for text in refused.value.problems)
    assert not PolicyVersion.objects.filter(authority_code="43").exists()


def test_publish_takes_every_kind_of_row(policies):
    publish(
        {
            "admission_rules": [{**RULE, "code": "suspended_category", "params": {"category": "live"}}],
            "buffer_windows": [{**WINDOW, "rectify_until": "2026-03-01"}],
            "supplementary_items": [
                {**ITEM, "kind": "choice", "required": True, "options": ["a"], "effective_from": "2026-12-01"}
            ],
            "limits": {"apps_per_unit": 5},
        }
    )
    policy = facade.in_force(["moe", "43"], TODAY)
    assert policy.supplementary_items == []
    assert len(facade.in_force(["moe", "43"], date(2026, 12, 1)).supplementary_items) == 1
