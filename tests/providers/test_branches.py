"""Head offices and branches: declared, confirmed by the branch or the authority, undone again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.actors import actor_for_membership
from accounts.enums import Role
from accounts.models import Membership, Unit
from accounts.queries import filing_authority
from ledger.acts import AlreadyMoved, Refused
from ledger.queries import timeline
from notices.models import Notice
from providers import rules
from providers.domain import branches
from providers.models import Branch
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db
NOW = filings.NOW


@pytest.fixture(autouse=True)
def _now(freeze: Any) -> None:
    filings.calendar()
    freeze(NOW)


@pytest.fixture
def head() -> Membership:
    """The owner of a company in Beijing."""
    return factories.membership(Role.PROVIDER_OWNER)


@pytest.fixture
def branch() -> Membership:
    """The owner of a company in Guangdong."""
    return factories.membership(Role.PROVIDER_OWNER, unit=factories.unit(province="44"))


def declared(head: Membership, unit: Unit | None = None, **more: Any) -> Branch:
    said = {"uscc": unit.uscc if unit else factories.uscc(), "name": "示例分公司", "province": "44", **more}
    return branches.declare_branch(head=head.unit, by=actor_for_membership(head), now=NOW, **said)


@pytest.mark.requirement("R31")
def test_confirmed_branch_files_through_its_head_office(head: Membership, branch: Membership) -> None:
    row = declared(head, branch.unit)
    assert Unit.objects.get(pk=branch.unit_id).head_office_id is None  # nothing holds before somebody agreed
    assert not rules.unit_may_file(branch.unit, NOW)
    row = branches.confirm_branch(branch=row, by=actor_for_membership(branch), now=NOW)
    unit = Unit.objects.get(pk=branch.unit_id)
    assert (row.state, unit.head_office_id) == ("confirmed", head.unit_id)
    assert filing_authority(unit).code == "11"
    assert rules.unit_may_file(unit, NOW).codes == ["branch"]
    assert [record.verb for record in timeline(row)] == ["declare_branch", "confirm_branch"]
    assert [record.verb for record in timeline(unit)] == ["set_head_office"]
    told = set(Notice.objects.filter(kind__startswith="branch_").values_list("kind", "to_unit__code", "to_unit_id"))
    assert ("branch_declared", "44", factories.authority("44").pk) in told
    assert {("branch_confirmed", "", head.unit_id), ("branch_confirmed", "", branch.unit_id)} <= told


@pytest.mark.requirement("R31")
@pytest.mark.parametrize("who", ["head", "branch", "authority", "ministry"])
def test_branch_is_released_again_by_any_party(who: str, head: Membership, branch: Membership) -> None:
    row = branches.confirm_branch(branch=declared(head, branch.unit), by=actor_for_membership(branch), now=NOW)
    actors = {
        "head": lambda: actor_for_membership(head),
        "branch": lambda: actor_for_membership(branch),
        "authority": lambda: factories.actor(Role.REVIEWER, factories.authority("44")),
        "ministry": filings.ministry_reviewer,
    }
    with pytest.raises(Refused):
        branches.release_branch(branch=row, reason=" ", by=actors[who](), now=NOW)
    row = branches.release_branch(branch=row, reason="已出售", by=actors[who](), now=NOW)
    unit = Unit.objects.get(pk=branch.unit_id)
    assert (row.state, unit.head_office_id) == ("released", None)
    assert not rules.unit_may_file(unit, NOW)
    assert filing_authority(unit).code == "44"
    with pytest.raises(AlreadyMoved):
        branches.release_branch(branch=row, reason="再次", by=actors[who](), now=NOW)
    assert declared(head, unit).pk != row.pk  # and may be declared anew


def test_only_the_branch_or_its_authority_decides(head: Membership, branch: Membership) -> None:
    row = declared(head, branch.unit)
    strangers = [
        actor_for_membership(head),
        factories.actor(),
        factories.actor(Role.REVIEWER, factories.authority("11")),
        factories.actor(Role.PROVIDER_STAFF, branch.unit),
    ]
    for by in strangers:
        with pytest.raises(Refused):
            branches.confirm_branch(branch=row, by=by, now=NOW)
        with pytest.raises(Refused):
            branches.refuse_branch(branch=row, reason="x", by=by, now=NOW)
    row = branches.refuse_branch(
        branch=row, reason="无隶属关系", by=factories.actor(Role.REVIEW_LEAD, factories.authority("44")), now=NOW
    )
    assert (row.state, row.reason) == ("refused", "无隶属关系")
    assert Notice.objects.get(kind="branch_refused").to_unit_id == head.unit_id
    with transaction.atomic(), pytest.raises(DatabaseError):
        Branch.objects.filter(pk=row.pk).update(state="confirmed")


def test_declarations_that_cannot_be(head: Membership, branch: Membership) -> None:
    def codes(member: Membership, unit: Unit | None = None, **more: Any) -> list[str]:
        with pytest.raises(Refused) as caught:
            declared(member, unit, **more)
        return caught.value.reasons.codes

    assert codes(head, head.unit) == ["itself"]
    assert codes(head, uscc="91110108MA01TE5T3X")[0].startswith("uscc_")
    assert codes(head, name=" ") == ["name_missing"]
    assert codes(head, province="99") == ["province_missing"]
    assert codes(factories.membership(Role.PROVIDER_STAFF, unit=head.unit), branch.unit) == ["owner_alone"]
    row = declared(head, branch.unit)
    other = factories.membership(Role.PROVIDER_OWNER)
    assert codes(other, branch.unit) == ["declared_already"]
    branches.confirm_branch(branch=row, by=actor_for_membership(branch), now=NOW)
    assert codes(branch) == ["head_is_branch"]
    assert codes(other, head.unit) == ["has_branches"]


def test_branch_that_is_not_registered_is_confirmed_by_its_authority_and_may_not_file_later(head: Membership) -> None:
    row = declared(head)
    branches.confirm_branch(branch=row, by=factories.actor(Role.REVIEWER, factories.authority("44")), now=NOW)
    later = factories.unit(province="44", uscc=row.uscc)
    assert rules.unit_may_file(later, NOW).codes == ["branch"]


@pytest.mark.requirement("R31")
def test_pages_of_head_office_branch_and_authority(head: Membership, branch: Membership) -> None:
    ours, theirs = factories.client_for(head), factories.client_for(branch)
    address = reverse("provider_branches")
    assert ours.post(address, {"uscc": "x", "name": "留下的字", "province": ""}).status_code == 422
    assert "留下的字" in ours.post(address, {"uscc": "x", "name": "留下的字"}).content.decode()
    sent = ours.post(address, {"uscc": branch.unit.uscc, "name": "随意", "province": "44"})
    assert sent.status_code == 302
    row = Branch.objects.get()
    assert row.name == branch.unit.name
    authority = factories.client_for(factories.membership(Role.REVIEWER, unit=factories.authority("44")))
    assert row.name in authority.get(reverse("oversight_branches")).content.decode()
    assert head.unit.name in theirs.get(address).content.decode()
    for verb, status in (("nonsense", 404), ("confirm", 302), ("confirm", 302)):
        answer = theirs.post(reverse("provider_branch_decide", args=[row.pk, verb]), {"seen_state": "declared"})
        assert answer.status_code == status
    assert Unit.objects.get(pk=branch.unit_id).head_office_id == head.unit_id
    assert theirs.get(address).status_code == 200
    released = authority.post(reverse("oversight_branch_decide", args=[row.pk, "release"]), {"reason": "已出售"})
    assert released.status_code == 302
    assert Unit.objects.get(pk=branch.unit_id).head_office_id is None
    assert authority.get(reverse("oversight_branches")).status_code == 200
