"""The life of a row is a table. ``move_to`` is the only way from one status to the next."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.errors import Refusal
from apps.core.request_context import current_ip, current_request_id


class IllegalMove(Refusal):
    code = "INVALID_TRANSITION"
    http_status = 409
    text = _("This is not possible any more: its state is “{current}” now.")


class HasStatus(models.Model):
    """
    A row whose status moves along ``MOVES`` and keeps a history.

    A concrete model declares ``status``, ``MOVES`` and a related history model (a ``StatusMove`` whose
    foreign key has ``related_name="moves"``).
    """

    status: Any
    moves: Any
    MOVES: ClassVar[Mapping[str, set[Any]]]

    class Meta:
        abstract = True

    def can_move_to(self, status: str) -> bool:
        return status in self.MOVES.get(self.status, set())

    def move_to(
        self,
        status: str,
        *,
        by: Actor | None = None,
        reason: str = "",
        **changes: Any,
    ) -> None:
        """
        Change the status, and ``changes`` with it, in one conditional UPDATE, and write the history row.

        :raises IllegalMove: if there is no such edge, or the row has moved in the meantime
        """
        if not self.can_move_to(status):
            raise IllegalMove(current=self.status, wanted=status)
        manager: Any = type(self)._base_manager
        moved = manager.filter(pk=self.pk, status=self.status).update(status=status, **changes)
        if moved != 1:
            self.refresh_from_db(fields=["status"])
            raise IllegalMove(current=self.status, wanted=status)
        self.record_move(self.status, status, by=by, reason=reason)
        self.status = status
        for name, value in changes.items():
            setattr(self, name, value)

    def record_move(
        self, before: str, after: str, *, by: Actor | None = None, reason: str = ""
    ) -> None:
        """Write one history row; for the birth of a row ``before`` is empty."""
        self.moves.create(
            from_status=before,
            to_status=after,
            actor=by,
            reason=reason,
            request_id=current_request_id(),
            ip=current_ip() or None,
            at=clock.now(),
        )


class StatusMove(models.Model):
    """One step of one row's life. Append-only: the concrete table carries the trigger."""

    from_status = models.CharField(max_length=24, blank=True)
    to_status = models.CharField(max_length=24)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.from_status or '–'} → {self.to_status}"
