"""Scheduled jobs: declared in the code of each app's ``tasks``, kept on time by rows, run by the workers."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from apps.core import clock
from apps.core.models import JobResult, ScheduledJob

log = logging.getLogger(__name__)

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Job:
    """One function that has to run again and again, and how often."""

    name: str
    every: timedelta
    work: Work


JOBS: dict[str, Job] = {}


def job(*, every: timedelta) -> Callable[[Work], Work]:
    """Declare a function of a ``tasks`` module as a job. What it returns is kept as the run's note."""

    def declare(work: Work) -> Work:
        name = f"{work.__module__.removeprefix('apps.').removesuffix('.tasks')}.{work.__name__}"
        JOBS[name] = Job(name, every, work)
        return work

    return declare


def sync_jobs() -> None:
    """Write a row for each job of the code, keep what is known of it, and drop rows of jobs that are gone."""
    known = set(ScheduledJob.objects.values_list("name", flat=True))
    at = clock.now()
    ScheduledJob.objects.bulk_create(
        [
            ScheduledJob(name=each.name, every=each.every, next_run_at=at)
            for each in JOBS.values()
            if each.name not in known
        ],
        ignore_conflicts=True,
    )
    for each in JOBS.values():
        ScheduledJob.objects.filter(name=each.name).exclude(every=each.every).update(
            every=each.every
        )
    ScheduledJob.objects.exclude(name__in=JOBS).delete()


def take_due_jobs() -> list[str]:
    """
    Return the names of jobs whose time has come, and set their next time.

    Two beats are harmless: a row is taken under its lock. A job that was missed runs once, now.
    """
    with transaction.atomic():
        due = list(
            ScheduledJob.objects.filter(is_paused=False, next_run_at__lte=clock.database_now())
            .order_by("pk")
            .select_for_update(skip_locked=True, no_key=True)
        )
        at = clock.now()
        for row in due:
            row.next_run_at = at + row.every
        ScheduledJob.objects.bulk_update(due, ["next_run_at"])
    return [row.name for row in due if row.name in JOBS]


def run_job(name: str) -> bool:
    """Run one job unless it is running already (advisory lock), and note how it went. Return whether it ran."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 7))", [f"job:{name}"])
        if not cursor.fetchone()[0]:
            return False
    try:
        _run_and_note(JOBS[name])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 7))", [f"job:{name}"])
    return True


def _run_and_note(each: Job) -> None:
    started, tick = clock.now(), time.monotonic()
    rows = ScheduledJob.objects.filter(name=each.name)
    rows.update(last_run_at=started, last_result=JobResult.RUNNING)
    result, note = JobResult.DONE, ""
    try:
        note = str(each.work() or "")
    except Exception as problem:
        log.exception("job failed", extra={"job": each.name})
        result, note = JobResult.FAILED, f"{type(problem).__name__}: {problem}"
    rows.update(
        last_result=result,
        last_note=note.replace("\0", "")[:500],
        last_duration=timedelta(seconds=time.monotonic() - tick),
    )
