"""Where channels tell us of payments and refunds. The answer says whether they have to tell us again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from prometheus_client import Counter

from apps.checkout.services import apply_notice
from apps.core.errors import Busy
from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import BadNotice, NothingNew
from apps.payments.gateways.credentials import ChannelNotConfigured
from apps.payments.models import GatewayNotice
from apps.payments.selectors import problem_of_notice
from apps.payments.services import record_notice

log = logging.getLogger(__name__)

APPLY_WITHIN = "400ms"  # for a lock; then the inbox has it, and a worker applies it (fault C20)
HEARD = Counter("emshop_channel_notices", "Notices of payment channels", ["channel", "outcome"])


@dataclass(frozen=True, slots=True)
class Manners:
    """How one channel wants to be answered: whatever is not ``accepted`` makes it tell us again."""

    accepted: Callable[[], HttpResponse]
    refused: Callable[[int], HttpResponse]
    status_of_forgery: int


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")


def _wechat_refusal(status: int) -> HttpResponse:
    return JsonResponse({"code": "FAIL", "message": "not accepted"}, status=status)


MANNERS = {
    "alipay": Manners(lambda: _plain("success"), lambda status: _plain("fail", status), 400),
    "wechat": Manners(lambda: HttpResponse(status=204), _wechat_refusal, 401),
    "unionpay": Manners(lambda: _plain("ok"), lambda status: _plain("fail", status), 400),
}


@csrf_exempt  # a channel proves itself by its signature
@never_cache
@require_POST
def hear(request: HttpRequest, channel: str) -> HttpResponse:
    """Verify on the raw body, keep it, apply it, answer."""
    manners = MANNERS.get(channel)
    if manners is None:
        raise Http404
    try:
        notice = get_gateway(channel.upper()).read_notice(request)
    except BadNotice as problem:
        log.warning("notice refused", extra={"channel": channel, "why": str(problem)})
        return _refuse(channel, "forged", manners.status_of_forgery)
    except NothingNew:
        return _accept(channel, "nothing_new")
    except ChannelNotConfigured as problem:
        log.error("notice without keys", extra={"channel": channel, **problem.details})
        return _refuse(channel, "not_configured", problem.http_status)
    row = record_notice(notice)
    doubt = problem_of_notice(row)
    _apply(row)
    if doubt:
        log.error("notice not believed", extra={"channel": channel, "why": doubt, "id": row.pk})
        return _refuse(channel, "not_believed", 503)
    return _accept(channel, "accepted")


def _apply(row: GatewayNotice) -> None:
    """Apply it now if nobody holds the rows; what fails stays in the inbox, which is committed."""
    if row.applied_at is not None:
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [APPLY_WITHIN])
            apply_notice(row.pk)
    except (OperationalError, Busy):
        log.info("notice left to the workers", extra={"notice_id": row.pk})
    except Exception:
        log.exception("notice not applied yet", extra={"notice_id": row.pk})


def _accept(channel: str, outcome: str) -> HttpResponse:
    HEARD.labels(channel, outcome).inc()
    return MANNERS[channel].accepted()


def _refuse(channel: str, outcome: str, status: int) -> HttpResponse:
    HEARD.labels(channel, outcome).inc()
    return MANNERS[channel].refused(status)
