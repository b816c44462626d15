"""What the API says of goods. The shapes are written by hand: these are the most read answers of the shop."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.catalog.pictures import Picture
from apps.catalog.selectors import Product, ProductCard, SaleableSku
from apps.core.api.fields import AmountField, BoundedInt
from apps.search.queries import MAX_PAGE_SIZE, PAGE_SIZE, Sort


class ProductFilterSerializer(serializers.Serializer[Any]):
    """The parameters of a list of products; ``a_<attribute>`` filters come on top."""

    q = serializers.CharField(
        required=False, help_text="Words, pinyin, a brand or a code; all must be found."
    )
    category = serializers.CharField(required=False, help_text="Slug of a category.")
    merchant = serializers.CharField(required=False, help_text="Code of a merchant.")
    brand = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Slug of a brand; may be repeated."
    )
    price_from = AmountField(required=False)
    price_to = AmountField(required=False)
    in_stock = serializers.BooleanField(required=False)
    sort = serializers.ChoiceField(choices=[each.value for each in Sort], required=False)
    page_size = BoundedInt(
        min_value=1, max_value=MAX_PAGE_SIZE, required=False, help_text=f"{PAGE_SIZE} unless said."
    )
    cursor = serializers.CharField(required=False, help_text="From `next` of the page before.")


class PictureSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    alt = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    srcset = serializers.CharField()
    webp_srcset = serializers.CharField()


class SellerSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class ProductCardSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    subtitle = serializers.CharField()
    picture = PictureSerializer(allow_null=True)
    merchant = SellerSerializer()
    currency = serializers.CharField()
    min_price = AmountField()
    max_price = AmountField()
    list_price = AmountField(allow_null=True, help_text="The crossed-out price, if there is one.")
    sku_count = serializers.IntegerField()
    sku = serializers.IntegerField(allow_null=True, help_text="The only SKU, if there is one.")
    in_stock = serializers.BooleanField()
    sales_count = serializers.IntegerField()


class FacetValueSerializer(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it off the class
    count = serializers.IntegerField()
    is_chosen = serializers.BooleanField()


class FacetSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="The parameter to send a value in.")
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it off the class
    values = FacetValueSerializer(many=True)


class ProductPageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")
    total = serializers.IntegerField()
    facets = FacetSerializer(many=True)
    results = ProductCardSerializer(many=True)


class SpecSerializer(serializers.Serializer[Any]):
    axis = serializers.CharField()
    axis_name = serializers.CharField()
    value = serializers.CharField()
    value_name = serializers.CharField()


class TierSerializer(serializers.Serializer[Any]):
    min_quantity = serializers.IntegerField()
    price = AmountField()


class SkuSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    specs = SpecSerializer(many=True)
    price = AmountField()
    list_price = AmountField(allow_null=True)
    tiers = TierSerializer(many=True)
    available = serializers.IntegerField(help_text="Units that can be bought now.")
    min_quantity = serializers.IntegerField()
    step_quantity = serializers.IntegerField()
    max_per_order = serializers.IntegerField(allow_null=True)
    max_per_user = serializers.IntegerField(allow_null=True)
    weight_grams = serializers.IntegerField()
    picture = PictureSerializer(allow_null=True)


class AttributeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.CharField()


class CrumbSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class ProductSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    subtitle = serializers.CharField()
    description = serializers.CharField(help_text="HTML, cleaned by an allow-list.")
    categories = CrumbSerializer(many=True, help_text="From the first level down.")
    brand = CrumbSerializer(allow_null=True)
    merchant = SellerSerializer()
    attributes = AttributeSerializer(many=True)
    pictures = PictureSerializer(many=True)
    currency = serializers.CharField()
    skus = SkuSerializer(many=True)
    published_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


def picture_data(picture: Picture | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    return {name: getattr(picture, name) for name in PICTURE}


PICTURE = ("url", "alt", "width", "height", "srcset", "webp_srcset")


def card_data(card: ProductCard, facts: tuple[bool, int], currency: str) -> dict[str, Any]:
    is_sold_out, sales = facts
    return {
        "slug": card.slug,
        "name": card.name,
        "subtitle": card.subtitle,
        "picture": picture_data(card.picture),
        "merchant": {"code": card.merchant_code, "name": card.merchant_name},
        "currency": currency,
        "min_price": _amount(card.min_price),
        "max_price": _amount(card.max_price),
        "list_price": _amount(card.list_price),
        "sku_count": card.sku_count,
        "sku": card.only_sku_id,
        "in_stock": not is_sold_out,
        "sales_count": sales,
    }


def sku_data(sku: SaleableSku, available: int) -> dict[str, Any]:
    return {
        "id": sku.sku_id,
        "code": sku.code,
        "specs": [
            {
                "axis": spec.axis,
                "axis_name": spec.axis_name,
                "value": spec.value,
                "value_name": spec.value_name,
            }
            for spec in sku.specs
        ],
        "price": _amount(sku.unit_price),
        "list_price": _amount(sku.list_price),
        "tiers": [
            {"min_quantity": quantity, "price": _amount(price)} for quantity, price in sku.tiers
        ],
        "available": available,
        "min_quantity": sku.min_quantity,
        "step_quantity": sku.step_quantity,
        "max_per_order": sku.max_per_order,
        "max_per_user": sku.max_per_user,
        "weight_grams": sku.weight_grams,
        "picture": picture_data(sku.picture),
    }


def product_data(product: Product, stock: Mapping[int, int], currency: str) -> dict[str, Any]:
    brand = {"slug": product.brand_slug, "name": product.brand_name} if product.brand_slug else None
    return {
        "slug": product.slug,
        "code": product.code,
        "name": product.name,
        "subtitle": product.subtitle,
        "description": product.description,
        "categories": [{"slug": crumb.slug, "name": crumb.name} for crumb in product.crumbs],
        "brand": brand,
        "merchant": {"code": product.merchant_code, "name": product.merchant_name},
        "attributes": [{"name": name, "value": value} for name, value in product.attributes],
        "pictures": [picture_data(picture) for picture in product.pictures],
        "currency": currency,
        "skus": [sku_data(sku, stock[sku.sku_id]) for sku in product.skus],
        "published_at": product.published_at.isoformat() if product.published_at else None,
        "version": product.version,
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
