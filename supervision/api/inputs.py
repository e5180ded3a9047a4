"""Bodies that the calls of supervision read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.enums import Province
from accounts.models import Person, Unit
from blacklist.enums import ListItemSubject, ListKind
from ledger.acts import Actor
from providers import materials
from registry.enums import EntryState, Function, Stage
from registry.models import Entry
from registry.queries import NumberUnknown, entry_as_typed
from supervision.desk import colleagues
from supervision.enums import CampaignEffect, Department, Outcome, ReferralSubject, SamplingMethod, StoreDuty
from supervision.forms.fields import ARTICLES

LONGEST = 5000
MOST_FINDINGS = 50


def long_text(*, required: bool = True, longest: int = LONGEST, help_text: str = "") -> Any:
    if required:
        return serializers.CharField(max_length=longest, help_text=help_text)
    return serializers.CharField(
        max_length=longest, required=False, allow_blank=True, default="", help_text=help_text
    )


def working_days(*, required: bool = False) -> Any:
    if required:
        return serializers.IntegerField(min_value=1, max_value=250, help_text="Working days")
    return serializers.IntegerField(
        min_value=1, max_value=250, required=False, allow_null=True, default=None,
        help_text="Working days; without them: as the policy says",
    )  # fmt: skip


class ArticleField(serializers.CharField):
    """The key of an article that a decision of supervision may rest on."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, help_text=", ".join(ARTICLES), **kwargs)

    def to_internal_value(self, data: Any) -> str:
        found = super().to_internal_value(data)
        if found and found not in ARTICLES:
            raise serializers.ValidationError(_("Choose one of these: %(words)s") % {"words": ", ".join(ARTICLES)})
        return str(found)


def one_article() -> Any:
    return ArticleField(required=False, allow_blank=True, default="")


def article_list(*initial: str) -> Any:
    return serializers.ListField(
        child=ArticleField(), required=False, default=list(initial), max_length=len(ARTICLES)
    )


def duty_list(*, help_text: str) -> Any:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=StoreDuty.values), required=False, default=list, help_text=help_text
    )


def seen() -> Any:
    return serializers.CharField(max_length=20, help_text="The state that was looked at; else 409")


# --- what is named in a body -----------------------------------------------------------------------------


def entry_of(number: str, field: str = "number") -> Entry:
    """The entry of a number, as people type it."""
    try:
        return entry_as_typed(number, closed_too=True)
    except NumberUnknown as unknown:
        raise ValidationError({field: [str(unknown.message)]}) from unknown


def unit_of(code: str, field: str = "uscc") -> Unit:
    """The unit with that unified social credit code."""
    found = Unit.objects.filter(uscc=code.strip().upper()).order_by("pk").first()
    if found is None:
        raise ValidationError({field: [_("No unit with this code is registered.")]})
    return found


def colleague(by: Actor, wanted: int, authority_id: int | None = None) -> Person:
    """Somebody of the authority."""
    if wanted not in {pk for pk, _name in colleagues(authority_id or by.unit_id)}:
        raise ValidationError({"person": [_("This person does not work for the authority.")]})
    return Person.objects.get(pk=wanted)


# --- bodies ----------------------------------------------------------------------------------------------


class Seen(serializers.Serializer):
    """What the caller looked at."""

    seen_state = seen()


class TextIn(serializers.Serializer):
    text = long_text()


class SeenTextIn(Seen):
    text = long_text()


class SeenReasonIn(Seen):
    reason = long_text()


class PersonIn(serializers.Serializer):
    person = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="null: oneself")


class ColleagueIn(serializers.Serializer):
    person = serializers.IntegerField()


class PurposeIn(serializers.Serializer):
    """Why one looks; it stands in the ledger."""

    purpose = serializers.CharField(max_length=300)


class NotAcceptedIn(SeenReasonIn):
    elsewhere = long_text(help_text="Where to go instead")


class ForwardIn(serializers.Serializer):
    """A text of the authority's own: the provider reads it and nothing else."""

    text = long_text()
    days = working_days()
    uscc = serializers.CharField(
        max_length=18, required=False, allow_blank=True, default="", help_text="Where the complaint names no filed app"
    )


