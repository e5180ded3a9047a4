"""Forms of rectification orders and listings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from registry.models import Entry
from registry.queries import NumberUnknown, entry_as_typed
from supervision.forms.fields import articles_field, cited, text, working_days

FINDINGS = 5


def _unit(code: str) -> Unit | None:
    """The unit with that code; raises beside the field where there is none."""
    code = code.strip().upper()
    if not code:
        return None
    found = Unit.objects.filter(uscc=code).order_by("pk").first()
    if found is None:
        raise forms.ValidationError(_("No unit with this code is registered."))
    return found


def entry_of(number: str) -> Entry | None:
    """The entry of a number, as people type it; None where the field is left empty."""
    if not number.strip():
        return None
    try:
        return entry_as_typed(number, closed_too=True)
    except NumberUnknown as unknown:
        raise forms.ValidationError(unknown.message) from unknown


class NumberField(forms.CharField):
    """A filing number, cleaned to its entry."""

    def clean(self, value: Any) -> Entry | None:  # type: ignore[override]
        return entry_of(super().clean(value))


class OrderForm(forms.Form):
    """A rectification order: about an app, or about a provider as a whole. Further findings are folded away."""

    fold_label = _("Further findings")

    number = NumberField(label=_("Filing number"), max_length=20, required=False)
    uscc = forms.CharField(
        label=_("Unified social credit code of the provider"), max_length=18, required=False,
        help_text=_("Only where the order is about the provider as a whole."),
    )  # fmt: skip
    public_text = text(_("Public text"), rows=3,
        help_text=_("Stands on the public page of the app until it is cleared."))
    days = working_days()
    articles = articles_field("bj-5", "me-24")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("no article")), *cited()]
        for row in range(1, FINDINGS + 1):
            self.fields[f"finding_{row}"] = text(
                _("Finding %(number)s") % {"number": row}, rows=2, required=row == 1, longest=2000
            )
            self.fields[f"article_{row}"] = forms.ChoiceField(
                label=_("Article of finding %(number)s") % {"number": row}, choices=choices, required=False
            )
        rows = [f"{part}_{row}" for row in range(1, FINDINGS + 1) for part in ("finding", "article")]
        self.order_fields(["number", "uscc", *rows, "public_text", "days", "articles"])

    @property
    def before_fold(self) -> list[forms.BoundField]:
        """Up to the first finding."""
        return [self[name] for name in ("number", "uscc", "finding_1", "article_1")]

    @property
    def fold(self) -> list[forms.BoundField]:
        """The findings that most orders do not have."""
        return [self[f"{part}_{row}"] for row in range(2, FINDINGS + 1) for part in ("finding", "article")]

    @property
    def fold_open(self) -> bool:
        """Whether something stands in them."""
        return any(bound.value() or bound.errors for bound in self.fold)

    @property
    def after_fold(self) -> list[forms.BoundField]:
        """What stands once for the whole order."""
        return [self[name] for name in ("public_text", "days", "articles")]

    def clean_uscc(self) -> Unit | None:
        return _unit(self.cleaned_data.get("uscc", ""))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        entry, unit = values.get("number"), values.get("uscc")
        if not entry and not unit and not {"number", "uscc"} & set(self.errors):
            self.add_error("number", _("Name the app or the provider."))
        if entry and unit and entry.unit_id != unit.pk:
            self.add_error("uscc", _("This filing belongs to another provider."))
        values["findings"] = [
            {"text": values[f"finding_{row}"], "article": values.get(f"article_{row}") or ""}
            for row in range(1, FINDINGS + 1)
            if values.get(f"finding_{row}")
        ]
        return values


class ClearForm(forms.Form):
    reason = text(
        _("Reason"), rows=3, required=False,
        help_text=_("Needed where nothing was handed in, or the period is over, or rectification was refused."),
    )  # fmt: skip
    public_text = text(_("Public text"), rows=2, required=False)


class SendBackForm(forms.Form):
    reason = text(_("What is not mended"))
    days = forms.IntegerField(
        label=_("Working days"), min_value=1, max_value=250, required=False,
        help_text=_("Left empty: those that were left."),
    )  # fmt: skip


class ExtendForm(forms.Form):
    days = working_days(required=True)
    reason = text(_("Reason"), rows=3)


class ReasonForm(forms.Form):
    reason = text(_("Reason"), rows=3)


class ListProviderForm(forms.Form):
    """The decision to list: what it rests on, how long the bar lasts, which filings are revoked with it."""

    reason = text(_("Reason"), help_text=_("Published with the listing."))
    bar_months = forms.IntegerField(
        label=_("Months of the bar"), min_value=1, max_value=60, required=False,
        help_text=_("Left empty: as the policy says, six months at least."),
    )  # fmt: skip
    entries = forms.TypedMultipleChoiceField(
        label=_("Filings to be revoked"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    public_text = text(_("Public text in Chinese"), rows=3, required=False)
    text_en = text(_("Public text in English"), rows=3, required=False)
    articles = articles_field("me-24", "bj-5")

    def __init__(self, *args: Any, entries: list[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {entry.pk: entry for entry in entries}
        self.fields["entries"].choices = [  # type: ignore[attr-defined]
            (entry.pk, f"{entry.app_name} {entry.number}") for entry in entries
        ]
        if not entries:
            del self.fields["entries"]

    def chosen(self) -> list[Entry]:
        return [self.found[pk] for pk in self.cleaned_data.get("entries", [])]


class DecideObjectionForm(forms.Form):
    grant = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[("yes", _("Grant: the listing is lifted")), ("no", _("Reject: the listing stays"))],
    )  # fmt: skip
    decision = text(_("Reasons for the decision"))
