"""What a merchant changes after the trade was placed: the price before payment, the address before the waybill."""

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.checkout.services.settling import apply_channel_fact
from apps.core.actors import Actor
from apps.core.errors import Refusal
from apps.core.money import ZERO, round_half_up, split
from apps.core.retrying import whole_transaction
from apps.core.states import IllegalMove
from apps.logistics.freight import FreightLine, Package, charge_package
from apps.logistics.selectors import has_printed_waybill, tariffs_for
from apps.orders.models import Order, OrderLine, OrderStatus, Trade
from apps.orders.services import AddressSnapshot, readdress_order, reprice_order
from apps.orders.services.changing import MERCHANT_STAGE, LinePrice, ReductionTooLarge
from apps.payments.selectors import list_live_payments
from apps.payments.services import ask_channel_to_close, begin_closing, finish_closing


class WaybillPrinted(Refusal):
    code = "WAYBILL_PRINTED"
    http_status = 409
    text = _("The waybill is printed: void it before you change the address.")


class FreightDiffers(Refusal):
    code = "FREIGHT_DIFFERS"
    http_status = 409
    text = _("Delivery there costs ¥{now} instead of ¥{paid}, and the order is paid already.")


def reprice_trade_order(
    *,
    order_id: int,
    reduction: Decimal,
    freight_amount: Decimal,
    expected_version: int,
    actor: Actor,
    reason: str,
) -> Order:
    """
    Set the merchant's reduction and the freight of an unpaid order; a payment that was open is closed first.

    :raises IllegalMove: if it is paid (perhaps just now) or cancelled
    :raises VersionConflict, ReductionTooLarge: and nothing was changed
    """
    payment_ids = _close_open_payments(order_id)
    order = _reprice(order_id, reduction, freight_amount, expected_version, (actor, reason))
    for payment_id in payment_ids:
        finish_closing(payment_id=payment_id)
    return order


def readdress_trade_order(
    *,
    order_id: int,
    address: AddressSnapshot,
    expected_version: int,
    actor: Actor | None,
    reason: str,
) -> Order:
    """
    Send an order elsewhere. Unpaid, its freight follows; paid, only where delivery costs the same.

    :raises WaybillPrinted, FreightDiffers, NoDelivery: and nothing was changed
    :raises IllegalMove, VersionConflict: as ``orders.readdress_order``
    """
    order = Order.objects.get(pk=order_id)
    if has_printed_waybill(order_id):
        raise WaybillPrinted
    now = _freight_to(order, address.region_code)
    if now == order.freight_amount:
        return readdress_order(
            order_id=order_id,
            address=address,
            expected_version=expected_version,
            actor=actor,
            reason=reason,
        )
    if order.status != OrderStatus.UNPAID:
        raise FreightDiffers(now=str(now), paid=str(order.freight_amount))
    payment_ids = _close_open_payments(order_id)
    order = _readdress_and_reprice(order_id, address, now, expected_version, (actor, reason))
    for payment_id in payment_ids:
        finish_closing(payment_id=payment_id)
    return order


class NoDelivery(Refusal):
    code = "NO_DELIVERY"
    http_status = 409
    text = _("Nobody delivers all of this order to that address.")


def _close_open_payments(order_id: int) -> list[int]:
    """Make sure that nobody can pay the old amount; if it was paid meanwhile, the payment wins."""
    payment_ids = _begin_closing_all(order_id)
    for payment_id in payment_ids:
        fact = ask_channel_to_close(payment_id)
        if fact is not None:
            apply_channel_fact(fact)
    return payment_ids


@whole_transaction
def _begin_closing_all(order_id: int) -> list[int]:
    trade = _locked_trade(order_id)
    if not trade.is_unpaid:
        raise IllegalMove(current=trade.status, wanted=trade.status)
    payment_ids = [payment.pk for payment in list_live_payments(trade.number)]
    for payment_id in payment_ids:
        begin_closing(payment_id=payment_id)
    return payment_ids


@whole_transaction
def _reprice(
    order_id: int,
    reduction: Decimal,
    freight_amount: Decimal,
    expected_version: int,
    by: tuple[Actor | None, str],
) -> Order:
    _locked_trade(order_id)
    lines = list(OrderLine.objects.filter(order_id=order_id).order_by("pk"))
    actor, reason = by
    return reprice_order(
        order_id=order_id,
        prices=_new_prices(lines, reduction, freight_amount),
        expected_version=expected_version,
        actor=actor,
        reason=reason,
    )


@whole_transaction
def _readdress_and_reprice(
    order_id: int,
    address: AddressSnapshot,
    freight_amount: Decimal,
    expected_version: int,
    by: tuple[Actor | None, str],
) -> Order:
    _locked_trade(order_id)
    actor, reason = by
    order = readdress_order(
        order_id=order_id,
        address=address,
        expected_version=expected_version,
        actor=actor,
        reason=reason,
    )
    had = sum(_merchant_reductions(order_id).values(), ZERO)
    return _reprice(order_id, had, freight_amount, order.version, by)


def _locked_trade(order_id: int) -> Trade:
    trade_id = Order.objects.values_list("trade_id", flat=True).get(pk=order_id)
    trade: Trade = Trade.objects.locked().get(pk=trade_id)
    return trade


def _new_prices(
    lines: Sequence[OrderLine], reduction: Decimal, freight_amount: Decimal
) -> list[LinePrice]:
    """Spread the reduction and the freight over the lines, and work the included VAT out again."""
    had = _merchant_reductions(lines[0].order_id)
    before = [line.payable_amount + had.get(line.pk, ZERO) for line in lines]
    if not ZERO <= reduction <= sum(before, ZERO) or freight_amount < 0:
        raise ReductionTooLarge
    reductions = split(reduction, before)
    cash = [amount - less for amount, less in zip(before, reductions, strict=True)]
    weights = cash if sum(cash, ZERO) else [Decimal(line.quantity) for line in lines]
    freight = split(freight_amount, weights)
    return [
        LinePrice(
            line_id=line.pk,
            merchant_reduction=less,
            tax_amount=_tax_in(amount),
            freight_amount=share,
        )
        for line, less, amount, share in zip(lines, reductions, cash, freight, strict=True)
    ]


def _merchant_reductions(order_id: int) -> dict[int, Decimal]:
    rows = OrderLine.objects.filter(order_id=order_id, adjustments__stage=MERCHANT_STAGE)
    return dict(rows.values_list("pk", "adjustments__amount"))


def _tax_in(amount: Decimal) -> Decimal:
    return round_half_up(amount * settings.VAT_RATE / (100 + settings.VAT_RATE))


def _freight_to(order: Order, region_code: str) -> Decimal:
    table = tariffs_for([order.merchant_id], region_code)
    lines = OrderLine.objects.filter(order=order).select_related("sku__spu").order_by("pk")
    package = Package(
        order.merchant_id,
        tuple(
            FreightLine(
                key=line.number,
                shipping_class_id=line.sku.spu.shipping_class_id,
                quantity=line.quantity,
                weight_grams=line.weight_grams,
                volume_cm3=line.volume_cm3,
                goods_amount=line.payable_amount,
            )
            for line in lines
        ),
    )
    charge = charge_package(package, table.tariffs, table.region_codes)
    if charge.refused_line_keys:
        raise NoDelivery
    return charge.amount
