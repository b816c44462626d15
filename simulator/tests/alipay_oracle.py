"""Alipay through the eyes of python-alipay-sdk, which knows nothing of the simulator."""

from pathlib import Path

from alipay import AliPay


def make_alipay(sim, shop):
    client = AliPay(
        appid=sim.env["EMSHOP_ALIPAY_APP_ID"],
        app_notify_url=f"{shop.url}/alipay",
        app_private_key_string=Path(sim.env["EMSHOP_ALIPAY_PRIVATE_KEY_FILE"]).read_text(),
        alipay_public_key_string=Path(sim.env["EMSHOP_ALIPAY_PUBLIC_KEY_FILE"]).read_text(),
    )
    client._gateway = sim.env["EMSHOP_ALIPAY_GATEWAY_URL"]
    return client


def pay_url(alipay, number, yuan="26.00", **more):
    query = alipay.api_alipay_trade_page_pay(
        subject="保温杯 500ml", out_trade_no=number, total_amount=yuan, **more
    )
    return f"{alipay._gateway}?{query}"


def pay(sim, alipay, number, yuan="26.00"):
    result = sim.control(
        "POST", "payments/pay", [{"out_trade_no": number, "pay_url": pay_url(alipay, number, yuan)}]
    )["results"][0]
    assert result["status"] == "PAID"
    return result


def is_genuine(alipay, fields):
    fields = dict(fields)
    return alipay.verify(fields, fields.pop("sign"))
