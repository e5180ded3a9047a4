"""The form of a campaign."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from ledger.text import storable
from users.enums import CampaignGoal


class CampaignForm(forms.Form):
    """Name, dates, goal and target; which institutions it is about."""

    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    text = forms.CharField(
        label=_("What is to be done"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    goal = forms.ChoiceField(label=_("Goal"), choices=CampaignGoal.choices)
    target = forms.IntegerField(
        label=_("Target"), min_value=1, max_value=1_000_000, initial=100,
        help_text=_("Per cent of the institutions; for apps of providers, how many are to be filed within the dates."),
    )  # fmt: skip
    unit_kinds = forms.MultipleChoiceField(
        label=_("Institutions"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(kind, UnitKind(kind).label) for kind in ("school", "university", "affiliated")],
        help_text=_("None chosen: all."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("name", "name_en", "text"):
            if not storable(cleaned.get(name, "")):
                self.add_error(name, _("This has characters that cannot be stored."))
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day lies before the first."))
        if starts and not 2000 <= starts.year <= 2100:
            self.add_error("starts_on", _("Give a day of this century."))
        if ends and not 2000 <= ends.year <= 2100:
            self.add_error("ends_on", _("Give a day of this century."))
        if cleaned.get("goal") != CampaignGoal.APPS and (cleaned.get("target") or 0) > 100:
            self.add_error("target", _("The target is a share from 1 to 100 per cent."))
        return cleaned