class RecallIn(serializers.Serializer):
    forwarding = serializers.IntegerField()
    reason = long_text()


class ResolveIn(Seen):
    outcome = serializers.ChoiceField(choices=Outcome.values)
    reply = long_text()


class PublishReplyIn(serializers.Serializer):
    """Nothing that the complainant wrote."""

    title = serializers.CharField(max_length=160)
    text = long_text()


class MergeIn(serializers.Serializer):
    into = serializers.CharField(max_length=24, help_text="Case number of the other complaint")
    reply = long_text(required=False)


class FindingIn(serializers.Serializer):
    text = long_text(longest=2000)
    article = one_article()


class OrderIn(serializers.Serializer):
    """An order about an app (``number``), or about a provider as a whole (``uscc``)."""

    number = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    uscc = serializers.CharField(max_length=18, required=False, allow_blank=True, default="")
    findings = FindingIn(many=True, allow_empty=False)
    public_text = long_text()
    days = working_days()
    articles = article_list("bj-5", "me-24")
    complaint = serializers.IntegerField(required=False, allow_null=True, default=None)

    def validate_findings(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(value) > MOST_FINDINGS:
            raise serializers.ValidationError(_("At most %(most)s findings.") % {"most": MOST_FINDINGS})
        return value


class SendBackIn(SeenReasonIn):
    days = working_days()


class ExtendIn(SeenReasonIn):
    days = working_days(required=True)


class ClearIn(Seen):
    reason = long_text(required=False)
    public_text = long_text(required=False)


class ListProviderIn(SeenReasonIn):
    """``numbers``: further filings of the provider that are revoked with that of the order."""

    articles = article_list("me-24", "bj-5")
    bar_months = serializers.IntegerField(min_value=1, max_value=60, required=False, allow_null=True, default=None)
    numbers = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, default=list, max_length=500
    )
    public_text = long_text(required=False)
    text_en = long_text(required=False)


class ObjectionDecisionIn(serializers.Serializer):
    grant = serializers.BooleanField()
    decision = long_text()


class MeasureIn(serializers.Serializer):
    department = serializers.ChoiceField(choices=Department.values)
    measure = long_text(longest=2000)
    decided_on = serializers.DateField()
    until = serializers.DateField(required=False, allow_null=True, default=None)


class OwnMeasureIn(serializers.Serializer):
    """A measure of the department itself."""

    measure = long_text(longest=2000)
    decided_on = serializers.DateField()
    until = serializers.DateField(required=False, allow_null=True, default=None)


class LineIn(serializers.Serializer):
    """A line of the authority's negative or exit list."""

    kind = serializers.ChoiceField(choices=[ListKind.NEGATIVE.value, ListKind.EXIT.value])
    subject = serializers.ChoiceField(choices=ListItemSubject.values)
    title_zh = serializers.CharField(max_length=200)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    number = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    uscc = serializers.CharField(max_length=18, required=False, allow_blank=True, default="")
    reason = long_text()


