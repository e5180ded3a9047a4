"""Steps that the stories repeat: file, review, return, supplement, approve; each at its own moment."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Unit
from filing_portal.demo.names import MadeUpApp
from filing_portal.demo.world import World
from providers import domain as provider_verbs
from providers.models import App, Filing
from providers.queries import policy_of
from review import casefile
from review import domain as review_verbs
from review.autochecks import run_checks
from review.models import ChecklistAnswer

Story = Iterator[datetime]


def drafted(world: World, unit: Unit, made: MadeUpApp, now: datetime, **app_extra: Any) -> Filing:
    """A first filing whose form is filled in."""
    by = world.provider(unit)
    filing = provider_verbs.start(unit=unit, kind="initial", by=by, now=now, app_name=made.name)
    world.fill_in(filing, made, now=now, **app_extra)
    return Filing.objects.get(pk=filing.pk)


def submitted(world: World, filing: Filing, now: datetime, **values: Any) -> Filing:
    """Handed in (or handed in again), and looked over by the automatic checks."""
    by = world.provider(filing.unit)
    if values:
        provider_verbs.save_part(filing=filing, part="filing", values=values, by=by, now=now)
    filing = provider_verbs.submit(filing=filing, by=by, now=now)
    run_checks(filing=filing, now=now)
    return filing


def taken(world: World, filing: Filing, reviewer: str, now: datetime) -> Filing:
    """A reviewer claims the case."""
    return review_verbs.claim(filing=filing, by=world.actors[reviewer], now=now)


def returned(
    world: World, filing: Filing, reviewer: str, now: datetime, notes: dict[str, tuple[str, str]], comment: str,
    *, right: Sequence[str] = (), see: dict[str, str] | None = None,
) -> Filing:
    """Sent back with notes on single fields: field key → (note, article).

    ``right`` are fields found in order; ``see`` names, for a note, the field whose file shows it on its first page.
    """
    by, looked = world.actors[reviewer], now - timedelta(minutes=20)
    for key in right:
        review_verbs.give_verdict(filing=filing, field_key=key, ok=True, by=by, now=looked)
    for key, (note, article) in notes.items():
        shown = filing.material_uses.filter(version=filing.version, field_key=(see or {}).get(key, "-")).first()
        review_verbs.give_verdict(
            filing=filing, field_key=key, ok=False, note=note, article=article, by=by, now=looked,
            place=casefile.place_in(filing, shown.material_id, 1) if shown else None,
        )
    return review_verbs.return_for_correction(filing=filing, by=by, now=now, comment=comment)


def approved(world: World, filing: Filing, reviewer: str, now: datetime, comment: str = "") -> Filing:
    """The checklist answered (rows as ``answer_checklist`` leaves them), then approved by one level."""
    by = world.actors[reviewer]
    items = policy_of(filing, now).get("checklist") or []
    ChecklistAnswer.objects.bulk_create(
        [
            ChecklistAnswer(
                filing=filing, version=filing.version, key=item["key"], ok=True, author_id=by.person_id,
                updated_at=now - timedelta(minutes=15),
            )
            for item in items
        ],
        ignore_conflicts=True,  # the second level finds the province's answers
    )  # fmt: skip
    return review_verbs.approve(filing=filing, by=by, now=now, comment=comment)


def amended(
    world: World, app: App, kind: str, now: datetime, *, app_values: dict[str, Any] | None = None, **values: Any
) -> Filing:
    """A filing about an app that has a number: a change, a resumption, a cancellation; filled in."""
    by = world.provider(app.unit)
    filing = provider_verbs.start(unit=app.unit, kind=kind, by=by, now=now, app=App.objects.get(pk=app.pk))
    if app_values:
        provider_verbs.save_part(filing=filing, part="app", values=app_values, by=by, now=now)
    provider_verbs.save_part(filing=filing, part="filing", values=values, by=by, now=now)
    return Filing.objects.get(pk=filing.pk)


def reviewer_of(unit: Unit) -> str:
    """The reviewer's account of a unit's province."""
    return {"11": "reviewer.bj@demo.test", "44": "reviewer.gd@demo.test", "51": "reviewer.sc@demo.test"}[
        unit.province_code
    ]


def filed(world: World, unit: Unit, made: MadeUpApp, position: int, **app_extra: Any) -> Generator[datetime, None, App]:
    """From the first filing to the number, with a second level in Beijing; returns the app."""
    reviewer = reviewer_of(unit)
    now = world.moment(position, 9, 40)
    yield now
    filing = submitted(world, drafted(world, unit, made, now, **app_extra), now)
    now = world.moment(position + 4, 14, 20)
    yield now
    filing = taken(world, filing, reviewer, now - timedelta(minutes=40))
    filing = approved(world, filing, reviewer, now)
    if filing.second_level:
        now = world.moment(position + 7, 15, 5)
        yield now
        filing = approved(world, filing, "ministry@demo.test", now)
    return App.objects.get(pk=filing.app_id)


