"""Sessions in the database, each keyed to the person who is signed in with it."""

from datetime import timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from apps.accounts.models import UserSession
from apps.core import clock
from apps.core.request_context import current_ip

AGENT_KEY = "_agent"
NOTE_SEEN_EVERY = timedelta(minutes=10)


class SessionStore(DatabaseStore):
    """Django's store on our own table, which also knows whose a session is and where it was last seen."""

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        return UserSession

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        if row.user_id and clock.now() - row.seen_at > NOTE_SEEN_EVERY:
            UserSession.objects.filter(pk=row.pk).update(
                seen_at=clock.now(), ip=current_ip() or None
            )
        return self.decode(row.session_data)

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        row = cast("UserSession", super().create_model_instance(data))
        before = UserSession.objects.filter(pk=row.pk).first()
        if before is not None:
            row.public_id, row.opened_at = before.public_id, before.opened_at
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.agent, row.ip = data.get(AGENT_KEY, ""), current_ip() or None
        return row

    @classmethod
    def clear_expired(cls) -> None:
        UserSession.objects.filter(expire_date__lt=clock.now()).delete()
