"""Questions about people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.accounts.devices import describe_device
from apps.accounts.models import Address, AddressQuerySet, TokenFamily, User, UserSession
from apps.core.errors import NotFound
from apps.regions.selectors import region_paths_by_code


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser or an app in which somebody is signed in."""

    pk: UUID
    device: str
    ip: str
    last_seen_at: datetime
    is_app: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """An address, written out."""

    pk: int
    recipient: str
    phone: str
    region_code: str
    region_path: tuple[str, ...]
    street: str
    is_default: bool

    @property
    def region_text(self) -> str:
        return " ".join(dict.fromkeys(self.region_path))  # 北京市 北京市 东城区 says it twice


def list_sign_ins(user: User, *, session_key: str | None = None) -> list[SignIn]:
    """Return where somebody is signed in: this browser first, then the latest seen."""
    rows = [
        SignIn(
            row.public_id,
            describe_device(row.agent),
            row.ip or "",
            row.seen_at,
            isinstance(row, TokenFamily),
            isinstance(row, UserSession) and row.session_key == session_key,
        )
        for kind in (UserSession, TokenFamily)
        for row in kind.objects.visible_to(user)
    ]
    return sorted(rows, key=lambda row: (row.is_current, row.last_seen_at), reverse=True)


def list_addresses(user: User) -> AddressQuerySet:
    """Return somebody's address book: the default first, then the newest."""
    book: AddressQuerySet = Address.objects.visible_to(user).select_related("region")
    return book.order_by("-is_default", "-pk")


def get_address(user: User, address_id: int) -> Address:
    """
    Return one address of somebody's book.

    :raises NotFound: if it is not in it
    """
    address: Address | None = list_addresses(user).filter(pk=address_id).first()
    if address is None:
        raise NotFound
    return address


def write_out(addresses: Collection[Address]) -> list[PlaceRow]:
    """Return addresses with the names of their regions, in one query for all."""
    paths = region_paths_by_code({address.region.code for address in addresses})
    return [
        PlaceRow(
            address.pk,
            address.recipient,
            address.phone,
            address.region.code,
            paths[address.region.code],
            address.street,
            address.is_default,
        )
        for address in addresses
    ]
