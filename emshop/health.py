"""Is this process alive, and can it serve? For load balancers, not for people."""

from datetime import timedelta

from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from apps.core import clock
from apps.core.models import ScheduledJob

BEAT_MAY_LAG = timedelta(seconds=60)


def live(_request: HttpRequest) -> JsonResponse:
    """Answer that the process runs."""
    return JsonResponse({"status": "ok"})


def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, Redis and migrations are there; beat's lag is told, but does not stop sales."""
    checks = {"database": _database(), "redis": _redis(), "migrations": _migrations()}
    is_ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", **checks, "beat": _beat()},
        status=200 if is_ready else 503,
    )


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _redis() -> bool:
    try:
        return bool(cache.client.get_client(write=True).ping())  # type: ignore[attr-defined]
    except (RedisError, OSError):
        return False


def _migrations() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return False


def _beat() -> bool:
    try:
        late = clock.now() - BEAT_MAY_LAG
        return not ScheduledJob.objects.filter(is_paused=False, next_run_at__lt=late).exists()
    except Error:
        return False
