"""The ``Idempotency-Key`` header at an unsafe door of the API."""

import json
from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from apps.core.idempotency import StoredAnswer, answer_once, fingerprint


def respond_once(
    request: Request, endpoint: str, owner: str, work: Callable[[], Response]
) -> Response:
    """
    Run ``work`` once per key and answer; without the header it simply runs.

    :raises BadIdempotencyKey, KeyReused, StillRunning: as ``answer_once``
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work()

    def stored() -> StoredAnswer:
        response = work()
        return StoredAnswer(response.status_code, _plain(response.data))

    body = json.dumps(request.data, sort_keys=True, cls=JSONEncoder).encode()
    answer = answer_once(
        owner=owner,
        endpoint=endpoint,
        key=key,
        of=fingerprint(str(request.method).encode(), request.get_full_path().encode(), body),
        work=stored,
    )
    headers = {"Idempotent-Replayed": "true"} if answer.is_replay else {}
    return Response(answer.body, status=answer.status, headers=headers)


def _plain(data: Any) -> Any:
    return json.loads(json.dumps(data, cls=JSONEncoder))
