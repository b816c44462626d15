"""What Django loads of the project itself; with it the Celery application that shared tasks belong to."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig

from emshop.celery import app as celery_app

__all__ = ["AdminConfig", "celery_app"]

# Roles are written in code; the keys of somebody's second factor are nobody else's business.
NOT_SHOWN = ("auth.Group", "otp_totp.TOTPDevice", "otp_static.StaticDevice")


class AdminConfig(DjangoAdminConfig):
    """The admin, with the shop's own site (second factor, own throttle)."""

    default_site = "emshop.admin_site.ShopAdminSite"

    def ready(self) -> None:
        super().ready()
        for name in NOT_SHOWN:
            model = apps.get_model(name)
            if admin.site.is_registered(model):
                admin.site.unregister(model)
