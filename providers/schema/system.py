"""Second part of the form: the business system, where ICP and graded protection attach."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from providers.schema import choices
from providers.schema.fields import Column, Context, Field, Section, lookup

TELECOM = {"field": "system.telecom_business", "is": True}
LEVEL_2 = {"field": "system.mlps_level", "in": ["2", "3", "4"]}
HAS_REPORT = {"all": [LEVEL_2, {"field": "system.has_mlps_report", "is": True}]}
MEASURES_LEVEL = {"2": 24, "3": 12, "4": 12}  # months between two tests


def icp_due(context: Context) -> bool:
    """ICP is due unless a buffer window of the policy names it (notice 3 of the Measures)."""
    return bool(context.policy is None or context.policy.prerequisite("icp", context.on))


def mlps_due(context: Context) -> bool:
    """The same for graded protection."""
    return bool(context.policy is None or context.policy.prerequisite("mlps", context.on))


def report_due(context: Context) -> bool:
    """The test report stands only in the Opinions: due where the policy asks for it."""
    return mlps_due(context) and lookup(context.doc, "system.mlps_level") in ("2", "3", "4")


SECTIONS = (
    Section(
        "system",
        "system",
        "二",
        _("System, domain and ICP filing"),
        article="me-9",
        intro=_("The back end that the app talks to. Several apps may share one system."),
        fields=(
            Field("system.name", _("Name of the system"), required=True, max_length=120),
            Field(
                "system.domain",
                _("Domain or address"),
                required=True,
                check="domain_or_url",
                code=True,
                hint=_("For example app.example.com."),
            ),
            Field(
                "system.hosting_place",
                _("Where it is hosted"),
                required=True,
                max_length=200,
                hint=_("City and data centre or cloud provider."),
            ),
            Field("system.has_developers", _("Did a third party develop it?"), "bool", required=True),
            Field(
                "system.developers",
                _("Third-party developers"),
                "table",
                required=True,
                max_rows=30,
                shown_when={"field": "system.has_developers", "is": True},
                columns=(
                    Column("name", _("Name"), required=True, max_length=120),
                    Column("uscc", _("Unified social credit code"), check="uscc"),
                    Column("work", _("What they developed"), max_length=120),
                ),
            ),
            Field(
                "system.icp_number",
                _("ICP filing number"),
                check="icp",
                required=icp_due,
                article="me-9",
                code=True,
                public_as="icp_number",
                hint=_("For example 京ICP备14035507号-1."),
            ),
            Field(
                "system.icp_proof",
                _("Proof of the ICP filing"),
                "file",
                required=icp_due,
                material="icp_proof",
                group="qualification",
                article="me-9",
                hint=_("Screenshot of the official query page."),
            ),
            Field(
                "system.telecom_business",
                _("Does the unit run telecom business?"),
                "bool",
                required=True,
                article="op-4",
                hint=_("Paid information services over the internet, for example."),
            ),
            Field(
                "system.telecom_licence_number",
                _("Telecom business licence number"),
                check="telecom",
                required=True,
                shown_when=TELECOM,
                article="op-4",
                code=True,
                hint=_("For example 京ICP证123456号 or 粤B2-20090059."),
            ),
            Field(
                "system.telecom_licence",
                _("Scan of the telecom business licence"),
                "file",
                required=True,
                shown_when=TELECOM,
                material="telecom_licence",
                group="qualification",
                article="op-4",
            ),
        ),
    ),
    Section(
        "mlps",
        "system",
        "二",
        _("Graded protection of network security"),
        article="me-9",
        intro=_("The app and its back end are covered together."),
        fields=(
            Field(
                "system.mlps_level",
                _("Protection level"),
                "choice",
                required=mlps_due,
                choices=choices.MLPS_LEVELS,
                article="op-7",
                public_as="mlps_level",
            ),
            Field(
                "system.mlps_number",
                _("Number of the filing certificate"),
                check="mlps",
                required=mlps_due,
                shown_when=LEVEL_2,
                article="me-9",
                code=True,
                hint=_("11 digits, a hyphen, 5 digits; in the upper right corner of the certificate."),
            ),
            Field(
                "system.mlps_certificate",
                _("Scan of the filing certificate"),
                "file",
                required=mlps_due,
                shown_when=LEVEL_2,
                material="mlps_certificate",
                group="qualification",
                article="me-9",
            ),
            Field(
                "system.mlps_authority",
                _("Public security organ that accepted the filing"),
                required=mlps_due,
                shown_when=LEVEL_2,
                max_length=120,
            ),
            Field(
                "system.mlps_date",
                _("Date of the certificate"),
                "date",
                required=mlps_due,
                shown_when=LEVEL_2,
            ),
            Field(
                "system.mlps_level_1_note",
                _("How level 1 was determined"),
                "textarea",
                max_length=500,
                required=True,
                shown_when={"field": "system.mlps_level", "is": "1"},
                hint=_("Level 1 has no filing certificate. Say who determined the level, and when."),
            ),
            Field(
                "system.has_mlps_report",
                _("Is there a test report?"),
                "bool",
                required=report_due,
                shown_when=LEVEL_2,
                article="op-4",
                hint=_("Every two years at level 2, every year from level 3 on."),
            ),
            Field(
                "system.mlps_report",
                _("Test report"),
                "file",
                required=True,
                shown_when=HAS_REPORT,
                material="mlps_report",
                group="qualification",
                article="op-4",
            ),
            Field(
                "system.mlps_report_until",
                _("Test report valid until"),
                "date",
                required=True,
                shown_when=HAS_REPORT,
                article="op-4",
            ),
        ),
    ),
    Section(
        "security",
        "system",
        "二",
        _("Information protection and security"),
        article="op-7",
        fields=(
            Field(
                "system.security_officer", _("Security officer"), required=True, max_length=60, article="op-7"
            ),
            Field(
                "system.security_phone", _("Telephone of the security officer"), required=True, check="phone"
            ),
            Field(
                "system.security_measures",
                _("Measures against attacks and for stable service"),
                "textarea",
                required=True,
                max_length=1000,
                article="op-7",
            ),
            Field(
                "system.has_certificates",
                _("Are there security certifications or tests?"),
                "bool",
                article="op-7",
                hint=_("Encouraged, not required."),
            ),
            Field(
                "system.certificates",
                _("Security certifications and tests"),
                "table",
                max_rows=20,
                shown_when={"field": "system.has_certificates", "is": True},
                article="op-7",
                columns=(
                    Column("name", _("Certificate"), required=True, max_length=120),
                    Column("number", _("Number"), max_length=60),
                    Column("until", _("Valid until"), "date"),
                ),
            ),
            Field(
                "system.complaint_url",
                _("Complaint entry: link"),
                required=True,
                check="url",
                article="op-13",
                public_as="complaint_url",
                hint=_("Where users reach it, for example https://www.example.com/help."),
            ),
            Field(
                "system.complaint_entry",
                _("Complaint entry: screenshot"),
                "file",
                required=True,
                material="complaint_entry",
                group="qualification",
                article="op-13",
            ),
            Field(
                "system.consult_phone",
                _("Consultation telephone"),
                check="phone",
                public_as="consult_phone",
                hint=_("Published. A service number, not a private one."),
            ),
            Field(
                "system.complaint_days",
                _("Complaints are answered within (days)"),
                "number",
                low=1,
                high=60,
                required=True,
                article="op-13",
            ),
            Field(
                "system.service_agreement_url",
                _("Service agreement: link"),
                required=True,
                check="url",
                public_as="service_agreement_url",
            ),
            Field(
                "system.privacy_policy_url",
                _("Privacy policy: link"),
                required=True,
                check="url",
                article="op-6",
                public_as="privacy_policy_url",
            ),
            Field("system.rules_url", _("Management rules and platform conventions: link"), check="url"),
        ),
    ),
)
