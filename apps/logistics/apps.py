from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogisticsConfig(AppConfig):
    name = "apps.logistics"
    verbose_name = _("Logistics")

    def ready(self) -> None:
        """Let the bus know who listens, and the beat what to run."""
        from apps.logistics import handlers, tasks  # noqa: F401, PLC0415 (once the models are there)
