"""Conditions of the app's part, and its page on who provides the service."""

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

TRAINING = Section(
    "training",
    "app",
    "三",
    _("Service parties and staff"),
    article="op-5",
    fields=(
        Field(
            "app.hosts_institutions",
            _("Does it host other institutions or persons who teach?"),
            "bool",
            required=True,
            article="bj-3-2",
        ),
        Field(
            "app.hosted_institutions",
            _("Hosted institutions"),
            "table",
            required=True,
            max_rows=200,
            shown_when={"field": "app.hosts_institutions", "is": True},
            article="bj-3-2",
            columns=(
                Column("name", _("Name"), required=True, max_length=120),
                Column("uscc", _("Unified social credit code"), check="uscc"),
                Column("discipline", _("Trains in discipline subjects"), "bool"),
                Column(
                    "licence",
                    _("Licence number"),
                    max_length=60,
                    required_when={"field": "discipline", "is": True},
                ),
            ),
        ),
        Field(
            "app.service_parties",
            _("Parties that provide the training"),
            "table",
            required=True,
            max_rows=200,
            shown_when=TRAINS,
            article="op-5",
            columns=(
                Column("name", _("Name"), required=True, max_length=120),
                Column("uscc", _("Unified social credit code"), check="uscc"),
                Column("reviewed", _("Reviewed and registered"), "bool"),
            ),
        ),
        Field(
            "app.trainers",
            _("Trainers"),
            "table",
            required=True,
            max_rows=500,
            shown_when=TRAINS,
            article="op-5",
            hint=_(
                "Persons who do discipline training need a teacher certificate; foreign trainers a "
                "reviewed qualification."
            ),
            columns=(
                Column("name", _("Name"), required=True, max_length=60),
                Column("kind", _("Kind"), "choice", required=True, choices=choices.TRAINER_KINDS),
                Column(
                    "certificate",
                    _("Teacher certificate number"),
                    check="teacher_certificate",
                    required_when={"field": "kind", "is": "teacher"},
                ),
                Column(
                    "qualification",
                    _("Qualification, education, ability"),
                    max_length=200,
                    required_when={"field": "kind", "is": "foreign"},
                ),
            ),
        ),
        Field(
            "app.training_licence_number",
            _("Number of the online discipline-training licence"),
            required=True,
            shown_when=DISCIPLINE,
            article="bj-3-1",
            max_length=60,
            code=True,
        ),
        Field(
            "app.training_licence",
            _("Scan of the online discipline-training licence"),
            "file",
            required=True,
            shown_when=DISCIPLINE,
            material="training_licence",
            group="qualification",
            article="bj-3-1",
        ),
        Field(
            "app.training_licence_until",
            _("Licence valid until"),
            "date",
            required=True,
            shown_when=DISCIPLINE,
            article="bj-3-1",
        ),
        Field("app.staff_content", _("Staff for content review"), "number", article="bj-3-6", high=100_000),
        Field(
            "app.staff_technical",
            _("Technical and security staff"),
            "number",
            article="bj-3-6",
            high=100_000,
        ),
        Field("app.staff_service", _("Staff for users’ requests"), "number", article="bj-3-6", high=100_000),
    ),
)
