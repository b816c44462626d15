from datetime import timedelta

from apps.core.jobs import job
from apps.inventory.drift import list_drift
from apps.inventory.services.reconciling import describe


@job(every=timedelta(hours=24))
def stock_reconcile() -> str:
    """Look for counts, holds and journals that disagree; `manage.py stock_reconcile` lists and mends them."""
    return describe(list_drift())
