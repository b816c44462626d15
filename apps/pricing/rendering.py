"""From fen to a quote: taxes, earned points, and a row for every reason."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum

from apps.core.money import split_fen
from apps.pricing.fen import vat_in, yuan_of
from apps.pricing.offers import Benefit, Earning, Offer
from apps.pricing.passing import Missed, Pass, Sent
from apps.pricing.quote import (
    Explanation,
    NearMiss,
    Params,
    Quote,
    QuotedAdjustment,
    QuotedLine,
    QuotedPackage,
)
from apps.pricing.stages import Stage
from apps.pricing.unit_prices import ALL_STAGES


class TaxRounding(StrEnum):
    """Round the included VAT on each line, or once on the sum and split that (for e-invoices)."""

    LINE = "LINE"
    SUM_BY_NET_KEEP_GROSS = "SUM_BY_NET_KEEP_GROSS"


def render(
    done: Pass,
    *,
    left_out: Sequence[Offer],
    earning: Earning | None,
    is_search_limited: bool,
    vat_percent: Decimal,
    tax_rounding: TaxRounding,
) -> Quote:
    """Return the quote of a finished pass."""
    taxes = _taxes(done, vat_percent, tax_rounding)
    earned = _earned(done, earning)
    freights = _freight_shares(done)
    lines = tuple(_lines(done, taxes, freights, earned))
    explanations = [
        *_explain_units(done),
        *_explain_offers(done, left_out),
        *(_explain_package(sent) for sent in done.sent),
        Explanation(Stage.TAX, "VAT_INCLUDED", "", yuan_of(sum(taxes)), {"percent": vat_percent}),
    ]
    if earning and sum(earned):
        params = {"points": sum(earned)}
        explanations.append(Explanation(Stage.EARN, earning.code, earning.ref, yuan_of(0), params))
    if is_search_limited:
        explanations.append(Explanation(Stage.COUPON, "SEARCH_LIMITED", "", yuan_of(0), {}))
    return Quote(
        lines=lines,
        packages=tuple(_package(done, sent) for sent in done.sent),
        explanations=tuple(explanations),
        near_misses=tuple(_near_misses(done.missed)),
        list_amount=sum((line.list_amount for line in lines), yuan_of(0)),
        goods_amount=yuan_of(sum(done.goods)),
        discount_amount=yuan_of(sum(done.goods) - sum(done.amounts)),
        freight_amount=yuan_of(sum(freights)),
        tax_amount=yuan_of(sum(taxes)),
        payable_amount=yuan_of(done.payable),
        spent_points=sum(done.points),
        earned_points=sum(earned),
        is_search_limited=is_search_limited,
    )


def _taxes(done: Pass, percent: Decimal, rounding: TaxRounding) -> list[int]:
    if rounding is TaxRounding.LINE:
        return [vat_in(amount, percent) for amount in done.amounts]
    whole = sum(done.amounts)
    return split_fen(vat_in(whole, percent), done.amounts) if whole else [0] * len(done.amounts)


def _earned(done: Pass, earning: Earning | None) -> list[int]:
    if earning is None:
        return [0] * len(done.lines)
    cash = [
        amount if earning.scope.covers(line) else 0
        for line, amount in zip(done.lines, done.amounts, strict=True)
    ]
    points = int(sum(cash) // 100 * earning.factor)
    return split_fen(points, cash) if points > 0 else [0] * len(cash)


def _freight_shares(done: Pass) -> list[int]:
    """Split each package's freight to its lines, by their amount (by pieces if they cost nothing)."""
    shares = [0] * len(done.lines)
    for sent in done.sent:
        rest = sent.charged - sent.reduction
        if not rest:
            continue
        weights = [done.before_points[place] for place in sent.places]
        if not sum(weights):
            weights = [done.lines[place].quantity for place in sent.places]
        for place, share in zip(sent.places, split_fen(rest, weights), strict=True):
            shares[place] += share
    return shares


