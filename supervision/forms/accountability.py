"""Forms of indicators, tasks and outcomes for persons."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import UnitKind
from accounts.models import Unit
from ledger.text import storable
from supervision.enums import Consequence
from supervision.forms.fields import day, text

MILESTONES = 4


class PeriodForm(forms.Form):
    """From a day to a day that has come."""

    first_day = day(pgettext_lazy("period", "From"))
    last_day = day(pgettext_lazy("period", "To"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first_day"), values.get("last_day")
        if last and last > self.today:
            self.add_error("last_day", _("This day is yet to come."))
        elif first and last and last < first:
            self.add_error("last_day", _("This day lies before the first."))
        return values


class AssessmentForm(forms.Form):
    purpose = forms.CharField(
        label=_("For which assessment"), max_length=200,
        help_text=_("The figures are kept as they are now, with a digest in the ledger."),
    )  # fmt: skip


class VerifyForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file to be verified"), help_text=_("The file as it was handed on; it is not kept."),
    )  # fmt: skip


class PurposeForm(forms.Form):
    purpose = text(_("What you need it for"), rows=2, longest=300)


class OutcomeForm(forms.Form):
    consequence = forms.ChoiceField(label=_("What followed"), choices=Consequence.choices)
    person_name = forms.CharField(label=_("Person and post"), max_length=120, required=False)
    text = text(_("Grounds"), rows=4)
    decided_on = day(_("Decided on"))


class UnitsField(forms.CharField):
    """Units by name, key, school code or credit code, one a line; cleaned to the units."""

    def __init__(self, *, many: bool = True, **kwargs: Any) -> None:
        self.many = many
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}) if many else forms.TextInput, **kwargs)

    def clean(self, value: Any) -> list[Unit]:  # type: ignore[override]
        names = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        found: list[Unit] = []
        for name in dict.fromkeys(names):
            unit = _unit_named(name)
            if unit is None:
                raise forms.ValidationError(_("No unit is called “%(name)s”.") % {"name": name[:80]})
            found.append(unit)
        return found


def _unit_named(name: str) -> Unit | None:
    if not storable(name):
        return None
    rows = Unit.objects.filter(Q(code=name) | Q(school_code=name) | Q(uscc=name.upper()) | Q(name=name), active=True)
    inside = Q(parent__isnull=False) | Q(kind__in=[UnitKind.AUTHORITY, UnitKind.PARTNER])
    found = list(rows.filter(inside).order_by("pk")[:10])
    by_code = [unit for unit in found if name in (unit.code, unit.school_code) or name.upper() == unit.uscc]
    if len(found) > 1 and not by_code:
        raise forms.ValidationError(
            _("Several units are called “%(name)s”; name it by its code."), params={"name": name[:80]}
        )
    return next(iter(by_code or found), None)


_NAMING = _("Name, key of the authority, school code or credit code")


class TaskForm(forms.Form):
    """A task with up to four milestones."""

    plan = forms.TypedChoiceField(label=_("Work plan"), required=False, coerce=int, empty_value=None)
    title = forms.CharField(label=_("Title"), max_length=160)
    text = text(_("What is to be done"), rows=4)
    responsible = UnitsField(label=_("Responsible unit"), many=False, max_length=120, help_text=_NAMING)
    sharing = UnitsField(
        label=_("Cooperating units"), required=False, max_length=5000, help_text=_("One a line, named the same way.")
    )
    due_day = day(_("Last day"))

    def __init__(self, *args: Any, plans: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [("", _("none")), *plans]  # type: ignore[attr-defined]
        for number in range(1, MILESTONES + 1):
            self.fields[f"milestone_{number}"] = forms.CharField(
                label=_("Milestone %(number)s") % {"number": number}, max_length=160, required=False
            )
            self.fields[f"milestone_day_{number}"] = day(
                _("Day of milestone %(number)s") % {"number": number}, required=False
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        found = []
        for number in range(1, MILESTONES + 1):
            title, on = values.pop(f"milestone_{number}", ""), values.pop(f"milestone_day_{number}", None)
            if bool(title) != bool(on):
                self.add_error(f"milestone_{number}", _("Give each milestone a title and a day."))
            elif title:
                found.append({"title": title, "due_day": on})
        values["milestones"] = found
        if values.get("responsible"):
            values["responsible"] = values["responsible"][0]
        return values


class CommentForm(forms.Form):
    """A comment on an item, or on the whole."""

    key = forms.ChoiceField(label=pgettext_lazy("checklist", "Item"), required=False)
    text = text(_("Comment"), rows=4, longest=2000)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [("", _("The checklist as a whole")), *items]  # type: ignore[attr-defined]


class WorkPlanForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=160)
    aim = text(_("Aim"), rows=3)
    way = text(_("Way"), rows=3, required=False)
    safeguards = text(
        _("Safeguards"), rows=3, required=False, help_text=_("People, funds, departments that take part.")
    )
    first_day = day(pgettext_lazy("period", "From"))
    last_day = day(pgettext_lazy("period", "To"))


class ProgressForm(forms.Form):
    text = text(_("Progress"), rows=4)


class FinishForm(forms.Form):
    text = text(_("What was reached"), rows=4)


class MoveForm(forms.Form):
    due_day = day(_("New last day"))
    reason = text(_("Reason"), rows=2)


class MilestoneForm(forms.Form):
    milestone = forms.TypedChoiceField(label=_("Milestone"), coerce=int)
    reached_on = day(_("Reached on"))

    def __init__(self, *args: Any, items: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["milestone"].choices = items  # type: ignore[attr-defined]
