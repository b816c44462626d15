"""Commands on goods."""

from apps.catalog.services.categories import (
    CategoryInUse,
    CategoryMisplaced,
    delete_category,
    save_category,
)
from apps.catalog.services.life import (
    NotReadyForShelf,
    RestoreTooLate,
    approve_spu,
    publish_spu,
    recycle_spu,
    reject_spu,
    restore_spu,
    submit_spu,
    unpublish_spu,
)
from apps.catalog.services.pictures import UnusablePicture, add_media, change_media, remove_media
from apps.catalog.services.pricing import PriceNeedsConfirmation, change_price
from apps.catalog.services.saving import CodeTaken, SlugTaken, save_spu

__all__ = [
    "CategoryInUse",
    "CategoryMisplaced",
    "CodeTaken",
    "NotReadyForShelf",
    "PriceNeedsConfirmation",
    "RestoreTooLate",
    "SlugTaken",
    "UnusablePicture",
    "add_media",
    "approve_spu",
    "change_media",
    "change_price",
    "delete_category",
    "publish_spu",
    "recycle_spu",
    "reject_spu",
    "remove_media",
    "restore_spu",
    "save_category",
    "save_spu",
    "submit_spu",
    "unpublish_spu",
]
