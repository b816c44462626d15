"""Goods in rows: the cards of lists and the floors of the home page."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalog.models import Spu
from apps.catalog.selectors import CategoryNode, ProductCard, product_cards
from apps.search.backends import backend
from apps.search.queries import SearchQuery, Sort
from apps.search.selectors import sales_and_stock

FLOOR_SIZE = 10
MOST_FLOORS = 5


@dataclass(frozen=True, slots=True)
class ShelfCard:
    """A card and what other apps know about its goods."""

    card: ProductCard
    is_sold_out: bool = False
    sold_count: int = 0

    @property
    def slug(self) -> str:
        return self.card.slug

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def picture(self) -> object:
        return self.card.picture

    @property
    def min_price(self) -> Decimal:
        return self.card.min_price

    @property
    def has_more_prices(self) -> bool:
        return self.card.has_more_prices

    @property
    def list_price(self) -> Decimal | None:
        return self.card.list_price

    @property
    def saving(self) -> Decimal | None:
        return self.card.list_price - self.card.min_price if self.card.list_price else None


@dataclass(frozen=True, slots=True)
class Floor:
    """A shelf of the home page: what people buy, or the newest goods of one department."""

    label: str
    url: str
    cards: Sequence[ShelfCard]


def cards_of_hits(spu_ids: Sequence[int]) -> list[ShelfCard]:
    """Return the cards of what a search has found, with what the search knows of stock and sales."""
    cards, known = product_cards(spu_ids), sales_and_stock(spu_ids)
    return [
        ShelfCard(cards[spu_id], *known.get(spu_id, (False, 0)))
        for spu_id in spu_ids
        if spu_id in cards
    ]


def floors(tree: Iterable[CategoryNode]) -> list[Floor]:
    """Return what people buy most, and the newest of each of the first departments; in four statements."""
    roots = list(tree)[:MOST_FLOORS]
    best = backend().find(SearchQuery(sort=Sort.SALES, page_size=FLOOR_SIZE)).spu_ids
    newest = newest_by_root([root.id for root in roots])
    every = [*best, *(spu_id for ids in newest.values() for spu_id in ids)]
    cards = {card.card.spu_id: card for card in cards_of_hits(list(dict.fromkeys(every)))}

    def on(label: str, url: str, ids: Sequence[int]) -> Floor:
        return Floor(label, url, [cards[spu_id] for spu_id in ids if spu_id in cards])

    found = [on(_("Most loved"), f"{reverse('search')}?sort={Sort.SALES.value}", best)]
    for root in roots:
        url = reverse("category", args=[root.slug])
        found.append(on(root.name, url, newest.get(root.id, [])))
    return [floor for floor in found if floor.cards]


def newest_by_root(root_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the newest SPUs of each first-level category, in one statement."""
    root = Coalesce(F("category__parent__parent"), F("category__parent"), F("category"))
    rows = (
        Spu.objects.on_shelf()
        .filter(skus__is_active=True)
        .distinct()
        .annotate(root=root)
        .filter(root__in=root_ids)
        .values("pk", "root")
    )
    ranked = Spu.objects.filter(pk__in=rows.values("pk")).annotate(
        root=root,
        place=Window(
            RowNumber(),
            partition_by=[root],
            order_by=[F("published_at").desc(nulls_last=True), F("pk").desc()],
        ),
    )
    found: dict[int, list[int]] = {}
    for pk, root_id in (
        ranked.filter(place__lte=FLOOR_SIZE).order_by("place").values_list("pk", "root")
    ):
        found.setdefault(root_id, []).append(pk)
    return found


def related_cards(spu_id: int, category_id: int, size: int = 5) -> list[ShelfCard]:
    """Return other goods of the same category, the newest first, in one statement."""
    others = Spu.objects.on_shelf().filter(category_id=category_id).exclude(pk=spu_id)
    newest = others.order_by("-pk").values_list("pk", flat=True)[:size]
    cards = product_cards(newest)
    return [ShelfCard(cards[pk]) for pk in sorted(cards, reverse=True)]
