"""Forms of the help centre; the verbs decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from guidance.domain.errors import Invalid
from guidance.domain.pages import EDITABLE, MEANWHILE, RESERVED, check_address, check_fields
from guidance.domain.training import MOST_PEOPLE, check_times
from guidance.enums import HelpAudience
from guidance.models import Contact, HelpCategory, HelpPage, TrainingEvent


class Taking:
    """Puts what a verb found wrong beside its field."""

    def take(self, errors: Mapping[str, Any]) -> None:
        for field, message in errors.items():
            self.add_error(field if field in self.fields else None, message)  # type: ignore[attr-defined]


class RegisterForm(Taking, forms.Form):
    people = forms.IntegerField(label=_("How many persons come"), min_value=1, max_value=MOST_PEOPLE)


class NoteForm(forms.Form):
    attendance = forms.IntegerField(min_value=1, max_value=2**62)
    came = forms.IntegerField(min_value=0, max_value=MOST_PEOPLE)


class CategoryForm(forms.ModelForm):
    """A category; its address may not be a page's."""

    class Meta:
        model = HelpCategory
        fields = ("slug", "audience", "name_zh", "name_en", "intro_zh", "intro_en", "order")

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug in RESERVED or HelpPage.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("This address is taken by a part of the help centre."))
        return slug


class PageForm(Taking, forms.ModelForm):
    """The working copy of a page; ``seen_revision`` is the edit that the form showed."""

    seen_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = HelpPage
        fields = (
            "slug", "category", "kind", "order", "title_zh", "title_en", "summary_zh", "summary_en", "body_zh",
            "body_en", "keywords", "articles",
        )  # fmt: skip
        help_texts = {
            "slug": _("Small letters, digits and hyphens; it stays for good, and pages refer to it."),
            "body_zh": _("Markdown: ## heading, **bold**, - list, | table |, > note, [words](address). [[me-13]] cites "
                         "an article. HTML and pictures are left out."),
            "articles": _("Keys of the rulebook, such as [\"me-13\", \"op-10\"]."),
            "keywords": _("What people type and the text does not say, with spaces between."),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen_revision"].initial = self.instance.revision

    def clean(self) -> dict[str, Any] | None:
        """What the verb would refuse stands beside its field before anything is written."""
        values = super().clean() or {}
        try:
            check_fields({name: value for name, value in values.items() if name in EDITABLE})
            if not self.instance.pk and values.get("slug"):
                check_address(values["slug"])
        except Invalid as error:
            self.take(error.errors)
        seen = values.get("seen_revision")
        if self.instance.pk and seen is not None:
            latest = HelpPage.objects.filter(pk=self.instance.pk).values_list("revision", flat=True).first()
            if latest != seen:
                self.add_error(None, MEANWHILE)
        return values

    def clean_articles(self) -> list[str]:
        """A list of keys; anything else is said to be none."""
        value = self.cleaned_data["articles"] or []
        if not isinstance(value, list) or not all(isinstance(one, str) and len(one) < 20 for one in value):
            raise forms.ValidationError(_("Write a list of keys, such as [\"me-13\"]."))
        return value


class FileForm(forms.Form):
    title_zh = forms.CharField(label=_("title in Chinese"), max_length=120, widget=UnfoldAdminTextInputWidget)
    title_en = forms.CharField(label=_("title in English"), max_length=160, widget=UnfoldAdminTextInputWidget)
    file = forms.FileField(
        label=_("File"), help_text=_("PDF, PNG or JPEG, 20 MB at most."), widget=UnfoldAdminFileFieldWidget
    )


class PublishForm(forms.Form):
    note = forms.CharField(
        label=_("what changed"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)


class ContactForm(Taking, forms.ModelForm):
    class Meta:
        model = Contact
        fields = (
            "authority", "name_zh", "name_en", "duty_zh", "duty_en", "phone", "email", "hours_zh", "hours_en", "order",
            "active",
        )  # fmt: skip


    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if not (values.get("phone") or values.get("email")):
            self.add_error("phone", _("Give a telephone number or an e-mail address."))
        return values


class OwnContactForm(ContactForm):
    """A contact of the authority that one works for."""

    class Meta:
        model = Contact
        exclude = ("authority", "edited_at")  # noqa: DJ006  all that a contact is shown with but whose it is


class EventForm(Taking, forms.ModelForm):
    audiences = forms.MultipleChoiceField(
        label=pgettext_lazy("help", "for"), choices=HelpAudience.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = TrainingEvent
        fields = (
            "host", "audiences", "title_zh", "title_en", "body_zh", "body_en", "place_zh", "place_en", "starts_at",
            "ends_at", "register_until", "seats", "material",
        )  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        try:
            check_times({name: values.get(name) for name in ("starts_at", "ends_at", "register_until")})
        except Invalid as error:
            self.take({name: text for name, text in error.errors.items() if name not in self.errors})
        return values
