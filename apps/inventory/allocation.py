"""From which warehouse does each line come? Pure: shelves in, allocations out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """So many units of a SKU for one reference (an order line's number)."""

    reference: str
    sku_id: int
    merchant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """So many units of one stock item for one reference."""

    reference: str
    stock_item_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """One stock item as the choice sees it."""

    stock_item_id: int
    sku_id: int
    warehouse_id: int
    merchant_id: int
    region_code: str
    priority: int
    available: int


class NotEnough(ValueError):
    """Some SKUs cannot be covered; ``available`` says how many units there are of each of them."""

    def __init__(self, available: Mapping[int, int]) -> None:
        self.available = dict(available)
        super().__init__(f"not enough: {self.available}")


def distance(one: str, other: str) -> int:
    """Return 0 for the same district, 1 for the same city, 2 for the same province, else 3."""
    for steps, digits in enumerate((6, 4, 2)):
        if one and other and one[:digits] == other[:digits]:
            return steps
    return 3


def allocate(
    demands: Sequence[Demand], shelves: Iterable[Shelf], region_code: str
) -> list[Allocation]:
    """
    Choose for each merchant the single warehouse that covers everything, the nearest and then the one
    with the lowest priority number first; only if there is none, serve line by line, and split a line
    only if no warehouse covers it.

    :raises NotEnough: with every SKU that cannot be covered
    """
    shelves = [shelf for shelf in shelves if shelf.available > 0]
    _must_cover(demands, shelves)
    found: list[Allocation] = []
    for merchant_id, wanted in _by_merchant(demands).items():
        own = [shelf for shelf in shelves if shelf.merchant_id == merchant_id]
        found += _for_merchant(wanted, _Rack(own, region_code))
    return found


def _must_cover(demands: Sequence[Demand], shelves: Sequence[Shelf]) -> None:
    wanted: dict[tuple[int, int], int] = defaultdict(int)
    for demand in demands:
        wanted[demand.merchant_id, demand.sku_id] += demand.quantity
    there: dict[tuple[int, int], int] = defaultdict(int)
    for shelf in shelves:
        there[shelf.merchant_id, shelf.sku_id] += shelf.available
    short = {key[1]: there[key] for key, quantity in wanted.items() if there[key] < quantity}
    if short:
        raise NotEnough(short)


def _by_merchant(demands: Sequence[Demand]) -> dict[int, list[Demand]]:
    found: dict[int, list[Demand]] = defaultdict(list)
    for demand in demands:
        found[demand.merchant_id].append(demand)
    return found


class _Rack:
    """What is left on one merchant's shelves, warehouse by warehouse, best warehouse first."""

    def __init__(self, shelves: Sequence[Shelf], region_code: str) -> None:
        self.by_place = {(shelf.warehouse_id, shelf.sku_id): shelf for shelf in shelves}
        self.left = {key: shelf.available for key, shelf in self.by_place.items()}
        rank = {
            shelf.warehouse_id: (
                distance(shelf.region_code, region_code),
                shelf.priority,
                shelf.warehouse_id,
            )
            for shelf in shelves
        }
        self.warehouses = sorted(rank, key=lambda warehouse_id: rank[warehouse_id])

    def covers(self, warehouse_id: int, wanted: Mapping[int, int]) -> bool:
        return all(
            self.left.get((warehouse_id, sku_id), 0) >= quantity
            for sku_id, quantity in wanted.items()
        )

    def take(self, demand: Demand, warehouse_id: int, quantity: int) -> Allocation:
        key = (warehouse_id, demand.sku_id)
        self.left[key] -= quantity
        shelf = self.by_place[key]
        return Allocation(demand.reference, shelf.stock_item_id, warehouse_id, quantity)


def _for_merchant(demands: Sequence[Demand], rack: _Rack) -> list[Allocation]:
    wanted: dict[int, int] = defaultdict(int)
    for demand in demands:
        wanted[demand.sku_id] += demand.quantity
    for warehouse_id in rack.warehouses:
        if rack.covers(warehouse_id, wanted):
            return [rack.take(demand, warehouse_id, demand.quantity) for demand in demands]
    return [allocation for demand in demands for allocation in _for_line(demand, rack)]


def _for_line(demand: Demand, rack: _Rack) -> list[Allocation]:
    for warehouse_id in rack.warehouses:
        if rack.covers(warehouse_id, {demand.sku_id: demand.quantity}):
            return [rack.take(demand, warehouse_id, demand.quantity)]
    found, open_quantity = [], demand.quantity
    for warehouse_id in rack.warehouses:
        part = min(open_quantity, rack.left.get((warehouse_id, demand.sku_id), 0))
        if part:
            found.append(rack.take(demand, warehouse_id, part))
            open_quantity -= part
    return found
