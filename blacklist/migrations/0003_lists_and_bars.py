import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("blacklist", "0002_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("black", "Blacklist"),
                            ("white", "White list"),
                            ("negative", "Negative list"),
                            ("exit", "Exit list"),
                        ],
                        max_length=10,
                        verbose_name="list",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("rows", models.PositiveIntegerField(verbose_name="lines")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("file", models.FileField(upload_to="editions/%Y/")),
                ("published_at", models.DateTimeField(verbose_name="published")),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "edition of a list",
                "verbose_name_plural": "editions of lists",
                "ordering": ["-as_of", "kind", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "authority", "as_of"), name="edition_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListingObjection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("filed", "Awaiting review"),
                            ("granted", "Granted"),
                            ("rejected", "Rejected"),
                        ],
                        default="filed",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("text", models.TextField(verbose_name="objection")),
                ("filed_at", models.DateTimeField(verbose_name="filed")),
                ("decision", models.TextField(blank=True, default="", verbose_name="decision")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="blacklist.listing",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "filed")),
                        fields=("listing",),
                        name="objection_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="objection_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "filed"), models.Q(("decision", ""), _negated=True), _connector="OR"
                        ),
                        name="objection_decision_says_why",
                    ),
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
                (
                    "kind",
                    models.CharField(
                        choices=[("negative", "Negative list"), ("exit", "Exit list")],
                        max_length=10,
                        verbose_name="list",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("listed", "Listed"), ("removed", "Removed")],
                        default="listed",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[("practice", "Practice"), ("app", "App"), ("unit", "Unit")],
                        max_length=10,
                        verbose_name="about",
                    ),
                ),
                ("title_zh", models.CharField(max_length=200, verbose_name="title in Chinese")),
                (
                    "title_en",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="title in English"),
                ),
                ("number", models.CharField(blank=True, default="", max_length=20, verbose_name="number")),
                (
                    "uscc",
                    models.CharField(
                        blank=True, default="", max_length=18, verbose_name="unified social credit code"
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("articles", models.JSONField(default=list)),
                ("listed_at", models.DateTimeField(verbose_name="listed")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed")),
                (
                    "removal_reason",
                    models.TextField(blank=True, default="", verbose_name="reason of the removal"),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a list",
                "verbose_name_plural": "lines of lists",
                "indexes": [
                    models.Index(fields=["kind", "authority", "-listed_at"], name="listitem_by_list")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="listitem_has_reason"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "listed"), models.Q(("number", ""), _negated=True)),
                        fields=("kind", "authority", "number"),
                        name="listitem_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "removed"), _negated=True),
                            models.Q(("removal_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="listitem_removal_has_reason",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="listing",
            name="affected",
            field=models.JSONField(blank=True, default=list, verbose_name="revoked entries"),
        ),
        migrations.AddField(
            model_name="listing",
            name="bar_last_day",
            field=models.DateField(blank=True, null=True, verbose_name="last day of the bar"),
        ),
        migrations.AddField(
            model_name="listing",
            name="bar_months",
            field=models.PositiveSmallIntegerField(default=6, verbose_name="months of the bar"),
        ),
        migrations.AddField(
            model_name="listing",
            name="barred_codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=18), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="barred_units",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="cause_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="listing",
            name="cause_type",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="listing",
            name="ground",
            field=models.CharField(
                choices=[
                    ("overdue", "Not rectified in time"),
                    ("refused", "Rectification refused"),
                    ("other", "Other ground"),
                ],
                default="other",
                max_length=10,
                verbose_name="ground",
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="lift_reason",
            field=models.TextField(blank=True, default="", verbose_name="reason of the lifting"),
        ),
        migrations.AddField(
            model_name="listing",
            name="listed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="unit_name",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="name at the time"),
        ),
        migrations.AlterField(
            model_name="listing",
            name="authority",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="authority",
            ),
        ),
        migrations.AlterField(
            model_name="listing",
            name="bar_ends_at",
            field=models.DateTimeField(verbose_name="bar ends"),
        ),
        migrations.AlterField(
            model_name="listing",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended"),
        ),
        migrations.AlterField(
            model_name="listing",
            name="listed_at",
            field=models.DateTimeField(verbose_name="listed"),
        ),
        migrations.AlterField(
            model_name="listing",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="listings",
                to="accounts.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AlterField(
            model_name="listing",
            name="uscc",
            field=models.CharField(max_length=18, verbose_name="unified social credit code"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["barred_codes"], name="listing_codes"
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["barred_units"], name="listing_units"
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["-listed_at", "-id"], name="listing_by_date"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["authority", "-listed_at", "-id"], name="listing_by_authority"),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active"), models.Q(("cause_type", ""), _negated=True)),
                fields=("cause_type", "cause_id"),
                name="listing_active_once_per_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause_id__isnull", True), ("cause_type", "")),
                    models.Q(models.Q(("cause_type", ""), _negated=True), ("cause_id__isnull", False)),
                    _connector="OR",
                ),
                name="listing_cause_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(("bar_ends_at__gt", models.F("listed_at"))),
                name="listing_bar_after_listing",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "lifted"), _negated=True),
                    models.Q(("lift_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="listing_lifted_has_reason",
            ),
        ),
    ]
