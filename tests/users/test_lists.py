"""An edition of a recommended list is published once, by the authority that keeps the list."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.enums import Role
from ledger.acts import Refused
from ledger.queries import timeline
from notices.models import Notice
from tests import factories
from tests.factories import NOW
from users.domain.lists import publish_edition
from users.models import ListEdition, RecommendedList

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R127")
def test_edition_is_published_once_by_the_head_of_review_of_its_authority() -> None:
    authority = factories.authority("11")
    kept = RecommendedList.objects.create(authority=authority, name="推荐名单", created_at=NOW)
    row = ListEdition.objects.create(list=kept, number=1, effective_from=date(2026, 9, 1), created_at=NOW)
    head = factories.actor(Role.REVIEW_LEAD, authority)
    strangers = [
        factories.actor(Role.REVIEWER, authority), factories.actor(Role.REVIEW_LEAD, factories.authority("44")),
    ]  # fmt: skip
    for by in strangers:
        with pytest.raises(Refused) as refused:
            publish_edition(edition=row, by=by, now=NOW)
        assert refused.value.reasons.codes == ["not_your_list"]
    assert not Notice.objects.exists()
    publish_edition(edition=row, by=head, now=NOW)
    with pytest.raises(Refused) as refused:
        publish_edition(edition=row, by=head, now=NOW)
    assert refused.value.reasons.codes == ["published_already"]
    assert [record.verb for record in timeline(row)] == ["publish_edition"]
    assert Notice.objects.get(kind="list_published").to_unit == factories.authority("moe")
    assert ListEdition.objects.get(pk=row.pk).reported_at == NOW
