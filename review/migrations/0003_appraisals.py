import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_guard"),
        ("accounts", "__first__"),
        ("registry", "0002_guard"),
        ("review", "0002_guards"),
        ("users", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appraisal",
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
                            ("draft", "Being prepared"),
                            ("called", "Nominations open"),
                            ("scoring", "Experts score"),
                            ("noticed", "Public notice"),
                            ("concluded", "Concluded"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="English title")),
                ("call", models.TextField(verbose_name="text of the call")),
                ("call_en", models.TextField(blank=True, verbose_name="English text of the call")),
                ("partners", models.CharField(blank=True, max_length=200, verbose_name="together with")),
                ("criteria", models.JSONField(default=list, verbose_name="criteria")),
                (
                    "minimum",
                    models.PositiveSmallIntegerField(default=60, verbose_name="recommended from this score"),
                ),
                (
                    "experts_needed",
                    models.PositiveSmallIntegerField(default=3, verbose_name="experts at least"),
                ),
                (
                    "notice_days",
                    models.PositiveSmallIntegerField(default=5, verbose_name="public notice, working days"),
                ),
                ("nominations_until", models.DateField(verbose_name="nominations until")),
                ("notice_until", models.DateField(blank=True, null=True, verbose_name="public notice until")),
                ("cancel_reason", models.TextField(blank=True, verbose_name="why it was cancelled")),
                ("created_at", models.DateTimeField()),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                ("noticed_at", models.DateTimeField(blank=True, null=True)),
                ("concluded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appraisals",
                        to="accounts.unit",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appraisals",
                        to="users.listedition",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appraisals",
                        to="users.recommendedlist",
                    ),
                ),
            ],
            options={
                "verbose_name": "appraisal",
                "verbose_name_plural": "appraisals",
                "indexes": [models.Index(fields=["authority", "-id"], name="appraisal_of_authority")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "cancelled"), _negated=True),
                            models.Q(("cancel_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="appraisal_cancel_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "noticed"), _negated=True),
                            ("notice_until__isnull", False),
                            _connector="OR",
                        ),
                        name="appraisal_notice_has_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "concluded"), _negated=True),
                            ("edition__isnull", False),
                            _connector="OR",
                        ),
                        name="appraisal_concluded_has_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum__lte", 100), ("experts_needed__gte", 1)),
                        name="appraisal_bounds",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["called", "scoring", "noticed"])),
                        fields=("target",),
                        name="appraisal_one_open_per_list",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Candidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("grounds", models.TextField(verbose_name="why it is nominated")),
                ("nominated_at", models.DateTimeField()),
                (
                    "score",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="score"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not decided"),
                            ("recommended", "Recommended"),
                            ("not_recommended", "Not recommended"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("outcome_reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "appraisal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="review.appraisal",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.entry"
                    ),
                ),
                (
                    "nominated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "candidate",
                "verbose_name_plural": "candidates",
                "constraints": [
                    models.UniqueConstraint(fields=("appraisal", "entry"), name="candidate_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
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
                            ("legality", "Legality"),
                            ("performance", "Function and performance"),
                            ("security", "Security"),
                            ("content", "Content"),
                        ],
                        max_length=12,
                        verbose_name="about",
                    ),
                ),
                ("body", models.CharField(max_length=120, verbose_name="assessment body")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("name", models.CharField(max_length=160, verbose_name="file name")),
                ("file", models.FileField(upload_to="assessments/%Y/%m/")),
                ("content_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="review.candidate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("candidate", "sha256"), name="assessment_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Expert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.CharField(max_length=120, verbose_name="organisation")),
                ("interests", models.TextField(blank=True, verbose_name="declared interests")),
                ("declared_at", models.DateTimeField(blank=True, null=True, verbose_name="declared")),
                ("dismissed_at", models.DateTimeField(blank=True, null=True)),
                ("dismissed_why", models.TextField(blank=True)),
                (
                    "appraisal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="experts",
                        to="review.appraisal",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recused_from",
                    models.ManyToManyField(blank=True, related_name="recused", to="review.candidate"),
                ),
            ],
            options={
                "verbose_name": "expert",
                "verbose_name_plural": "experts",
                "constraints": [models.UniqueConstraint(fields=("appraisal", "person"), name="expert_once")],
            },
        ),
        migrations.CreateModel(
            name="ResultObjection",
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
                            ("filed", "Waiting for a decision"),
                            ("upheld", "Upheld"),
                            ("rejected", "Rejected"),
                        ],
                        default="filed",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="your name")),
                ("contact", models.CharField(max_length=120, verbose_name="how to reach you")),
                ("text", models.TextField(verbose_name="objection")),
                ("filed_at", models.DateTimeField()),
                ("decision", models.TextField(blank=True, verbose_name="decision")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "appraisal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="review.appraisal",
                    ),
                ),
                (
                    "candidate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="review.candidate",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "filed"), models.Q(("decision", ""), _negated=True), _connector="OR"
                        ),
                        name="result_objection_decided_says_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("criterion", models.CharField(max_length=40)),
                ("points", models.PositiveSmallIntegerField(verbose_name="points")),
                ("comment", models.TextField(blank=True, verbose_name="explanation")),
                ("given_at", models.DateTimeField()),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="review.candidate",
                    ),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="review.expert"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("expert", "candidate", "criterion"), name="score_once"),
                    models.CheckConstraint(
                        condition=models.Q(("points__lte", 100)), name="score_at_most_100"
                    ),
                ],
            },
        ),
    ]
