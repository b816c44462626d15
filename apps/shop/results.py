"""What a list of results says around its goods: how to sort, what was chosen, and where each change leads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.paginator import EmptyPage, Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.templatetags.money import money
from apps.search.queries import MAX_PAGE, SearchQuery, Sort
from apps.search.selectors import Facet, SearchPage
from apps.shop.shelves import ShelfCard

SORTS = {
    Sort.RELEVANCE: gettext_lazy("Recommended"),
    Sort.SALES: gettext_lazy("Most bought"),
    Sort.NEWEST: gettext_lazy("Newest"),
    Sort.PRICE: gettext_lazy("Price, low to high"),
    Sort.PRICE_DOWN: gettext_lazy("Price, high to low"),
}
FILTERS = ("brand", "price_from", "price_to", "in_stock")


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes the list: another order, or one filter less."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that listing.html shows beside title and crumbs."""

    params: QueryDict
    query: SearchQuery
    found: SearchPage
    cards: Sequence[ShelfCard]
    popular: Sequence[ShelfCard] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.found.total

    @property
    def facets(self) -> Sequence[Facet]:
        return self.found.facets

    @property
    def is_filtered(self) -> bool:
        return self.query.is_filtered

    @property
    def page(self) -> Page[int] | None:
        """The numbers of the pages; the rows themselves came from the search."""
        size = self.found.page_size
        try:
            return Paginator(range(min(self.total, MAX_PAGE * size)), size).page(self.found.page)
        except EmptyPage:
            return None

    @property
    def sorts(self) -> list[Choice]:
        return [
            Choice(str(label), self._with("sort", sort.value), sort == self.query.sort)
            for sort, label in SORTS.items()
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of filters must carry along: words and order."""
        return [(name, str(self.params[name])) for name in ("q", "sort") if self.params.get(name)]

    @property
    def clear_url(self) -> str:
        kept = self.params.copy()
        for name in list(kept):
            if is_filter(name) or name == "page":
                del kept[name]
        return f"?{kept.urlencode()}"

    @property
    def chosen(self) -> list[Choice]:
        """One entry for each filter that is on; a click takes it away."""
        return [*self._chosen_values(), *self._chosen_prices(), *self._chosen_stock()]

    def _chosen_values(self) -> Iterable[Choice]:
        for facet in self.facets:
            for value in facet.values:
                if value.is_chosen:
                    yield Choice(value.label, self._without(facet.name, value.value))

    def _chosen_prices(self) -> Iterable[Choice]:
        if self.query.price_from is not None:
            amount = money(self.query.price_from)
            yield Choice(_("from %(amount)s") % {"amount": amount}, self._without("price_from"))
        if self.query.price_to is not None:
            amount = money(self.query.price_to)
            yield Choice(_("up to %(amount)s") % {"amount": amount}, self._without("price_to"))

    def _chosen_stock(self) -> Iterable[Choice]:
        if self.query.in_stock:
            yield Choice(_("In stock"), self._without("in_stock"))

    def _with(self, name: str, value: str) -> str:
        changed = self.params.copy()
        changed[name] = value
        changed.pop("page", None)
        return f"?{changed.urlencode()}"

    def _without(self, name: str, value: str = "") -> str:
        changed = self.params.copy()
        left = [each for each in changed.getlist(name) if value and each != value]
        changed.setlist(name, left)
        changed.pop("page", None)
        return f"?{changed.urlencode()}"


def is_filter(name: str) -> bool:
    return name in FILTERS or name.startswith("a_")
