"""The desk of user filings: what the pages of the form ask of this room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Reasons
from providers.presentation import Group, NoteState
from providers.schema import Context, Section
from providers.views.desk import Desk, Names, actor_of
from users import domain, presentation, queries, rules, schema
from users.enums import EDITABLE_STATES, UseState
from users.models import UserFiling

Document = Mapping[str, Mapping[str, Any]]


class UseDesk(Desk):
    """The desk of the institution's people: they see their own unit's uses here, and no other's."""

    names = Names(
        home="institution_home",
        filing="use",
        check="use_check",
        section="use_section",
        autosave="use_autosave",
        upload="use_upload",
        material="use_material",
    )
    status_kind = "user_filing"
    home_label = _("Our use filings")
    back_label = _("Back to our use filings")

    def find(self, request: HttpRequest, pk: int) -> UserFiling:
        actor = actor_of(request)
        rows = UserFiling.objects.visible_to(actor).filter(unit_id=actor.unit_id)
        filing = rows.select_related("unit", "authority", "entry", "authority_review_waived_by").filter(pk=pk).first()
        if filing is None:
            raise Http404
        return filing

    def kind(self, filing: UserFiling) -> str:
        return schema.form_kind(filing)

    def policy(self, filing: UserFiling, now: datetime) -> Any:
        return queries.policy_of(filing, now)

    def policy_day(self, filing: UserFiling, now: datetime) -> date:
        return queries.policy_day(filing, now)

    def working_copy(self, filing: UserFiling) -> dict[str, dict[str, Any]]:
        if filing.state in EDITABLE_STATES or not filing.version:
            return queries.working_copy(filing)
        newest = queries.version(filing)
        return newest.data if newest is not None else queries.working_copy(filing)

    def may_edit(self, by: Actor, filing: UserFiling) -> Reasons:
        return rules.may_edit(by, filing)

    def save(self, filing: UserFiling, part: str, values: dict[str, Any], by: Actor, now: datetime) -> None:
        domain.save_part(filing=filing, part=part, values=values, by=by, now=now)

    def keep(self, filing: UserFiling, by: Actor, now: datetime, **file: Any) -> Any:
        return domain.add_material(unit=filing.unit, by=by, now=now, **file)

    def notes(self, filing: UserFiling, document: Document) -> dict[str, NoteState]:
        return presentation.notes(filing, document)

    def tasks(self, filing: UserFiling, document: Document, policy: Any, on: date) -> list[Group]:
        return presentation.tasks(filing, document, policy, on, editable=filing.state in EDITABLE_STATES)

    def about(self, section: Section, context: Context) -> str:
        return ""

    def done_with(self, filing: UserFiling) -> bool:
        """Whether nothing more can be done with it."""
        return bool(filing.state == UseState.WITHDRAWN)


DESK = UseDesk()
