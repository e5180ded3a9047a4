"""Forms of the institution's pages beside the wizard: they parse; the verbs decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from users.enums import Nature, UseState

MOST_ROWS = 20  # as many persons as a unit may name: what came by token must stand on the page, or it would be lost


class WithdrawForm(forms.Form):
    """Why a use ends, and how those concerned are told (Opinions, item 16)."""

    reason = forms.CharField(
        label=_("Why the use ends"), max_length=1000, required=False, widget=forms.Textarea,
        help_text=_("For example: the app’s filing was revoked; it is no longer needed; it has been replaced by …"),
    )  # fmt: skip
    notice_text = forms.CharField(
        label=_("Notice to the staff, students and parents who use the app"), max_length=2000, required=False,
        widget=forms.Textarea,
        help_text=_("From when it is no longer used, what happens to their data, and what takes its place. The public "
                    "page of your unit shows it."),
    )  # fmt: skip

    def __init__(self, *args: Any, handed_in: bool, confirmed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = handed_in
        if confirmed:
            self.fields["notice_text"].required = True
        else:
            del self.fields["notice_text"]


class SystemForm(forms.Form):
    """A version of the selection system (Measures Art. 8)."""

    title = forms.CharField(label=_("Title"), max_length=160)
    effective_on = forms.DateField(
        label=_("In effect from"), widget=forms.DateInput(format="%Y-%m-%d"), input_formats=["%Y-%m-%d"]
    )
    note = forms.CharField(label=_("What changed"), max_length=500, required=False)
    file = forms.FileField(label=_("Document"), help_text=_("PDF, PNG or JPEG, 20 MB at most."))


class NamingForm(forms.Form):
    """The department in charge; the persons are rows of their own, see ``persons``."""

    department = forms.CharField(
        label=_("Department in charge"), max_length=120, help_text=_("For example: information centre, office of the "
                                                                      "principal.")
    )  # fmt: skip

    COLUMNS = (
        ("name", _("Name of the person"), 60),
        ("position", _("Position"), 60),
        ("duty", _("Answers for"), 80),
        ("phone", _("Telephone"), 30),
    )

    def __init__(self, *args: Any, persons: list[dict[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.persons = self._sent() if self.is_bound else list(persons or [])
        self.errors_of_rows: list[Any] = []

    def _sent(self) -> list[dict[str, str]]:
        rows = []
        for number in range(MOST_ROWS):
            row = {
                key: str(self.data.get(f"person-{number}-{key}", "")).replace("\x00", "").strip()[:most]
                for key, _label, most in self.COLUMNS
            }
            if any(row.values()):
                rows.append(row)
        return rows

    def rows(self) -> list[dict[str, Any]]:
        """Rows as the page lays them out: those that are there, and two more."""
        count = min(MOST_ROWS, max(len(self.persons) + 1, 3))
        filled = [*self.persons, *({} for _row in range(count))][:count]
        return [
            {
                "number": number + 1,
                "cells": [
                    {"id": f"person-{number}-{key}", "label": label, "value": row.get(key, ""), "max": most}
                    for key, label, most in self.COLUMNS
                ],
            }
            for number, row in enumerate(filled)
        ]


class OwnAppForm(forms.Form):
    """An app that the unit developed for itself alone (Measures Art. 21)."""

    app_name = forms.CharField(
        label=_("Name of the app"), max_length=120, help_text=_("As your staff and students see it.")
    )


class ReviewForm(forms.Form):
    """The school's own review of what a colleague handed in (Opinions, item 10)."""

    comment = forms.CharField(
        label=_("Opinion of the school’s review"), max_length=2000, required=False, widget=forms.Textarea,
        help_text=_("Needed where you send it back without a note on a field."),
    )  # fmt: skip


class ListFilter(forms.Form):
    """Filters of the list of uses; what is unknown is left out."""

    q = forms.CharField(required=False, max_length=60)
    state = forms.ChoiceField(required=False, choices=[("", _("All")), *UseState.choices])
    nature = forms.ChoiceField(required=False, choices=[("", _("All")), *Nature.choices])
