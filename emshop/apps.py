"""What Django loads of the project itself; with it the Celery application that shared tasks belong to."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig

from emshop.celery import app as celery_app

__all__ = ["AdminConfig", "celery_app"]


class AdminConfig(DjangoAdminConfig):
    """The admin, with the shop's own site (second factor, own throttle)."""

    default_site = "emshop.admin_site.ShopAdminSite"
