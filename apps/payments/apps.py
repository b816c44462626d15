from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "apps.payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from apps.payments import checks  # noqa: F401, PLC0415
        from apps.payments.gateways import GATEWAYS  # noqa: PLC0415
        from apps.payments.gateways.alipay.gateway import Alipay  # noqa: PLC0415
        from apps.payments.gateways.unionpay.gateway import UnionPay  # noqa: PLC0415
        from apps.payments.gateways.wechat.gateway import WechatPay  # noqa: PLC0415

        GATEWAYS.update({each.name: each for each in (Alipay(), WechatPay(), UnionPay())})
