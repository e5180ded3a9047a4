"""Fields that the forms of supervision share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Province
from rulebook import articles

#: articles that a decision of supervision rests on, in the order of the pickers
ARTICLES = ("me-14", "me-15", "me-16", "me-22", "me-23", "me-24", "op-13", "op-14", "op-15", "op-16", "bj-3",
    "bj-4", "bj-5")
PROVINCES = [("", _("The whole country")), *Province.choices]


def cited() -> list[tuple[str, str]]:
    found = []
    for key in ARTICLES:
        try:
            found.append((key, articles.cite(key)))
        except articles.ArticleUnknown:
            continue
    return found


def text(label: Any, *, rows: int = 4, required: bool = True, help_text: Any = "",
    longest: int = 5000) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def working_days(*, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Working days"), required=required, min_value=1, max_value=250,
        help_text="" if required else _("Left empty: as the policy says."),
    )  # fmt: skip


def articles_field(*initial: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("On the basis of"), choices=cited, required=False, initial=list(initial),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
