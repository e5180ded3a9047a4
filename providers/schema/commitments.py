"""Fifth part: what is declared and signed; and what single kinds of filing ask."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from providers.schema import choices
from providers.schema.fields import Field, Section

LAW = _(
    "We obey the laws and the state’s education policy, and keep to the orientation "
    "towards quality education and the policy of double reduction."
)
CONTENT = _("The app offers no harmful or negative information, and no content that contradicts this filing.")
CONSENT = _("We do not force consent by default settings, by bundling, or by stopping installation or use.")
DATA = _(
    "We collect nothing that the service does not need, keep to the agreement with users, "
    "and do not leak, sell or unlawfully pass on personal information."
)
TRUE = _(
    "Everything in this filing is true, accurate and complete. We report changes within 10 working days."
)
DISPLAY = _(
    "We show the filing information inside the app, and do not present the filing as a recommendation."
)

ACCEPTED = (
    ("filing.commit_law", LAW, "op-5"),
    ("filing.commit_content", CONTENT, "op-5"),
    ("filing.commit_consent", CONSENT, "op-6"),
    ("filing.commit_data", DATA, "op-6"),
    ("filing.commit_true", TRUE, "me-15"),
    ("filing.commit_display", DISPLAY, "me-14"),
)

SIGNATURE = (
    Field(
        "filing.signed_name",
        _("Signed by"),
        required=True,
        max_length=60,
        hint=_("Full name of the person who signs for the unit. The time is recorded when you submit."),
    ),
    Field("filing.signed_position", _("Position"), max_length=60),
)

COMMITMENTS = Section(
    "commitments",
    "filing",
    "五",
    _("Commitments"),
    article="op-5",
    intro=_("Read each one and accept it for the unit."),
    fields=(
        *(Field(key, text, "accept", required=True, article=article) for key, text, article in ACCEPTED),
        *SIGNATURE,
    ),
)

CHANGE = Section(
    "change",
    "filing",
    "〇",
    _("What has changed"),
    article="me-15",
    intro=_("Changes are reported within 10 working days. A late report is accepted and marked as late."),
    fields=(
        Field("filing.changed_on", _("Date of the change"), "date", required=True, article="me-15"),
        Field(
            "filing.changed_parts",
            _("What has changed"),
            "multi",
            required=True,
            choices=choices.CHANGED_PARTS,
        ),
        Field(
            "filing.change_description", _("The change in words"), "textarea", required=True, max_length=1000
        ),
    ),
)
RESUME = Section(
    "resume",
    "filing",
    "〇",
    _("Why the app can go online again"),
    fields=(
        Field(
            "filing.resume_reason",
            _("What was done since it went offline"),
            "textarea",
            required=True,
            max_length=1000,
        ),
        Field("filing.resume_evidence", _("Evidence"), "file", required=True, group="qualification"),
    ),
)
CANCEL = Section(
    "cancel",
    "filing",
    "〇",
    _("Cancellation"),
    intro=_(
        "The number stays on record as cancelled and is never given again. Users must be told beforehand."
    ),
    fields=(
        Field("filing.cancel_kind", _("Reason"), "choice", required=True, choices=choices.CANCEL_REASONS),
        Field(
            "filing.cancel_reason",
            _("Reason in words"),
            "textarea",
            required=True,
            max_length=500,
            hint=_("Shown in the public history."),
        ),
        Field("filing.cancel_on", _("Service ends on"), "date", required=True),
        Field(
            "filing.cancel_users_told",
            _("Users have been told, and know what becomes of their data."),
            "accept",
            required=True,
            article="op-6",
        ),
        *SIGNATURE,
    ),
)
