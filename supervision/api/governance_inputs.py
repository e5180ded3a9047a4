"""Bodies of the calls about entries, papers, lists, figures, tasks and outcomes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.enums import UnitKind
from accounts.models import Unit
from blacklist.enums import ListKind
from ledger.acts import Actor
from supervision.api.inputs import Seen, article_list, long_text
from supervision.enums import CircularAudience, CircularKind, Consequence, RatingKind
from supervision.forms.accountability import UnitsField
from supervision.models import LetterTemplate

PAPER = 20_000
MOST_UNITS = 200
WRITTEN = (CircularKind.CIRCULAR, CircularKind.INTERVIEW, CircularKind.WARNING)

_naming = UnitsField(required=False, many=False)


def line(longest: int, *, required: bool = True, help_text: str = "") -> Any:
    if required:
        return serializers.CharField(max_length=longest, help_text=help_text)
    return serializers.CharField(
        max_length=longest, required=False, allow_blank=True, default="", help_text=help_text
    )


def template_of(key: str) -> LetterTemplate | None:
    """The letter template of a key; None where none is named."""
    if not key:
        return None
    found = LetterTemplate.objects.filter(key=key, active=True).first()
    if found is None:
        raise ValidationError({"template": [_("There is no such template.")]})
    return found


def named_units(names: list[str], field: str) -> list[Unit]:
    """Units by name, key of the authority, school code or credit code, as the page reads them."""
    found: list[Unit] = []
    for name in names:
        try:
            found += _naming.clean(name)
        except forms.ValidationError as error:
            raise ValidationError({field: [str(message) for message in error.messages]}) from error
    return list(dict.fromkeys(found))


def region_of(by: Actor, code: str) -> Unit:
    """The authority whose region is looked at: one's own for "", or one below it."""
    rows = Unit.objects.filter(path__startswith=by.unit_path or "?", kind=UnitKind.AUTHORITY)
    found = rows.filter(code=code).first() if code else rows.filter(pk=by.unit_id).first()
    if found is None:
        raise ValidationError({"unit": [_("This unit does not belong to the region.")]})
    return found


# --- entries ------------------------------------------------------------------------------------------


class ResumeIn(Seen):
    """Its public wording in both languages; the standard one where it is left empty."""

    public_text = long_text(required=False, longest=500)
    text_en = long_text(required=False, longest=500)


class EntryActIn(ResumeIn):
    """A decision against an entry; its reason is published."""

    reason = long_text(longest=2000)


class RatingIn(serializers.Serializer):
    """What a body of the industry has published of the app; authorities alone read it."""

    kind = serializers.ChoiceField(choices=RatingKind.values)
    body = line(120, help_text="The body of the industry")
    result = line(200)
    rated_on = serializers.DateField()
    source = line(300, help_text="Address of the page where it is published")


# --- papers ----------------------------------------------------------------------------------------------


class CircularTextsIn(serializers.Serializer):
    """The texts of a draft; all of them are replaced."""

    title_zh = line(200)
    body_zh = long_text(longest=PAPER)
    title_en = line(240, required=False)
    body_en = long_text(required=False, longest=PAPER)
    seen = line(64, required=False, help_text="The draft’s `seen` when you read it: changed since, it is refused (409)")


class CircularIn(serializers.Serializer):
    """A draft, by hand or from a template, which fills what is left empty."""

    kind = serializers.ChoiceField(choices=[one.value for one in WRITTEN])
    audience = serializers.ChoiceField(choices=CircularAudience.values)
    template = line(40, required=False, help_text="Key of a letter template")
    title_zh = line(200, required=False)
    body_zh = long_text(required=False, longest=PAPER)
    title_en = line(240, required=False)
    body_en = long_text(required=False, longest=PAPER)
    uscc = serializers.ListField(
        child=serializers.CharField(max_length=18), required=False, default=list, max_length=MOST_UNITS,
        help_text="Unified social credit codes of the units that it is addressed to",
    )  # fmt: skip
    held_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="Day of the interview")
    articles = article_list("me-23")


class InterviewIn(serializers.Serializer):
    held_on = serializers.DateField()
    minutes = long_text(longest=PAPER, help_text="For the authority alone")


class PeriodIn(serializers.Serializer):
    """From the first to the last day, both included."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()


class ReportTextsIn(CircularTextsIn):
    body_zh = long_text(required=False, longest=PAPER)


# --- lists -----------------------------------------------------------------------------------------------


class EditionIn(serializers.Serializer):
    """An edition of the authority's own list; the ministry's is that of the whole country."""

    kind = serializers.ChoiceField(choices=ListKind.values)
    as_of = serializers.DateField()


# --- figures ---------------------------------------------------------------------------------------------


class AssessmentIn(PeriodIn):
    purpose = line(200, help_text="For which assessment")
    unit = line(20, required=False, help_text="Key of an authority of the region; without it: one's own")
    by = serializers.ChoiceField(choices=["region", "unit"], required=False, default="region")


class DigestIn(serializers.Serializer):
    """The digest of the file that somebody holds."""

    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$", required=False, default="", allow_blank=True)


# --- tasks -----------------------------------------------------------------------------------------------


class WorkPlanIn(PeriodIn):
    title = line(160)
    aim = long_text()
    way = long_text(required=False)
    safeguards = long_text(required=False)


class MilestoneIn(serializers.Serializer):
    title = line(160)
    due_day = serializers.DateField()


class TaskIn(serializers.Serializer):
    """A task; units are named by key of the authority, school code, credit code or name."""

    title = line(160)
    text = long_text()
    responsible = line(120)
    sharing = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, default=list, max_length=MOST_UNITS
    )
    due_day = serializers.DateField(help_text="The last day, to 24:00 Beijing time")
    milestones = serializers.ListField(child=MilestoneIn(), required=False, default=list, max_length=30)
    plan = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="Id of a work plan")


class ReachedIn(serializers.Serializer):
    milestone = serializers.IntegerField()
    reached_on = serializers.DateField()


class MoveIn(serializers.Serializer):
    due_day = serializers.DateField()
    reason = long_text()


# --- persons, checklists ---------------------------------------------------------------------------------


class OutcomeIn(serializers.Serializer):
    """What followed for a person; nobody reads it but the heads of review, and each look is on record."""

    consequence = serializers.ChoiceField(choices=Consequence.values)
    person_name = line(120, required=False)
    text = long_text()
    decided_on = serializers.DateField()


class CommentIn(serializers.Serializer):
    """A comment on an item, or on the whole."""

    key = line(40, required=False)
    text = long_text(longest=2000)
