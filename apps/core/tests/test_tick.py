from datetime import timedelta

import pytest

from apps.core import clock, jobs, tasks
from apps.core.models import ScheduledJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    names = []
    monkeypatch.setattr(tasks.run_scheduled_job, "delay", names.append)
    tasks._know_the_jobs.cache_clear()
    yield names
    tasks._know_the_jobs.cache_clear()


def test_the_first_tick_of_an_empty_shop_starts_every_job_of_the_code(sent):
    tasks.tick()

    assert set(sent) == set(jobs.JOBS)
    assert "checkout.expire_unpaid_trades" in sent
    assert ScheduledJob.objects.count() == len(jobs.JOBS)


def test_the_next_tick_starts_nothing_before_its_time(sent):
    tasks.tick()
    sent.clear()

    tasks.tick()

    assert sent == []


def test_a_job_that_has_gone_from_the_code_is_forgotten(sent):
    ScheduledJob.objects.create(name="old.job", every=timedelta(minutes=1), next_run_at=clock.now())

    tasks.tick()

    assert "old.job" not in sent
    assert not ScheduledJob.objects.filter(name="old.job").exists()
