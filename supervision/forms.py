"""Forms of supervision: they read what was sent; the verbs decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Province
from accounts.models import Unit
from blacklist.enums import ListItemSubject, ListKind
from registry.enums import EntryState, Function, Stage
from registry.models import Entry
from rulebook import articles
from supervision.enums import (
    CampaignEffect,
    CircularAudience,
    CircularKind,
    ComplaintKind,
    Department,
    Outcome,
    ReferralSubject,
    SamplingMethod,
)
from supervision.models import ComplaintCategory, LetterTemplate

#: articles that a decision of supervision rests on, in the order of the pickers
ARTICLES = ("me-14", "me-15", "me-16", "me-22", "me-23", "me-24", "op-13", "op-14", "op-15", "op-16", "bj-3",
    "bj-4", "bj-5")
PROVINCES = [("", _("The whole country")), *Province.choices]


def _cited() -> list[tuple[str, str]]:
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
        label=_("On the basis of"), choices=_cited, required=False, initial=list(initial),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


# --- complaints ----------------------------------------------------------------------------------------


class ComplaintFilter(forms.Form):
    """The filters of the queue."""

    q = forms.CharField(
        label=_("Case number or app"), required=False, max_length=60, strip=True,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *ComplaintKind.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=_("Category"), required=False, queryset=ComplaintCategory.objects.all(), empty_label=_("All categories"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip


class TakeForm(forms.Form):
    person = forms.TypedChoiceField(label=_("Colleague"), coerce=int, empty_value=None)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class NotAcceptedForm(forms.Form):
    reason = text(_("Reason"))
    elsewhere = text(_("Where to go instead"), rows=3, help_text=_("The complainant reads it under the query code."))

    def __init__(self, *args: Any, elsewhere: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elsewhere"].initial = elsewhere


class AskForm(forms.Form):
    text = text(_("Question to the complainant"))


class NoteForm(forms.Form):
    text = text(_("Internal note"), rows=3)


class ForwardForm(forms.Form):
    text = text(
        _("Text for the provider"), rows=6,
        help_text=_("In your own words, without anything that tells who complained."),
    )  # fmt: skip
    days = working_days()
    uscc = forms.CharField(
        label=_("Unified social credit code of the provider"), required=False, max_length=18,
        help_text=_("Only where the complaint names no filed app."),
    )  # fmt: skip

    def clean_uscc(self) -> Unit | None:
        return _unit(self.cleaned_data.get("uscc", ""))


class RecallForm(forms.Form):
    forwarding = forms.TypedChoiceField(label=_("Forwarded complaint"), coerce=int)
    reason = text(_("Reason"), rows=2)

    def __init__(self, *args: Any, sent: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["forwarding"].choices = sent  # type: ignore[attr-defined]


class ResolveForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices)
    reply = text(_("Reply to the complainant"), rows=6)


class PublishReplyForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=160)
    text = text(
        _("Published text"), rows=6, help_text=_("Nothing that the complainant wrote; it concerns many readers.")
    )


class MergeForm(forms.Form):
    into = forms.CharField(label=_("Case number of the other complaint"), max_length=24)
    reply = text(_("Reply to the complainant"), rows=3, required=False, help_text=_("Left empty: a standard text."))


class IdentityForm(forms.Form):
    purpose = forms.CharField(
        label=_("What do you need it for?"), max_length=300,
        help_text=_("Every look stands in the ledger with its purpose."),
    )  # fmt: skip


# --- orders and listings -------------------------------------------------------------------------------

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
    number = number.strip()
    if not number:
        return None
    found = Entry.objects.select_related("unit", "authority").filter(number=number).first()
    if found is None:
        raise forms.ValidationError(_("There is no filing with this number."))
    return found


class NumberField(forms.CharField):
    """A filing number, cleaned to its entry."""

    def clean(self, value: Any) -> Entry | None:  # type: ignore[override]
        return entry_of(super().clean(value))


class OrderForm(forms.Form):
    """A rectification order: about an app, or about a provider as a whole."""

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
        choices = [("", _("no article")), *_cited()]
        for row in range(1, FINDINGS + 1):
            self.fields[f"finding_{row}"] = text(
                _("Finding %(number)s") % {"number": row}, rows=2, required=row == 1, longest=2000
            )
            self.fields[f"article_{row}"] = forms.ChoiceField(
                label=_("Article of finding %(number)s") % {"number": row}, choices=choices, required=False
            )
        rows = [f"{part}_{row}" for row in range(1, FINDINGS + 1) for part in ("finding", "article")]
        self.order_fields(["number", "uscc", *rows, "public_text", "days", "articles"])

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


# --- campaigns -----------------------------------------------------------------------------------------


class CampaignForm(forms.Form):
    """A campaign: what it is, what befalls the entries, and which entries are meant."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=160)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    effect = forms.ChoiceField(
        label=pgettext_lazy("campaign", "Effect"), choices=CampaignEffect.choices, widget=forms.RadioSelect
    )
    reason = text(_("Reason"), rows=3)
    public_text = text(_("Public text in Chinese"), rows=3)
    text_en = text(_("Public text in English"), rows=3, required=False)
    articles = articles_field()
    stages = forms.MultipleChoiceField(
        label=_("Stages"), choices=Stage.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    functions = forms.MultipleChoiceField(
        label=_("Functions"), choices=Function.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    lacks = forms.MultipleChoiceField(
        label=_("Lacks"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("icp", _("ICP filing")), ("mlps", _("MLPS filing"))],
    )  # fmt: skip
    training = forms.BooleanField(label=_("Offers preschool or subject training"), required=False)
    photo_search = forms.BooleanField(label=_("Photo search"), required=False)
    discipline = forms.BooleanField(label=_("Discipline training"), required=False)
    provinces = forms.MultipleChoiceField(
        label=_("Provinces"), choices=Province.choices, required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}), help_text=_("None chosen: all."),
    )  # fmt: skip
    states = forms.MultipleChoiceField(
        label=_("States"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[one for one in EntryState.choices if one[0] in ("published", "rectifying", "offline")],
    )  # fmt: skip
    buffer = forms.CharField(label=_("Buffer window"), required=False, max_length=40)
    open_items_before = day(
        _("Open items due before"), required=False,
        help_text=_("Items that a buffer window let come later, and that were due before this day."),
    )  # fmt: skip
    numbers = text(_("Filing numbers"), rows=3, required=False, help_text=_("One a line."), longest=200_000)

    TERMS = ("title_zh", "title_en", "effect", "reason", "public_text", "text_en", "articles")

    def __init__(self, *args: Any, windows: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if windows is not None:
            self.fields["buffer"] = forms.ChoiceField(
                label=_("Buffer window"), required=False, choices=[("", "—"), *((key, key) for key in windows)]
            )

    def filter(self) -> dict[str, Any]:
        """What ``supervision.queries.campaign_entries`` reads."""
        values = self.cleaned_data
        found: dict[str, Any] = {
            key: values[key]
            for key in ("stages", "functions", "lacks", "provinces", "states", "buffer")
            if values.get(key)
        }
        found |= {key: True for key in ("training", "photo_search", "discipline") if values.get(key)}
        if values.get("open_items_before"):
            found["open_items_before"] = values["open_items_before"].isoformat()
        numbers = values.get("numbers", "").split()
        return found | ({"numbers": numbers} if numbers else {})

    def terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.TERMS} | {"filter": self.filter()}


def campaign_initial(terms: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What the form of a draft shows."""
    return {**terms, **wanted, "numbers": "\n".join(wanted.get("numbers", []))}


# --- inspections ---------------------------------------------------------------------------------------


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
            answers.append({"key": key, "ok": ok, "text": said, "article": item.get("article") or ""})
        values["answers"] = answers
        return values


class InspectionOrderForm(forms.Form):
    public_text = text(_("Public text"), rows=3)
    days = working_days()


class SettleForm(forms.Form):
    note = text(_("Note"), rows=2, longest=500)


# --- partners, stores, papers, lists -------------------------------------------------------------------


class ReferForm(forms.Form):
    subject = forms.ChoiceField(label=_("Subject"), choices=ReferralSubject.choices)
    department = forms.ChoiceField(
        label=_("Department"), required=False,
        choices=[("", _("The first that is competent for the subject")), *Department.choices],
    )  # fmt: skip
    title = forms.CharField(label=_("Title"), max_length=160)
    text = text(_("Text"), rows=6, help_text=_("Nothing that tells who complained."))
    number = NumberField(label=_("Filing number"), max_length=20, required=False)
    days = working_days()


class AnswerForm(forms.Form):
    answer = text(_("Answer"), rows=6)


class MeasureForm(forms.Form):
    department = forms.ChoiceField(label=_("Department"), choices=Department.choices)
    measure = text(_("Measure"), rows=3)
    decided_on = day(_("Decided on"))
    until = day(_("Until"), required=False)


class TakedownForm(forms.Form):
    store = forms.CharField(label=_("App store"), max_length=80)
    number = NumberField(label=_("Filing number"), max_length=20, required=False)
    app_name = forms.CharField(label=_("App name"), max_length=120, required=False)
    packages = text(_("Package names"), rows=2, required=False, help_text=_("One a line."), longest=2000)
    text = text(_("Text"), rows=5)
    days = working_days()


class StoreAnswerForm(forms.Form):
    removed = forms.ChoiceField(
        label=_("What the store did"), widget=forms.RadioSelect,
        choices=[("yes", _("It removed the app")), ("no", _("It declined"))],
    )  # fmt: skip
    answer = text(_("Answer of the store"), rows=3)
    answered_on = day(_("Answered on"))


class CircularForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[one for one in CircularKind.choices if one[0] in ("circular", "interview", "warning")]
    )
    audience = forms.ChoiceField(label=_("For"), choices=CircularAudience.choices)
    template = forms.ModelChoiceField(
        label=_("Letter template"), queryset=LetterTemplate.objects.filter(active=True), required=False,
        help_text=_("It fills what you leave empty."),
    )  # fmt: skip
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200, required=False)
    body_zh = text(_("Text in Chinese"), rows=8, required=False, longest=20_000)
    title_en = forms.CharField(label=_("Title in English"), max_length=240, required=False)
    body_en = text(_("Text in English"), rows=6, required=False, longest=20_000)
    uscc = text(
        _("Addressed to"), rows=2, required=False, help_text=_("Unified social credit codes, one a line."), longest=2000
    )
    held_on = day(_("Interview on"), required=False)
    articles = articles_field("me-23")

    def clean_uscc(self) -> list[Unit]:
        return [unit for code in (self.cleaned_data.get("uscc") or "").split() if (unit := _unit(code))]


class CircularEditForm(forms.Form):
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    body_zh = text(_("Text in Chinese"), rows=8, longest=20_000)
    title_en = forms.CharField(label=_("Title in English"), max_length=240, required=False)
    body_en = text(_("Text in English"), rows=6, required=False, longest=20_000)


class InterviewForm(forms.Form):
    held_on = day(_("Interview held on"))
    minutes = text(_("Record of the interview"), rows=6, longest=20_000)
    accountability = text(_("What followed for persons"), rows=3, required=False)


class ReportForm(forms.Form):
    first_day = day(_("From"))
    last_day = day(_("To"))


class ReportTextForm(CircularEditForm):
    body_zh = text(_("Text in Chinese"), rows=8, required=False, longest=20_000)


class EditionForm(forms.Form):
    kind = forms.ChoiceField(label=_("List"), choices=ListKind.choices)
    as_of = day(_("As of"))


class LineForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("List"), choices=[one for one in ListKind.choices if one[0] in (ListKind.NEGATIVE, ListKind.EXIT)]
    )
    subject = forms.ChoiceField(label=_("About"), choices=ListItemSubject.choices)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    number = forms.CharField(label=_("Filing number"), max_length=20, required=False)
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=18, required=False)
    reason = text(_("Reason"), rows=3)


class RemoveLineForm(forms.Form):
    item = forms.TypedChoiceField(label=_("Line"), coerce=int)
    reason = text(_("Reason"), rows=2)

    def __init__(self, *args: Any, items: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = items  # type: ignore[attr-defined]
