from datetime import timedelta

from django.db import transaction
from django.db.models import F

from apps.catalog.events import SpuChanged
from apps.catalog.models import Media
from apps.catalog.rendering import UnreadablePicture, render
from apps.core import clock
from apps.core.bus import publish

LEASE = timedelta(minutes=5)
BATCH = 20
MAX_ATTEMPTS = 5


def render_due_media() -> int:
    """Draw the renditions of pictures that have none yet; return how many were drawn."""
    return sum(_render(*row) for row in _claim())


@transaction.atomic
def _claim() -> list[tuple[int, str]]:
    """Take some pictures for the length of a lease, so that two workers do not draw the same."""
    rows = list(
        Media.objects.due_for_rendering()
        .filter(render_attempts__lt=MAX_ATTEMPTS)
        .order_by("pk")
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .values_list("pk", "image")[:BATCH]
    )
    Media.objects.filter(pk__in=[pk for pk, _name in rows]).update(
        render_due_at=clock.now() + LEASE, render_attempts=F("render_attempts") + 1
    )
    return rows


def _render(media_id: int, name: str) -> bool:
    try:
        renditions = render(name)
    except (UnreadablePicture, OSError):
        return False  # the lease runs out and it is tried again; a page shows the picture itself
    with transaction.atomic():
        rows = Media.objects.filter(pk=media_id, rendered_at=None)
        done = rows.update(renditions=renditions, rendered_at=clock.now())
        for spu_id in Media.objects.filter(pk=media_id).values_list("spu_id", flat=True):
            publish(SpuChanged(spu_id=spu_id))
    return bool(done)
