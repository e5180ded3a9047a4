"""The public form, and the small ones of the query code and of the provider; the verbs decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Province
from registry import queries as registry_queries
from registry.models import Entry
from registry.numbers import NumberProblem, read
from rulebook.time import local_date
from supervision import queries
from supervision.domain.intake import MOST_SCREENSHOTS
from supervision.enums import ComplaintKind
from supervision.models import ComplaintCategory

LONGEST = 5000


class ManyFiles(forms.FileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; the clean value is a list. What they are is found out by their content, not here."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Each one by itself."""
        sent = data if isinstance(data, list | tuple) else [data]
        found = [super(ManyFilesField, self).clean(one, initial) for one in sent if one]
        if not found and self.required:
            super().clean(None, initial)
        return found


#: what the form asks, by kind; the rest is left out
FIELDS = {
    ComplaintKind.COMPLAINT: (
        "category", "number", "app_name", "provider_name", "province", "text", "happened_on", "asked_operator",
        "screenshots", "name", "phone", "email", "answer",
    ),
    ComplaintKind.UNFILED: (
        "category", "app_name", "provider_name", "where_found", "province", "text", "screenshots", "name", "phone",
        "email", "answer",
    ),
    ComplaintKind.SUGGESTION: (
        "category", "number", "app_name", "province", "text", "screenshots", "name", "phone", "email", "answer",
    ),
}  # fmt: skip


class ComplaintForm(forms.Form):
    """What somebody has to say. ``entry`` is the filed app that the number names, where one was given.

    The fields depend on the kind. ``question`` is the small sum that holds off machines.
    """

    category = forms.ChoiceField(label=_("What it is about"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Filing number"), required=False, max_length=40,
        help_text=_("If you know it. It stands in the app, and on the app’s page in this registry."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    app_name = forms.CharField(
        label=_("Name of the app"), required=False, max_length=120,
        help_text=_("As it is called in the app store. With a filing number it can be left empty."),
    )  # fmt: skip
    provider_name = forms.CharField(label=_("Who provides it"), required=False, max_length=120)
    where_found = forms.CharField(
        label=_("Where you found it"), required=False, max_length=300,
        help_text=_("The app store, an address, or the school that uses it."),
    )  # fmt: skip
    province = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Province"), required=False,
        help_text=_("Where you live or the school is. A filed app goes to the authority that filed it."),
    )  # fmt: skip
    text = forms.CharField(
        label=pgettext_lazy("complaint", "What happened"), max_length=LONGEST, widget=forms.Textarea,
        help_text=_("Say what you saw, where in the app, and when. You need not name yourself or a child."),
        error_messages={"required": _("Say what happened.")},
    )  # fmt: skip
    happened_on = forms.DateField(
        label=_("When it happened"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    asked_operator = forms.ChoiceField(
        label=_("Have you complained to the operator first?"), required=False, widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No"))],
    )  # fmt: skip
    screenshots = ManyFilesField(
        label=_("Screenshots"), required=False, max_length=200,
        help_text=_("Up to five pictures (PNG or JPEG) or PDF files of at most 20 MB each."),
        widget=ManyFiles(attrs={"accept": "image/png,image/jpeg,application/pdf"}),
    )  # fmt: skip
    name = forms.CharField(
        label=pgettext_lazy("person", "Name"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), required=False, max_length=120, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    answer = forms.CharField(
        label=_("A small sum"), max_length=10,
        help_text=_("It keeps machines out. Answer with a number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, question: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.now = ComplaintKind(kind), now
        self.entry: Entry | None = None
        self.categories: dict[str, ComplaintCategory] = {row.key: row for row in queries.categories(kind)}
        for name in set(self.fields) - set(FIELDS[self.kind]):
            del self.fields[name]
        self.fields["answer"].label = question
        self._choose("category", [(key, row.label) for key, row in self.categories.items()])
        self._choose("province", [("", _("Not known, or the whole country")), *Province.choices])
        if len(self.categories) == 1:
            self.fields["category"].widget = forms.HiddenInput()
            self.initial.setdefault("category", next(iter(self.categories)))
        if self.kind == ComplaintKind.SUGGESTION:
            self.fields["text"].label = _("Your suggestion")
            self.fields["text"].help_text = ""
            self.fields["text"].error_messages["required"] = _("Write your suggestion.")
            self.fields["app_name"].help_text = _("If it is about an app.")
        if self.kind == ComplaintKind.UNFILED:
            self.fields["app_name"].required = True
            self.fields["app_name"].help_text = _("As it is called in the app store.")
            self.fields["app_name"].error_messages["required"] = _("Name the app.")

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_category(self) -> ComplaintCategory:
        """A category that belongs elsewhere says where."""
        row = self.categories[self.cleaned_data["category"]]
        if row.elsewhere_zh:
            raise forms.ValidationError(row.elsewhere)
        return row

    def clean_number(self) -> str:
        """Finds the entry; a number that was never issued is no number."""
        text = self.cleaned_data["number"].strip()
        if not text:
            return ""
        reading = read(text)
        if isinstance(reading, NumberProblem):
            raise forms.ValidationError(str(reading.message))
        self.entry = registry_queries.entry_by_number(reading)
        if self.entry is None:
            raise forms.ValidationError(
                _("There is no entry with this number. Correct it, or leave it empty and name the app.")
            )
        return reading.text

    def clean_happened_on(self) -> Any:
        day = self.cleaned_data["happened_on"]
        if day is not None and day > local_date(self.now):
            raise forms.ValidationError(_("This day lies ahead."))
        return day

    def clean_screenshots(self) -> list[UploadedFile]:
        sent: list[UploadedFile] = self.cleaned_data["screenshots"]
        if len(sent) > MOST_SCREENSHOTS:
            raise forms.ValidationError(_("At most %(most)s pictures.") % {"most": MOST_SCREENSHOTS})
        return sent

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        named = self.entry is not None or values.get("app_name") or self.errors.keys() & {"number", "app_name"}
        if self.kind == ComplaintKind.COMPLAINT and not named:
            self.add_error("app_name", _("Name the app, or give its filing number."))
        return values

    def said(self) -> dict[str, Any]:
        """The arguments of ``supervision.domain.receive``, but for the pictures."""
        values = self.cleaned_data
        asked = values.get("asked_operator")
        plain = ("app_name", "provider_name", "where_found", "province", "name", "phone", "email")
        return {
            "kind": str(self.kind),
            "category": values["category"],
            "text": values["text"],
            "entry": self.entry,
            "happened_on": values.get("happened_on"),
            "asked_operator": None if not asked else asked == "yes",
            **{key: values.get(key, "") for key in plain},
        }


class CodeForm(forms.Form):
    """The query code."""

    code = forms.CharField(
        label=_("Query code"), max_length=60,
        help_text=_("16 letters and digits, as shown when you sent it. Spaces and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Enter the query code.")},
    )  # fmt: skip


class AnswerForm(forms.Form):
    """An answer to the authority's question."""

    text = forms.CharField(
        label=_("Your answer"), max_length=LONGEST, widget=forms.Textarea,
        error_messages={"required": _("Write your answer.")},
    )  # fmt: skip
