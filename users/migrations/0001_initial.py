import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("registry", "0002_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecommendedList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("created_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommended_lists",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "recommended list",
                "verbose_name_plural": "recommended lists",
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "name"), name="recommended_list_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="edition")),
                ("effective_from", models.DateField(verbose_name="in effect from")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "reported_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="reported to the ministry"),
                ),
                ("note", models.TextField(blank=True, verbose_name="what changed")),
                ("created_at", models.DateTimeField()),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="users.recommendedlist",
                    ),
                ),
            ],
            options={
                "verbose_name": "edition of a list",
                "verbose_name_plural": "editions of lists",
                "indexes": [
                    models.Index(fields=["list", "-effective_from", "-number"], name="list_edition_newest")
                ],
                "constraints": [models.UniqueConstraint(fields=("list", "number"), name="list_edition_once")],
            },
        ),
        migrations.CreateModel(
            name="ResponsibleNaming",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("department", models.CharField(max_length=120, verbose_name="department in charge")),
                ("persons", models.JSONField(default=list, verbose_name="responsible persons")),
                ("named_at", models.DateTimeField()),
                (
                    "named_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="namings",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "naming of responsible persons",
                "verbose_name_plural": "namings of responsible persons",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="UseCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("authority_code", models.CharField(max_length=20)),
                ("year", models.PositiveIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("authority_code", "year"), name="use_counter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="UseMaterial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("file", models.FileField(upload_to="uses/%Y/%m/")),
                ("content_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField()),
                ("pages", models.PositiveIntegerField(blank=True, null=True)),
                ("sha256", models.CharField(max_length=64)),
                ("scan", models.CharField(default="not_scanned", max_length=20)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="use_materials",
                        to="accounts.unit",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "material of an institution",
                "verbose_name_plural": "materials of institutions",
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "sha256", "name"), name="use_material_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SelectionSystem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("effective_on", models.DateField(verbose_name="in effect from")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="what changed")),
                ("uploaded_at", models.DateTimeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selection_systems",
                        to="accounts.unit",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "material",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selection_systems",
                        to="users.usematerial",
                    ),
                ),
            ],
            options={
                "verbose_name": "selection system",
                "verbose_name_plural": "selection systems",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "number"), name="selection_system_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="UserFiling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "self_use",
                    models.BooleanField(default=False, verbose_name="developed and used by the unit itself"),
                ),
                ("app_name", models.CharField(max_length=120, verbose_name="app name")),
                ("provider_name", models.CharField(blank=True, max_length=120, verbose_name="provider name")),
                ("number", models.CharField(blank=True, max_length=32, verbose_name="number")),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("self_developed", "Developed by the unit"),
                            ("self_selected", "Selected by the unit"),
                            ("required_by_superior", "Required by a superior department"),
                        ],
                        max_length=24,
                        verbose_name="source",
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        blank=True,
                        choices=[("required", "Required of all"), ("recommended", "Recommended, voluntary")],
                        max_length=16,
                        verbose_name="nature of use",
                    ),
                ),
                (
                    "responsibility",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_charge", "Unit in charge: it developed the app"),
                            ("responsible", "Responsible unit: it selected the app"),
                        ],
                        max_length=16,
                        verbose_name="responsibility",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Draft"),
                            ("unit_review", "School review"),
                            ("submitted", "Awaiting confirmation"),
                            ("returned", "Returned"),
                            ("confirmed", "Confirmed"),
                            ("suspended", "Suspended"),
                            ("withdrawn", "Use ended"),
                        ],
                        default="draft",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("case_no", models.CharField(blank=True, max_length=32, verbose_name="case number")),
                ("data", models.JSONField(default=dict, verbose_name="working copy")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                (
                    "confirmed_version",
                    models.PositiveIntegerField(default=0, verbose_name="confirmed version"),
                ),
                ("public", models.JSONField(default=dict, verbose_name="public snapshot")),
                ("decision_on", models.DateField(blank=True, null=True, verbose_name="collective decision")),
                (
                    "stages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="stages",
                    ),
                ),
                (
                    "functions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="functions",
                    ),
                ),
                (
                    "users_count",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="users covered"),
                ),
                ("judged_on", models.DateField(blank=True, null=True, verbose_name="day of the policy")),
                ("policy_label", models.CharField(blank=True, max_length=160, verbose_name="policy")),
                ("policy_ids", models.JSONField(blank=True, default=list)),
                (
                    "needs_unit_review",
                    models.BooleanField(default=False, verbose_name="goes through school review"),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="first submitted")),
                (
                    "last_submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last submitted"),
                ),
                ("handed_in_at", models.DateTimeField(blank=True, null=True, verbose_name="last handed in")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="returned")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="service target")),
                (
                    "due_day",
                    models.DateField(blank=True, null=True, verbose_name="last day of the service target"),
                ),
                ("changed_on", models.DateField(blank=True, null=True, verbose_name="date of the change")),
                ("late", models.BooleanField(default=False, verbose_name="reported late")),
                (
                    "suspended_from",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("unit_review", "School review"),
                            ("submitted", "Awaiting confirmation"),
                            ("returned", "Returned"),
                            ("confirmed", "Confirmed"),
                            ("suspended", "Suspended"),
                            ("withdrawn", "Use ended"),
                        ],
                        max_length=16,
                    ),
                ),
                ("suspended_at", models.DateTimeField(blank=True, null=True, verbose_name="suspended")),
                (
                    "withdrawal_proposed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawal proposed"),
                ),
                (
                    "withdrawal_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("offline", "The app is temporarily offline"),
                            ("revoked", "The app’s filing was revoked"),
                            ("cancelled", "The app’s filing was cancelled by its provider"),
                            ("authority", "The authority advises to end the use"),
                        ],
                        max_length=16,
                        verbose_name="cause",
                    ),
                ),
                (
                    "withdrawal_text",
                    models.TextField(blank=True, verbose_name="why the withdrawal is proposed"),
                ),
                ("withdrawn_reason", models.TextField(blank=True, verbose_name="reason of the withdrawal")),
                ("notice_text", models.TextField(blank=True, verbose_name="notice to those concerned")),
                ("last_sweep", models.BigIntegerField(default=0, editable=False)),
                ("submit_key", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses_to_confirm",
                        to="accounts.unit",
                        verbose_name="confirming authority",
                    ),
                ),
                (
                    "authority_review_waived_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waived_uses",
                        to="users.listedition",
                        verbose_name="authority’s review waived by the list",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="registry.entry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "handed_in_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="accounts.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "user filing",
                "verbose_name_plural": "user filings",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "submitted")),
                        fields=["authority", "due_at", "id"],
                        name="use_queue_due",
                    ),
                    models.Index(
                        fields=["authority", "state", "-last_submitted_at", "id"], name="use_queue_state"
                    ),
                    models.Index(fields=["unit", "-id"], name="use_of_unit"),
                    models.Index(fields=["unit", "state"], name="use_of_unit_state"),
                    models.Index(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=["entry", "id"],
                        name="use_of_entry",
                    ),
                    models.Index(fields=["entry", "state"], name="use_of_entry_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("case_no", ""), _negated=True),
                        fields=("case_no",),
                        name="use_case_no_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True), ("entry__isnull", False)
                        ),
                        fields=("unit", "entry"),
                        name="use_once_per_unit_and_entry",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True), ("self_use", True)
                        ),
                        fields=("unit", "app_name"),
                        name="self_use_once_per_unit_and_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "unit_review",
                                    "submitted",
                                    "returned",
                                    "confirmed",
                                    "suspended",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="use_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry__isnull", True), ("self_use", True)),
                            models.Q(("entry__isnull", False), ("self_use", False)),
                            _connector="OR",
                        ),
                        name="use_has_entry_unless_self_use",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["submitted", "returned", "confirmed"]), _negated=True),
                            models.Q(
                                ("submitted_at__isnull", False),
                                models.Q(("case_no", ""), _negated=True),
                                ("version__gte", 1),
                            ),
                            _connector="OR",
                        ),
                        name="use_submitted_has_case_no",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "unit_review"), _negated=True),
                            models.Q(("needs_unit_review", True), ("version__gte", 1)),
                            _connector="OR",
                        ),
                        name="use_in_unit_review_has_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_version__gte", 1)),
                            _connector="OR",
                        ),
                        name="use_confirmed_has_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confirmed_version__lte", models.F("version"))),
                        name="use_confirmed_version_exists",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            ("returned_at__isnull", False),
                            _connector="OR",
                        ),
                        name="use_returned_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version", 0),
                            models.Q(("nature", "required"), _negated=True),
                            ("decision_on__isnull", False),
                            _connector="OR",
                        ),
                        name="use_required_is_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version", 0),
                            models.Q(
                                models.Q(("nature", ""), _negated=True),
                                models.Q(("source", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="use_handed_in_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "suspended"), _negated=True),
                            models.Q(
                                models.Q(("suspended_from", ""), _negated=True),
                                models.Q(("withdrawal_cause", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="use_suspended_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            models.Q(
                                ("closed_at__isnull", False),
                                models.Q(
                                    ("version", 0),
                                    models.Q(("withdrawn_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="use_withdrawn_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            ("confirmed_version", 0),
                            models.Q(("notice_text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="use_withdrawn_told_those_concerned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UseNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version that it is about")),
                ("field_key", models.CharField(blank=True, max_length=80)),
                ("text", models.TextField(verbose_name="note")),
                ("article", models.CharField(blank=True, max_length=20)),
                (
                    "within_unit",
                    models.BooleanField(default=False, verbose_name="from the school’s own review"),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_notes",
                        to="users.userfiling",
                    ),
                ),
            ],
            options={
                "verbose_name": "note on a user filing",
                "verbose_name_plural": "notes on user filings",
                "indexes": [models.Index(fields=["filing", "version"], name="use_note_of_version")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="use_note_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UseMaterialUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("field_key", models.CharField(max_length=80)),
                (
                    "material",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="users.usematerial",
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="material_uses",
                        to="users.userfiling",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("filing", "version", "field_key", "material"), name="use_material_use_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UseDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("unit_approve", "Approved by the school"),
                            ("unit_send_back", "Sent back within the school"),
                            ("confirm", "Confirmed"),
                            ("confirm_by_list", "Confirmed by the recommended list"),
                            ("return_for_correction", "Returned for correction"),
                        ],
                        max_length=24,
                    ),
                ),
                ("comment", models.TextField(blank=True, verbose_name="explanation")),
                ("article", models.CharField(blank=True, max_length=20)),
                ("notes", models.PositiveIntegerField(default=0)),
                ("decided_at", models.DateTimeField()),
                (
                    "within_target",
                    models.BooleanField(default=True, verbose_name="within the service target"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="users.userfiling",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on a user filing",
                "verbose_name_plural": "decisions on user filings",
                "indexes": [models.Index(fields=["unit", "-decided_at"], name="use_decision_of_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("verb__in", ["return_for_correction", "unit_send_back"]), _negated=True
                            ),
                            models.Q(("comment", ""), _negated=True),
                            ("notes__gte", 1),
                            _connector="OR",
                        ),
                        name="use_return_says_something",
                    ),
                    models.UniqueConstraint(
                        fields=("filing", "version", "verb"), name="use_decision_once_per_version"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UserFilingVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("data", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("policy_label", models.CharField(blank=True, max_length=160)),
                ("policy_ids", models.JSONField(default=list)),
                (
                    "for_unit_review",
                    models.BooleanField(default=False, verbose_name="handed in to the school’s own review"),
                ),
                ("signed_name", models.CharField(blank=True, max_length=80, verbose_name="signed by")),
                ("submitted_at", models.DateTimeField()),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="users.userfiling",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a user filing",
                "verbose_name_plural": "versions of user filings",
                "constraints": [
                    models.UniqueConstraint(fields=("filing", "number"), name="use_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="UseSweep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "move",
                    models.CharField(
                        choices=[
                            ("take_offline", "Taken offline"),
                            ("resume", "Resumed"),
                            ("revoke", "Revoked"),
                            ("cancel", "Cancelled"),
                        ],
                        max_length=20,
                        verbose_name="what happened",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="public text")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="filings concerned")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="marked")),
                ("failed", models.PositiveIntegerField(default=0, verbose_name="failed")),
                ("cursor", models.BigIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("moved_at", models.DateTimeField(verbose_name="when it happened")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="begun")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("last_error", models.CharField(blank=True, max_length=500)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="use_sweeps",
                        to="registry.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "sweep of uses",
                "verbose_name_plural": "sweeps of uses",
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=["id"],
                        name="use_sweep_open",
                    ),
                    models.Index(fields=["entry", "-id"], name="use_sweep_of_entry"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField(default=0, verbose_name="place")),
                ("entered_on", models.DateField(blank=True, null=True, verbose_name="on the list since")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "score",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="score"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="users.listedition",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_items",
                        to="registry.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "app on a list",
                "verbose_name_plural": "apps on lists",
                "ordering": ["place", "id"],
                "indexes": [models.Index(fields=["entry", "edition"], name="list_item_of_entry")],
                "constraints": [models.UniqueConstraint(fields=("edition", "entry"), name="list_item_once")],
            },
        ),
    ]
