"""From goods to documents: a batch of SPUs in a fixed number of statements."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from html import unescape

from django.db.models import Max, Min, Q

from apps.catalog.models import (
    AttributeValueTranslation,
    BrandTranslation,
    CategoryTranslation,
    Sku,
    SpecValue,
    Spu,
    SpuTranslation,
)
from apps.inventory.selectors import quantities_by_sku
from apps.search.models import SpuSales
from apps.search.tokens import vector_of

DESCRIPTION_LENGTH = 3000
TAG = re.compile(r"<[^>]*>")


@dataclass(slots=True)
class Document:
    """What is to be written about one SPU."""

    spu_id: int
    merchant_id: int
    brand_id: int | None
    category_ids: list[int]
    published_at: datetime
    min_price: Decimal
    max_price: Decimal
    value_ids: list[int] = field(default_factory=list)
    in_stock: bool = False
    sales_count: int = 0
    names: dict[str, str] = field(default_factory=dict)
    texts: list[tuple[str, str]] = field(default_factory=list)  # (text, weight)
    bodies: list[str] = field(default_factory=list)

    @property
    def head(self) -> str:
        return vector_of(self.texts)

    @property
    def tokens(self) -> str:
        return vector_of(self.texts, self.bodies)


Documents = Mapping[int, Document]


def build_documents(spu_ids: Collection[int]) -> dict[int, Document]:
    """Return the documents of those of these SPUs that are on the shelf and have something for sale."""
    documents = _read_spus(spu_ids)
    _add_words(documents)
    _add_skus(documents)
    _add_values(documents)
    _add_names_above(documents)
    sales = SpuSales.objects.filter(pk__in=documents).values_list("pk", "quantity")
    for spu_id, quantity in sales:
        documents[spu_id].sales_count = quantity
    return documents


def _read_spus(spu_ids: Collection[int]) -> dict[int, Document]:
    rows = (
        Spu.objects.on_shelf()
        .filter(pk__in=spu_ids, skus__is_active=True)
        .values_list(
            "pk",
            "code",
            "merchant_id",
            "brand_id",
            "category_id",
            "category__parent_id",
            "category__parent__parent_id",
            "published_at",
            "created_at",
        )
        .annotate(low=Min("skus__price"), high=Max("skus__price"))
    )
    documents = {}
    for pk, code, merchant_id, brand_id, *above, published_at, created_at, low, high in rows:
        path = [category_id for category_id in above if category_id]
        documents[pk] = Document(
            pk, merchant_id, brand_id, path, published_at or created_at, low, high
        )
        documents[pk].texts.append((code, "A"))
    return documents


def _add_words(documents: Documents) -> None:
    rows = SpuTranslation.objects.filter(spu__in=documents).values_list(
        "spu_id", "language", "name", "subtitle", "description"
    )
    for spu_id, language, name, subtitle, description in rows:
        documents[spu_id].names[language] = name
        plain = unescape(TAG.sub(" ", description[: 2 * DESCRIPTION_LENGTH]))
        documents[spu_id].texts += [(name, "A"), (subtitle, "C")]
        documents[spu_id].bodies.append(plain[:DESCRIPTION_LENGTH])


def _add_skus(documents: Documents) -> None:
    active = Q(spu__in=documents, is_active=True)
    skus = list(Sku.objects.filter(active).values_list("pk", "spu_id", "code"))
    available = quantities_by_sku([pk for pk, _spu_id, _code in skus])
    for pk, spu_id, code in skus:
        documents[spu_id].texts.append((code, "A"))
        if available[pk] > 0:
            documents[spu_id].in_stock = True
    specs = SpecValue.objects.filter(axis__spu__in=documents, skus__is_active=True).distinct()
    for spu_id, names in specs.values_list("axis__spu_id", "names"):
        documents[spu_id].texts += [(name, "C") for name in names.values()]


def _add_values(documents: Documents) -> None:
    links = Spu.attribute_values.through._default_manager.filter(spu__in=documents)
    rows = list(links.values_list("spu_id", "attributevalue_id"))
    names = _names(
        AttributeValueTranslation.objects.filter(value__in={value for _spu, value in rows}), "value"
    )
    for spu_id, value_id in rows:
        documents[spu_id].value_ids.append(value_id)
        documents[spu_id].texts += [(name, "C") for name in names[value_id]]


def _add_names_above(documents: Documents) -> None:
    """Let goods be found by their brand and by the names of the categories that they are in."""
    brand_ids = {document.brand_id for document in documents.values() if document.brand_id}
    category_ids = {pk for document in documents.values() for pk in document.category_ids}
    brands = _names(BrandTranslation.objects.filter(brand__in=brand_ids), "brand")
    categories = _names(CategoryTranslation.objects.filter(category__in=category_ids), "category")
    for document in documents.values():
        if document.brand_id:
            document.texts += [(name, "B") for name in brands[document.brand_id]]
        for category_id in document.category_ids:
            document.texts += [(name, "B") for name in categories[category_id]]


def _names(rows: Iterable[object], owner: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[getattr(row, f"{owner}_id")].append(getattr(row, "name"))  # noqa: B009
    return found
