from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CartConfig(AppConfig):
    name = "apps.cart"
    verbose_name = _("Carts")

    def ready(self) -> None:
        from apps.cart import tasks  # noqa: F401, PLC0415
