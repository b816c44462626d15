from datetime import timedelta

from apps.catalog.services.life import empty_recycle_bin, publish_due_spus, unpublish_due_spus
from apps.catalog.services.renditions import render_due_media
from apps.core.jobs import job


@job(every=timedelta(seconds=20))
def keep_shelf_times() -> str:
    """Put on the shelf and take off it what has its time now."""
    on, off = publish_due_spus(), unpublish_due_spus()
    return f"{on} on, {off} off" if on or off else ""


@job(every=timedelta(seconds=5))
def draw_renditions() -> str:
    """Draw the pictures that were uploaded in their widths and formats."""
    drawn = render_due_media()
    return f"{drawn} drawn" if drawn else ""


@job(every=timedelta(hours=24))
def purge_recycle_bin() -> str:
    """Let go of what was thrown away 30 days ago."""
    return f"{empty_recycle_bin()} purged"
