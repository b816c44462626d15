import uuid
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.events import SpuChanged
from apps.catalog.models import Media, Sku, Spu
from apps.catalog.rendering import EXTENSIONS, UnreadablePicture, reencode
from apps.catalog.services.reviewing import review_again
from apps.catalog.services.versions import next_version
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import InvalidInput, Refusal

MAX_PER_SPU = 30


class UnusablePicture(Refusal):
    code = "UNUSABLE_PICTURE"
    http_status = 400
    text = _("This picture cannot be used: {reason}")


def add_media(
    *,
    spu_id: int,
    upload: IO[bytes],
    actor: Actor | None,
    sku_id: int | None = None,
    alt: str = "",
    position: int | None = None,
) -> Media:
    """
    Take a picture of an SPU, or of one of its SKUs. What is kept is drawn anew, under a random name.

    The renditions follow a moment later, made by a worker.

    :raises UnusablePicture: if it is not a JPEG, PNG or WebP within the limits
    """
    try:
        data, kind = reencode(upload)
    except UnreadablePicture as problem:
        raise UnusablePicture(reason=str(problem)) from problem
    return _add(
        spu_id,
        sku_id,
        ContentFile(data, f"{uuid.uuid4().hex}.{EXTENSIONS[kind]}"),
        alt,
        position,
        actor,
    )


@transaction.atomic
def _add(
    spu_id: int,
    sku_id: int | None,
    file: ContentFile[bytes],
    alt: str,
    position: int | None,
    actor: Actor | None,
) -> Media:
    spu = Spu.objects.locked().get(pk=spu_id)
    if sku_id and not Sku.objects.filter(pk=sku_id, spu=spu).exists():
        raise InvalidInput(field="sku", reason=_("it belongs to another product"))
    count = spu.media.count()
    if count >= MAX_PER_SPU:
        raise UnusablePicture(reason=_("there are {most} already").format(most=MAX_PER_SPU))
    media = Media(spu=spu, sku_id=sku_id, alt=alt.strip()[:120])
    media.position = count if position is None else position
    media.image = file
    media.save()
    next_version(spu, {}, {"picture": media.image.name}, actor)
    review_again(spu, actor)
    publish(SpuChanged(spu_id=spu.pk))
    return media


@transaction.atomic
def change_media(*, media_id: int, alt: str, position: int, actor: Actor | None) -> None:
    """Describe a picture and give it its place."""
    media = Media.objects.select_related("spu").get(pk=media_id)
    spu = Spu.objects.locked().get(pk=media.spu_id)
    before = {"alt": media.alt, "position": media.position}
    media.alt, media.position = alt.strip()[:120], position
    after = {"alt": media.alt, "position": media.position}
    if before != after:
        media.save(update_fields=["alt", "position"])
        name = f"picture {media.pk}"
        next_version(spu, {name: before}, {name: after}, actor)
        publish(SpuChanged(spu_id=spu.pk))


@transaction.atomic
def remove_media(*, media_id: int, actor: Actor | None) -> None:
    """Take a picture off its SPU. The file stays: orders that were placed show it."""
    media = Media.objects.select_related("spu").get(pk=media_id)
    spu = Spu.objects.locked().get(pk=media.spu_id)
    next_version(spu, {"picture": media.image.name}, {}, actor)
    media.delete()
    review_again(spu, actor)
    publish(SpuChanged(spu_id=spu.pk))
