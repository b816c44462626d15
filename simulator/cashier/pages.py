"""The cashier: where a shopper confirms a payment, lets it fail or leaves."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulator.pages import render

BRANDS = {
    "alipay": ("Alipay", "Simulated balance"),
    "wechat": ("WeChat Pay", "Simulated change"),
    "unionpay": ("UnionPay", "Simulated debit card"),
}


def trouble_page(request: Request, channel: str, code: str, reason: str) -> Response:
    """Say that there is nothing to pay here."""
    brand = BRANDS.get(channel, ("Simulator", ""))[0]
    return render(
        request, "trouble.html", status=400, channel=channel, brand=brand, code=code, reason=reason
    )


def see_other(url: str) -> Response:
    return RedirectResponse(url, 303)
