"""The web process: `granian --interface asgi emshop.asgi:application`."""

from django.conf import settings
from django.db import connections

from emshop.front.bridge import WsgiBridge
from emshop.front.front import Front
from emshop.front.limits import Limits
from emshop.front.page_cache import PageCache
from emshop.front.pool import ThreadPool
from emshop.front.version_watch import VersionWatch
from emshop.wsgi import application as django_application

from emshop.front.sockets import build_sockets  # isort: skip  # consumers need Django to be set up

STOP_SECONDS = 20.0

pool = ThreadPool(settings.WEB_THREADS, settings.WEB_LONG_ANSWERS, on_exit=connections.close_all)
watch = VersionWatch()
bridge = WsgiBridge(django_application, pool, Limits(body_bytes=settings.WEB_MAX_BODY_BYTES))


def _start() -> None:
    pool.start()
    watch.start()


def _stop() -> None:
    watch.stop()
    pool.stop(STOP_SECONDS)


application = Front(
    pages=PageCache(bridge, watch), sockets=build_sockets(), start=_start, stop=_stop
)
