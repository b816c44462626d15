"""The order desk: the list of orders, and one page from which an order is worked."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.accounts.models import contact_hash
from apps.accounts.person import person_of
from apps.backoffice.desk.actions import ACTIONS, DeskAction, actions_for
from apps.backoffice.desk.page import order_page
from apps.core.audit import record_audit
from apps.core.errors import Refusal
from apps.logistics.models import Parcel
from apps.merchants.admin_scope import MerchantScopedAdmin
from apps.orders.models import Order, OrderStatus

LONGEST_SEARCH = 64


@admin.register(Order)
class OrderAdmin(MerchantScopedAdmin):
    """Orders by state; statuses move by commands alone, so nothing here is a field to edit."""

    list_display = (
        "number",
        "placed_at",
        "state",
        "merchant",
        "payable_amount",
        "refunded_amount",
        "region_text",
        "flag",
    )
    list_filter = ("status", "merchant", "flag")
    list_select_related = ("merchant", "trade")
    search_fields = ("number",)
    search_help_text = gettext_lazy("Order or trade number, phone number, waybill")
    ordering = ("-pk",)
    show_full_result_count = False
    list_per_page = 50

    @display(
        description=gettext_lazy("state"),
        label={
            OrderStatus.UNPAID: "info",
            OrderStatus.PAID: "warning",
            OrderStatus.PARTIALLY_SHIPPED: "warning",
            OrderStatus.SHIPPED: "primary",
            OrderStatus.RECEIVED: "success",
            OrderStatus.COMPLETED: "success",
            OrderStatus.CANCELLED: "danger",
            OrderStatus.CLOSED_REFUNDED: "danger",
        },
    )
    def state(self, row: Order) -> tuple[str, str]:
        return row.status, row.get_status_display()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Look for whole values alone: personal data can be found by no part of it."""
        term = search_term.strip()[:LONGEST_SEARCH]
        if not term:
            return queryset, False
        parcels = Parcel.objects.filter(shipment__order=OuterRef("pk"), waybill=term)
        matches = Q(number=term) | Q(trade__number=term) | Q(phone_hash=contact_hash(term))
        return queryset.filter(matches | Q(Exists(parcels))), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<int:order_id>/act/<slug:name>/",
                self.admin_site.admin_view(self.act),
                name="orders_order_act",
            ),
            path(
                "<int:order_id>/unmasking/",
                self.admin_site.admin_view(self.unmask),
                name="orders_order_unmask",
            ),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._page(request, self._visible(request, object_id), is_unmasked=False)

    def unmask(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Show personal data once; that somebody looked is on record (V2)."""
        order = self._visible(request, order_id)
        if request.method != "POST" or not request.user.has_perm("orders.unmask_order"):
            raise PermissionDenied
        record_audit("order.unmasked", order, actor=person_of(request))
        return self._page(request, order, is_unmasked=True)

    def act(self, request: HttpRequest, order_id: int, name: str) -> HttpResponse:
        """Ask for what a button needs, then run its command."""
        order, user = self._visible(request, order_id), person_of(request)
        action = ACTIONS.get(name)
        if action is None or not user.has_perm(action.permission):
            raise PermissionDenied
        if action not in actions_for(order, user):
            self.message_user(request, _("This is not possible any more."), messages.WARNING)
            return redirect(self._url(order))
        form = action.form(order, request.POST or None)
        if request.method == "POST" and form.is_valid():
            if self._run(request, order, action, form):
                return redirect(self._url(order))
            order.refresh_from_db()
        return self._form(request, order, action, form)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _run(self, request: HttpRequest, order: Order, action: DeskAction, form: Any) -> bool:
        try:
            action.run(order, form, person_of(request))
        except Refusal as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return False
        self.message_user(request, _("“{action}”: done.").format(action=action.label))
        return True

    def _visible(self, request: HttpRequest, object_id: Any) -> Order:
        if not str(object_id).isascii() or not str(object_id).isdigit():
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("trade", "merchant")
        order: Order = get_object_or_404(rows, pk=object_id)
        return order

    def _page(self, request: HttpRequest, order: Order, *, is_unmasked: bool) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": order.number,
            "opts": self.opts,
            "page": order_page(order, person_of(request), is_unmasked=is_unmasked),
            "can_unmask": request.user.has_perm("orders.unmask_order"),
        }
        return TemplateResponse(request, "backoffice/order.html", context)

    def _form(
        self, request: HttpRequest, order: Order, action: DeskAction, form: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"{action.label} · {order.number}",
            "opts": self.opts,
            "order": order,
            "action": action,
            "form": form,
        }
        return TemplateResponse(request, "backoffice/order_action.html", context)

    def _url(self, order: Order) -> str:
        return reverse("admin:orders_order_change", args=[order.pk])
