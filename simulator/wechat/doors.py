"""WeChat Pay's API v3."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import clock, numbers
from simulator.cashier.pages import see_other, trouble_page
from simulator.faults import Call, answer
from simulator.house import House, house_of
from simulator.rows import Payment
from simulator.signing import is_signed
from simulator.wechat import orders
from simulator.wechat.orders import Refused
from simulator.wechat.signing import TOLERANCE, Unsigned, compact_json

Work = Callable[[House, Request, dict[str, Any]], dict[str, Any] | None]


def native(house: House, request: Request, body: dict[str, Any]) -> dict[str, Any]:
    payment = orders.place(house, body, "NATIVE")
    return {"code_url": f"weixin://wxpay/bizpayurl?pr={payment.key}"}


def jsapi(house: House, request: Request, body: dict[str, Any]) -> dict[str, Any]:
    payment = orders.place(house, body, "JSAPI")
    return {"prepay_id": f"wx{payment.key}"}


def query(house: House, request: Request, body: dict[str, Any]) -> dict[str, Any]:
    _check_mchid(house, request.query_params.get("mchid"))
    if "transaction_id" in request.path_params:
        number = request.path_params["transaction_id"]
        payment = house.world.payment_by_trade_no("wechat", number)
        if payment is None or not payment.paid_at:
            raise Refused("ORDERNOTEXIST", "订单不存在")
        return orders.show(house, payment)
    return orders.show(house, _payment(house, request))


def close(house: House, request: Request, body: dict[str, Any]) -> None:
    _check_mchid(house, body.get("mchid"))
    orders.close(house, _payment(house, request))


def refund(house: House, request: Request, body: dict[str, Any]) -> dict[str, Any]:
    return orders.refund(house, body)


def refund_query(house: House, request: Request, body: dict[str, Any]) -> dict[str, Any]:
    payment, found = orders.find_refund(house, request.path_params["out_refund_no"])
    return orders.show_refund(payment, found)


def certificates(house: House, request: Request, body: dict[str, Any]) -> dict[str, Any]:
    """Return the platform certificate, encrypted as it always is."""
    certificate = house.keyring.certificates["wechat-platform"]
    sealed = house.wechat.stationery.encrypt(house.keyring.pem("wechat-platform"), "certificate")
    return {
        "data": [
            {
                "serial_no": house.keyring.serial("wechat-platform"),
                "effective_time": clock.rfc3339(certificate.not_valid_before_utc),
                "expire_time": clock.rfc3339(certificate.not_valid_after_utc),
                "encrypt_certificate": sealed,
            }
        ]
    }


def door(operation: str, work: Work) -> Callable[[Request], Any]:
    """Wrap a call: verify the merchant, read the JSON, answer signed."""

    async def endpoint(request: Request) -> Response:
        house = house_of(request)
        raw = await request.body()
        try:
            _check_signature(house, request, raw)
            body = _read_json(raw)
        except Refused as refused:
            return _refusal(house, request, refused)

        async def do() -> Response:
            try:
                return _answer(house, request, work(house, request, body))
            except Refused as refused:
                return _refusal(house, request, refused)

        subjects = [str(body.get(name, "")) for name in ("out_trade_no", "out_refund_no")]
        subjects += [str(value) for value in request.path_params.values()]
        call = Call("wechat", operation, tuple(filter(None, subjects)))
        return await answer(request, call, do, lambda code: _refusal(house, request, Refused(code)))

    return endpoint


async def jsapi_page(request: Request) -> Response:
    """Open the cashier as WeChat's own browser does for getBrandWCPayRequest."""
    house = house_of(request)
    fields = dict(request.query_params)
    prepay_id = dict(parse_qsl(fields.get("package", ""))).get("prepay_id", "")
    names = ("appId", "timeStamp", "nonceStr", "package")
    message = "".join(f"{fields.get(name, '')}\n" for name in names).encode()
    key = house.keyring.public("wechat-merchant")
    stamp = fields.get("timeStamp", "")
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > TWO_HOURS:
        return trouble_page(request, "wechat", "PARAM_ERROR", "timeStamp")
    if not is_signed(message, fields.get("paySign", ""), key):
        return trouble_page(request, "wechat", "SIGN_ERROR", "paySign")
    payment = house.world.payments.get(prepay_id.removeprefix("wx"))
    back = fields.get("back", "")
    if payment is not None and back.startswith(f"{house.config.shop_url}/"):
        house.world.change(payment, "opened in WeChat", return_url=back)
    return see_other(f"/pay/wechat/{prepay_id}")


TWO_HOURS = 24 * TOLERANCE


def _check_signature(house: House, request: Request, raw: bytes) -> None:
    target = request.scope["raw_path"].decode()
    if request.url.query:
        target += f"?{request.url.query}"
    header = request.headers.get("authorization", "")
    try:
        house.wechat.stationery.check_authorization(header, request.method, target, raw)
    except Unsigned as error:
        raise Refused("SIGN_ERROR", str(error)) from error


def _read_json(raw: bytes) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        body = orjson.loads(raw)
    except ValueError as error:
        raise Refused("PARAM_ERROR", "Http头Content-Type与请求体不符：不是合法的JSON") from error
    if not isinstance(body, dict):
        raise Refused("PARAM_ERROR", "请求体不是JSON对象")
    return body


def _check_mchid(house: House, mchid: object) -> None:
    if mchid != house.config.wechat_mch_id:
        raise Refused("PARAM_ERROR", "mchid 与签名的商户号不一致")


def _payment(house: House, request: Request) -> Payment:
    payment = house.world.payment("wechat", request.path_params["out_trade_no"])
    if payment is None:
        raise Refused("ORDERNOTEXIST", "订单不存在")
    return payment


def _refusal(house: House, request: Request, refused: Refused) -> Response:
    content = {"code": refused.code, "message": refused.message}
    return _answer(house, request, content, refused.status)


def _answer(
    house: House, request: Request, content: dict[str, Any] | None, status: int = 200
) -> Response:
    body = b"" if content is None else compact_json(content).encode()
    wished = request.headers.get("wechatpay-serial", "")
    known = house.keyring.serial("wechat-platform")
    headers = house.wechat.stationery.headers(body, serial=wished if wished == known else "")
    headers["Request-ID"] = numbers.request_id()
    if content is None:
        return Response(status_code=204, headers=headers)
    return Response(body, status, headers, "application/json; charset=utf-8")


PAY = "/v3/pay/transactions"
REFUNDS = "/v3/refund/domestic/refunds"
routes = [
    Route(f"{PAY}/native", door("pay", native), methods=["POST"]),
    Route(f"{PAY}/jsapi", door("pay", jsapi), methods=["POST"]),
    Route(f"{PAY}/id/{{transaction_id}}", door("query", query)),
    Route(f"{PAY}/out-trade-no/{{out_trade_no}}", door("query", query)),
    Route(f"{PAY}/out-trade-no/{{out_trade_no}}/close", door("close", close), methods=["POST"]),
    Route(REFUNDS, door("refund", refund), methods=["POST"]),
    Route(f"{REFUNDS}/{{out_refund_no}}", door("refund_query", refund_query)),
    Route("/v3/certificates", door("certificates", certificates)),
    Route("/pay/wechat/jsapi", jsapi_page),
]
