"""Shapes of the public interface, for its schema. Answers themselves are built as plain JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from registry.answers import DISCIPLINE, OTHER_TYPE, age_range, dumps
from registry.enums import EntryState, EventKind, Function, Stage, UserGroup
from registry.models import Entry, EntryEvent
from registry.numbers import digits_of
from registry.queries import Hit
from rulebook.time import local_date

BULK_LIMIT = 1000

#: what a verification says of a number
ANSWERS = [*EntryState.values, "unknown", "not_open"]


class AgeRange(serializers.Serializer):
    """Ages in years; null where one side is open."""

    locals()["from"] = serializers.IntegerField(allow_null=True)
    to = serializers.IntegerField(allow_null=True)


class Provider(serializers.Serializer):
    name = serializers.CharField()
    uscc = serializers.CharField(help_text="Unified social credit code")


class Verification(serializers.Serializer):
    """Whether a number is filed. All but number, filed and status is absent where it was never issued.

    While an authority's entries are not yet open to query, filed is null, status is not_open, and open_from
    says from which day they are.
    """

    number = serializers.CharField(help_text="Official form, e.g. 教APP备1100871号")
    filed = serializers.BooleanField(allow_null=True, help_text="In force now, in the whole country")
    status = serializers.ChoiceField(choices=ANSWERS)
    open_from = serializers.DateField(required=False, help_text="First public day, where status is not_open")
    status_since = serializers.DateField(required=False)
    status_text = serializers.CharField(required=False, help_text="Public text of the status, in Chinese")
    change_under_review = serializers.BooleanField(required=False)
    app_name = serializers.CharField(required=False)
    provider = Provider(required=False)
    authority = serializers.CharField(required=False, help_text="Education authority that filed it")
    province_code = serializers.CharField(required=False, help_text="GB/T 2260, first two digits")
    type = serializers.ChoiceField(choices=["discipline_training", "non_discipline"], required=False)
    age_range = AgeRange(required=False, allow_null=True)
    stages = serializers.ListField(child=serializers.ChoiceField(choices=Stage.values), required=False)
    user_groups = serializers.ListField(
        child=serializers.ChoiceField(choices=UserGroup.values), required=False
    )
    package_ids = serializers.ListField(child=serializers.CharField(), required=False)
    published = serializers.DateField(required=False)
    version = serializers.IntegerField(required=False, help_text="Goes up with each change")
    url = serializers.CharField(required=False, help_text="Address of the page for people")


class BulkQuestion(serializers.Serializer):
    """Up to 1,000 numbers and package ids together."""

    numbers = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    package_ids = serializers.ListField(child=serializers.CharField(max_length=200), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked = len(attrs.get("numbers", ())) + len(attrs.get("package_ids", ()))
        if not 1 <= asked <= BULK_LIMIT:
            raise serializers.ValidationError(
                f"Ask for 1 to {BULK_LIMIT} numbers or package ids in one call."
            )
        return attrs


class ProblemOfOne(serializers.Serializer):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    hint = serializers.CharField(required=False)


class BulkLine(serializers.Serializer):
    """What was asked, and either a result or a problem. A null result: no entry has this package id."""

    query = serializers.CharField()
    result = Verification(allow_null=True, required=False)
    problem = ProblemOfOne(required=False)


class BulkAnswer(serializers.Serializer):
    numbers = BulkLine(many=True)
    package_ids = BulkLine(many=True)


class EntryLine(serializers.Serializer):
    """An entry in a list of results."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=EntryState.choices)
    change_under_review = serializers.BooleanField()
    app_name = serializers.CharField()
    provider_name = serializers.CharField()
    province_code = serializers.CharField()
    stages = serializers.ListField(child=serializers.CharField())
    functions = serializers.ListField(child=serializers.ChoiceField(choices=Function.values))
    type = serializers.ChoiceField(choices=["discipline_training", "non_discipline"])
    age_range = AgeRange(allow_null=True)
    published = serializers.DateField()
    status_since = serializers.DateField()
    rectify_until = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()
    url = serializers.CharField()


class EntryPage(serializers.Serializer):
    """A page of results; next and previous are addresses or null. A count of 1000 with capped means "more"."""

    count = serializers.IntegerField()
    capped = serializers.BooleanField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    problem = ProblemOfOne(allow_null=True, help_text="Set where the query looks like a misread number")
    results = EntryLine(many=True)


class Event(serializers.Serializer):
    date = serializers.DateField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    text = serializers.CharField()
    text_en = serializers.CharField()
    details = serializers.DictField()


class EntryDetail(Verification):
    """The whole public entry: the verification answer, the public snapshot, and the history."""

    confirmed = serializers.DateField()
    public = serializers.DictField(help_text="The public snapshot as published")
    history = Event(many=True)


class ListPage(serializers.Serializer):
    name = serializers.CharField()
    next = serializers.CharField(allow_null=True)
    results = EntryLine(many=True)


def line(hit: Hit | Entry) -> dict[str, Any]:
    """An ``EntryLine``."""
    return {
        "number": hit.number,
        "status": hit.state,
        "change_under_review": hit.change_under_review,
        "app_name": hit.app_name,
        "provider_name": hit.provider_name,
        "province_code": hit.province_code,
        "stages": hit.stages,
        "functions": hit.functions,
        "type": DISCIPLINE if hit.is_discipline else OTHER_TYPE,
        "age_range": age_range(hit.age_from, hit.age_to),
        "published": local_date(hit.published_at).isoformat(),
        "status_since": local_date(hit.status_since).isoformat(),
        "rectify_until": hit.rectify_until.isoformat() if hit.rectify_until else None,
        "version": hit.version,
        "url": f"/registry/{digits_of(hit.number)}/",
    }


_KEPT = 5_000
_kept: dict[tuple[Any, ...], str] = {}


def line_text(hit: Hit) -> str:
    """The same as JSON text, kept per version of the entry as the pages keep their lines."""
    stamp = hit.stamp
    text = _kept.get(stamp)
    if text is None:
        if len(_kept) >= _KEPT:
            _kept.clear()
        text = _kept[stamp] = dumps(line(hit))
    return text


def event(row: EntryEvent) -> dict[str, Any]:
    """An ``Event``."""
    return {
        "date": local_date(row.at).isoformat(),
        "kind": row.kind,
        "text": row.text_zh,
        "text_en": row.text_en,
        "details": row.params,
    }
