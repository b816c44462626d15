"""The base of every QuerySet and manager: locking in one order, and updates that must hit."""

from typing import Any, Self, TypeVar

from django.db import models

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class MissedUpdate(RuntimeError):
    """A guarded update changed another number of rows than it had to. Always a bug or a lost race."""


class ShopQuerySet(models.QuerySet[M_co]):
    """What every table of the shop can do."""

    def locked(self) -> Self:
        """Lock these rows for the transaction, in primary-key order so that two baskets cannot deadlock."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def guarded_update(self, **changes: Any) -> None:
        """
        Update exactly one row.

        :raises MissedUpdate: if the guard in the filter let none (or several) through
        """
        changed = self.update(**changes)
        if changed != 1:
            raise MissedUpdate(f"{self.model._meta.label}: {changed} rows changed instead of 1")
