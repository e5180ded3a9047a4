"""Forms of complaints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from supervision.enums import (
    ComplaintKind,
    Outcome,
)
from supervision.forms.fields import text, working_days
from supervision.forms.orders import _unit
from supervision.models import ComplaintCategory


class ComplaintFilter(forms.Form):
    """The filters of the queue."""

    q = forms.CharField(
        label=_("Case number or app"), required=False, max_length=60, strip=True,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *ComplaintKind.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=_("Category"), required=False, queryset=ComplaintCategory.objects.all(), empty_label=_("All categories"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip


class TakeForm(forms.Form):
    person = forms.TypedChoiceField(label=_("Colleague"), coerce=int, empty_value=None)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class NotAcceptedForm(forms.Form):
    reason = text(_("Reason"))
    elsewhere = text(_("Where to go instead"), rows=3, help_text=_("The complainant reads it under the query code."))

    def __init__(self, *args: Any, elsewhere: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elsewhere"].initial = elsewhere


class AskForm(forms.Form):
    text = text(_("Question to the complainant"))


class NoteForm(forms.Form):
    text = text(_("Internal note"), rows=3)


class ForwardForm(forms.Form):
    text = text(
        _("Text for the provider"), rows=6,
        help_text=_("In your own words, without anything that tells who complained."),
    )  # fmt: skip
    days = working_days()
    uscc = forms.CharField(
        label=_("Unified social credit code of the provider"), required=False, max_length=18,
        help_text=_("Only where the complaint names no filed app."),
    )  # fmt: skip

    def clean_uscc(self) -> Unit | None:
        return _unit(self.cleaned_data.get("uscc", ""))


class RecallForm(forms.Form):
    forwarding = forms.TypedChoiceField(label=_("Forwarded complaint"), coerce=int)
    reason = text(_("Reason"), rows=2)

    def __init__(self, *args: Any, sent: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["forwarding"].choices = sent  # type: ignore[attr-defined]


class ResolveForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices)
    reply = text(_("Reply to the complainant"), rows=6)


class PublishReplyForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=160)
    text = text(
        _("Published text"), rows=6, help_text=_("Nothing that the complainant wrote; it concerns many readers.")
    )


class MergeForm(forms.Form):
    into = forms.CharField(label=_("Case number of the other complaint"), max_length=24)
    reply = text(_("Reply to the complainant"), rows=3, required=False, help_text=_("Left empty: a standard text."))


class IdentityForm(forms.Form):
    purpose = forms.CharField(
        label=_("What do you need it for?"), max_length=300,
        help_text=_("Every look stands in the ledger with its purpose."),
    )  # fmt: skip
