"""Random sequences of acts by random people: whatever happens, the invariants of a use hold."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import transaction

from ledger.acts import ActError, Actor
from ledger.domain.verify import verify
from ledger.models import Record
from rulebook.models import Clock
from tests import factories_uses as make
from tests.users.verbs import TABLE, VERBS, people
from users import domain
from users.enums import EDITABLE_STATES
from users.models import UseDecision, UserFilingVersion

pytestmark = [pytest.mark.django_db, pytest.mark.breadth]


def check(filing) -> None:
    """Clock, versions, decisions and proposals say the same as the state."""
    row = make.fresh(filing)
    running = Clock.objects.running().filter(subject_id=row.pk, kind="confirm_target").count()
    assert running == (row.state == "submitted")
    assert (row.due_at is not None) == (row.state == "submitted")
    assert UserFilingVersion.objects.filter(filing=row).count() == row.version
    assert row.confirmed_version <= row.version
    assert bool(row.public) == bool(row.confirmed_version)
    confirmations = UseDecision.objects.filter(filing=row, verb="confirm").count()
    assert bool(confirmations) == bool(row.confirmed_version)
    if row.state != "withdrawn":  # an ended use remembers that it was suspended
        assert (row.state == "suspended") == bool(row.suspended_from)
    assert (row.submitted_at is not None) == bool(row.case_no)
    assert row.state not in EDITABLE_STATES or not row.suspended_at
    last = Record.objects.filter(subject_type="users.userfiling", subject_id=row.pk).latest("seq")
    assert last.to_state == row.state


@pytest.mark.requirement("R11", "R100")
@pytest.mark.parametrize("seed", range(3))
def test_invariants_hold_after_any_sequence(seed):
    make.rules()
    chance = random.Random(seed)
    filing = make.draft(make.university() if seed % 2 else None)
    values = make.use_data(filing.unit, change=True)
    domain.save_part(filing=filing, part="use", values=values, by=make.lead(filing.unit), now=make.NOW)
    everybody = people(filing) if filing.authority.code != "moe" else {
        "lead": make.lead(filing.unit), "staff": make.second(filing.unit), "ministry": make.confirmer(filing),
        "system": Actor.system(),
    }  # fmt: skip
    # the two that lead to the end come last, or every walk would be a short one
    now, done, verbs = make.NOW, 0, [name for name in VERBS if name not in ("withdraw", "propose_withdrawal")]
    for step in range(40):
        fitting = [name for name in TABLE[make.fresh(filing).state] if name in verbs]
        name = "withdraw" if step == 39 else chance.choice(fitting * 4 + verbs)
        actors = list(everybody.values())
        chance.shuffle(actors)
        for actor in actors:
            try:
                with transaction.atomic():
                    VERBS[name](make.fresh(filing), actor, now)
            except ActError:
                continue
            done += 1
            break
        now += timedelta(hours=1)
        check(filing)
    assert done > 12
    assert make.fresh(filing).state == "withdrawn"
    assert list(verify()) == []
