"""The form of a campaign."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Province
from registry.enums import EntryState, Function, Stage
from supervision.enums import (
    CampaignEffect,
)
from supervision.forms.fields import articles_field, day, text


class CampaignForm(forms.Form):
    """A campaign: what it is, what befalls the entries, and which entries are meant."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=160)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    effect = forms.ChoiceField(
        label=pgettext_lazy("campaign", "Effect"), choices=CampaignEffect.choices, widget=forms.RadioSelect
    )
    reason = text(_("Reason"), rows=3)
    public_text = text(_("Public text in Chinese"), rows=3)
    text_en = text(_("Public text in English"), rows=3, required=False)
    articles = articles_field()
    stages = forms.MultipleChoiceField(
        label=_("Stages"), choices=Stage.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    functions = forms.MultipleChoiceField(
        label=_("Functions"), choices=Function.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    lacks = forms.MultipleChoiceField(
        label=_("Lacks"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("icp", _("ICP filing")), ("mlps", _("MLPS filing"))],
    )  # fmt: skip
    training = forms.BooleanField(label=_("Offers preschool or subject training"), required=False)
    photo_search = forms.BooleanField(label=_("Photo search"), required=False)
    discipline = forms.BooleanField(label=_("Discipline training"), required=False)
    provinces = forms.MultipleChoiceField(
        label=_("Provinces"), choices=Province.choices, required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}), help_text=_("None chosen: all."),
    )  # fmt: skip
    states = forms.MultipleChoiceField(
        label=_("States"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[one for one in EntryState.choices if one[0] in ("published", "rectifying", "offline")],
    )  # fmt: skip
    buffer = forms.CharField(label=_("Buffer window"), required=False, max_length=40)
    open_items_before = day(
        _("Open items due before"), required=False,
        help_text=_("Items that a buffer window let come later, and that were due before this day."),
    )  # fmt: skip
    numbers = text(_("Filing numbers"), rows=3, required=False, help_text=_("One a line."), longest=200_000)

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    TERMS = ("title_zh", "title_en", "effect", "reason", "public_text", "text_en", "articles")

    def __init__(self, *args: Any, windows: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if windows is not None:
            self.fields["buffer"] = forms.ChoiceField(
                label=_("Buffer window"), required=False, choices=[("", "—"), *((key, key) for key in windows)]
            )

    def filter(self) -> dict[str, Any]:
        """What ``supervision.queries.campaign_entries`` reads."""
        values = self.cleaned_data
        found: dict[str, Any] = {
            key: values[key]
            for key in ("stages", "functions", "lacks", "provinces", "states", "buffer")
            if values.get(key)
        }
        found |= {key: True for key in ("training", "photo_search", "discipline") if values.get(key)}
        if values.get("open_items_before"):
            found["open_items_before"] = values["open_items_before"].isoformat()
        numbers = values.get("numbers", "").split()
        return found | ({"numbers": numbers} if numbers else {})

    def terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.TERMS} | {"filter": self.filter()}


def campaign_initial(terms: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What the form of a draft shows."""
    return {**terms, **wanted, "numbers": "\n".join(wanted.get("numbers", []))}
