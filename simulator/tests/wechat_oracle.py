"""WeChat Pay through the eyes of wechatpayv3, which knows nothing of the simulator."""

import json
from pathlib import Path

from wechatpayv3 import WeChatPay, WeChatPayType


def make_wechat(sim, shop, **more):
    client = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=sim.env["EMSHOP_WECHAT_MCH_ID"],
        private_key=Path(sim.env["EMSHOP_WECHAT_PRIVATE_KEY_FILE"]).read_text(),
        cert_serial_no=sim.env["EMSHOP_WECHAT_MCH_SERIAL"],
        apiv3_key=sim.env["EMSHOP_WECHAT_API_V3_KEY"],
        appid=sim.env["EMSHOP_WECHAT_APP_ID"],
        notify_url=f"{shop.url}/wechat",
        **more,
    )
    client._core._gate_way = sim.env["EMSHOP_WECHAT_BASE_URL"]
    return client


def make_wechat_by_public_key(sim, shop):
    (public_key,) = Path(sim.env["EMSHOP_WECHAT_PLATFORM_KEYS_DIR"]).glob("PUB_KEY_ID_*.pem")
    return make_wechat(sim, shop, public_key=public_key.read_text(), public_key_id=public_key.stem)


def order(wechat, number, fen=2600, **more):
    status, text = wechat.pay(
        description="保温杯 500ml",
        out_trade_no=number,
        amount={"total": fen, "currency": "CNY"},
        **more,
    )
    return status, json.loads(text)


def paid(sim, wechat, number, fen=2600):
    assert order(wechat, number, fen)[0] == 200
    sim.control("POST", f"payments/{number}/pay", {})


def refund(wechat, number, refund_number, fen, total=2600, **more):
    status, text = wechat.refund(
        out_refund_no=refund_number,
        amount={"refund": fen, "total": total, "currency": "CNY"},
        out_trade_no=number,
        **more,
    )
    return status, json.loads(text)


def opened(wechat, heard):
    """Return what the SDK reads from a notice, or None if it does not believe it."""
    return wechat.callback(heard.headers, heard.body)