def _lines(
    done: Pass, taxes: Sequence[int], freights: Sequence[int], earned: Sequence[int]
) -> Iterator[QuotedLine]:
    adjustments: list[list[QuotedAdjustment]] = [[] for _ in done.lines]
    for offer, _, shares, params in done.applied:
        stage, code, ref = offer.stage, offer.code, offer.ref
        for place, share in shares:
            adjustments[place].append(QuotedAdjustment(stage, code, ref, yuan_of(share), params))
    spent = done.points or (0,) * len(done.lines)
    for place, line in enumerate(done.lines):
        goods, amount, unit = done.goods[place], done.amounts[place], done.units[place]
        yield QuotedLine(
            line.key,
            line.unit_price * line.quantity,
            yuan_of(goods),
            yuan_of(goods - amount),
            yuan_of(freights[place]),
            yuan_of(taxes[place]),
            yuan_of(amount),
            yuan_of(unit.unit),
            tuple(adjustments[place]),
            unit.code,
            spent[place],
            earned[place],
        )


def _explain_units(done: Pass) -> Iterator[Explanation]:
    """One row per offer of stage 1, and one for lines that later stages do not touch."""
    saved: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: yuan_of(0))
    keys: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    closed = []
    for line, unit in zip(done.lines, done.units, strict=True):
        if unit.code:
            by = (unit.code, unit.ref)
            saved[by] += (line.unit_price - yuan_of(unit.unit)) * line.quantity
            keys[by].append(line.key)
        if unit.open_stages != ALL_STAGES:
            closed.append(line.key)
    for (code, ref), amount in saved.items():
        params: Params = {"lines": tuple(keys[code, ref])}
        yield Explanation(Stage.UNIT_PRICE, code, ref, amount, params)
    if closed:
        yield Explanation(
            Stage.UNIT_PRICE, "EXCLUSIVE_LINES", "", yuan_of(0), {"lines": tuple(closed)}
        )


def _explain_offers(done: Pass, left_out: Sequence[Offer]) -> Iterator[Explanation]:
    for applied in done.applied:
        offer = applied.offer
        yield Explanation(
            offer.stage, offer.code, offer.ref, yuan_of(applied.amount), applied.params
        )
    for offer in left_out:
        yield Explanation(offer.stage, "NOT_COMBINED", offer.ref, yuan_of(0), {"code": offer.code})


def _explain_package(sent: Sent) -> Explanation:
    params: dict[str, object] = {"merchant_id": sent.package.merchant_id}
    if sent.package.free_reason:
        params["free_reason"] = sent.package.free_reason
    if sent.package.refused_line_keys:
        params["refused_lines"] = sent.package.refused_line_keys
    code = "FREIGHT" if sent.charged else "FREE_FREIGHT"
    return Explanation(Stage.FREIGHT, code, "", yuan_of(sent.charged), params)


def _package(done: Pass, sent: Sent) -> QuotedPackage:
    package = sent.package
    return QuotedPackage(
        package.merchant_id,
        yuan_of(sent.charged),
        yuan_of(sent.reduction),
        yuan_of(sent.charged - sent.reduction),
        package.free_reason,
        tuple(done.lines[place].key for place in sent.places),
        package.refused_line_keys,
    )


def _near_misses(missed: Sequence[Missed]) -> Iterator[NearMiss]:
    for offer, step, amount, quantity, _ in missed:
        params: dict[str, object] = {"code": offer.code}
        if step is not None:
            params |= {"from_amount": step.from_amount, "from_quantity": step.from_quantity}
            params |= _spoken(step.benefit)
        if amount:
            params["missing_amount"] = yuan_of(amount)
        if quantity:
            params["missing_quantity"] = quantity
        yield NearMiss(offer.ref, "SPEND_MORE" if amount else "BUY_MORE", params)


def _spoken(benefit: Benefit) -> dict[str, object]:
    values = {
        "amount_off": benefit.amount_off,
        "percent_off": benefit.percent_off,
        "cap": benefit.cap,
    }
    return {name: value for name, value in values.items() if value is not None}
