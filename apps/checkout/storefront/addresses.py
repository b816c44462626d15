"""Where to? A shopper picks from the address book, a guest types it in."""

from dataclasses import dataclass

from django.http import QueryDict

from apps.accounts.models import Address
from apps.accounts.storefront.forms import AddressForm
from apps.cart.visitors import Visitor
from apps.orders.services import AddressSnapshot
from apps.regions.selectors import find_region, region_path, region_paths_by_code


@dataclass(slots=True)
class AddressRow:
    """One entry of the address book as the confirm page shows it."""

    pk: int
    recipient: str
    phone: str
    region_code: str
    region_text: str
    street: str
    is_default: bool
    is_chosen: bool = False

    def snapshot(self) -> AddressSnapshot:
        return AddressSnapshot(
            recipient=self.recipient,
            phone=self.phone,
            region_code=self.region_code,
            region_text=self.region_text,
            street=self.street,
        )


@dataclass(slots=True)
class AddressChoice:
    """The rows to choose from, or the form; and the region that freight is worked out for."""

    rows: list[AddressRow]
    form: AddressForm | None
    region_code: str

    @property
    def chosen(self) -> AddressRow | None:
        return next((row for row in self.rows if row.is_chosen), None)

    def snapshot(self) -> AddressSnapshot | None:
        """
        Return where the goods go, or ``None`` as long as that is not said well enough.

        :raises InvalidInput: if what was typed cannot be right
        """
        if self.chosen is not None:
            return self.chosen.snapshot()
        if self.form is None or not self.form.is_valid():
            return None
        draft = self.form.draft().checked()
        return AddressSnapshot(
            recipient=draft.recipient,
            phone=draft.phone,
            region_code=draft.region_code,
            region_text=region_text(draft.region_code),
            street=draft.street,
        )


def choice_of(visitor: Visitor, data: QueryDict) -> AddressChoice:
    """Return what the visitor can choose from, with what ``data`` (a form, or a query) has chosen."""
    rows = _rows_of(visitor)
    if rows:
        wanted = data.get("address", "")
        chosen = next((row for row in rows if str(row.pk) == wanted), rows[0])
        chosen.is_chosen = True
        return AddressChoice(rows, None, chosen.region_code)
    form = AddressForm(data if data.get("province") is not None else None)
    form.fields.pop("is_default", None)
    return AddressChoice([], form, _region_of(data))


def region_text(code: str) -> str:
    return " ".join(dict.fromkeys(region_path(code)))


def _rows_of(visitor: Visitor) -> list[AddressRow]:
    if visitor.user is None:
        return []
    found = Address.objects.visible_to(visitor.user).select_related("region")
    addresses = list(found.order_by("-is_default", "-pk"))
    names = region_paths_by_code({address.region.code for address in addresses})
    return [
        AddressRow(
            pk=address.pk,
            recipient=address.recipient,
            phone=address.phone,
            region_code=address.region.code,
            region_text=" ".join(dict.fromkeys(names[address.region.code])),
            street=address.street,
            is_default=address.is_default,
        )
        for address in addresses
    ]


def _region_of(data: QueryDict) -> str:
    """Return the smallest region that a guest has said so far, if it is a real one."""
    codes = [data.get(name, "") for name in ("district", "city")]
    return next((code for code in codes if code and find_region(code) is not None), "")
