"""The cashier's addresses: /pay/<channel>/<key>."""

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.addresses import parts_of
from simulator.cashier.pages import BRANDS, see_other, trouble_page
from simulator.house import House, house_of
from simulator.pages import render
from simulator.rows import Payment, PaymentStatus
from simulator.till import CannotPay

PAYERS = {
    "alipay": "2088102117948752",
    "wechat": "oSimulatedShopper0000000001",
    "unionpay": "6216***********0018",
}
NO_MONEY = "not enough money on the account"


async def cashier(request: Request) -> Response:
    """Show a payment; take the shopper's decision."""
    house = house_of(request)
    channel = request.path_params["channel"]
    payment = find_payment(house, channel, request.path_params["key"])
    if payment is None:
        return trouble_page(request, channel, "404", "There is nothing at this address")
    house.till.see(payment)
    if request.method == "POST":
        return await _decide(request, house, payment)
    await house.world.book.settled()
    brand, account = BRANDS[channel]
    return render(
        request,
        "cashier.html",
        payment=payment,
        channel=channel,
        brand=brand,
        account=account,
        way_back=way_back(house, payment),
        front_form=front_form(house, payment),
    )


def find_payment(house: House, channel: str, key: str) -> Payment | None:
    """Return the payment of a cashier's address or of a WeChat prepay_id."""
    payment = house.world.payments.get(key.removeprefix("wx"))
    return payment if payment is not None and payment.channel == channel else None


def way_back(house: House, payment: Payment) -> str:
    """Return where a shopper who has paid goes next; empty if the channel knows no way back."""
    if payment.status != PaymentStatus.PAID or not payment.return_url:
        return ""
    if payment.channel != "alipay":
        return payment.return_url if payment.channel == "wechat" else ""
    fields = house.alipay.return_fields(payment)
    joint = "&" if parts_of(payment.return_url).query else "?"
    return payment.return_url + joint + urlencode(fields)


def front_form(house: House, payment: Payment) -> dict[str, str]:
    """Return the signed form that the browser posts to UnionPay's frontUrl; empty if none."""
    if payment.channel != "unionpay" or payment.status != PaymentStatus.PAID:
        return {}
    return house.unionpay.front_fields(payment) if payment.return_url else {}


async def scan(request: Request) -> Response:
    """Do what a phone does with the text of a QR code: open the page behind it."""
    text = request.query_params.get("code", "").strip()
    parts = parts_of(text)
    if parts.scheme == "weixin":
        return see_other(f"/pay/wechat/{dict(parse_qsl(parts.query)).get('pr', '')}")
    if parts.path.startswith("/pay/"):
        return see_other(parts.path)
    return trouble_page(request, "", "404", "There is nothing at this address")


async def _decide(request: Request, house: House, payment: Payment) -> Response:
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    try:
        if form.get("decision") == "confirm":
            house.till.pay(payment, payer=PAYERS[payment.channel])
        elif form.get("decision") == "fail":
            house.till.fail(payment, NO_MONEY)
        elif form.get("decision") == "later":
            return see_other(house.config.shop_url)
    except CannotPay:
        pass  # the page says what it is instead
    await house.world.book.settled()
    return see_other(way_back(house, payment) or f"/pay/{payment.channel}/{payment.key}")


routes = [
    Route("/pay/{channel:str}/{key:str}", cashier, methods=["GET", "POST"]),
    Route("/scan", scan),
]
