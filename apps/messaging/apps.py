from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "apps.messaging"
    verbose_name = _("Messages out")

    def ready(self) -> None:
        import_module("apps.messaging.tasks")
