"""Ledger against shop, line by line and to the penny."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.backoffice.replay.doors import RETURN_REASON
from apps.backoffice.replay.invoices import Invoice, Rejected, ReturnPlan, rejected_sales
from apps.backoffice.replay.standings import Standing
from apps.core.money import ZERO
from apps.orders.models import OrderLine, OrderRefundLine, OrderRefundStatus

REFUSED = "sale: refused by the shop"
NOT_PLACED = "return: its purchase was refused by the shop"


@dataclass(slots=True)
class Share:
    """So many lines and so much money."""

    lines: int = 0
    amount: Decimal = ZERO

    def add(self, lines: int, amount: Decimal) -> None:
        self.lines += lines
        self.amount += amount


@dataclass(slots=True)
class Tally:
    """What became of the ledger's lines; ``differences`` are where the shop's rows say otherwise."""

    ledger: Share = field(default_factory=Share)
    placed: Share = field(default_factory=Share)
    returned: Share = field(default_factory=Share)
    rejected: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    invoices: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    @property
    def adds_up(self) -> bool:
        """Say whether placed, returned and rejected are the whole ledger, in lines and in money."""
        parts = [self.placed, self.returned, *self.rejected.values()]
        return (
            not self.differences
            and sum(part.lines for part in parts) == self.ledger.lines
            and sum((part.amount for part in parts), ZERO) == self.ledger.amount
        )


def tally_up(
    invoices: Iterable[Invoice],
    plans: Sequence[ReturnPlan],
    stand: Mapping[str, Standing],
    problems: Mapping[str, str],
) -> Tally:
    """Compare each line of the ledger with what stands in the shop's rows."""
    tally = Tally()
    bought = _bought(stand.values())
    for invoice in invoices:
        for line in invoice.lines:
            tally.ledger.add(1, line.unit_price * line.quantity)
        if not invoice.is_return:
            _count_sale(invoice, stand[invoice.number], bought, problems, tally)
    back = _paid_back(plans, stand)
    for plan in plans:
        _count_return(plan, stand, back, tally)
    return tally


Bought = dict[int, dict[str, tuple[int, Decimal]]]
PaidBack = dict[tuple[int, str, str], Decimal]


def _bought(stand: Iterable[Standing]) -> Bought:
    """Return what each order holds: quantity and money of each SKU."""
    found: Bought = defaultdict(dict)
    ids = [each.order_id for each in stand if each.is_placed]
    rows = OrderLine.objects.filter(order_id__in=ids).values_list(
        "order_id", "sku_code", "quantity", "payable_amount"
    )
    for order_id, code, quantity, amount in rows:
        found[order_id][code] = (quantity, amount)
    return found


def _paid_back(plans: Iterable[ReturnPlan], stand: Mapping[str, Standing]) -> PaidBack:
    """Return what has gone back through the channel, by order, SKU and reason."""
    ids = {stand[part.purchase].order_id for plan in plans for part in plan.parts}
    rows = OrderRefundLine.objects.filter(
        order_refund__order_id__in=ids, order_refund__status=OrderRefundStatus.SUCCEEDED
    )
    found: PaidBack = defaultdict(Decimal)
    for order_id, code, reason, amount in rows.values_list(
        "order_refund__order_id", "line__sku_code", "order_refund__reason", "amount"
    ):
        found[order_id, code, reason] += amount
    return found


def _count_sale(
    invoice: Invoice,
    standing: Standing,
    bought: Bought,
    problems: Mapping[str, str],
    tally: Tally,
) -> None:
    for rejected in rejected_sales(invoice):
        tally.rejected[rejected.reason].add(1, rejected.amount)
    lines = len(invoice.sold_lines)
    if not lines:
        tally.invoices["nothing to sell"] += 1
    elif not standing.is_placed:
        tally.invoices["refused"] += 1
        reason = problems.get(invoice.number, "?")
        tally.rejected[f"{REFUSED}, {reason}"].add(lines, invoice.amount)
    elif not standing.is_done:
        tally.invoices["under way"] += 1
        why = problems.get(invoice.number, "")
        tally.differences.append(f"invoice {invoice.number} is {standing.status} {why}")
    elif bought[standing.order_id] != _wanted(invoice):
        tally.invoices["different"] += 1
        tally.differences.append(f"invoice {invoice.number} and its order differ")
    else:
        tally.invoices["received"] += 1
        tally.placed.add(lines, invoice.amount)


def _wanted(invoice: Invoice) -> dict[str, tuple[int, Decimal]]:
    wanted: dict[str, tuple[int, Decimal]] = {}
    for line in invoice.sold_lines:
        quantity, amount = wanted.get(line.sku_code, (0, ZERO))
        wanted[line.sku_code] = (
            quantity + line.quantity,
            amount + line.unit_price * line.quantity,
        )
    return wanted


def _count_return(
    plan: ReturnPlan, stand: Mapping[str, Standing], back: PaidBack, tally: Tally
) -> None:
    tally.invoices["returns"] += 1
    reason = RETURN_REASON.format(number=plan.invoice.number)
    asked: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
    counted: set[int] = set()
    for part in plan.parts:
        is_first = part.line.number not in counted
        counted.add(part.line.number)
        order_id = stand[part.purchase].order_id
        if order_id:
            asked[order_id, part.sku_code, reason] += part.amount
            tally.returned.add(int(is_first), -part.amount)
        else:
            tally.rejected[NOT_PLACED].add(int(is_first), -part.amount)
    for key, amount in asked.items():
        if back.get(key, ZERO) != amount:
            tally.differences.append(
                f"return {plan.invoice.number}: {amount} of {key[1]} to go back, "
                f"{back.get(key, ZERO)} went"
            )
    _count_rejected(plan.rejected, counted, tally)


def _count_rejected(rejected: Iterable[Rejected], counted: set[int], tally: Tally) -> None:
    """Count what finds no purchase; of a line that went back in part only the money."""
    for each in rejected:
        is_first = each.line.number not in counted
        counted.add(each.line.number)
        tally.rejected[each.reason].add(int(is_first), each.amount)
