"""What the pages of a form must know of the filings that they show; one desk for each kind of filing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Reasons
from providers import domain, presentation, rules, schema
from providers.models import Filing
from providers.queries import policy_day, policy_of, working_copy
from providers.schema import Context
from rulebook import clocks

Document = Mapping[str, Mapping[str, Any]]


def actor_of(request: HttpRequest) -> Actor:
    """Who acts; the decorator of the page has made sure that there is one."""
    return request.actor  # type: ignore[attr-defined,no-any-return]


@dataclass(frozen=True)
class Names:
    """The url names of a desk's pages."""

    home: str
    filing: str
    check: str
    section: str
    autosave: str
    upload: str
    material: str


class Desk(ABC):
    """The rooms' own part in the pages of a form: finding, saving, judging. The pages are the same for all.

    ``names`` and ``status_kind`` are for the templates; what a method gets as ``filing`` is what ``find`` gave.
    """

    names: Names
    status_kind: str
    home_label: Any
    back_label: Any

    @abstractmethod
    def find(self, request: HttpRequest, pk: int) -> Any:
        """The filing, or 404 where the actor may not see it."""

    @abstractmethod
    def kind(self, filing: Any) -> str:
        """The kind of the form, as the catalogue names it."""

    @abstractmethod
    def policy(self, filing: Any, now: datetime) -> Any: ...

    @abstractmethod
    def policy_day(self, filing: Any, now: datetime) -> date: ...

    @abstractmethod
    def working_copy(self, filing: Any) -> dict[str, dict[str, Any]]:
        """What is being typed into, or what was handed in where nothing can be typed."""

    @abstractmethod
    def may_edit(self, by: Actor, filing: Any) -> Reasons: ...

    @abstractmethod
    def save(self, filing: Any, part: str, values: dict[str, Any], by: Actor, now: datetime) -> None: ...

    @abstractmethod
    def keep(self, filing: Any, by: Actor, now: datetime, **file: Any) -> Any:
        """Keeps an inspected file; returns its row."""

    def standing(self, filing: Any, key: str) -> dict[str, Any]:
        """What ``keep`` is told of the file that stands in the field now; empty where that makes no difference."""
        return {}

    @abstractmethod
    def notes(self, filing: Any, document: Document) -> dict[str, presentation.NoteState]: ...

    def in_order(self, filing: Any, document: Document) -> set[str]:
        """Keys of fields that were found right and have not changed since."""
        return set()

    @abstractmethod
    def tasks(self, filing: Any, document: Document, policy: Any, on: date) -> list[presentation.Group]: ...

    def stops(self, section: schema.Section, context: Context, now: datetime) -> list[Any]:
        """Reasons for which the answers of this section can never be accepted."""
        return []

    def beside(self, request: HttpRequest, section: schema.Section, context: Context) -> str:
        """HTML that follows from the answers of this section; "" where nothing does."""
        return ""

    def about(self, section: schema.Section, context: Context) -> str:
        """What the section is about: the name of the system, the app."""
        return ""

    def clock(self, filing: Any) -> Any:
        """The clock under which whoever fills in works."""
        return None


#: where the answers can stop a provider's filing for good: said on this page already
_STOPPING = ("audience", "licence")


class ProviderDesk(Desk):
    """The desk of provider filings."""

    names = Names(
        home="provider_home",
        filing="filing",
        check="filing_check",
        section="filing_section",
        autosave="filing_autosave",
        upload="filing_upload",
        material="material",
    )
    status_kind = "provider_filing"
    home_label = _("My filings")
    back_label = _("Back to my filings")

    def find(self, request: HttpRequest, pk: int) -> Filing:
        rows = Filing.objects.visible_to(actor_of(request))
        filings = rows.select_related("app__system", "authority", "unit", "entry")
        filing = filings.filter(pk=pk).first()
        if filing is None:
            raise Http404
        return filing

    def kind(self, filing: Filing) -> str:
        return str(filing.kind)

    def policy(self, filing: Filing, now: datetime) -> Any:
        return policy_of(filing, now)

    def policy_day(self, filing: Filing, now: datetime) -> date:
        return policy_day(filing, now)

    def working_copy(self, filing: Filing) -> dict[str, dict[str, Any]]:
        return working_copy(filing)

    def may_edit(self, by: Actor, filing: Filing) -> Reasons:
        return rules.may_edit(by, filing)

    def save(self, filing: Filing, part: str, values: dict[str, Any], by: Actor, now: datetime) -> None:
        domain.save_part(filing=filing, part=part, values=values, by=by, now=now)

    def keep(self, filing: Filing, by: Actor, now: datetime, **file: Any) -> Any:
        return domain.add_material(unit=filing.unit, by=by, now=now, **file)

    def standing(self, filing: Filing, key: str) -> dict[str, Any]:
        part, _dot, name = key.partition(".")
        value: Any = working_copy(filing).get(part, {}).get(name)
        return {"standing": value["id"]} if schema.is_file(value) else {}

    def notes(self, filing: Filing, document: Document) -> dict[str, presentation.NoteState]:
        return presentation.notes(filing, document)

    def in_order(self, filing: Filing, document: Document) -> set[str]:
        return presentation.in_order(filing, document)

    def tasks(self, filing: Filing, document: Document, policy: Any, on: date) -> list[presentation.Group]:
        return presentation.tasks(filing, document, policy, on)

    def stops(self, section: schema.Section, context: Context, now: datetime) -> list[Any]:
        if section.key not in _STOPPING or context.kind in ("cancel", "unit_change"):
            return []
        return list(schema.admission(context.doc, context.policy, now))

    def beside(self, request: HttpRequest, section: schema.Section, context: Context) -> str:
        if section.key != "audience":
            return ""
        derivation = schema.derive_discipline(context.doc.get("app") or {})
        return render_to_string("providers/derivation.html", {"derivation": derivation}, request)

    def about(self, section: schema.Section, context: Context) -> str:
        names = {"system": _("Business system: %(name)s"), "app": _("App: %(name)s"), "unit": _("Unit: %(name)s")}
        name = str((context.doc.get(section.part) or {}).get("name") or "")
        return str(names[section.part] % {"name": name}) if section.part in names and name else ""

    def clock(self, filing: Filing) -> Any:
        return clocks.running(filing).first()


DESK = ProviderDesk()
