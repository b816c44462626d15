"""The first version of every text, in both languages. Operators write the next ones."""

from django.db import migrations

SITE = {
    "TRADE_PLACED": {
        "zh-hans": ("订单已提交，请付款", "{goods}，共 {amount}。请在 {pay_before} 前付款，超时订单将自动取消。"),
        "en": ("Your order waits for payment", "{goods}, {amount} in all. Please pay before {pay_before}; after that the order is cancelled."),
    },
    "ORDER_PAID": {
        "zh-hans": ("付款成功", "我们已收到 {amount}（{goods}），商家正在备货。"),
        "en": ("Payment received", "We have received {amount} for {goods}. The goods are being packed."),
    },
    "TRADE_CANCELLED": {
        "zh-hans": ("订单已取消", "订单 {number}（{goods}）已取消：{reason}。"),
        "en": ("Your order is cancelled", "Order {number} ({goods}) is cancelled: {reason}."),
    },
    "ORDER_SHIPPED": {
        "zh-hans": ("商品已发货", "{goods} 已发出：{parcels}。"),
        "en": ("Your goods are on their way", "{goods} has left: {parcels}."),
    },
    "ORDER_RECEIVED": {
        "zh-hans": ("已确认收货", "订单 {number}（{goods}）已收货。如有问题，可在订单页申请售后。"),
        "en": ("Goods received", "Order {number} ({goods}) is received. If anything is wrong, tell us on the page of the order."),
    },
    "ORDER_REFUNDED": {
        "zh-hans": ("退款成功", "订单 {number} 的 {amount} 已原路退回。"),
        "en": ("Money paid back", "{amount} for order {number} has gone back the way it came."),
    },
    "PARCEL_PROBLEM": {
        "zh-hans": ("包裹出现异常", "订单 {number} 的包裹 {parcels}：{problem}。我们正在处理，自动收货已暂停。"),
        "en": ("Trouble with your parcel", "Parcel {parcels} of order {number}: {problem}. We look after it; automatic receipt is paused."),
    },
    "PAYMENT_RETURNED": {
        "zh-hans": ("付款已退回", "订单 {number} 已关闭或已付款，多付的 {amount} 已原路退回。"),
        "en": ("Your payment was returned", "Order {number} was closed or paid already, so {amount} has gone back the way it came."),
    },
}
HELLO = {"zh-hans": "您好，\n\n", "en": "Hello,\n\n"}
MORE = {"zh-hans": "\n\n查看详情：{link}", "en": "\n\nRead on: {link}"}
EMAIL = ("ORDER_PAID", "TRADE_CANCELLED", "ORDER_SHIPPED", "ORDER_REFUNDED", "PARCEL_PROBLEM", "PAYMENT_RETURNED")
SMS = {
    "ORDER_PAID": {
        "zh-hans": "您的订单{number}已付款{amount}，商家正在备货。",
        "en": "We have received {amount} for order {number}.",
    },
    "ORDER_SHIPPED": {
        "zh-hans": "您的订单{number}已发货：{parcels}。",
        "en": "Order {number} is on its way: {parcels}.",
    },
    "ORDER_REFUNDED": {
        "zh-hans": "您的订单{number}已退款{amount}，款项原路退回。",
        "en": "{amount} for order {number} has been paid back.",
    },
    "PARCEL_PROBLEM": {
        "zh-hans": "您的订单{number}的包裹{parcels}出现异常：{problem}，我们正在处理。",
        "en": "Parcel {parcels} of order {number}: {problem}. We look after it.",
    },
    "PAYMENT_RETURNED": {
        "zh-hans": "您的订单{number}已关闭或已付款，多付的{amount}已原路退回。",
        "en": "Order {number} was closed or paid already; {amount} has been paid back.",
    },
}


def write_texts(apps, _schema_editor):
    Template = apps.get_model("notifications", "Template")
    Template.objects.bulk_create(Template(version=1, is_active=True, **text) for text in _texts())


def _texts():
    for kind, by_language in SITE.items():
        for language, (subject, body) in by_language.items():
            shared = {"kind": kind, "language": language, "subject": subject}
            yield {**shared, "channel": "SITE", "body": body}
            if kind in EMAIL:
                body = HELLO[language] + body + MORE[language]
                yield {**shared, "channel": "EMAIL", "body": body}
    for kind, by_language in SMS.items():
        for language, body in by_language.items():
            ending = "" if language == "zh-hans" else "_EN"
            yield {
                "kind": kind,
                "language": language,
                "channel": "SMS",
                "body": body,
                "provider_code": f"SMS_{kind}{ending}",
            }


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [migrations.RunPython(write_texts, migrations.RunPython.noop)]
