"""Forms of the review workspace: they read what was sent; the verbs decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from review.enums import ReportKind

MAX_ROWS = 200


class BulkForm(forms.Form):
    """Rows chosen in the queue, and what is to be done with them."""

    ACTIONS = [
        ("claim", _("Take over")),
        ("assign", _("Assign")),
        ("release", _("Give back")),
        ("approve", _("Approve")),
        ("export", _("Export")),
    ]
    action = forms.ChoiceField(choices=ACTIONS)
    person = forms.ModelChoiceField(queryset=Person.objects.none(), required=False)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, colleagues: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.filter(  # type: ignore[attr-defined]
            pk__in=[person.pk for person in colleagues]
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("action") == "assign" and not values.get("person"):
            self.add_error("person", _("Choose the colleague."))
        return values


class UseBulkForm(BulkForm):
    """The same for user filings."""

    ACTIONS = [
        ("claim", _("Take over")),
        ("assign", _("Assign")),
        ("release", _("Give back")),
        ("confirm", pgettext_lazy("use filing", "Confirm")),
        ("remind", _("Remind the unit")),
        ("export", _("Export")),
    ]
    action = forms.ChoiceField(choices=ACTIONS)
    text = forms.CharField(required=False, max_length=1000)


class HandOverForm(forms.Form):
    """Cases of an absent colleague go to another one."""

    absent = forms.ModelChoiceField(label=_("Whose cases"), queryset=Person.objects.none())
    to = forms.ModelChoiceField(label=_("To whom"), queryset=Person.objects.none())

    def __init__(self, *args: Any, absent: list[Person], colleagues: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, people in (("absent", absent), ("to", colleagues)):
            self.fields[name].queryset = Person.objects.filter(  # type: ignore[attr-defined]
                pk__in=[person.pk for person in people]
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("absent") and values.get("absent") == values.get("to"):
            self.add_error("to", _("Choose somebody else."))
        return values


class SavedViewForm(forms.Form):
    """A name for the present filters."""

    name = forms.CharField(label=_("Name of the view"), max_length=40)
    query = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """A verdict on a field, with the note where it is against it."""

    field_key = forms.CharField(max_length=80)
    verdict = forms.ChoiceField(choices=[("ok", ""), ("note", ""), ("clear", "")])
    note = forms.CharField(label=_("Note for the provider"), required=False, max_length=2000)
    article = forms.CharField(label=_("Article"), required=False, max_length=20)
    material = forms.IntegerField(required=False, min_value=1, max_value=2**53)
    page = forms.IntegerField(label=_("Page"), required=False, min_value=1, max_value=2000)


class UseDecisionForm(forms.Form):
    """The decision panel of a user filing."""

    DECISIONS = [
        ("return", _("Return for correction")),
        ("confirm", pgettext_lazy("use filing", "Confirm")),
    ]
    decision = forms.ChoiceField(
        label=_("Decision"), choices=DECISIONS, error_messages={"required": _("Choose a decision.")}
    )
    comment = forms.CharField(label=_("Explanation"), required=False, max_length=4000)


class DecisionForm(forms.Form):
    """The decision panel."""

    DECISIONS = [
        ("return", _("Return for correction")),
        ("approve", _("Approve")),
        ("propose", _("Propose approval")),
        ("decline", _("Decline")),
    ]
    decision = forms.ChoiceField(
        label=_("Decision"), choices=DECISIONS, error_messages={"required": _("Choose a decision.")}
    )
    comment = forms.CharField(label=_("Explanation"), required=False, max_length=4000)
    article = forms.CharField(label=_("Article"), required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("decision") == "decline":
            if not values.get("comment", "").strip():
                self.add_error("comment", _("Say why the filing is declined."))
            if not values.get("article", "").strip():
                self.add_error("article", _("Name the article on which it is declined."))
        return values


# --- appraisals ------------------------------------------------------------------------------------------

CRITERIA_ROWS = 8


class ListForm(forms.Form):
    """A recommended list of the authority."""

    name = forms.CharField(label=_("Name of the list"), max_length=160)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)


class AppraisalForm(forms.Form):
    """The terms of a call. Criteria stand in rows of their own: name, English name, weight."""

    title = forms.CharField(label=_("Title"), max_length=160)
    title_en = forms.CharField(label=_("English title"), max_length=200, required=False)
    call = forms.CharField(
        label=_("Text of the call"), widget=forms.Textarea(attrs={"rows": 6}), max_length=8000,
        help_text=_("Who may nominate what, by when, and how it is judged."),
    )  # fmt: skip
    call_en = forms.CharField(
        label=_("English text"), widget=forms.Textarea(attrs={"rows": 4}), max_length=8000, required=False
    )
    partners = forms.CharField(
        label=_("Together with"), max_length=200, required=False,
        help_text=_("Cyberspace administration and other departments that take part."),
    )  # fmt: skip
    nominations_until = forms.DateField(
        label=_("Nominations until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    minimum = forms.IntegerField(label=_("Recommended from this score"), min_value=1, max_value=100, initial=60)
    experts_needed = forms.IntegerField(label=_("Experts at least"), min_value=1, max_value=50, initial=3)
    notice_days = forms.IntegerField(
        label=_("Public notice, working days"), min_value=1, max_value=60, initial=5,
        help_text=_("At least five working days are usual."),
    )  # fmt: skip

    def __init__(self, *args: Any, criteria: list[dict[str, Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = criteria or []
        for number in range(1, CRITERIA_ROWS + 1):
            row = kept[number - 1] if number <= len(kept) else {}
            self.fields[f"criterion_{number}"] = forms.CharField(
                label=_("Criterion"), max_length=80, required=False, initial=row.get("label_zh", "")
            )
            self.fields[f"criterion_{number}_en"] = forms.CharField(
                label=_("In English"), max_length=120, required=False, initial=row.get("label_en", "")
            )
            self.fields[f"weight_{number}"] = forms.IntegerField(
                label=_("Weight"), min_value=1, max_value=100, required=False, initial=row.get("weight")
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The rows of criteria for the page."""
        return [
            (self[f"criterion_{number}"], self[f"criterion_{number}_en"], self[f"weight_{number}"])
            for number in range(1, CRITERIA_ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        criteria = []
        for number in range(1, CRITERIA_ROWS + 1):
            name, weight = values.get(f"criterion_{number}"), values.get(f"weight_{number}")
            if bool(name) != bool(weight):
                field = f"weight_{number}" if name else f"criterion_{number}"
                if field not in self.errors:
                    self.add_error(field, _("A criterion needs a name and a weight."))
            elif name:
                english = values.get(f"criterion_{number}_en") or ""
                criteria.append({"key": f"c{number}", "label_zh": name, "label_en": english, "weight": weight})
        if not self.errors and sum(row["weight"] for row in criteria) != 100:
            self.add_error("weight_1", _("The weights must add up to 100."))
        values["criteria"] = criteria
        return values

    def terms(self) -> dict[str, Any]:
        """What the verb takes."""
        names = (
            "title", "title_en", "call", "call_en", "partners", "nominations_until", "minimum", "experts_needed",
            "notice_days", "criteria",
        )  # fmt: skip
        return {name: self.cleaned_data[name] for name in names}


class NominationForm(forms.Form):
    """An app is named by its number."""

    number = forms.CharField(label=_("Filing number"), max_length=40)
    grounds = forms.CharField(
        label=_("Why it should be recommended"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class ExpertForm(forms.Form):
    """Who is to score: somebody with an account here."""

    email = forms.EmailField(
        label=_("E-mail of the expert"), help_text=_("The expert needs an account; anybody can open one.")
    )
    organisation = forms.CharField(label=_("Organisation"), max_length=120)


class ObjectionForm(forms.Form):
    """What somebody says against a result. ``website`` is left empty by people."""

    candidate = forms.TypedChoiceField(label=_("About"), required=False, coerce=int, empty_value=None)
    name = forms.CharField(label=_("Your name"), max_length=80)
    contact = forms.CharField(
        label=_("How to reach you"), max_length=120, help_text=_("Seen by the authority alone; never published.")
    )
    text = forms.CharField(label=_("Your objection"), widget=forms.Textarea(attrs={"rows": 5}), max_length=4000)
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, candidates: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["candidate"].choices = [("", _("The result as a whole")), *candidates]  # type: ignore[attr-defined]

    def clean_website(self) -> str:
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(_("This field must stay empty."))
        return ""


class AssessmentForm(forms.Form):
    """A third party's report."""

    kind = forms.ChoiceField(label=_("About"), choices=ReportKind.choices)
    body = forms.CharField(label=_("Assessment body"), max_length=120)
    issued_on = forms.DateField(label=_("Issued on"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(label=_("Report"), help_text=_("PDF, PNG or JPEG, up to 20 MB."))
