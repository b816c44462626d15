"""UnionPay's gateway: three addresses under /gateway/api/."""

from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.cashier.pages import see_other, trouble_page
from simulator.faults import Call, answer
from simulator.house import House, house_of
from simulator.rows import Payment
from simulator.signing import is_signed
from simulator.unionpay import orders
from simulator.unionpay.channel import COMMON, GOOD
from simulator.unionpay.orders import Fields, Refused
from simulator.unionpay.signing import as_body, signed_text

ECHOED = (
    "txnType",
    "txnSubType",
    "bizType",
    "merId",
    "orderId",
    "txnTime",
    "txnAmt",
    "reqReserved",
)


def check(house: House, fields: Fields) -> None:
    """
    Verify that our merchant signed these fields.

    :raises Refused: 10, 11 or 31
    """
    if fields.get("version") != "5.1.0" or fields.get("signMethod") != "01":
        raise Refused("10", "version 或 signMethod 不支持")
    if fields.get("merId") != house.config.unionpay_mer_id:
        raise Refused("31")
    certificate = house.keyring.certificates["unionpay-merchant"]
    if fields.get("certId") != str(certificate.serial_number):
        raise Refused("11", "certId 未知")
    key = house.keyring.public("unionpay-merchant")
    if not is_signed(signed_text(fields), fields.get("signature", ""), key):
        raise Refused("11")


def open_form(house: House, fields: Fields) -> Payment:
    """
    Do what posting the shop's form does: open the order.

    :raises Refused: if the form is not the shop's, or its number is used up
    """
    check(house, fields)
    return orders.consume(house, fields)


async def front(request: Request) -> Response:
    """Take the form that the shopper's browser posts; show the cashier."""
    house = house_of(request)
    try:
        payment = open_form(house, await _read(request))
    except Refused as refused:
        return trouble_page(request, "unionpay", refused.code, refused.message)
    await house.world.book.settled()
    return see_other(f"/pay/unionpay/{payment.key}")


def back_door(operation: str, work: Callable[[House, Fields], Fields]) -> Callable[..., object]:
    """Wrap a call of the shop's server: verify, do, answer signed pairs."""

    async def endpoint(request: Request) -> Response:
        house = house_of(request)
        fields = await _read(request)
        try:
            check(house, fields)
        except Refused as refused:
            return _refusal(house, fields, refused)

        async def do() -> Response:
            try:
                return _answer(house, fields, GOOD | work(house, fields))
            except Refused as refused:
                return _refusal(house, fields, refused)

        call = Call("unionpay", operation, (fields.get("orderId", ""),))
        return await answer(request, call, do, lambda code: _refusal(house, fields, Refused(code)))

    return endpoint


async def _read(request: Request) -> Fields:
    text = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


def _refusal(house: House, fields: Fields, refused: Refused) -> Response:
    return _answer(house, fields, {"respCode": refused.code, "respMsg": refused.message})


def _answer(house: House, fields: Fields, content: Fields) -> Response:
    echo = {name: fields[name] for name in ECHOED if fields.get(name)}
    sealed = house.unionpay.sign(COMMON | echo | content)
    return Response(as_body(sealed), media_type="text/html;charset=UTF-8")


routes = [
    Route("/gateway/api/frontTransReq.do", front, methods=["POST"]),
    Route("/gateway/api/backTransReq.do", back_door("refund", orders.give_back), methods=["POST"]),
    Route("/gateway/api/queryTrans.do", back_door("query", orders.query), methods=["POST"]),
]
