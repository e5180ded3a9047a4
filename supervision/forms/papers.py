"""Forms of referrals, take-downs, circulars, reports and lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit
from blacklist.enums import ListItemSubject, ListKind
from supervision.enums import (
    CircularAudience,
    CircularKind,
    Department,
    ReferralSubject,
    StoreDuty,
)
from supervision.forms.fields import articles_field, day, text, working_days
from supervision.forms.orders import NumberField, _unit
from supervision.models import LetterTemplate


class ReferForm(forms.Form):
    subject = forms.ChoiceField(label=_("Subject"), choices=ReferralSubject.choices)
    department = forms.ChoiceField(
        label=_("Department"), required=False,
        choices=[("", _("The first that is competent for the subject")), *Department.choices],
    )  # fmt: skip
    title = forms.CharField(label=_("Title"), max_length=160)
    text = text(_("Text"), rows=6, help_text=_("Nothing that tells who complained."))
    number = NumberField(label=_("Filing number"), max_length=20, required=False)
    licence_number = forms.CharField(
        label=_("Number of the training licence"), max_length=60, required=False,
        help_text=_("For off-campus online training. Left empty: as filed for the app, or as listed by the province."),
    )  # fmt: skip
    days = working_days()


class AnswerForm(forms.Form):
    answer = text(_("Answer"), rows=6)


class MeasureForm(forms.Form):
    department = forms.ChoiceField(label=_("Department"), choices=Department.choices)
    measure = text(_("Measure"), rows=3)
    decided_on = day(_("Decided on"))
    until = day(_("Until"), required=False)


class TakedownForm(forms.Form):
    store = forms.CharField(label=_("App store"), max_length=80)
    number = NumberField(label=_("Filing number"), max_length=20, required=False)
    app_name = forms.CharField(label=_("App name"), max_length=120, required=False)
    packages = text(_("Package names"), rows=2, required=False, help_text=_("One a line."), longest=2000)
    text = text(_("Text"), rows=5)
    duties = forms.MultipleChoiceField(
        label=_("What the store is to account for"), choices=StoreDuty.choices, required=False,
        initial=list(StoreDuty.values), widget=forms.CheckboxSelectMultiple,
        help_text=_("Its duties under Opinions 7 and 13; you note for each what it answers."),
    )  # fmt: skip
    days = working_days()


class StoreAnswerForm(forms.Form):
    removed = forms.ChoiceField(
        label=_("What the store did"), widget=forms.RadioSelect,
        choices=[("yes", _("It removed the app")), ("no", _("It declined"))],
    )  # fmt: skip
    answer = text(_("Answer of the store"), rows=3)
    shown = forms.MultipleChoiceField(
        label=_("Duties that it has shown to keep"), required=False, widget=forms.CheckboxSelectMultiple
    )
    answered_on = day(_("Answered on"))

    def __init__(self, *args: Any, duties: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [(value, label) for value, label in StoreDuty.choices if value in duties]
        if asked:
            self.fields["shown"].choices = asked  # type: ignore[attr-defined]
        else:
            del self.fields["shown"]


class CircularForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[one for one in CircularKind.choices if one[0] in ("circular", "interview", "warning")]
    )
    audience = forms.ChoiceField(label=_("Readers"), choices=CircularAudience.choices)
    template = forms.ModelChoiceField(
        label=_("Letter template"), queryset=LetterTemplate.objects.filter(active=True), required=False,
        help_text=_("It fills what you leave empty."),
    )  # fmt: skip
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200, required=False)
    body_zh = text(_("Text in Chinese"), rows=8, required=False, longest=20_000)
    title_en = forms.CharField(label=_("Title in English"), max_length=240, required=False)
    body_en = text(_("Text in English"), rows=6, required=False, longest=20_000)
    uscc = text(
        _("Addressed to"), rows=2, required=False, help_text=_("Unified social credit codes, one a line."), longest=2000
    )
    held_on = day(_("Interview on"), required=False)
    articles = articles_field("me-23")

    def clean_uscc(self) -> list[Unit]:
        return [unit for code in (self.cleaned_data.get("uscc") or "").split() if (unit := _unit(code))]


class CircularEditForm(forms.Form):
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    body_zh = text(_("Text in Chinese"), rows=8, longest=20_000)
    title_en = forms.CharField(label=_("Title in English"), max_length=240, required=False)
    body_en = text(_("Text in English"), rows=6, required=False, longest=20_000)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class InterviewForm(forms.Form):
    held_on = day(_("Interview held on"))
    minutes = text(_("Record of the interview"), rows=6, longest=20_000)


class ReportForm(forms.Form):
    first_day = day(pgettext_lazy("period", "From"))
    last_day = day(pgettext_lazy("period", "To"))


class ReportTextForm(CircularEditForm):
    body_zh = text(_("Text in Chinese"), rows=8, required=False, longest=20_000)


class EditionForm(forms.Form):
    kind = forms.ChoiceField(label=_("List"), choices=ListKind.choices)
    as_of = day(_("As of"))


class LineForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("List"), choices=[one for one in ListKind.choices if one[0] in (ListKind.NEGATIVE, ListKind.EXIT)]
    )
    subject = forms.ChoiceField(label=_("About"), choices=ListItemSubject.choices)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    number = forms.CharField(label=_("Filing number"), max_length=20, required=False)
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=18, required=False)
    reason = text(_("Reason"), rows=3)


class RemoveLineForm(forms.Form):
    item = forms.TypedChoiceField(label=_("Line"), coerce=int)
    reason = text(_("Reason"), rows=2)

    def __init__(self, *args: Any, items: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = items  # type: ignore[attr-defined]
