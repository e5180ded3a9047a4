"""Forms of sampling plans, inspections and warnings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from providers import materials
from registry.enums import Function, Stage
from supervision.enums import (
    SamplingMethod,
)
from supervision.forms.fields import day, text, working_days
from supervision.forms.orders import NumberField


class PlanForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=160)
    method = forms.ChoiceField(label=_("How it is drawn"), choices=SamplingMethod.choices, widget=forms.RadioSelect)
    size = forms.IntegerField(label=_("How many apps"), min_value=1, max_value=5000)
    seed = forms.CharField(
        label=_("Seed"), max_length=64, required=False,
        help_text=_("Drawn by lot in public; left empty, it is made at random. Whoever knows it can repeat the draw."),
    )  # fmt: skip
    stages = forms.MultipleChoiceField(
        label=_("Stages"), choices=Stage.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    functions = forms.MultipleChoiceField(
        label=_("Functions"), choices=Function.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def filter(self) -> dict[str, Any]:
        return {key: self.cleaned_data[key] for key in ("stages", "functions") if self.cleaned_data.get(key)}


class InspectForm(forms.Form):
    number = NumberField(label=_("Filing number"), max_length=20)


class AnswersForm(forms.Form):
    """An answer to each item of a checklist: in order, or not and why."""

    def __init__(self, *args: Any, items: list[dict[str, Any]], english: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            key = item["key"]
            label = str((item.get("label_en") if english else "") or item.get("label_zh") or key)
            self.fields[f"ok_{key}"] = forms.ChoiceField(
                label=label, choices=[("yes", _("In order")), ("no", _("Not in order"))], widget=forms.RadioSelect
            )
            self.fields[f"text_{key}"] = text(
                _("Finding: %(item)s") % {"item": label}, rows=2, required=False, longest=2000
            )
            self.fields[f"file_{key}"] = forms.FileField(
                label=_("Evidence: %(item)s") % {"item": label}, required=False, max_length=200,
                widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"}),
            )  # fmt: skip
        self.fields["recheck_day"] = day(_("Re-check on"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        answers = []
        for item in self.items:
            key = item["key"]
            if f"ok_{key}" not in values:
                continue
            ok, said = values[f"ok_{key}"] == "yes", (values.get(f"text_{key}") or "").strip()
            if not ok and not said and f"text_{key}" not in self.errors:
                self.add_error(f"text_{key}", _("Say what is not in order."))
            answers.append(
                {"key": key, "ok": ok, "text": said, "article": item.get("article") or "",
                 "evidence": self._examined(f"file_{key}", values)}
            )  # fmt: skip
        values["answers"] = answers
        return values


    def _examined(self, name: str, values: dict[str, Any]) -> dict[str, Any] | None:
        """The file as it may be kept; what it is is found out by its content."""
        if not values.get(name):
            return None
        try:
            return materials.examine(values[name])
        except materials.Refused as refused:
            self.add_error(name, str(refused.message))
            return None


class InspectionOrderForm(forms.Form):
    public_text = text(_("Public text"), rows=3)
    days = working_days()


class SettleForm(forms.Form):
    note = text(_("Note"), rows=2, longest=500)
