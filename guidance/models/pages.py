"""Help pages: a working copy, and published versions that nobody can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from accounts.models import Person
from guidance.enums import HelpAudience, PageKind, PageState
from guidance.models.bilingual import said
from rulebook.rules import KEEPERS

if TYPE_CHECKING:
    from ledger.acts import Actor


class HelpCategory(models.Model):
    """A heading of the help centre; its slug is its address, and no page may have the same."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    audience = models.CharField(pgettext_lazy("help", "for"), max_length=12, choices=HelpAudience.choices)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80)
    intro_zh = models.CharField(_("introduction in Chinese"), max_length=300, blank=True, default="")
    intro_en = models.CharField(_("introduction in English"), max_length=400, blank=True, default="")
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("category of help")
        verbose_name_plural = _("categories of help")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return said(self, "name")

    @property
    def intro(self) -> str:
        return said(self, "intro")


class HelpPageQuerySet(models.QuerySet["HelpPage"]):
    """Help pages by who may see them."""

    def visible_to(self, actor: Actor | None) -> HelpPageQuerySet:
        """Published ones everybody; drafts and withdrawn ones those who keep the help centre."""
        if actor is not None and (actor.is_system or actor.role in KEEPERS):
            return self.all()
        return self.filter(state=PageState.PUBLISHED)

    def published(self) -> HelpPageQuerySet:
        """What public pages show, whoever asks."""
        return self.filter(state=PageState.PUBLISHED)


class HelpPage(models.Model):
    """A help page. The typed fields are the working copy; readers see ``current``.

    ``slug`` is the address and the stable key of ``{% help "…" %}``. ``revision`` counts the edits, so that two people
    do not overwrite each other. ``articles`` are keys of the rulebook. ``search`` is made of the published version.
    """

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    state = FSMField(_("state"), default=PageState.DRAFT, choices=PageState.choices, protected=True)
    category = models.ForeignKey(
        HelpCategory, verbose_name=_("category"), on_delete=models.PROTECT, related_name="pages"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=PageKind.choices, default=PageKind.GUIDE)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True, default="")
    summary_zh = models.CharField(_("summary in Chinese"), max_length=200, blank=True, default="")
    summary_en = models.CharField(_("summary in English"), max_length=300, blank=True, default="")
    body_zh = models.TextField(pgettext_lazy("help", "text in Chinese"), blank=True, default="")
    body_en = models.TextField(pgettext_lazy("help", "text in English"), blank=True, default="")
    keywords = models.CharField(_("words to be found by"), max_length=200, blank=True, default="")
    articles = models.JSONField(_("articles"), default=list, blank=True)
    revision = models.PositiveIntegerField(_("edit"), default=1)
    current = models.ForeignKey(
        "PageVersion", verbose_name=_("published version"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    edited_at = models.DateTimeField(_("last edited"))
    edited_by = models.ForeignKey(
        Person, verbose_name=_("edited by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True, default="")
    search = SearchVectorField(null=True, editable=False)

    objects = HelpPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("help page")
        verbose_name_plural = _("help pages")
        ordering = ["category__order", "order", "id"]
        indexes = [GinIndex(fields=["search"], name="help_search", fastupdate=False)]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=PageState.DRAFT) | Q(current__isnull=False), name="help_published_has_version"
            ),
            models.CheckConstraint(
                condition=~Q(state=PageState.WITHDRAWN) | ~Q(withdrawn_reason=""), name="help_withdrawn_says_why"
            ),
        ]

    def __str__(self) -> str:
        return said(self, "title")

    @property
    def unpublished(self) -> bool:
        """Whether the working copy holds what the published version does not."""
        current = self.current
        return current is None or any(getattr(self, name) != getattr(current, name) for name in COPIED)

    @transition(
        field=state, source=[PageState.DRAFT, PageState.PUBLISHED, PageState.WITHDRAWN], target=PageState.PUBLISHED
    )
    def publish(self) -> None:
        """draft, published or withdrawn → published, with a new version"""

    @transition(field=state, source=PageState.PUBLISHED, target=PageState.WITHDRAWN)
    def withdraw(self) -> None:
        """published → withdrawn"""


#: what a version keeps of the working copy
COPIED = (
    "title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en", "keywords", "kind", "articles",
)  # fmt: skip


class PageVersion(models.Model):
    """A help page as it was published. Append-only: the database refuses a change or a deletion.

    ``files``: what could be downloaded with it, ``[{"id", "title_zh", "title_en", "size", "type"}]``.
    """

    page = models.ForeignKey(HelpPage, verbose_name=_("help page"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160)
    summary_zh = models.CharField(max_length=200, blank=True)
    summary_en = models.CharField(max_length=300, blank=True)
    body_zh = models.TextField(pgettext_lazy("help", "text in Chinese"))
    body_en = models.TextField(pgettext_lazy("help", "text in English"))
    keywords = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=PageKind.choices)
    articles = models.JSONField(default=list)
    files = models.JSONField(default=list)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        Person, verbose_name=_("published by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="help_version_once")]

    def __str__(self) -> str:
        return f"{self.page_id} v{self.number}"

    @property
    def title(self) -> str:
        return said(self, "title")

    @property
    def summary(self) -> str:
        return said(self, "summary")

    @property
    def body(self) -> str:
        return said(self, "body")


class HelpFileQuerySet(models.QuerySet["HelpFile"]):
    """Files by who may have them."""

    def visible_to(self, actor: Actor | None) -> HelpFileQuerySet:
        """Those of the version that readers see now; all of them for who keeps the help centre."""
        pages = HelpPage.objects.visible_to(actor)
        if actor is not None and (actor.is_system or actor.role in KEEPERS):
            return self.filter(page__in=pages)
        return self.filter(page__in=pages.values("pk"), published=True)


class HelpFile(models.Model):
    """Material to a page: checked by its content, stored outside the web root.

    ``active``: goes with the next version. ``published``: stands in the version that readers see.
    """

    page = models.ForeignKey(HelpPage, verbose_name=_("help page"), on_delete=models.PROTECT, related_name="files")
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160)
    name = models.CharField(_("name"), max_length=160)
    file = models.FileField(upload_to="help/%Y/%m/")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    active = models.BooleanField(_("goes with the page"), default=True)
    published = models.BooleanField(pgettext_lazy("help", "published"), default=False)
    added_at = models.DateTimeField(_("added"))

    objects = HelpFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a help page")
        verbose_name_plural = _("files of help pages")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return said(self, "title")

    def in_version(self) -> dict[str, Any]:
        """How a version names this file."""
        return {
            "id": self.pk, "title_zh": self.title_zh, "title_en": self.title_en, "size": self.size,
            "type": self.content_type, "sha256": self.sha256,
        }  # fmt: skip
