"""Where kuaidi100 pushes tracks to. Believed by its signature alone; kept first, applied then."""

import logging

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.logistics.carriers.kd100.pushes import PushRefused
from apps.logistics.services import apply_push, record_push

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def receive_push(request: HttpRequest) -> JsonResponse:
    """Answer in kuaidi100's words: it sends again what was not accepted, in half an hour, three times."""
    param, signature = request.POST.get("param", ""), request.POST.get("sign", "")
    try:
        row = record_push(param=param, signature=signature)
    except PushRefused as refusal:
        log.warning("a tracking push was refused", extra={"reason": str(refusal)})
        return _say(False, "500", "refused", status=403)
    try:
        apply_push(push_id=row.pk)
    except Exception:  # it is kept: the job will apply it
        log.exception("a tracking push has to wait", extra={"push_id": row.pk})
    return _say(True, "200", "成功")


def _say(is_accepted: bool, code: str, message: str, *, status: int = 200) -> JsonResponse:
    return JsonResponse(
        {"result": is_accepted, "returnCode": code, "message": message}, status=status
    )
