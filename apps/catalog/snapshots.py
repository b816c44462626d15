"""An SPU as plain values, to tell what a save has changed."""

from typing import Any

from apps.catalog.models import Spu

ROW = ("category_id", "brand_id", "shipping_class_id", "code", "slug")
TIMES = ("publish_at", "unpublish_at")
SKU = (
    "price",
    "list_price",
    "cost_price",
    "weight_grams",
    "volume_cm3",
    "is_active",
    "min_quantity",
    "step_quantity",
    "max_per_order",
    "max_per_user",
    "max_per_user_days",
    "position",
)


def snapshot(spu: Spu) -> dict[str, Any]:
    """Return every editable value of an SPU under a name that a person understands."""
    values: dict[str, Any] = {name.removesuffix("_id"): getattr(spu, name) for name in ROW}
    values |= {name: at.isoformat() if (at := getattr(spu, name)) else None for name in TIMES}
    for text in spu.translations.order_by("language"):
        for name in ("name", "subtitle", "description", "seo_description"):
            values[f"{name} ({text.language})"] = getattr(text, name)
    values["attributes"] = sorted(spu.attribute_values.values_list("pk", flat=True))
    for axis in spu.axes.order_by("position").prefetch_related("values"):
        values[f"spec {axis.code}"] = [
            axis.names,
            [[value.code, value.names] for value in axis.values.order_by("position", "pk")],
        ]
    for sku in spu.skus.order_by("pk").prefetch_related("tiers"):
        for name in SKU:
            value = getattr(sku, name)
            plain = value if value is None or isinstance(value, int) else str(value)
            values[f"sku {sku.code} {name}"] = plain
        tiers = sorted((tier.min_quantity, str(tier.price)) for tier in sku.tiers.all())
        values[f"sku {sku.code} tiers"] = [list(tier) for tier in tiers]
    return values
