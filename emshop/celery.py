"""The workers' side of the shop."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emshop.settings")

app = Celery("emshop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
