"""First part of the form: the unit (Measures Art. 12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from providers.schema import choices
from providers.schema.fields import Column, Field, Section

SECTIONS = (
    Section(
        "licence",
        "unit",
        "一",
        _("Unit and licence"),
        article="me-12",
        intro=_("As on the business licence or registration certificate."),
        fields=(
            Field(
                "unit.name",
                _("Name of the unit"),
                required=True,
                max_length=120,
                public_as="provider_name",
                hint=_("In full, as on the licence."),
                autocomplete="organization",
            ),
            Field(
                "unit.kind",
                _("Kind of unit"),
                "choice",
                required=True,
                choices=choices.UNIT_KINDS,
                article="me-10",
                public_as="provider_kind",
            ),
            Field(
                "unit.uscc",
                _("Unified social credit code"),
                required=True,
                check="uscc",
                readonly=True,
                code=True,
                hint=_(
                    "18 characters. It was given when the unit was registered here and cannot be changed in a filing."
                ),
                public_as="uscc",
            ),
            Field(
                "unit.licence_scan",
                _("Scan of the licence"),
                "file",
                required=True,
                material="licence_scan",
                group="qualification",
                article="me-12",
                hint=_("Business licence or registration certificate; PDF, PNG or JPEG, up to 20 MB."),
            ),
            Field("unit.legal_representative", _("Legal representative"), required=True, max_length=60),
            Field(
                "unit.province",
                _("Province of registration"),
                "choice",
                required=True,
                choices=choices.PROVINCES,
                article="me-10",
                public_as="province_code",
                hint=_("The filing goes to the education authority of this province."),
            ),
            Field("unit.registered_address", _("Registered address"), required=True, max_length=200),
            Field(
                "unit.domicile",
                _("Domicile"),
                max_length=200,
                hint=_("Only where it differs from the registered address."),
            ),
        ),
    ),
    Section(
        "contact",
        "unit",
        "一",
        _("Contact person and authorisation"),
        article="me-12",
        intro=_("The authority turns to this person. It is never published."),
        fields=(
            Field(
                "unit.department",
                _("Department in charge"),
                required=True,
                max_length=80,
                article="op-8",
                hint=_("The department that answers for educational apps."),
            ),
            Field(
                "unit.responsible",
                _("Responsible persons"),
                "table",
                article="op-8",
                required=True,
                max_rows=10,
                hint=_("Who answers for development, content and security."),
                columns=(
                    Column("name", _("Name"), required=True, max_length=60),
                    Column("position", _("Position"), required=True, max_length=60),
                    Column("duty", _("Answers for"), max_length=80),
                ),
            ),
            Field(
                "unit.contact_name", _("Contact person"), required=True, max_length=60, autocomplete="name"
            ),
            Field("unit.contact_mobile", _("Mobile"), required=True, check="mobile", autocomplete="tel"),
            Field("unit.contact_email", _("E-mail"), required=True, check="email", autocomplete="email"),
            Field("unit.contact_phone", _("Landline"), check="landline", hint=_("For example 010-66000000.")),
            Field(
                "unit.authorisation_letter",
                _("Authorisation letter"),
                "file",
                required=True,
                material="authorisation_letter",
                group="qualification",
                article="me-12",
                hint=_("Sealed by the unit, for the contact person."),
            ),
        ),
    ),
    Section(
        "branches",
        "unit",
        "一",
        _("Branches and subsidiaries"),
        article="me-11",
        intro=_("Apps of subsidiaries and branches are filed by the head office, in its province."),
        fields=(
            Field(
                "unit.has_branches",
                _("Does the unit file apps of its branches or subsidiaries?"),
                "bool",
                required=True,
                article="me-11",
            ),
            Field(
                "unit.branches",
                _("Branches and subsidiaries"),
                "table",
                required=True,
                max_rows=200,
                shown_when={"field": "unit.has_branches", "is": True},
                columns=(
                    Column("name", _("Name"), required=True, max_length=120),
                    Column("uscc", _("Unified social credit code"), check="uscc"),
                    Column("province", _("Province"), "choice", required=True, choices=choices.PROVINCES),
                ),
            ),
        ),
    ),
)
