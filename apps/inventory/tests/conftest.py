from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.laws import list_violations
from apps.inventory.laws import LAWS


@pytest.fixture
def expires_at():
    return clock.now() + timedelta(minutes=30)


@pytest.fixture
def laws_hold():
    """Look at every law of this app when asked to, and at the end of the test."""

    def check():
        assert {law.name: list_violations(law, at=clock.now()) for law in LAWS} == {
            law.name: [] for law in LAWS
        }

    yield check
    check()
