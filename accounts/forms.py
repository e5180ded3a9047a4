"""Forms of this room: they parse; the verbs decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.enums import KINDS_FROM_ABOVE, Province, Role, TokenScope, UnitKind
from accounts.models import Membership, Person, Unit
from accounts.rules import SELF_REGISTERING, roles_for, scopes_for
from ledger.acts import Refused

#: Which field a reason of the verbs belongs to; all others stand above the form.
FIELD_OF_REASON = {
    "uscc_length": "uscc",
    "uscc_characters": "uscc",
    "uscc_checksum": "uscc",
    "uscc_taken": "uscc",
    "unit_unknown": "uscc",
    "invited_only": "uscc",
    "name_missing": "name",
    "kind_from_above": "kind",
    "province_missing": "province",
    "no_authority": "province",
    "email_missing": "email",
    "role_does_not_fit": "role",
    "role_too_high": "role",
    "not_below": "unit",
    "unit_closed": "unit",
    "scope_does_not_fit": "scope",
    "too_long": "days",
    "label_missing": "label",
    "name_taken": "name",
    "school_code": "school_code",
    "school_code_province": "school_code",
    "school_code_taken": "school_code",
    "uscc_known": "uscc",
    "person_missing": "person",
    "email_wrong": "email",
    "superior": "parent",
    "not_above": "parent",
}


class VerbForm(forms.Form):
    """A form whose errors come from a verb's reasons as well."""

    def refuse(self, refused: Refused) -> None:
        """Puts each reason beside the field it is about."""
        for reason in refused.reasons:
            field = FIELD_OF_REASON.get(reason.code)
            self.add_error(field if field in self.fields else None, str(reason.message))


class RegisterUnitForm(VerbForm):
    """A provider's own unit."""

    name = forms.CharField(
        label=_("Name of the unit"), max_length=120, help_text=_("Exactly as it stands on the licence.")
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        widget=forms.RadioSelect,
        choices=[(kind, UnitKind(kind).label) for kind in UnitKind if kind in SELF_REGISTERING],
    )
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters, on the business licence or the certificate of the legal person."),
    )
    province = forms.ChoiceField(
        label=_("Province of registration"), choices=[("", _("Choose")), *Province.choices]
    )
    as_certified = forms.BooleanField(
        label=_("The certificate shows the code exactly like this"),
        required=False,
        help_text=_("A few older codes have a wrong check digit. A reviewer will compare yours with the certificate."),
    )


class JoinUnitForm(VerbForm):
    """Asks to be let into a unit that is registered already."""

    uscc = forms.CharField(label=_("Unified social credit code of the unit"), max_length=40)


UNITS_OFFERED = 300


def _offer(field: Any, units: Any, chosen: Any) -> None:
    """Accepts any of ``units``, and offers the first few hundred, those highest in the tree first.

    A province has thousands of schools: a list of them all is of no use. The page of a unit's members
    leads here with ``?unit=``, and the unit that was chosen there is offered as well.
    """
    field.queryset = units
    rows = list(units.order_by("parent__path", "name").values_list("pk", "name")[:UNITS_OFFERED])
    if (
        str(chosen or "").isdecimal()
        and len(str(chosen)) < 19
        and int(chosen) not in {pk for pk, _name in rows}
    ):
        rows = [*units.filter(pk=int(chosen)).values_list("pk", "name"), *rows]
    field.widget.choices = [("", _("Choose")), *rows]


class InviteForm(VerbForm):
    """An account for somebody in one's own unit or below it."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    name = forms.CharField(label=_("Name of the person"), max_length=80)
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Choose"))])

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["unit"], units, self["unit"].value())
        fitting = [role for role in Role if role != Role.SYSADMIN]
        self.fields["role"].choices = [("", _("Choose")), *((r.value, r.label) for r in fitting)]  # type: ignore[attr-defined]


class NewUnitForm(VerbForm):
    """A unit below one's own: a school or an affiliated unit."""

    parent = forms.ModelChoiceField(label=_("Stands under"), queryset=Unit.objects.none())
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(k.value, k.label) for k in (UnitKind.SCHOOL, UnitKind.UNIVERSITY, UnitKind.AFFILIATED)],
    )
    name = forms.CharField(label=_("Name of the unit"), max_length=120)
    school_code = forms.CharField(
        label=_("School code"), max_length=10, required=False, help_text=_("10 digits.")
    )
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=40, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["parent"], units, self["parent"].value())

    def clean_school_code(self) -> str:
        code = self.cleaned_data["school_code"].strip()
        if code and not (len(code) == 10 and code.isascii() and code.isdigit()):
            raise forms.ValidationError(_("A school code has 10 digits."))
        return code


class SetUpUnitForm(VerbForm):
    """A school or affiliated unit below one's own, with whoever is to be in charge of it."""

    name = forms.CharField(label=_("Name of the unit"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"), widget=forms.RadioSelect, choices=[(k.value, k.label) for k in KINDS_FROM_ABOVE]
    )
    school_code = forms.CharField(
        label=_("School code"),
        max_length=40,
        required=False,
        help_text=_("10 digits: two of the kind, two of the province, six of the serial. Schools and universities."),
    )
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=40, required=False)
    parent = forms.ModelChoiceField(label=_("Stands under"), queryset=Unit.objects.none())
    person = forms.CharField(label=_("Name of the person in charge"), max_length=80)
    email = forms.EmailField(
        label=_("E-mail of the person in charge"), help_text=_("The invitation goes there; it is valid for 14 days.")
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["parent"], units, self["parent"].value())


class UnitTableForm(forms.Form):
    """A table of units."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("XLSX or CSV, at most 5,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField()

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(r.value, r.label) for r in roles_for(membership.unit)]  # type: ignore[attr-defined]


class TokenForm(VerbForm):
    """A personal token."""

    label = forms.CharField(label=_("What is it for?"), max_length=80)
    scope = forms.ChoiceField(label=_("What it may do"), widget=forms.RadioSelect)
    days = forms.IntegerField(label=_("Valid for how many days"), min_value=1, max_value=365, initial=90)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(s.value, TokenScope(s).label) for s in scopes_for(membership.role)]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]
        self.fields["scope"].initial = choices[0][0]


class OpenAccountForm(VerbForm):
    """Who holds an invitation and has no account yet: a name and a password."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, nothing common."),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, Person(email=self.email, name=self.cleaned_data.get("name", "")))
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        return data


class ProfileForm(forms.ModelForm):
    """Name and language of a person."""

    language = forms.ChoiceField(
        label=_("Language of the e-mails"),
        widget=forms.RadioSelect,
        choices=[("zh-hans", "中文"), ("en", "English")],
    )

    class Meta:
        model = Person
        fields = ("name", "language")
        labels = {"name": _("Your name")}
