"""The ground that every other test stands on."""

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from apps.core import clock


@pytest.mark.django_db
def test_database_is_the_real_thing_with_time_limits():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
        cursor.execute("SHOW statement_timeout")
        limit = cursor.fetchone()[0]

    assert connection.vendor == "postgresql"
    assert version >= 150000
    assert limit == "1min"


@pytest.mark.parametrize("turn", [1, 2])
def test_cache_and_clock_start_fresh_in_every_test(turn):
    assert cache.get("left over") is None
    assert abs(clock.now().timestamp() - time.time()) < 5

    cache.set("left over", turn)
    clock.travel(timedelta(days=30))

    assert cache.get("left over") == turn
