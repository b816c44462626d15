"""Merchant staff see only their rows: in lists, pickers, filters, searches and bulk actions alike (N2)."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from apps.merchants.models import Merchant


def scope_to_merchants(
    rows: models.QuerySet[Any], user: Any, path: str = ""
) -> models.QuerySet[Any]:
    """
    Narrow rows to the merchants that somebody works for; all for the platform's operators.

    ``path`` leads from the row to its merchant; without it the QuerySet's ``of_merchants`` is asked, then a field
    ``merchant``. Rows that belong to no merchant stay.
    """
    if path:
        return rows.filter(**{f"{path}__in": Merchant.objects.visible_to(user)})
    if hasattr(rows, "of_merchants"):
        narrowed: models.QuerySet[Any] = rows.of_merchants(user)
        return narrowed
    return scope_to_merchants(rows, user, "merchant") if _has_merchant(rows.model) else rows


class ScopedRelatedFilter(RelatedFieldListFilter):
    """A filter in the side bar that names only what the operator may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        rows = model_admin.rows_to_pick(field.related_model, request)
        return [(row.pk, str(row)) for row in rows[:200]]


class MerchantScope(BaseModelAdmin[Any]):
    """What the scoped admin and its inlines share: narrow rows to look at, and rows to pick from."""

    merchant_path = ""  # from a row to its merchant, where the row has no field ``merchant``

    def narrowed(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        return scope_to_merchants(rows, request.user, self.merchant_path)

    def rows_to_pick(self, model: type[models.Model], request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows of another table that may be referred to, as that table's own admin narrows them."""
        is_known = self.admin_site.is_registered(model)
        related = self.admin_site.get_model_admin(model) if is_known else None
        rows: models.QuerySet[Any] = model._default_manager.all()
        if isinstance(related, MerchantScope):
            return related.narrowed(rows, request)
        return scope_to_merchants(rows, request.user)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.narrowed(super().get_queryset(request), request)

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> models.QuerySet[Any] | None:
        rows = super().get_field_queryset(db, db_field, request)
        allowed = self.rows_to_pick(db_field.remote_field.model, request)
        return allowed if rows is None else allowed.order_by(*rows.query.order_by)


class MerchantScopedAdmin(MerchantScope, ModelAdmin):
    """The base of every admin whose rows belong to merchants. A foreign row is a 404, as if it were not there."""

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        return [
            (each, ScopedRelatedFilter) if self._is_relation(each) else each
            for each in super().get_list_filter(request)
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Somebody who works for one merchant need not choose it."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        mine = list(Merchant.objects.visible_to(request.user).values_list("pk", flat=True)[:2])
        if _has_merchant(self.model) and len(mine) == 1:
            initial.setdefault("merchant", mine[0])
        return initial

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404

    def _is_relation(self, name: Any) -> bool:
        if not isinstance(name, str) or "__" in name:
            return False
        try:
            return bool(self.model._meta.get_field(name).is_relation)
        except FieldDoesNotExist:
            return False


class MerchantScopedTabularInline(MerchantScope, TabularInline):
    """Lines inside a scoped row; what they refer to is narrowed too."""

    def narrowed(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        return rows  # they are reached through their parent, which is narrowed


class MerchantScopedStackedInline(MerchantScope, StackedInline):
    """The same, one below the other."""

    def narrowed(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        return rows  # they are reached through their parent, which is narrowed


def _has_merchant(model: type[models.Model]) -> bool:
    try:
        return model._meta.get_field("merchant").related_model is Merchant
    except FieldDoesNotExist:
        return False
