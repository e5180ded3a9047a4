"""The two kinds of filing stay apart (Measures Art. 3): the app by its provider, its use by each institution."""

from __future__ import annotations

import pytest

from providers.models import Filing
from tests import factories
from tests import factories_filings as filings
from tests import factories_uses as uses
from users.models import UserFiling


@pytest.mark.django_db
@pytest.mark.requirement("R3", "R4", "R5")
def test_app_is_filed_with_the_province_and_its_use_with_the_authority_above_the_school() -> None:
    uses.rules()
    filings.policy()
    app = filings.app_of(filings.approved())
    school = uses.school(factories.authority("110108"))
    use = uses.submitted(unit=school, entry=app.entry)
    assert Filing.objects.get(app=app).authority.code == "11"
    assert use.authority.code == "110108"
    assert use.entry == app.entry, "the use names the number that the app got"
    assert UserFiling.objects.count() == 1
    assert Filing.objects.count() == 1, "a use is no second filing of the app"
