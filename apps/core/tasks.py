"""What the workers do for the core: deliver facts, run jobs, prune."""

from datetime import timedelta
from functools import cache

from celery import shared_task

from apps.core import clock, jobs
from apps.core.bus import deliver
from apps.core.models import Delivery, DeliveryStatus, IdempotencyKey

SWEEP_BATCH = 500
HINT_GRACE = timedelta(seconds=2)
KEEP_DELIVERIES = timedelta(days=90)
KEEP_IDEMPOTENCY_KEYS = timedelta(hours=72)


@shared_task(ignore_result=True)
def deliver_one(delivery_id: int) -> None:
    deliver(delivery_id)


@shared_task(ignore_result=True)
def run_scheduled_job(name: str) -> None:
    jobs.run_job(name)


@shared_task(ignore_result=True)
def tick() -> None:
    """What beat sends each second: start the jobs whose time has come."""
    _know_the_jobs()
    for name in jobs.take_due_jobs():
        run_scheduled_job.delay(name)


@cache
def _know_the_jobs() -> None:
    """Give each job of the code its row, once in the life of a worker: a new release brings new ones."""
    jobs.sync_jobs()


@jobs.job(every=timedelta(seconds=2))
def sweep_deliveries() -> str:
    """Deliver what no hint has brought: the guarantee behind the bus."""
    done = 0
    rows = Delivery.objects.due().filter(due_at__lte=clock.now() - HINT_GRACE)
    for delivery_id in list(rows.order_by("due_at").values_list("pk", flat=True)[:SWEEP_BATCH]):
        done += deliver(delivery_id)
    return f"{done} delivered" if done else ""


@jobs.job(every=timedelta(hours=1))
def prune_core_rows() -> str:
    """Drop deliveries and idempotency keys that nobody will ask for again."""
    at = clock.now()
    deliveries, _ = Delivery.objects.filter(
        status=DeliveryStatus.DONE, done_at__lt=at - KEEP_DELIVERIES
    ).delete()
    keys, _ = IdempotencyKey.objects.filter(created_at__lt=at - KEEP_IDEMPOTENCY_KEYS).delete()
    return f"{deliveries} deliveries, {keys} keys"
