import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("blacklist", "0004_guards"),
        ("providers", "0002_guards"),
        ("registry", "0002_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="ComplaintCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="key")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("complaint", "Complaint"),
                            ("suggestion", "Suggestion"),
                            ("unfiled", "Report of an unfiled app"),
                        ],
                        default="complaint",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("label_zh", models.CharField(max_length=80, verbose_name="label in Chinese")),
                ("label_en", models.CharField(max_length=120, verbose_name="label in English")),
                (
                    "hint_zh",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="hint in Chinese"),
                ),
                (
                    "hint_en",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="hint in English"),
                ),
                (
                    "elsewhere_zh",
                    models.TextField(blank=True, default="", verbose_name="where to go instead, in Chinese"),
                ),
                (
                    "elsewhere_en",
                    models.TextField(blank=True, default="", verbose_name="where to go instead, in English"),
                ),
                ("article", models.CharField(blank=True, default="", max_length=20, verbose_name="article")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "complaint category",
                "verbose_name_plural": "complaint categories",
                "ordering": ["order", "id"],
            },
        ),
        migrations.CreateModel(
            name="ComplaintGuide",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text_zh", models.TextField(verbose_name="text in Chinese")),
                ("text_en", models.TextField(verbose_name="text in English")),
                ("effective_from", models.DateField(verbose_name="in force from")),
            ],
            options={
                "verbose_name": "notice on complaints",
                "verbose_name_plural": "notices on complaints",
                "ordering": ["-effective_from", "-id"],
            },
        ),
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="key")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("blacklisting", "Circular of a blacklisting"),
                            ("campaign", "Circular of a campaign"),
                            ("circular", "Circular"),
                            ("interview", "Interview"),
                            ("warning", "Letter of warning"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("title_zh", models.CharField(max_length=200, verbose_name="title in Chinese")),
                (
                    "title_en",
                    models.CharField(blank=True, default="", max_length=240, verbose_name="title in English"),
                ),
                ("body_zh", models.TextField(verbose_name="text in Chinese")),
                ("body_en", models.TextField(blank=True, default="", verbose_name="text in English")),
                ("active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "letter template",
                "verbose_name_plural": "letter templates",
                "ordering": ["kind", "key"],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.CharField(max_length=24, unique=True, verbose_name="number")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Draft"),
                            ("running", "Being carried out"),
                            ("done", "Carried out"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("title_zh", models.CharField(max_length=160, verbose_name="title in Chinese")),
                (
                    "title_en",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="title in English"),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[("offline", "Take offline temporarily"), ("revoke", "Revoke the filing")],
                        max_length=8,
                        verbose_name="effect",
                    ),
                ),
                ("filter", models.JSONField(default=dict, verbose_name="filter")),
                ("reason", models.TextField(verbose_name="reason")),
                ("public_text", models.TextField(verbose_name="public text in Chinese")),
                ("text_en", models.TextField(blank=True, default="", verbose_name="public text in English")),
                ("articles", models.JSONField(default=list, verbose_name="articles")),
                ("drafted_at", models.DateTimeField(verbose_name="drafted")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="entries")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("skipped", models.PositiveIntegerField(default=0, verbose_name="skipped")),
                ("failed", models.PositiveIntegerField(default=0, verbose_name="failed")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
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
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "ordering": ["-drafted_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("public_text", ""), _negated=True),
                        ),
                        name="campaign_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            ("drafted_by__isnull", True),
                            models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="campaign_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["running", "done"]), _negated=True),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="campaign_running_was_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("done", "Done"),
                            ("skipped", "Skipped"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300, verbose_name="note")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("at", models.DateTimeField(blank=True, null=True, verbose_name="at")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="supervision.campaign",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.entry"
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a campaign",
                "verbose_name_plural": "entries of a campaign",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["campaign", "id"],
                        name="campaign_item_pending",
                    ),
                    models.Index(fields=["campaign", "status", "id"], name="campaign_item_status"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "entry"), name="campaign_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=4)),
                ("authority_code", models.CharField(max_length=20)),
                ("year", models.PositiveIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "authority_code", "year"), name="supervision_counter_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Circular",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.CharField(max_length=24, unique=True, verbose_name="number")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default="draft",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("blacklisting", "Circular of a blacklisting"),
                            ("campaign", "Circular of a campaign"),
                            ("circular", "Circular"),
                            ("interview", "Interview"),
                            ("warning", "Letter of warning"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("system", "The education system"),
                            ("units", "The units it is addressed to"),
                        ],
                        max_length=8,
                        verbose_name="for",
                    ),
                ),
                ("title_zh", models.CharField(max_length=200, verbose_name="title in Chinese")),
                (
                    "title_en",
                    models.CharField(blank=True, default="", max_length=240, verbose_name="title in English"),
                ),
                ("body_zh", models.TextField(verbose_name="text in Chinese")),
                ("body_en", models.TextField(blank=True, default="", verbose_name="text in English")),
                ("articles", models.JSONField(default=list, verbose_name="articles")),
                ("held_on", models.DateField(blank=True, null=True, verbose_name="interview held on")),
                ("minutes", models.TextField(blank=True, default="", verbose_name="record of the interview")),
                ("accountability", models.TextField(blank=True, default="", verbose_name="accountability")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="circulars",
                        to="supervision.campaign",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="circulars",
                        to="blacklist.listing",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "circular",
                "verbose_name_plural": "circulars",
                "ordering": ["-written_at", "-id"],
                "indexes": [
                    models.Index(fields=["state", "audience", "-published_at"], name="circular_published")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body_zh", ""), _negated=True), name="circular_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="circular_published_has_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "blacklisting"), ("listing__isnull", False)),
                        fields=("listing",),
                        name="circular_once_per_listing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Broadcast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_ids", models.JSONField(default=list)),
                ("everybody", models.BooleanField(default=False)),
                ("cursor", models.BigIntegerField(default=0)),
                ("served", models.PositiveIntegerField(default=0, verbose_name="served")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "circular",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="broadcast",
                        to="supervision.circular",
                    ),
                ),
            ],
            options={
                "verbose_name": "spreading of a circular",
                "verbose_name_plural": "spreading of circulars",
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=["id"],
                        name="broadcast_unfinished",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CircularUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "circular",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addressees",
                        to="supervision.circular",
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
                "constraints": [models.UniqueConstraint(fields=("circular", "unit"), name="addressee_once")],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.CharField(max_length=24, unique=True, verbose_name="case number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("complaint", "Complaint"),
                            ("suggestion", "Suggestion"),
                            ("unfiled", "Report of an unfiled app"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("received", "Received"),
                            ("accepted", "Accepted"),
                            ("not_accepted", "Not accepted"),
                            ("investigating", "Investigating"),
                            ("resolved", "Resolved"),
                        ],
                        default="received",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "province_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("00", "Ministry"),
                            ("11", "Beijing"),
                            ("12", "Tianjin"),
                            ("13", "Hebei"),
                            ("14", "Shanxi"),
                            ("15", "Inner Mongolia"),
                            ("21", "Liaoning"),
                            ("22", "Jilin"),
                            ("23", "Heilongjiang"),
                            ("31", "Shanghai"),
                            ("32", "Jiangsu"),
                            ("33", "Zhejiang"),
                            ("34", "Anhui"),
                            ("35", "Fujian"),
                            ("36", "Jiangxi"),
                            ("37", "Shandong"),
                            ("41", "Henan"),
                            ("42", "Hubei"),
                            ("43", "Hunan"),
                            ("44", "Guangdong"),
                            ("45", "Guangxi"),
                            ("46", "Hainan"),
                            ("50", "Chongqing"),
                            ("51", "Sichuan"),
                            ("52", "Guizhou"),
                            ("53", "Yunnan"),
                            ("54", "Tibet"),
                            ("61", "Shaanxi"),
                            ("62", "Gansu"),
                            ("63", "Qinghai"),
                            ("64", "Ningxia"),
                            ("65", "Xinjiang"),
                            ("66", "Xinjiang Production and Construction Corps"),
                        ],
                        default="",
                        max_length=2,
                        verbose_name="province",
                    ),
                ),
                ("app_name", models.CharField(max_length=120, verbose_name="app name")),
                (
                    "provider_name",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="provider"),
                ),
                (
                    "where_found",
                    models.CharField(
                        blank=True, default="", max_length=300, verbose_name="where it was found"
                    ),
                ),
                ("text", models.TextField(verbose_name="what happened")),
                ("happened_on", models.DateField(blank=True, null=True, verbose_name="when it happened")),
                (
                    "asked_operator",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="complained to the operator first"
                    ),
                ),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                ("query_code_digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("anonymous", models.BooleanField(default=True, verbose_name="no name given")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "waiting_for_answer",
                    models.BooleanField(default=False, verbose_name="waiting for the complainant"),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("due_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("overdue_since", models.DateTimeField(blank=True, null=True, verbose_name="overdue since")),
                ("decision_reason", models.TextField(blank=True, default="", verbose_name="reason")),
                ("elsewhere", models.TextField(blank=True, default="", verbose_name="where to go instead")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("substantiated", "Substantiated"),
                            ("partly", "Substantiated in part"),
                            ("unsubstantiated", "Not substantiated"),
                            ("taken_up", "Suggestion taken up"),
                            ("noted", "Noted"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("reply", models.TextField(blank=True, default="", verbose_name="reply")),
                (
                    "public_title",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="title of the published reply"
                    ),
                ),
                ("public_reply", models.TextField(blank=True, default="", verbose_name="published reply")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="reply published")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="accounts.unit",
                        verbose_name="authority",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="registry.entry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handled by",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="supervision.complaint",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="supervision.complaintcategory",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "complaint",
                "verbose_name_plural": "complaints",
                "indexes": [
                    models.Index(fields=["authority", "state", "due_at", "id"], name="complaint_queue"),
                    models.Index(fields=["authority", "-received_at", "-id"], name="complaint_recent"),
                    models.Index(fields=["state", "-received_at", "-id"], name="complaint_by_state"),
                    models.Index(fields=["entry", "-received_at"], name="complaint_of_entry"),
                    models.Index(
                        condition=models.Q(("published_at__isnull", False)),
                        fields=["-published_at", "-id"],
                        name="complaint_published",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="complaint_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "not_accepted"), _negated=True),
                            models.Q(
                                models.Q(("decision_reason", ""), _negated=True),
                                models.Q(("elsewhere", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="complaint_not_accepted_says_where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "resolved"), _negated=True),
                            models.Q(("reply", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="complaint_resolved_has_reply",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", True),
                            models.Q(("public_reply", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="complaint_published_has_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into__isnull", True),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="complaint_not_into_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ComplainantIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=80, verbose_name="name")),
                ("phone", models.CharField(blank=True, default="", max_length=40, verbose_name="telephone")),
                ("email", models.EmailField(blank=True, default="", max_length=254, verbose_name="e-mail")),
                ("created_at", models.DateTimeField()),
                (
                    "complaint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identity",
                        to="supervision.complaint",
                    ),
                ),
            ],
            options={
                "verbose_name": "complainant",
                "verbose_name_plural": "complainants",
            },
        ),
        migrations.CreateModel(
            name="ComplaintAttachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("file", models.FileField(upload_to="complaints/%Y/%m/")),
                ("content_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("scan", models.CharField(default="not_scanned", max_length=20)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="supervision.complaint",
                    ),
                ),
            ],
            options={
                "verbose_name": "screenshot",
                "verbose_name_plural": "screenshots",
            },
        ),
        migrations.CreateModel(
            name="ComplaintMessage",
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
                            ("question", "Question to the complainant"),
                            ("answer", "Answer of the complainant"),
                            ("reply", "Reply"),
                            ("note", "Internal note"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="supervision.complaint",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="complaint_message_says_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Forwarding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref_no", models.CharField(max_length=24, unique=True, verbose_name="reference")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("sent", "Awaiting the provider's reply"),
                            ("replied", "Provider has replied"),
                            ("overdue", "No reply in time"),
                            ("recalled", "Recalled"),
                        ],
                        default="sent",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("app_name", models.CharField(max_length=120, verbose_name="app name")),
                ("text", models.TextField(verbose_name="text for the provider")),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("due_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("reply", models.TextField(blank=True, default="", verbose_name="reply of the provider")),
                ("replied_at", models.DateTimeField(blank=True, null=True, verbose_name="replied")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="authority",
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forwardings",
                        to="supervision.complaint",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.entry",
                    ),
                ),
                (
                    "replied_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="provider",
                    ),
                ),
            ],
            options={
                "verbose_name": "forwarded complaint",
                "verbose_name_plural": "forwarded complaints",
                "indexes": [models.Index(fields=["unit", "state", "-sent_at"], name="forwarding_of_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "sent")),
                        fields=("complaint", "unit"),
                        name="forwarding_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="forwarding_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "replied"), _negated=True),
                            models.Q(("reply", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="forwarding_reply_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RectificationOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.CharField(max_length=24, unique=True, verbose_name="order number")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("issued", "Order issued"),
                            ("evidence_submitted", "Evidence submitted"),
                            ("cleared", "Cleared"),
                            ("overdue", "Overdue"),
                            ("refused", "Refused"),
                            ("listed", "Blacklisted"),
                        ],
                        default="issued",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("findings", models.JSONField(default=list, verbose_name="findings")),
                ("articles", models.JSONField(default=list, verbose_name="articles")),
                ("public_text", models.TextField(verbose_name="public text")),
                ("days", models.PositiveSmallIntegerField(verbose_name="working days")),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("due_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "extended_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="extended by working days"
                    ),
                ),
                (
                    "extension_reason",
                    models.TextField(blank=True, default="", verbose_name="reason of the extension"),
                ),
                ("overdue_at", models.DateTimeField(blank=True, null=True, verbose_name="overdue since")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="authority",
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="rectification_orders",
                        to="supervision.complaint",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification_orders",
                        to="registry.entry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "issued_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="blacklist.listing",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification_orders",
                        to="accounts.unit",
                        verbose_name="provider",
                    ),
                ),
            ],
            options={
                "verbose_name": "rectification order",
                "verbose_name_plural": "rectification orders",
                "indexes": [
                    models.Index(fields=["authority", "state", "due_at", "id"], name="order_queue"),
                    models.Index(fields=["unit", "-issued_at", "-id"], name="order_of_unit"),
                    models.Index(fields=["state", "due_at", "id"], name="order_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["issued", "evidence_submitted", "overdue", "refused"])
                        ),
                        fields=("entry",),
                        name="order_open_once_per_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("findings", []), _negated=True), name="order_has_findings"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "listed"), _negated=True),
                            ("listing__isnull", False),
                            _connector="OR",
                        ),
                        name="order_listed_has_listing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extended_days__isnull", True),
                            models.Q(("extension_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="order_extension_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "overdue"), _negated=True),
                            ("overdue_at__isnull", False),
                            _connector="OR",
                        ),
                        name="order_overdue_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SamplingPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.CharField(max_length=24, unique=True, verbose_name="number")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("draft", "Draft"), ("drawn", "Drawn"), ("closed", "Closed")],
                        default="draft",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("random", "At random"),
                            ("risk", "By risk"),
                            ("complaints", "By complaints"),
                        ],
                        max_length=12,
                        verbose_name="method",
                    ),
                ),
                ("seed", models.CharField(max_length=64, verbose_name="seed")),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("filter", models.JSONField(default=dict, verbose_name="filter")),
                ("population", models.PositiveIntegerField(default=0, verbose_name="drawn from")),
                ("checklist", models.JSONField(default=list, verbose_name="checklist")),
                (
                    "checklist_label",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="version of the checklist"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("drawn_at", models.DateTimeField(blank=True, null=True, verbose_name="drawn")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
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
            ],
            options={
                "verbose_name": "sampling plan",
                "verbose_name_plural": "sampling plans",
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gte", 1)), name="plan_draws_something"),
                    models.CheckConstraint(
                        condition=models.Q(("seed", ""), _negated=True), name="plan_has_seed"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
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
                            ("planned", "Planned"),
                            ("in_order", "In order"),
                            ("findings", "Findings"),
                            ("rechecked", "Re-checked, in order"),
                        ],
                        default="planned",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("rank", models.PositiveIntegerField(default=0, verbose_name="rank")),
                ("draw_key", models.CharField(blank=True, default="", max_length=64)),
                ("checklist", models.JSONField(default=list, verbose_name="checklist")),
                (
                    "checklist_label",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="version of the checklist"
                    ),
                ),
                ("planned_at", models.DateTimeField(verbose_name="planned")),
                ("inspected_at", models.DateTimeField(blank=True, null=True, verbose_name="inspected")),
                ("recheck_day", models.DateField(blank=True, null=True, verbose_name="re-check on")),
                ("rechecked_at", models.DateTimeField(blank=True, null=True, verbose_name="re-checked")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="registry.entry",
                    ),
                ),
                (
                    "inspector",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="inspections",
                        to="supervision.rectificationorder",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="supervision.samplingplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "inspection",
                "verbose_name_plural": "inspections",
                "indexes": [models.Index(fields=["authority", "state", "id"], name="inspection_queue")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("plan__isnull", False)),
                        fields=("plan", "entry"),
                        name="inspection_once_per_plan",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InspectionFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="round")),
                ("key", models.CharField(max_length=40, verbose_name="item")),
                ("ok", models.BooleanField(verbose_name="in order")),
                ("text", models.TextField(blank=True, default="", verbose_name="finding")),
                ("article", models.CharField(blank=True, default="", max_length=20, verbose_name="article")),
                (
                    "evidence",
                    models.FileField(blank=True, upload_to="inspections/%Y/%m/", verbose_name="evidence"),
                ),
                ("evidence_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="supervision.inspection",
                    ),
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
            ],
            options={
                "verbose_name": "finding",
                "verbose_name_plural": "findings",
                "ordering": ["round", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("inspection", "round", "key"), name="finding_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ok", True), models.Q(("text", ""), _negated=True), _connector="OR"
                        ),
                        name="finding_against_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonitorRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("monitor", models.CharField(max_length=40, verbose_name="monitor")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("cursor", models.BigIntegerField(default=0)),
                ("checked", models.PositiveIntegerField(default=0, verbose_name="checked")),
                ("raised", models.PositiveIntegerField(default=0, verbose_name="warnings")),
                ("settled", models.PositiveIntegerField(default=0, verbose_name="settled")),
                ("unanswered", models.PositiveIntegerField(default=0, verbose_name="no answer")),
            ],
            options={
                "verbose_name": "run of a monitor",
                "verbose_name_plural": "runs of monitors",
                "ordering": ["-started_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=("monitor",),
                        name="monitor_one_open_run",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderStep",
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
                            ("evidence", "Evidence of the provider"),
                            ("sent_back", "Sent back"),
                            ("extended", "Deadline extended"),
                            ("cleared", "Cleared"),
                            ("refused", "Refused"),
                            ("overdue", "Overdue"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(blank=True, default="", verbose_name="text")),
                ("at", models.DateTimeField(verbose_name="at")),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="supervision.rectificationorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of an order",
                "verbose_name_plural": "steps of orders",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="OrderFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "material",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.material"
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="supervision.orderstep",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of an order",
                "verbose_name_plural": "files of orders",
                "constraints": [models.UniqueConstraint(fields=("step", "material"), name="order_file_once")],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("cyberspace", "Cyberspace office"),
                            ("communications", "Communications administration"),
                            ("police", "Public security"),
                            ("civil_affairs", "Civil affairs"),
                            ("market", "Market supervision"),
                            ("press", "Press and publication"),
                            ("anti_porn", "Office against pornography and illegal publications"),
                            ("off_campus", "Off-campus training governance"),
                        ],
                        max_length=16,
                        verbose_name="department",
                    ),
                ),
                (
                    "province_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("11", "Beijing"),
                            ("12", "Tianjin"),
                            ("13", "Hebei"),
                            ("14", "Shanxi"),
                            ("15", "Inner Mongolia"),
                            ("21", "Liaoning"),
                            ("22", "Jilin"),
                            ("23", "Heilongjiang"),
                            ("31", "Shanghai"),
                            ("32", "Jiangsu"),
                            ("33", "Zhejiang"),
                            ("34", "Anhui"),
                            ("35", "Fujian"),
                            ("36", "Jiangxi"),
                            ("37", "Shandong"),
                            ("41", "Henan"),
                            ("42", "Hubei"),
                            ("43", "Hunan"),
                            ("44", "Guangdong"),
                            ("45", "Guangxi"),
                            ("46", "Hainan"),
                            ("50", "Chongqing"),
                            ("51", "Sichuan"),
                            ("52", "Guizhou"),
                            ("53", "Yunnan"),
                            ("54", "Tibet"),
                            ("61", "Shaanxi"),
                            ("62", "Gansu"),
                            ("63", "Qinghai"),
                            ("64", "Ningxia"),
                            ("65", "Xinjiang"),
                            ("66", "Xinjiang Production and Construction Corps"),
                        ],
                        default="",
                        max_length=2,
                        verbose_name="province",
                    ),
                ),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partner",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner department",
                "verbose_name_plural": "partner departments",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department", "province_code"), name="partner_once_per_province"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgressReport",
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
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default="draft",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("first_day", models.DateField(verbose_name="from")),
                ("last_day", models.DateField(verbose_name="to")),
                ("title_zh", models.CharField(max_length=200, verbose_name="title in Chinese")),
                (
                    "title_en",
                    models.CharField(blank=True, default="", max_length=240, verbose_name="title in English"),
                ),
                ("body_zh", models.TextField(blank=True, default="", verbose_name="text in Chinese")),
                ("body_en", models.TextField(blank=True, default="", verbose_name="text in English")),
                ("tables", models.JSONField(default=dict, verbose_name="figures")),
                ("generated_at", models.DateTimeField(verbose_name="generated")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "progress report",
                "verbose_name_plural": "progress reports",
                "ordering": ["-last_day", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "first_day", "last_day"), name="report_once_per_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="report_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.CharField(max_length=24, unique=True, verbose_name="number")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("sent", "Awaiting the answer"),
                            ("answered", "Answered"),
                            ("closed", "Closed"),
                        ],
                        default="sent",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("cyberspace", "Cyberspace office"),
                            ("communications", "Communications administration"),
                            ("police", "Public security"),
                            ("civil_affairs", "Civil affairs"),
                            ("market", "Market supervision"),
                            ("press", "Press and publication"),
                            ("anti_porn", "Office against pornography and illegal publications"),
                            ("off_campus", "Off-campus training governance"),
                        ],
                        max_length=16,
                        verbose_name="department",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("provider_security", "Network security of a provider"),
                            ("illegal_content", "Illegal or harmful content"),
                            ("store", "App store or terminal maker"),
                            ("icp", "ICP filing or telecom licence"),
                            ("publication", "Textbooks or aids as online publications"),
                            ("registration", "Registration of a private non-enterprise unit"),
                            ("charges", "Illegal charges or advertising"),
                            ("crime", "Suspected crime"),
                            ("obscene", "Obscene or illegal publications"),
                            ("training", "Off-campus online training"),
                        ],
                        max_length=20,
                        verbose_name="subject",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("text", models.TextField(verbose_name="text")),
                ("case_file", models.JSONField(default=dict, verbose_name="case file")),
                ("articles", models.JSONField(default=list, verbose_name="articles")),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("due_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("overdue_since", models.DateTimeField(blank=True, null=True, verbose_name="overdue since")),
                ("answer", models.TextField(blank=True, default="", verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="supervision.complaint",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.entry",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="blacklist.listing",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="supervision.rectificationorder",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="accounts.unit",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "referral",
                "verbose_name_plural": "referrals",
                "ordering": ["-sent_at", "-id"],
                "indexes": [
                    models.Index(fields=["authority", "state", "due_at"], name="referral_of_authority"),
                    models.Index(fields=["partner", "state", "due_at"], name="referral_of_partner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="referral_answer_says_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JointMeasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("cyberspace", "Cyberspace office"),
                            ("communications", "Communications administration"),
                            ("police", "Public security"),
                            ("civil_affairs", "Civil affairs"),
                            ("market", "Market supervision"),
                            ("press", "Press and publication"),
                            ("anti_porn", "Office against pornography and illegal publications"),
                            ("off_campus", "Off-campus training governance"),
                        ],
                        max_length=16,
                        verbose_name="department",
                    ),
                ),
                ("measure", models.TextField(verbose_name="measure")),
                ("decided_on", models.DateField(verbose_name="decided on")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="blacklist.listing",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "recorded_by",
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
                    "referral",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="supervision.referral",
                    ),
                ),
            ],
            options={
                "verbose_name": "joint measure",
                "verbose_name_plural": "joint measures",
                "ordering": ["-decided_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("measure", ""), _negated=True), name="measure_says_what"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Takedown",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.CharField(max_length=24, unique=True, verbose_name="number")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("requested", "Take-down requested"),
                            ("removed", "Removed by the store"),
                            ("declined", "Declined by the store"),
                        ],
                        default="requested",
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("store", models.CharField(max_length=80, verbose_name="store")),
                ("app_name", models.CharField(max_length=120, verbose_name="app name")),
                ("packages", models.JSONField(default=list, verbose_name="packages")),
                ("text", models.TextField(verbose_name="text")),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("due_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("overdue_since", models.DateTimeField(blank=True, null=True, verbose_name="overdue since")),
                ("answer", models.TextField(blank=True, default="", verbose_name="answer")),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="answered on")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takedowns",
                        to="registry.entry",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takedowns",
                        to="blacklist.listing",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "take-down request",
                "verbose_name_plural": "take-down requests",
                "ordering": ["-requested_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("store", ""), _negated=True), models.Q(("text", ""), _negated=True)
                        ),
                        name="takedown_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "requested"), models.Q(("answer", ""), _negated=True), _connector="OR"
                        ),
                        name="takedown_answer_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Warning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=160, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("number_not_shown", "Filing number not shown in the app"),
                            ("version_newer", "Store version newer than the filed one"),
                            ("mlps_report", "MLPS test report runs out"),
                            ("mlps_certificate", "MLPS certificate needs a new test"),
                            ("licence", "Training licence runs out"),
                            ("stale", "Information not confirmed for a year"),
                            ("icp_gone", "ICP filing of the domain is gone"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Settled")],
                        default="open",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("days_left", models.SmallIntegerField(blank=True, null=True, verbose_name="days left")),
                ("params", models.JSONField(default=dict, verbose_name="details")),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "app",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="providers.app",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="warnings",
                        to="registry.entry",
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
                "verbose_name": "warning",
                "verbose_name_plural": "warnings",
                "ordering": ["-raised_at", "-id"],
                "indexes": [
                    models.Index(fields=["authority", "status", "-raised_at"], name="warning_of_authority"),
                    models.Index(fields=["unit", "status", "-raised_at"], name="warning_of_unit"),
                    models.Index(fields=["kind", "status"], name="warning_by_kind"),
                ],
            },
        ),
    ]
