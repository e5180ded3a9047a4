"""The form of a user filing (Measures, Annex 2), section by section."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from providers.schema import Column, Context, Field, Section, lookup
from users.schema import choices

REQUIRED_USE = {"field": "use.nature", "is": "required"}
RECOMMENDED_USE = {"field": "use.nature", "is": "recommended"}
BY_SUPERIOR = {"field": "use.source", "is": "required_by_superior"}
EXAMS = {"field": "use.functions", "has_any": ["exams"]}
THIRD_PARTY_EXAMS = {"all": [EXAMS, {"field": "use.exams_run_by", "is": "third_party"}]}
COLLECTS = {"field": "use.collects_information", "is": True}
BIOMETRICS = {"all": [COLLECTS, {"field": "use.biometrics", "is": True}]}
LARGE_SCALE = {"all": [COLLECTS, {"field": "use.large_scale", "is": True}]}
CHARGED = {"field": "use.fee", "in": ["voluntary", "charged"]}


def required_use(context: Context) -> bool:
    """Whether the app is required of all: then a collective decision must be on record (Opinions, item 10)."""
    return lookup(context.doc, "use.nature") == "required"


USE = Section(
    "use", "use", "一", _("Source and nature of use"), article="me-17",
    intro=_("Where the app comes from, for whom, and whether it is required or recommended."),
    fields=(
        Field("use.source", _("Source"), "choice", required=True, choices=choices.SOURCES, article="me-17",
              public_as="source"),
        Field("use.superior_document", _("Document of the superior department"), required=True, max_length=200,
              shown_when=BY_SUPERIOR, article="me-17", hint=_("Its title and number.")),
        Field("use.superior_file", _("Copy of that document"), "file", required=True, shown_when=BY_SUPERIOR,
              article="me-17", group="qualification"),
        Field("use.nature", _("Nature of use"), "choice", required=True, choices=choices.NATURES, article="op-11",
              public_as="nature",
              hint=_("“Required of all” needs a collective decision; it may then cost nothing and carry no "
                     "advertisements or games.")),
        Field("use.start_on", _("In use from"), "date", required=True, public_as="start_on"),
        Field("use.channels", _("In what form it is used"), "multi", required=True, choices=choices.CHANNELS,
              article="op-8", public_as="channels",
              hint=_("Official accounts and mini-programs count as well as installed apps.")),
        Field("use.functions", _("What it is used for"), "multi", required=True, choices=choices.FUNCTIONS,
              article="op-12", public_as="functions"),
        Field("use.user_groups", _("Who uses it"), "multi", required=True, choices=choices.USER_GROUPS,
              public_as="user_groups"),
        Field("use.stages", _("Stages"), "multi", required=True, choices=choices.STAGES, public_as="stages"),
        Field("use.scope", _("Grades, classes or departments"), max_length=200, public_as="scope"),
        Field("use.users_count", _("Number of users covered"), "number", required=True, low=1, high=9_999_999),
    ),
)  # fmt: skip
COMPARISON = Section(
    "comparison", "use", "二", _("Selection"), article="op-10",
    intro=_("Selection keeps to strict criteria and a small number: what is not necessary is not selected."),
    fields=(
        Field("use.necessity", _("Why the app is needed"), "textarea", required=True, max_length=1000,
              article="op-10"),
        Field("use.criteria", _("Criteria examined"), "multi", required=True, choices=choices.CRITERIA,
              article="op-10"),
        Field("use.alternatives", _("Alternatives compared"), "table", max_rows=20, article="op-10",
              columns=(
                  Column("name", _("App"), required=True, max_length=120),
                  Column("number", _("Filing number"), max_length=40),
                  Column("assessment", _("Why it was not chosen"), required=True, max_length=300),
              )),
        Field("use.procurement", _("How the service is procured"), "choice", choices=choices.PROCUREMENT,
              article="op-20", hint=_("Says how the school or authority comes by the service. May be left open.")),
        Field("use.assessment_reports", _("Assessment reports of third parties"), "table", max_rows=10,
              article="op-9",
              columns=(
                  Column("title", _("Title"), required=True, max_length=160),
                  Column("body", _("Assessment body"), required=True, max_length=120),
                  Column("file", _("Report"), "file", required=True),
              )),
    ),
)  # fmt: skip
CONSULTATION = Section(
    "consultation", "use", "三", _("Opinions of staff, students and parents"), article="op-10",
    intro=_("Selection fully respects their opinions. Record each consultation."),
    fields=(
        Field("use.consultations", _("Consultations"), "table", required=True, max_rows=30, article="op-10",
              columns=(
                  Column("group", _("Who was asked"), "choice", required=True, choices=choices.CONSULTED),
                  Column("manner", _("How"), "choice", required=True, choices=choices.MANNERS),
                  Column("held_on", _("Date"), "date", required=True),
                  Column("participants", _("Number of participants"), required=True, max_length=12),
                  Column("outcome", _("Outcome"), required=True, max_length=500),
              )),
        Field("use.consultation_answer", _("How objections were taken into account"), "textarea", max_length=1000,
              article="op-10"),
        Field("use.consultation_file", _("Record of the consultation"), "file", group="qualification",
              article="op-10"),
    ),
)  # fmt: skip
DECISION = Section(
    "decision", "use", "四", _("Collective decision"), article="op-10",
    intro=_("Without a collective decision of the department or school no app may be required of students."),
    fields=(
        Field("use.decision_on", _("Date of the collective decision"), "date", required=required_use,
              article="op-10", public_as="decision_on"),
        Field("use.decision_body", _("Who decided"), required=required_use, max_length=120, article="op-10",
              hint=_("For example: meeting of the school’s leadership, no. 12 of 2026.")),
        Field("use.decision_file", _("Document of the decision"), "file", required=required_use, article="op-10",
              group="qualification"),
        Field("use.decision_summary", _("What was decided"), "textarea", max_length=1000, article="op-10"),
    ),
)  # fmt: skip
EXAM_BUSINESS = Section(
    "exams", "use", "五", _("Admission, examinations and scores"), article="op-11",
    intro=_("Only where the app serves admission, examination registration or score queries."),
    fields=(
        Field("use.exams_run_by", _("Who runs it"), "choice", required=True, choices=choices.RUN_BY,
              shown_when=EXAMS, article="op-11"),
        Field("use.exams_justification", _("Why a third party’s app is really needed"), "textarea", required=True,
              max_length=1000, shown_when=THIRD_PARTY_EXAMS, article="op-11"),
        Field("use.exclusive_agreement", _("Is there an exclusive agreement?"), "bool", required=True,
              shown_when=THIRD_PARTY_EXAMS, article="op-11"),
        Field("use.other_ways", _("Which other ways remain open to those concerned"), "textarea", required=True,
              max_length=500, shown_when=THIRD_PARTY_EXAMS, article="op-11",
              hint=_("No single app may in fact monopolise the business.")),
    ),
)  # fmt: skip
FEES = Section(
    "fees", "use", "六", _("Fees, advertisements, games"), article="op-11",
    fields=(
        Field("use.fee", _("Fee for students and parents"), "choice", required=True, choices=choices.FEES,
              article="op-11", public_as="fee"),
        Field("use.fee_note", _("What is charged, how much, and why"), "textarea", required=True, max_length=500,
              shown_when=CHARGED, article="op-11", public_as="fee_note"),
        Field("use.has_ads", _("Does the app show commercial advertisements?"), "bool", required=True,
              article="op-11"),
        Field("use.has_games", _("Does the app contain games?"), "bool", required=True, article="op-11"),
    ),
)  # fmt: skip
INFORMATION = Section(
    "personal", "use", "七", _("Personal information"), article="op-6",
    fields=(
        Field("use.collects_information", _("Is personal information of staff, students or parents collected?"),
              "bool", required=True, article="op-6"),
        Field("use.personal_information", _("Personal information, item by item"), "table", required=True,
              max_rows=60, shown_when=COLLECTS, article="op-6",
              columns=(
                  Column("item", _("Item"), required=True, max_length=80),
                  Column("purpose", _("Purpose"), required=True, max_length=200),
                  Column("manner", _("Manner"), "choice", required=True, choices=choices.COLLECTION_MANNERS),
                  Column("required", _("Necessary for the service"), "bool"),
              )),
        Field("use.guardian_consent", _("How guardians consent for minors"), "textarea", max_length=500,
              shown_when=COLLECTS, article="op-6"),
        Field("use.biometrics", _("Are biometric features used (face, fingerprint, voice)?"), "bool", required=True,
              shown_when=COLLECTS, article="op-6"),
        Field("use.large_scale", _("Is personal information collected on a large scale?"), "bool", required=True,
              shown_when=COLLECTS, article="op-6"),
    ),
)  # fmt: skip
#: asked where the policy asks for it
ARGUMENTATION = (
    Field("use.argumentation", _("Argumentation for the biometric features"), "textarea", required=True,
          max_length=2000, shown_when=BIOMETRICS, article="op-6",
          hint=_("Necessity, experts heard, protection, and the way for those who do not consent.")),
    Field("use.argumentation_file", _("Record of the argumentation"), "file", required=True, shown_when=BIOMETRICS,
          article="op-6", group="qualification"),
)  # fmt: skip
COLLECTION = (
    Field("use.collection_consultation", _("Consultation on the large-scale collection"), "textarea", required=True,
          max_length=2000, shown_when=LARGE_SCALE, article="op-6",
          hint=_("Who was asked, when, what was objected, what was done.")),
    Field("use.collection_file", _("Record of the consultation on the collection"), "file", required=True,
          shown_when=LARGE_SCALE, article="op-6", group="qualification"),
)  # fmt: skip
RESPONSIBLE = Section(
    "responsible", "use", "八", _("Department and responsible persons"), article="op-8",
    intro=_("Who is in charge, who developed, who selected: each answers for it."),
    fields=(
        Field("use.department", _("Department in charge"), required=True, max_length=120, article="op-8"),
        Field("use.responsible", _("Responsible persons"), "table", required=True, max_rows=20, article="op-8",
              columns=(
                  Column("name", _("Name of the person"), required=True, max_length=60),
                  Column("position", _("Position"), required=True, max_length=60),
                  Column("duty", _("Answers for"), max_length=80),
                  Column("phone", _("Telephone"), max_length=30),
              )),
    ),
)  # fmt: skip
NO_FEE = _("We take no fee of any kind from students or parents for this app.")
NO_ADS = _("The app carries no commercial advertisements and no games where we require its use.")
VOLUNTARY = _("Use is voluntary; nobody is put at a disadvantage who does not use it, and it is not bound to teaching "
              "management.")  # fmt: skip
NO_CREDITS = _("Use is not linked to credits, grades or awards.")
NO_EXCLUSIVE = _("We sign no exclusive agreement and let no single app monopolise the business.")
TRUE = _("Everything in this filing is true, accurate and complete. We report changes within 10 working days.")
EXIT = _("We end the use and tell those concerned when the app’s filing is revoked or the app proves unfit.")
COMMITMENTS = Section(
    "use_commitments", "use", "九", _("Commitments"), article="op-11",
    intro=_("Read each one and accept it for the unit."),
    fields=(
        Field("use.commit_no_fee", NO_FEE, "accept", required=True, shown_when=REQUIRED_USE, article="op-11"),
        Field("use.commit_no_ads", NO_ADS, "accept", required=True, shown_when=REQUIRED_USE, article="op-11"),
        Field("use.commit_voluntary", VOLUNTARY, "accept", required=True, shown_when=RECOMMENDED_USE,
              article="op-11"),
        Field("use.commit_no_credits", NO_CREDITS, "accept", required=True, article="op-11"),
        Field("use.commit_no_exclusive", NO_EXCLUSIVE, "accept", required=True, shown_when=EXAMS, article="op-11"),
        Field("use.commit_exit", EXIT, "accept", required=True, article="op-16"),
        Field("use.commit_true", TRUE, "accept", required=True, article="me-20"),
        Field("use.signed_name", _("Signed by"), required=True, max_length=60,
              hint=_("Full name of the person who signs for the unit. The time is recorded when you submit.")),
        Field("use.signed_position", _("Position"), max_length=60),
    ),
)  # fmt: skip
CHANGE = Section(
    "use_change", "use", "〇", _("What has changed"), article="me-20",
    intro=_("Changes are reported within 10 working days. A late report is accepted and marked as late."),
    fields=(
        Field("use.changed_on", _("Date of the change"), "date", required=True, article="me-20"),
        Field("use.changed_parts", _("What has changed"), "multi", required=True, choices=choices.CHANGED_PARTS,
              article="me-20"),
        Field("use.change_description", _("The change in words"), "textarea", required=True, max_length=1000,
              article="me-20"),
    ),
)  # fmt: skip