class FilterIn(serializers.Serializer):
    """Which entries a campaign or a sample means; what is left out does not narrow."""

    stages = serializers.ListField(child=serializers.ChoiceField(choices=Stage.values), required=False)
    functions = serializers.ListField(child=serializers.ChoiceField(choices=Function.values), required=False)
    provinces = serializers.ListField(child=serializers.ChoiceField(choices=Province.values), required=False)
    states = serializers.ListField(child=serializers.ChoiceField(choices=EntryState.values), required=False)
    numbers = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=10_000)
    lacks = serializers.ListField(child=serializers.ChoiceField(choices=["icp", "mlps"]), required=False)
    training = serializers.BooleanField(required=False, help_text="Offers preschool or subject training")
    photo_search = serializers.BooleanField(required=False)
    discipline = serializers.BooleanField(required=False)
    buffer = serializers.CharField(max_length=40, required=False, help_text="Key of a buffer window")
    open_items_before = serializers.DateField(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        found = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError({name: [_("This cannot be filtered by.")] for name in unknown})
        if "open_items_before" in found:
            found["open_items_before"] = found["open_items_before"].isoformat()
        return dict(found)


class PreviewIn(serializers.Serializer):
    filter = FilterIn()


class CampaignIn(PreviewIn):
    """The draft of a campaign: a second person decides it."""

    title_zh = serializers.CharField(max_length=160)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    effect = serializers.ChoiceField(choices=CampaignEffect.values)
    reason = long_text(longest=2000)
    public_text = long_text()
    text_en = long_text(required=False)
    articles = article_list()


class CampaignEditIn(CampaignIn):
    """All of the draft is replaced."""

    seen = serializers.CharField(
        max_length=64, required=False, allow_blank=True,
        help_text="The draft’s `seen` when you read it: changed since, it is refused (409)",
    )  # fmt: skip


class PlanIn(serializers.Serializer):
    title = serializers.CharField(max_length=160)
    method = serializers.ChoiceField(choices=SamplingMethod.values)
    size = serializers.IntegerField(min_value=1, max_value=5000)
    seed = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")
    filter = FilterIn(required=False, default=dict)


class NumberIn(serializers.Serializer):
    number = serializers.CharField(max_length=20)


class AnswerToItem(serializers.Serializer):
    """The answer to one item of the checklist; what is not in order says why. A file comes as a part of a form."""

    key = serializers.CharField(max_length=40)
    ok = serializers.BooleanField()
    text = long_text(required=False, longest=2000)
    article = one_article()
    evidence = serializers.FileField(required=False, allow_null=True, default=None, max_length=200)

    def validate_evidence(self, value: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        try:
            return materials.examine(value)
        except materials.Refused as refused:
            raise serializers.ValidationError(str(refused.message)) from refused

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["ok"] and not attrs["text"].strip():
            raise serializers.ValidationError({"text": _("Say what is not in order.")})
        return attrs


class FindingsIn(Seen):
    answers = AnswerToItem(many=True, allow_empty=False)
    recheck_day = serializers.DateField(required=False, allow_null=True, default=None)


class OrderFromInspectionIn(serializers.Serializer):
    public_text = long_text()
    days = working_days()


class NoteIn(serializers.Serializer):
    note = long_text(longest=500)


class ReferIn(serializers.Serializer):
    """A case for another department; nothing that tells who complained."""

    subject = serializers.ChoiceField(choices=ReferralSubject.values)
    department = serializers.ChoiceField(
        choices=Department.values, required=False, allow_null=True, default=None,
        help_text="null: the first that is competent for the subject",
    )  # fmt: skip
    title = serializers.CharField(max_length=160)
    text = long_text()
    number = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    complaint = serializers.IntegerField(required=False, allow_null=True, default=None)
    order = serializers.IntegerField(required=False, allow_null=True, default=None)
    listing = serializers.IntegerField(required=False, allow_null=True, default=None)
    licence_number = serializers.CharField(
        max_length=60, required=False, allow_blank=True, default="",
        help_text="Of off-campus online training; empty: as filed for the app, or as listed by the province",
    )  # fmt: skip
    days = working_days()


class ReferralAnswerIn(Seen):
    answer = long_text()


class TakedownIn(serializers.Serializer):
    """A request to an app store about a filed app (``number``) or another (``app_name``)."""

    store = serializers.CharField(max_length=80)
    text = long_text()
    number = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    app_name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    packages = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, default=list, max_length=50
    )
    listing = serializers.IntegerField(required=False, allow_null=True, default=None)
    days = working_days()
    duties = duty_list(help_text="Duties that the store is to account for")


class StoreAnswerIn(ReferralAnswerIn):
    removed = serializers.BooleanField()
    answered_on = serializers.DateField()
    shown = duty_list(help_text="Of the duties those that it has shown to keep")


class EvidenceIn(SeenTextIn):
    """What was mended; ``materials`` are ids of files uploaded before (``POST …/provider/materials/``)."""

    materials = serializers.ListField(child=serializers.IntegerField(), required=False, default=list, max_length=10)
