from datetime import timedelta

from apps.core.jobs import job
from apps.search.services import find_drift, refresh_marked, refresh_ranking


@job(every=timedelta(seconds=1))
def refresh_documents() -> str:
    """Let the search follow the goods, within seconds."""
    done = refresh_marked()
    return f"{done} refreshed" if done else ""


@job(every=timedelta(minutes=5))
def refresh_sales_ranking() -> str:
    """Let the order by sales follow what was sold."""
    moved = refresh_ranking()
    return f"{moved} moved" if moved else ""


@job(every=timedelta(hours=24))
def check_search_drift() -> str:
    """Find documents that say something else than the goods do, and mend them."""
    return f"{find_drift()} drifted"
