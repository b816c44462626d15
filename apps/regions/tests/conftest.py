import pytest

from apps.regions.services import load_regions, read_regions


@pytest.fixture
def regions(db):
    load_regions(read_regions())
