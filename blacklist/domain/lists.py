"""Lines of the negative list and of the exit list (Opinions 16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from blacklist import rules
from blacklist.codes import normal
from blacklist.enums import ListItemState
from blacklist.models import ListItem
from ledger.acts import Actor, Audience, Reason, Reasons, Refused, append, perform


def add_line(
    *,
    kind: str,
    authority: Unit,
    subject: str,
    title_zh: str,
    reason: str,
    by: Actor,
    now: datetime,
    articles: Sequence[str] = ("op-16",),
    title_en: str = "",
    number: str = "",
    uscc: str = "",
) -> ListItem:
    """Puts a line on an authority's negative or exit list; it is public at once.

    Effects: the line, a public ledger record. Raises ``Refused`` (not yours, no title or reason, the
    number stands there already).
    """
    reasons = rules.may_keep_list(by, authority.pk)
    if not title_zh.strip():
        reasons.append(Reason("title_needed", _("Say what the line is about."), "op-16"))
    if not reason.strip():
        reasons.append(Reason("reason_needed", _("State the reason; it is published."), "op-16"))
    if reasons:
        raise Refused(reasons)
    item = ListItem(
        kind=kind, authority=authority, subject=subject, title_zh=title_zh.strip()[:200],
        title_en=title_en.strip()[:200], number=number.strip(), uscc=normal(uscc), reason=reason.strip(),
        articles=list(articles), listed_at=now,
    )  # fmt: skip
    with transaction.atomic():
        try:
            with transaction.atomic():
                item.save(force_insert=True)
        except IntegrityError as error:
            if "listitem_number_once" not in str(error):
                raise
            raise Refused(Reasons.of(Reason("listed_already", _("This number stands on the list already.")))) from error
        append(
            verb="add_line", subject=item, by=by, now=now, to_state=ListItemState.LISTED, basis=list(articles),
            payload={"list": str(kind), "title": item.title_zh, "number": item.number}, audience=Audience.PUBLIC,
        )  # fmt: skip
    return item


def remove_line(*, item: ListItem, reason: str, by: Actor, now: datetime, seen_state: str | None = None) -> ListItem:
    """Takes a line off its list; it stays readable with both reasons.

    Effects: state, date, a public ledger record. Raises ``Refused`` (also without a reason), ``AlreadyMoved``.
    """

    def rule(actor: Actor, row: ListItem) -> Reasons:
        reasons = rules.may_remove_line(actor, row)
        if not reason.strip():
            reasons.append(Reason("reason_needed", _("State the reason; it is published."), "op-16"))
        return reasons

    def change(row: ListItem) -> None:
        row.removed_at, row.removal_reason = now, reason.strip()

    return perform(
        verb="remove_line", subject=item, by=by, now=now, rule=rule, transition="remove", basis=["op-16"],
        change=change, seen_state=seen_state, audience=Audience.PUBLIC, payload={"reason": reason.strip()},
    )  # fmt: skip
