"""What an authority asks of the institutions below it: campaigns with dates, reminders to a selection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES
from accounts.models import Unit
from ledger.acts import Actor, Audience, Reason, Reasons, Refused, append
from ledger.stale import mark_of, same_mark
from notices.domain import serve
from notices.enums import Side
from notices.models import Notice
from rulebook.time import local_date
from users.enums import CampaignGoal
from users.models import FilingCampaign

MOST_REMINDED = 500
#: what a reminder may be about: the lists of ``users.overview``, and a campaign
MATTERS = frozenset({"missing", "no_system", "unnamed", "selected", "returned", "proposed"})


#: what a change of a campaign replaces
TERMS = ("name", "name_en", "text", "starts_on", "ends_on", "goal", "target", "unit_kinds")


def campaign_mark(campaign: FilingCampaign) -> str:
    """The mark of a campaign as it stands, for ``seen``."""
    return mark_of(campaign, TERMS)


def set_up_campaign(
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    goal: str,
    target: int,
    by: Actor,
    now: datetime,
    name_en: str = "",
    text: str = "",
    unit_kinds: Sequence[str] = (),
    campaign: FilingCampaign | None = None,
    seen: str | None = None,
) -> FilingCampaign:
    """Sets up a campaign of the actor's authority, or changes one (Measures notice 2: dates of a drive are data).

    ``seen`` is ``campaign_mark`` of what the caller looked at. Effects: the row, a ledger record with the dates and
    the target. Raises ``Refused``, or ``AlreadyMoved`` where a colleague has changed it since.
    """
    with transaction.atomic():
        reasons = may_run_campaigns(by, campaign)
        if ends_on < starts_on:
            reasons.append(Reason("dates", _("The last day lies before the first.")))
        if not name.strip():
            reasons.append(Reason("no_name", _("Give the campaign a name.")))
        if target < 1 or (goal != CampaignGoal.APPS and target > 100):
            reasons.append(Reason("target", _("The target is a share from 1 to 100 per cent.")))
        if reasons:
            raise Refused(reasons)
        if campaign is None:
            row = FilingCampaign(authority_id=by.unit_id, created_by_id=by.person_id, created_at=now)
        else:
            row = FilingCampaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
            again = may_run_campaigns(by, row)
            if again:
                raise Refused(again)
            same_mark(row, TERMS, seen)
        row.name, row.name_en, row.text = name.strip()[:80], name_en.strip()[:120], text.strip()[:1000]
        row.starts_on, row.ends_on, row.goal, row.target = starts_on, ends_on, goal, target
        row.unit_kinds = list(unit_kinds)
        row.save()
        append(
            verb="change_campaign" if campaign else "set_up_campaign", subject=row, by=by, now=now, basis=["me-n2"],
            payload={"from": starts_on.isoformat(), "until": ends_on.isoformat(), "goal": goal, "target": target},
            audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def close_campaign(*, campaign: FilingCampaign, by: Actor, now: datetime) -> FilingCampaign:
    """Ends a campaign before or after its last day; its figures stay. Effects: the row, a ledger record."""
    with transaction.atomic():
        row = FilingCampaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        reasons = may_run_campaigns(by, row)
        if reasons:
            raise Refused(reasons)
        row.closed_at = now
        row.save(update_fields=["closed_at"])
        append(verb="close_campaign", subject=row, by=by, now=now, basis=["me-n2"], audience=Audience.AUTHORITY)
    return row


def may_run_campaigns(by: Actor, campaign: FilingCampaign | None = None) -> Reasons:
    """Leads of an authority run its own campaigns, as long as they are open."""
    reasons = Reasons()
    if by.role not in LEAD_ROLES or by.unit_id is None:
        reasons.append(Reason("not_head_of_review", _("Only the head of an authority’s review runs its campaigns.")))
    elif campaign is not None and campaign.authority_id != by.unit_id:
        reasons.append(Reason("not_your_campaign", _("This campaign belongs to another authority.")))
    if campaign is not None and campaign.closed_at:
        reasons.append(Reason("closed", _("This campaign is closed.")))
    return reasons


@dataclass(frozen=True)
class Reminded:
    """How many units were reminded now, how many had been today already, how many cannot be (not below)."""

    now: int
    before: int
    refused: int


def remind(
    *,
    units: Iterable[Unit],
    matter: str,
    by: Actor,
    now: datetime,
    text: str = "",
    campaign: FilingCampaign | None = None,
) -> Reminded:
    """Reminds units below the actor's authority of something that they owe (Measures notice 1; Art. 6).

    ``matter`` is one of ``MATTERS`` or ``campaign``. A unit is reminded once a day of the same matter, whoever of
    the authority asks. Effects: a notice to each unit, one ledger record on the authority. At most
    ``MOST_REMINDED`` units at once. Raises ``Refused``.
    """
    if by.role not in AUTHORITY_ROLES or not by.unit_path or by.unit_id is None:
        raise Refused(Reasons.of(Reason("not_an_authority", _("Only authorities remind the units below them."))))
    if matter not in MATTERS and not (matter == "campaign" and campaign is not None):
        raise Refused(Reasons.of(Reason("unknown_matter", _("There is nothing to remind of."))))
    rows = list(units)
    if len(rows) > MOST_REMINDED:
        most = _("At most %(most)d units can be reminded at once.") % {"most": MOST_REMINDED}
        raise Refused(Reasons.of(Reason("too_many", most)))
    below = [row for row in rows if row.path.startswith(by.unit_path) and row.pk != by.unit_id]
    day = local_date(now).isoformat()
    about = f"{matter}:{campaign.pk}" if campaign else matter
    keys = {row.pk: f"use-reminder:{by.unit_id}:{about}:{row.pk}:{day}" for row in below}
    with transaction.atomic():
        there = set(Notice.objects.filter(dedupe__in=keys.values()).values_list("dedupe", flat=True))
        fresh = [row for row in below if keys[row.pk] not in there]
        params = {"authority": by.unit_name, "text": text.strip()[:300]}
        if campaign is not None:
            params |= {"campaign": campaign.name, "campaign_en": campaign.name_en or campaign.name,
                       "ends_on": campaign.ends_on.isoformat()}  # fmt: skip
        for row in fresh:
            serve(
                kind=f"use_reminder_{matter}", to_unit=row, side=Side.INSTITUTION, subject=campaign,
                params={**params, "unit": row.name}, now=now, legal=False, dedupe=keys[row.pk],
            )  # fmt: skip
        if fresh:
            append(
                verb="remind_units", subject=Unit.objects.get(pk=by.unit_id), by=by, now=now, basis=["me-6"],
                payload={"matter": about, "units": len(fresh)}, audience=Audience.AUTHORITY,
            )  # fmt: skip
    return Reminded(len(fresh), len(below) - len(fresh), len(rows) - len(below))
