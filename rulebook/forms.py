"""Forms of the administrators' pages."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from rulebook.domain.calendar import CalendarInvalid, YearData, read_year
from rulebook.time import now

MOST_BYTES = 200_000


class CalendarFileForm(forms.Form):
    """A year of the calendar, as a file or as its text (the confirmation posts the text back)."""

    file = forms.FileField(
        label=_("JSON file of the year"), required=False, widget=UnfoldAdminFileFieldWidget
    )
    text = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MOST_BYTES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload is not None and upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for a year of days."))
        try:
            text = upload.read().decode("utf-8-sig") if upload is not None else data.get("text", "")
            if not text:
                raise forms.ValidationError(_("Choose the JSON file of the year."))
            data["year"] = read_year(json.loads(text), now=now())
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise forms.ValidationError(_("The file is no JSON: %(error)s") % {"error": error}) from error
        except CalendarInvalid as error:
            raise forms.ValidationError(list(error.problems)) from error
        data["text"] = text
        return data

    @property
    def year(self) -> YearData:
        return self.cleaned_data["year"]


class PolicyForm(forms.Form):
    """A new version of an authority's policy; the catalogue checks its data when it is published."""

    authority_code = forms.CharField(
        label=_("Authority (moe, or its code)"), max_length=12, widget=UnfoldAdminTextInputWidget
    )
    effective_from = forms.DateField(label=_("In force from"), widget=UnfoldAdminTextInputWidget({"type": "date"}))
    effective_to = forms.DateField(
        label=_("In force until"), required=False, widget=UnfoldAdminTextInputWidget({"type": "date"})
    )
    # An empty object is a policy too: everything is inherited again.
    settings = forms.JSONField(
        label=_("Settings (only what the authority sets itself)"), required=False, widget=UnfoldAdminTextareaWidget
    )
    note = forms.CharField(label=_("Note"), required=False, widget=UnfoldAdminTextareaWidget({"rows": 3}))

    def clean_settings(self) -> Any:
        return {} if self.cleaned_data["settings"] is None else self.cleaned_data["settings"]
