"""Forms of decisions on one entry."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.enums import RatingKind
from supervision.forms.fields import day, text


class ResumeEntryForm(forms.Form):
    """The wording that the public reads; the standard one where it is left empty."""

    public_text = text(
        _("Public wording, in Chinese"), rows=2, required=False, longest=500,
        help_text=_("Stands on the public page. Left empty: the standard wording."),
    )  # fmt: skip
    text_en = text(_("Public wording, in English"), rows=2, required=False, longest=500)


class EntryActForm(ResumeEntryForm):
    """A decision against an entry, with its reason."""

    reason = text(_("Reason"), rows=3, longest=2000, help_text=_("It is published, and told to the provider."))

    field_order = ("reason", "public_text", "text_en")


class RatingForm(forms.Form):
    """What a body of the industry has published of the app."""

    kind = forms.ChoiceField(label=_("Kind"), choices=RatingKind.choices)
    body = forms.CharField(label=_("Body of the industry"), max_length=120)
    result = forms.CharField(label=_("Result"), max_length=200)
    rated_on = day(_("Published on"))
    source = forms.CharField(
        label=_("Published at"), max_length=300, help_text=_("The address of the page, with https://.")
    )
