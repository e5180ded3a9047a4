"""Third part of the form: the app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from providers.schema import choices
from providers.schema.fields import Column, Field, Section

MINORS = {"field": "app.mainly_minors", "is": True}
FORUM = {"field": "app.has_forum", "is": True}
TRAINS = {"field": "app.trains_in_subjects", "is": True}
DISCIPLINE = {
    "all": [
        TRAINS,
        {"field": "app.subjects", "has_any": [key for key, _label in choices.DISCIPLINE_SUBJECTS]},
        {"field": "app.stages", "has_any": list(choices.DISCIPLINE_STAGES)},
    ]
}

SECTIONS = (
    Section(
        "basics", "app", "三", _("Basic information and editions"), article="me-12",
        fields=(
            Field("app.name", _("Name of the app"), required=True, max_length=120, public_as="app_name",
                  hint=_("As users see it in the app store.")),
            Field("app.purpose", _("What the app is for"), "textarea", required=True, max_length=500, public_as="purpose",
                  article="me-2", hint=_("In a few sentences. It is published.")),
            Field("app.icon_file", _("Icon"), "file", hint=_("PNG or JPEG, square, at least 256 pixels wide.")),
            Field("app.version", _("Version"), required=True, check="version", public_as="version",
                  hint=_("For example 4.3.0.")),
            Field("app.android_package", _("Android package"), check="package", code=True,
                  hint=_("For example com.example.reading. At least one edition is needed.")),
            Field("app.ios_bundle", _("iOS bundle id"), check="bundle", code=True),
            Field("app.harmony_bundle", _("HarmonyOS bundle"), check="package", code=True),
            Field("app.miniprogram_id", _("Mini-program id"), check="miniprogram", code=True, article="op-8"),
            Field("app.official_account", _("Official account"), max_length=60, article="op-8"),
            Field("app.miit_number", _("App filing number of the industry ministry"), check="miit_app", code=True,
                  public_as="miit_number", hint=_("Ends in A for an app, in X for a mini-program: 京ICP备14035507号-25A.")),
            Field("app.store_links", _("Where it can be downloaded"), "table", max_rows=30, public_as="store_links",
                  columns=(
                      Column("store", _("Store"), "choice", required=True, choices=choices.STORES),
                      Column("url", _("Link"), required=True, check="url"),
                  )),
        ),
    ),
    Section(
        "audience", "app", "三", _("Functions, stages and users"), article="op-2",
        fields=(
            Field("app.stages", _("Stages"), "multi", required=True, choices=choices.STAGES, public_as="stages",
                  article="op-2"),
            Field("app.user_groups", _("Main users"), "multi", required=True, choices=choices.USER_GROUPS,
                  public_as="user_groups", article="me-2"),
            Field("app.functions", _("Functions"), "multi", required=True, choices=choices.FUNCTIONS,
                  public_as="functions"),
            Field("app.subjects", _("Subjects"), "multi", required=True, choices=choices.SUBJECTS, public_as="subjects",
                  article="bj-2-2"),
            Field("app.trains_in_subjects", _("Does the app offer training in these subjects?"), "bool", required=True,
                  article="bj-2-2",
                  hint=_("Courses, live lessons or question training sold or offered outside school. Whether it is discipline training follows from stages, subjects and this answer.")),
            Field("app.preschool_training", _("Does it train preschool children online?"), "bool", required=True,
                  article="bj-3-5", shown_when={"field": "app.stages", "has_any": ["preschool"]}),
            Field("app.photo_search", _("Does it have “photo search” for answers, or anything similar?"), "bool",
                  required=True, article="bj-3-3"),
            Field("app.school_resources", _("Does it offer quality resources for university staff and students?"), "bool",
                  article="op-5", shown_when={"field": "app.stages", "has_any": ["higher"]}),
        ),
    ),
    Section(
        "content", "app", "三", _("Content, minors and charges"), article="op-5",
        fields=(
            Field("app.mainly_minors", _("Is it mainly for minors?"), "bool", required=True, article="op-5"),
            Field("app.age_from", _("Suited from age"), "number", required=True, low=0, high=99, shown_when=MINORS,
                  article="op-5", public_as="age_from"),
            Field("app.age_to", _("Suited up to age"), "number", required=True, low=0, high=99, shown_when=MINORS,
                  article="op-5", public_as="age_to"),
            Field("app.time_limit", _("How the time of use is limited"), "textarea", required=True, max_length=500,
                  shown_when=MINORS, article="op-5", public_as="time_limit"),
            Field("app.content_control", _("How the content is controlled"), "textarea", required=True, max_length=500,
                  shown_when=MINORS, article="op-5", public_as="content_control"),
            Field("app.has_forum", _("Does it have a forum, community or messages?"), "bool", required=True,
                  article="op-5"),
            Field("app.has_ads", _("Does it show advertisements?"), "bool", required=True, article="op-5",
                  public_as="advertising"),
            Field("app.ads_description", _("Which advertisements, and how they fit the service"), "textarea",
                  required=True, max_length=500, shown_when={"field": "app.has_ads", "is": True}, article="op-5"),
            Field("app.has_games", _("Does it contain games or links to games?"), "bool", required=True, article="bj-3"),
            Field("app.charges", _("Charges"), "choice", required=True, choices=choices.CHARGES, public_as="charges"),
            Field("app.charges_description", _("What is charged, and how much"), "textarea", required=True, max_length=500,
                  shown_when={"field": "app.charges", "in": ["partly", "charged"]}),
        ),
    ),
    Section(
        "information", "app", "三", _("Personal information collected"), article="op-6",
        intro=_("Each item needs a purpose that belongs to the service."),
        fields=(
            Field("app.collects_information", _("Does it collect personal information?"), "bool", required=True,
                  article="op-6"),
            Field("app.personal_information", _("Items collected"), "table", required=True, max_rows=100,
                  shown_when={"field": "app.collects_information", "is": True}, article="op-6",
                  public_as="personal_information",
                  columns=(
                      Column("item", _("Item"), required=True, max_length=60),
                      Column("purpose", _("Purpose"), required=True, max_length=200),
                      Column("manner", _("Manner"), "choice", required=True, choices=choices.COLLECTION_MANNERS),
                      Column("required", _("Needed to use the app"), "bool"),
                  )),
            Field("app.guardian_consent", _("How the guardian’s consent is obtained"), "textarea", required=True,
                  max_length=500, article="op-6", public_as="guardian_consent",
                  shown_when={"all": [MINORS, {"field": "app.collects_information", "is": True}]}),
            Field("app.user_consent", _("How users are told and agree"), "textarea", required=True, max_length=500,
                  article="op-6", shown_when={"field": "app.collects_information", "is": True}),
            Field("app.real_name", _("How users are verified"), "choice", required=True, choices=choices.REAL_NAME,
                  article="op-6", hint=_("Real name behind, voluntary in front.")),
        ),
    ),
    Section(
        "training", "app", "三", _("Service parties and staff"), article="op-5",
        fields=(
            Field("app.hosts_institutions", _("Does it host other institutions or persons who teach?"), "bool",
                  required=True, article="bj-3-2"),
            Field("app.hosted_institutions", _("Hosted institutions"), "table", required=True, max_rows=200,
                  shown_when={"field": "app.hosts_institutions", "is": True}, article="bj-3-2",
                  columns=(
                      Column("name", _("Name"), required=True, max_length=120),
                      Column("uscc", _("Unified social credit code"), check="uscc"),
                      Column("discipline", _("Trains in discipline subjects"), "bool"),
                      Column("licence", _("Licence number"), max_length=60,
                             required_when={"field": "discipline", "is": True}),
                  )),
            Field("app.service_parties", _("Parties that provide the training"), "table", required=True, max_rows=200,
                  shown_when=TRAINS, article="op-5",
                  columns=(
                      Column("name", _("Name"), required=True, max_length=120),
                      Column("uscc", _("Unified social credit code"), check="uscc"),
                      Column("reviewed", _("Reviewed and registered"), "bool"),
                  )),
            Field("app.trainers", _("Trainers"), "table", required=True, max_rows=500, shown_when=TRAINS, article="op-5",
                  hint=_("Persons who do discipline training need a teacher certificate; foreign trainers a reviewed qualification."),
                  columns=(
                      Column("name", _("Name"), required=True, max_length=60),
                      Column("kind", _("Kind"), "choice", required=True, choices=choices.TRAINER_KINDS),
                      Column("certificate", _("Teacher certificate number"), check="teacher_certificate",
                             required_when={"field": "kind", "is": "teacher"}),
                      Column("qualification", _("Qualification, education, ability"), max_length=200,
                             required_when={"field": "kind", "is": "foreign"}),
                  )),
            Field("app.training_licence_number", _("Number of the online discipline-training licence"), required=True,
                  shown_when=DISCIPLINE, article="bj-3-1", max_length=60, code=True),
            Field("app.training_licence", _("Scan of the online discipline-training licence"), "file", required=True,
                  shown_when=DISCIPLINE, material="training_licence", group="qualification", article="bj-3-1"),
            Field("app.training_licence_until", _("Licence valid until"), "date", required=True, shown_when=DISCIPLINE,
                  article="bj-3-1"),
            Field("app.staff_content", _("Staff for content review"), "number", article="bj-3-6", high=100_000),
            Field("app.staff_technical", _("Technical and security staff"), "number", article="bj-3-6", high=100_000),
            Field("app.staff_service", _("Staff for users’ requests"), "number", article="bj-3-6", high=100_000),
        ),
    ),
)

EXTRAS = Section(
    "extra", "app", "三", _("Further items of the authority"), article="me-26",
    intro=_("Your province asks for these in addition."),
)
