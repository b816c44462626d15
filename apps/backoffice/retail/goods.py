"""The goods of a ledger: one SPU per stock code, one SKU per unit price of it, and enough of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from apps.backoffice.retail.ledger import LedgerLine, why_not_sold
from apps.catalog.models import Category, CategoryTranslation, ShippingClass, Sku
from apps.inventory.models import StockItem, Warehouse
from apps.inventory.services import StockChange, receive_stock
from apps.logistics.models import FreightRate, FreightTemplate
from apps.merchants.models import Contract, Merchant
from apps.regions.models import Region
from apps.regions.services import load_regions, read_regions

MERCHANT_CODE = "retail-ledger"
_CATEGORY = "retail-ledger"
_REGION = "330106"
_MAX_LINES, _MAX_QUANTITY = 1_000, 100_000
_PLENTY = 2  # so many times what the ledger sells
_BATCH = 1000


@dataclass(slots=True)
class LedgerGoods:
    """What a ledger sells, and how many lines sell nothing, by reason."""

    names: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    prices: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    quantities: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    sold: int = 0
    not_sold: Counter[str] = field(default_factory=Counter)


def collect_goods(lines: Iterable[LedgerLine]) -> LedgerGoods:
    """Go through a ledger and gather its goods. Every line is counted, as sold or with its reason."""
    goods = LedgerGoods()
    for line in lines:
        goods.lines += 1
        if line.description:
            goods.names[line.spu_code][line.description.strip()] += 1
        reason = why_not_sold(line)
        if reason:
            goods.not_sold[reason.value] += 1
            continue
        goods.sold += 1
        goods.prices[line.spu_code][line.sku_code] = line.unit_price
        goods.quantities[line.sku_code] += line.quantity
    return goods


def sheet_rows(goods: LedgerGoods) -> Iterator[tuple[int, dict[str, str]]]:
    """Return the goods as rows of the product sheet."""
    number = 1
    for spu_code, skus in goods.prices.items():
        name = _name(goods, spu_code)
        for sku_code, price in sorted(skus.items(), key=lambda item: item[1]):
            number += 1
            yield (
                number,
                {
                    "spu_code": spu_code,
                    "name": name,
                    "name_en": name,
                    "category": _CATEGORY,
                    "axis_1": "单价|Unit price",
                    "value_1": f"{price:.2f}",
                    "sku_code": sku_code,
                    "price": f"{price:.2f}",
                },
            )


@transaction.atomic
def make_wholesaler() -> Merchant:
    """Return the merchant who sells the ledger's goods: limits of wholesale, one warehouse, no freight."""
    if not Region.objects.filter(code=_REGION).exists():
        load_regions(read_regions())
    merchant, is_new = Merchant.objects.get_or_create(
        code=MERCHANT_CODE, defaults={"name": "零售账本批发", "name_en": "Retail Ledger Wholesale"}
    )
    if is_new:
        Contract.objects.create(
            merchant=merchant,
            max_lines_per_order=_MAX_LINES,
            max_quantity_per_line=_MAX_QUANTITY,
        )
        region = Region.objects.get(code=_REGION)
        Warehouse.objects.create(merchant=merchant, code="main", name="总仓", region=region)
        template = FreightTemplate.objects.create(merchant=merchant, name="包邮")
        FreightRate.objects.create(template=template)
    ShippingClass.objects.get_or_create(code="standard", defaults={"name": "标准件"})
    category, is_new = Category.objects.get_or_create(slug=_CATEGORY, defaults={"level": 1})
    if is_new:
        for language, name in (("zh-hans", "批发杂货"), ("en", "Wholesale gifts")):
            CategoryTranslation.objects.create(category=category, language=language, name=name)
    return merchant


def fill_warehouse(merchant: Merchant, goods: LedgerGoods) -> int:
    """Book enough of every SKU that has never had any stock; return of how many."""
    warehouse = Warehouse.objects.get(merchant=merchant, code="main")
    stocked = StockItem.objects.filter(warehouse=warehouse).values("sku")
    waiting = Sku.objects.filter(merchant=merchant).exclude(pk__in=stocked).order_by("pk")
    rows = list(waiting.values_list("pk", "code"))
    for start in range(0, len(rows), _BATCH):
        changes = [
            StockChange(
                sku_id=pk,
                warehouse_id=warehouse.pk,
                quantity=max(goods.quantities[code], 1) * _PLENTY,
            )
            for pk, code in rows[start : start + _BATCH]
        ]
        receive_stock(changes=changes, reference=f"LEDGER-{rows[start][0]}", reason="ledger")
    return len(rows)


def _name(goods: LedgerGoods, spu_code: str) -> str:
    """Return the name that most lines give; real ledgers also hold “?” and “damaged”."""
    shouted = {name: n for name, n in goods.names[spu_code].items() if name.isupper()}
    names = shouted or goods.names[spu_code]
    return max(names, key=lambda name: (names[name], name))[:120] if names else spu_code
