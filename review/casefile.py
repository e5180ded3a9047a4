"""A case as its page shows it: what changed, what it contains, what was said and decided. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ledger.models import Record
from ledger.queries import timeline
from providers import schema
from providers.models import Filing, FilingVersion, Material
from providers.queries import files_in
from review.models import UseVerdict, Verdict
from rulebook.policies import Policy
from users import schema as use_schema
from users.models import UseMaterial, UserFiling, UserFilingVersion

PARTS = ("unit", "system", "app", "filing")


@dataclass
class Line:
    """One field of the case with its value, what it was before, and the reviewer's verdict."""

    key: str
    label: Any
    article: str = ""
    text: str = ""
    old_text: str = ""
    kind: str = ""  # added, removed, changed; empty: not compared
    segments: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    public: bool = False
    verdict: Verdict | UseVerdict | None = None
    acts: str = ""  # the buttons beside the field, set by the page

    @property
    def anchor(self) -> str:
        """An id for links to this field."""
        return "f-" + self.key.replace(".", "-")

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


@dataclass
class Block:
    """A section of the form with its fields."""

    key: str
    title: Any
    group: Any
    lines: list[Line]


@dataclass(frozen=True)
class Form:
    """How a filing's document is read: the catalogue of its questions, its kind there, its parts, its files."""

    catalogue: Any
    kind: str
    parts: tuple[str, ...]
    materials: Any

    def field(self, key: str, policy: Policy | None = None) -> Any:
        """A field by its key."""
        if self.catalogue is schema:
            return schema.field(key, policy)
        return use_schema.field(key, self.kind, policy)


def form_of(filing: Filing | UserFiling) -> Form:
    """The form of a filing of either kind."""
    if isinstance(filing, UserFiling):
        return Form(use_schema, use_schema.form_kind(filing), use_schema.PARTS, UseMaterial)
    return Form(schema, str(filing.kind), PARTS, Material)


def whole(document: dict[str, Any] | None, parts: tuple[str, ...] = PARTS) -> dict[str, dict[str, Any]]:
    """A document with all parts there."""
    return {part: dict((document or {}).get(part) or {}) for part in parts}


def changes(
    old: dict[str, Any], new: dict[str, Any], filing: Filing | UserFiling, policy: Policy, verdicts: dict[str, Any]
) -> list[Line]:
    """What differs between two documents, in the order of the form."""
    lines, form = [], form_of(filing)
    for found in form.catalogue.diff(whole(old, form.parts), whole(new, form.parts), form.kind, policy):
        item = form.field(found.key, policy)
        lines.append(
            Line(
                found.key, found.label, item.article if item else "", found.new_text, found.old_text, found.kind,
                found.segments, found.rows, list(_files(found.new)), bool(item and item.public),
                verdicts.get(found.key),
            )
        )
    return lines


def content(
    document: dict[str, Any], filing: Filing | UserFiling, policy: Policy, verdicts: dict[str, Any], day: Any
) -> list[Block]:
    """Everything that the version says, section by section; what does not apply is left out."""
    form = form_of(filing)
    document = whole(document, form.parts)
    context = schema.Context(document, policy, form.kind, day)
    blocks = []
    for section in form.catalogue.sections(form.kind, policy):
        if section.mirror or (section.key == "use_change" and not schema.lookup(document, "use.changed_on")):
            continue  # a use that was confirmed once is no change because of that
        lines = [
            Line(
                item.key, item.label, item.article, schema.display(item, schema.lookup(document, item.key)),
                files=list(_files(schema.lookup(document, item.key))), public=item.public,
                verdict=verdicts.get(item.key),
            )
            for item in section.fields
            if schema.is_shown(item, context)
        ]
        if lines:
            blocks.append(Block(section.key, section.title, form.catalogue.GROUPS.get(section.group_no, ""), lines))
    return blocks


def _files(value: Any) -> Iterable[dict[str, Any]]:
    for _key, file in files_in({"": {"": value}}):
        yield file


@dataclass
class Paper:
    """A file of the version, with the field it stands at and what the scanner said."""

    material: Material | UseMaterial
    key: str
    label: Any
    fresh: bool = False

    @property
    def is_image(self) -> bool:
        return self.material.content_type.startswith("image/")

    @property
    def is_pdf(self) -> bool:
        return self.material.content_type == "application/pdf"


def papers(
    filing: Filing | UserFiling, newest: FilingVersion | UserFilingVersion, policy: Policy,
    before: dict[str, Any] | None,
) -> list[Paper]:  # fmt: skip
    """The files of a version, each once, in the order of the form; one query."""
    form = form_of(filing)
    wanted: dict[int, str] = {}
    for key, file in files_in(newest.data):
        wanted.setdefault(int(file["id"]), key)
    known = {file["sha256"] for _key, file in files_in(before)} if before else set()
    rows = {row.pk: row for row in form.materials.objects.filter(pk__in=list(wanted), unit_id=filing.unit_id)}
    order = {item.key: place for place, (_section, item) in enumerate(form.catalogue.fields(form.kind, policy))}
    found = []
    for pk, key in wanted.items():
        material = rows.get(pk)
        if material is None:
            continue
        item = form.field(key, policy) or form.field(".".join(key.split(".")[:2]), policy)
        fresh = bool(before) and material.sha256 not in known
        found.append(Paper(material, key, item.label if item else key, fresh))
    return sorted(found, key=lambda paper: (order.get(paper.key, 999), paper.material.pk))


def place_in(filing: Filing, material: int | None, page: int | None) -> dict[str, Any] | None:
    """Where in a file of the newest version to look; None where no such file or page is named."""
    row = Material.objects.filter(pk=material, uses__filing=filing, uses__version=filing.version).first()
    if material is None or row is None:
        return None
    last = row.pages or 1
    return {"material": row.pk, "name": row.name, "page": min(page or 1, last)}


def ledger_lines(filing: Filing | UserFiling) -> list[Record]:
    """The ledger of the case for authorities, newest first."""
    return list(timeline(filing, audience="authority").order_by("-seq")[:200])


def checklist(policy: Policy, answers: Iterable[Any]) -> list[dict[str, Any]]:
    """Items of the policy's checklist with their answers for this version."""
    given = {answer.key: answer for answer in answers}
    return [
        {
            "key": row["key"],
            "label": schema.Bilingual(row.get("label_zh", ""), row.get("label_en", "")),
            "article": row.get("article", ""),
            "answer": given.get(row["key"]),
        }
        for row in policy.get("checklist") or []
    ]
