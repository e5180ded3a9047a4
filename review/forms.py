"""Forms of the review workspace: they read what was sent; the verbs decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person

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
