"""Writing and publishing help pages (ministry's notice 4; Opinions 15, 19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guidance import markup, rules
from guidance.domain.errors import EditedMeanwhile, Invalid
from guidance.enums import PageState
from guidance.models import HelpCategory, HelpFile, HelpPage, PageVersion
from guidance.models.pages import COPIED
from guidance.queries import forget_link
from guidance.searching import document
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, append, perform
from rulebook.models import Article

#: addresses of the help centre that are no page's
RESERVED = frozenset({"contacts", "training", "files", "drafts", "search"})
EDITABLE = frozenset({"category", "order", *COPIED})
BASIS = ("me-n4", "op-19")
MEANWHILE = _(
    "Somebody else has changed this page since you opened it. Open it again in another tab, and take over what you "
    "typed."
)


def create_page(
    *, slug: str, category: HelpCategory, title_zh: str, by: Actor, now: datetime, **fields: Any
) -> HelpPage:
    """Begins a page as a draft. Raises ``Invalid`` (address taken or reserved, no title), ``Refused``.

    Effects: the row, a ledger record. ``fields`` are of ``EDITABLE``.
    """
    _only_editable(fields)
    reasons = rules.may_keep_help(by)
    if reasons:
        raise Refused(reasons)
    check_address(slug)
    fields |= {"title_zh": title_zh}
    check_fields(fields)
    try:
        with transaction.atomic():
            page = HelpPage.objects.create(
                slug=slug, category=category, edited_at=now, edited_by_id=by.person_id, **fields
            )
            append(
                verb="create_help", subject=page, by=by, now=now, to_state=PageState.DRAFT, basis=BASIS,
                payload={"slug": slug}, audience=Audience.AUTHORITY,
            )  # fmt: skip
    except IntegrityError as error:
        raise Invalid({"slug": _("Another page has this address.")}) from error
    return page


def edit_page(
    *, page: HelpPage, by: Actor, now: datetime, seen_revision: int | None = None, **fields: Any
) -> HelpPage:
    """Changes the working copy; readers see nothing of it until it is published.

    ``seen_revision`` is the edit that the caller's form showed: raises ``EditedMeanwhile`` where there is a newer
    one. Effects: the fields, ``revision`` + 1, a ledger record.
    """
    _only_editable(fields)
    check_fields(fields)

    def change(row: HelpPage) -> None:
        if seen_revision is not None and seen_revision != row.revision:
            raise EditedMeanwhile(MEANWHILE)
        for name, value in fields.items():
            setattr(row, name, value)
        row.revision += 1
        row.edited_at, row.edited_by_id = now, by.person_id

    return perform(
        verb="edit_help", subject=page, by=by, now=now, rule=rules.may_keep_help, change=change,
        payload={"fields": sorted(fields)}, audience=Audience.AUTHORITY,
    )  # fmt: skip


def publish_page(
    *, page: HelpPage, note: str = "", by: Actor, now: datetime, seen_state: str | None = None
) -> HelpPage:
    """draft, published or withdrawn → published: the working copy becomes a version that is never changed.

    Effects: a version with who and when, the files that go with it, the words it is found by, a ledger record.
    Refused while a title or a text is missing in either language, and where nothing differs from what is published.
    """
    made: list[PageVersion] = []

    def rule(actor: Actor, row: HelpPage) -> Reasons:
        return Reasons.of(rules.may_keep_help(actor), incomplete(row), _nothing_new(row))

    def change(row: HelpPage) -> None:
        last = row.versions.order_by("-number").values_list("number", flat=True).first() or 0
        files = list(row.files.filter(active=True).order_by("pk"))
        version = PageVersion.objects.create(
            page=row, number=last + 1, files=[one.in_version() for one in files], note=note.strip()[:300],
            published_at=now, published_by_id=by.person_id, **{name: getattr(row, name) for name in COPIED},
        )  # fmt: skip
        row.current, row.withdrawn_reason, row.search = version, "", words_of_page(version)
        made.append(version)

    def effects(row: HelpPage, _record: Appended) -> None:
        row.files.filter(active=True).update(published=True)
        row.files.filter(active=False).update(published=False)
        forget_link(row.slug)

    return perform(
        verb="publish_help", subject=page, by=by, now=now, rule=rule, transition="publish", change=change,
        effects=effects, basis=BASIS, seen_state=seen_state, audience=Audience.PUBLIC,
        payload=lambda row: {"slug": row.slug, "version": made[0].number},
    )  # fmt: skip


def withdraw_page(
    *, page: HelpPage, reason: str, by: Actor, now: datetime, seen_state: str | None = None
) -> HelpPage:
    """published → withdrawn: readers are told so, and find it no more. Its versions stay."""

    def rule(actor: Actor, row: HelpPage) -> Reasons:
        reasons = rules.may_keep_help(actor)
        if not reason.strip():
            reasons.append(Reason("reason_needed", _("State the reason.")))
        return reasons

    def change(row: HelpPage) -> None:
        row.withdrawn_reason = reason.strip()[:300]

    def effects(row: HelpPage, _record: Appended) -> None:
        row.files.update(published=False)
        forget_link(row.slug)

    return perform(
        verb="withdraw_help", subject=page, by=by, now=now, rule=rule, transition="withdraw", change=change,
        effects=effects, seen_state=seen_state, audience=Audience.PUBLIC, payload=lambda row: {"slug": row.slug},
    )  # fmt: skip


def add_file(
    *, page: HelpPage, title_zh: str, title_en: str, examined: dict[str, Any], by: Actor, now: datetime
) -> HelpFile:
    """Puts a checked file (``providers.materials.examine``) with the working copy, published with the next version."""
    upload: File = examined["upload"]
    made: list[HelpFile] = []

    def effects(row: HelpPage, _record: Appended) -> None:
        upload.seek(0)
        made.append(
            HelpFile.objects.create(
                page=row, title_zh=title_zh, title_en=title_en, name=examined["name"], file=upload, size=upload.size,
                content_type=examined["content_type"], sha256=examined["sha256"], added_at=now,
            )
        )  # fmt: skip

    def change(row: HelpPage) -> None:
        row.revision += 1

    perform(
        verb="add_help_file", subject=page, by=by, now=now, rule=rules.may_keep_help, change=change, effects=effects,
        payload={"sha256": examined["sha256"]}, audience=Audience.AUTHORITY,
    )  # fmt: skip
    return made[0]


def drop_file(*, file: HelpFile, by: Actor, now: datetime) -> None:
    """Takes a file from the working copy; the published version keeps it until the next is published."""

    def change(row: HelpPage) -> None:
        row.revision += 1

    def effects(_row: HelpPage, _record: Appended) -> None:
        HelpFile.objects.filter(pk=file.pk).update(active=False)

    perform(
        verb="drop_help_file", subject=file.page, by=by, now=now, rule=rules.may_keep_help, change=change,
        effects=effects, payload={"sha256": file.sha256}, audience=Audience.AUTHORITY,
    )  # fmt: skip


def words_of_page(version: PageVersion) -> str:
    """What a published page is found by: titles before summaries and keywords, before the text; both languages."""
    return document(
        ("A", (version.title_zh, version.title_en)),
        ("B", (version.keywords, version.summary_zh, version.summary_en)),
        ("D", (markup.plain(version.body_zh, "zh-hans"), markup.plain(version.body_en, "en"))),
    )


def incomplete(row: HelpPage) -> list[Reason]:
    """What a page lacks before it can be published: title and text in both languages."""
    lacking = [
        str(HelpPage._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in ("title_zh", "title_en", "body_zh", "body_en")
        if not getattr(row, name).strip()
    ]
    if not lacking:
        return []
    return [Reason("incomplete", _("Still missing: %(fields)s.") % {"fields": ", ".join(lacking)})]


def _nothing_new(row: HelpPage) -> list[Reason]:
    if row.state != PageState.PUBLISHED or row.unpublished:
        return []
    files = [one.in_version() for one in row.files.filter(active=True).order_by("pk")]
    if row.current is None or files != row.current.files:
        return []
    return [Reason("nothing_new", _("Nothing has changed since the last publication."))]


def _only_editable(fields: dict[str, Any]) -> None:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise ValueError(sorted(unknown))


def check_address(slug: str) -> None:
    """Raises ``Invalid`` where an address is reserved or taken."""
    if slug in RESERVED or HelpCategory.objects.filter(slug=slug).exists():
        raise Invalid({"slug": _("This address is taken by a part of the help centre.")})
    if HelpPage.objects.filter(slug=slug).exists():
        raise Invalid({"slug": _("Another page has this address.")})


def check_fields(fields: dict[str, Any]) -> None:
    """Raises ``Invalid`` with everything wrong in what is to be written."""
    errors: dict[str, Any] = {}
    if "title_zh" in fields and not str(fields["title_zh"]).strip():
        errors["title_zh"] = _("Fill this in.")
    for name in ("body_zh", "body_en"):
        if len(str(fields.get(name) or "")) > markup.LONGEST:
            errors[name] = _("At most %(most)s characters.") % {"most": markup.LONGEST}
    if fields.get("articles"):
        known = set(Article.objects.filter(key__in=fields["articles"]).values_list("key", flat=True))
        strange = [key for key in fields["articles"] if key not in known]
        if strange:
            errors["articles"] = _("The rulebook has no such article: %(keys)s.") % {"keys": ", ".join(strange)}
    if errors:
        raise Invalid(errors)
