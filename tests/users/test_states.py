"""Every state is reached through the verbs, and says what it must."""

from __future__ import annotations

import pytest

from tests import factories_uses as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", make.ALL_STATES)
def test_state_is_reached(state):
    make.rules()
    assert make.use_in_state(state).state == state
