"""Who on the staff may do what. The table is the truth; ``sync_roles`` writes it to groups after each migrate."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Role:
    """A job, and its permissions as ``app.codename``; a ``*`` stands for any part of a name."""

    label: str | Promise
    permissions: tuple[str, ...]


_LOOK_AT_SALES = (
    "orders.view_*",
    "payments.view_*",
    "logistics.view_*",
    "catalog.view_*",
    "inventory.view_*",
)

ROLES: dict[str, Role] = {
    "support": Role(
        _("customer service"),
        (
            *_LOOK_AT_SALES,
            "accounts.view_user",
            "orders.cancel_order",
            "orders.cancel_trade",
            "orders.readdress_order",
            "orders.refund_order",
            "orders.unmask_order",
            "messaging.view_outgoingmessage",
            "messaging.resend_outgoingmessage",
        ),
    ),
    "warehouse": Role(
        _("warehouse worker"),
        (
            "orders.view_*",
            "orders.ship_order",
            "catalog.view_*",
            "inventory.view_*",
            "inventory.add_*",
            "inventory.change_*",
            "inventory.confirm_*",
            "logistics.*",
        ),
    ),
    "goods": Role(
        _("catalogue manager"),
        ("catalog.*", "inventory.view_*", "merchants.view_merchant"),
    ),
    "finance": Role(
        _("finance officer"),
        (
            *_LOOK_AT_SALES,
            "orders.refund_order",
            "payments.retry_refund",
            "payments.change_*",
            "payments.configure_*",
            "ledger.view_*",
        ),
    ),
    "editor": Role(
        _("editor"),
        (
            "content.*",
            "notifications.view_template",
            "notifications.add_template",
            "notifications.change_template",
        ),
    ),
    "merchant": Role(
        _("merchant's staff"),
        (
            *_LOOK_AT_SALES,
            "merchants.view_merchant",
            "merchants.change_merchant",
            "catalog.add_*",
            "catalog.change_*",
            "inventory.add_*",
            "inventory.change_*",
            "inventory.confirm_*",
            "logistics.add_*",
            "logistics.change_*",
            "logistics.print_*",
            "logistics.void_*",
            "logistics.close_*",
            "logistics.ship_order",
            "orders.ship_order",
            "orders.cancel_order",
            "orders.refund_order",
            "orders.reprice_order",
            "orders.readdress_order",
            "orders.unmask_order",
        ),
    ),
    "security": Role(
        _("security officer"),
        ("accounts.view_user", "accounts.change_user", "accounts.unmask_user", "core.view_*"),
    ),
}


class UnknownPermission(LookupError):
    """A role names something that no app declares."""


@transaction.atomic
def sync_roles() -> dict[str, int]:
    """
    Write each role to its group: what the table says, and nothing else. Return how many permissions each has.

    :raises UnknownPermission: naming what no app declares; nothing was written
    """
    known = {
        f"{app}.{codename}": pk
        for app, codename, pk in Permission.objects.values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    counts = {}
    for code, role in ROLES.items():
        keys = set(_matching(role, known))
        group, _is_new = Group.objects.get_or_create(name=code)
        group.permissions.set(keys)
        counts[code] = len(keys)
    return counts


def _matching(role: Role, known: dict[str, int]) -> Iterator[int]:
    for pattern in role.permissions:
        found = [pk for name, pk in known.items() if fnmatchcase(name, pattern)]
        if not found:
            raise UnknownPermission(pattern)
        yield from found
