from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The admin, with the shop's own site (second factor, own throttle)."""

    default_site = "emshop.admin_site.ShopAdminSite"
