"""The address book: at most twenty, and one default as long as there is any (A5)."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.contacts import PHONE, normal_phone
from apps.accounts.models import Address, User
from apps.core.errors import InvalidInput, NotFound, Refusal
from apps.core.text import is_one_line
from apps.regions.models import Region
from apps.regions.selectors import find_region

MAX_RECIPIENT_LENGTH = 40
MAX_STREET_LENGTH = 120


class AddressBookFull(Refusal):
    code = "ADDRESS_BOOK_FULL"
    http_status = 409
    text = _("There is room for {most} addresses. Remove one first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressDraft:
    """What a shopper writes down about a place."""

    recipient: str
    phone: str
    region_code: str
    street: str
    is_default: bool = False

    def checked(self) -> "AddressDraft":
        """
        Return the same, tidied.

        :raises InvalidInput: naming the first field that cannot be right
        """
        recipient, street = self.recipient.strip(), self.street.strip()
        if not recipient or len(recipient) > MAX_RECIPIENT_LENGTH or not is_one_line(recipient):
            raise InvalidInput(field="recipient", reason=_("a name of at most 40 characters"))
        if not PHONE.fullmatch(normal_phone(self.phone)):
            raise InvalidInput(field="phone", reason=_("a mobile number has 11 digits"))
        if not street or len(street) > MAX_STREET_LENGTH or not is_one_line(street):
            raise InvalidInput(
                field="street", reason=_("street and number, at most 120 characters")
            )
        return AddressDraft(
            recipient=recipient,
            phone=normal_phone(self.phone),
            region_code=self.region_code,
            street=street,
            is_default=self.is_default,
        )


@transaction.atomic
def add_address(*, user_id: int, draft: AddressDraft) -> Address:
    """
    Write down a place. The first one is the default.

    :raises AddressBookFull, InvalidInput: and nothing was written
    """
    draft, region = draft.checked(), _region_of(draft)
    user = User.objects.locked().get(pk=user_id)
    book = Address.objects.filter(user=user)
    count = book.count()
    if count >= settings.ADDRESSES_PER_USER:
        raise AddressBookFull(most=settings.ADDRESSES_PER_USER)
    is_default = draft.is_default or not count
    if is_default:
        book.filter(is_default=True).update(is_default=False)
    return Address.objects.create(
        user=user,
        recipient=draft.recipient,
        phone=draft.phone,
        region=region,
        street=draft.street,
        is_default=is_default,
    )


@transaction.atomic
def change_address(*, user_id: int, address_id: int, draft: AddressDraft) -> Address:
    """
    Correct a place. Orders keep what they were sent to.

    :raises NotFound, InvalidInput: and nothing was changed
    """
    draft, region = draft.checked(), _region_of(draft)
    address = _locked_address(user_id, address_id)
    address.recipient, address.phone = draft.recipient, draft.phone
    address.region, address.street = region, draft.street
    address.save(update_fields=["recipient", "phone", "region", "street"])
    if draft.is_default and not address.is_default:
        _make_default(address)
    return address


@transaction.atomic
def remove_address(*, user_id: int, address_id: int) -> None:
    """
    Forget a place; if it was the default, the newest of the others becomes it.

    :raises NotFound: if it is not in this person's book
    """
    address = _locked_address(user_id, address_id)
    was_default = address.is_default
    address.delete()
    heir = Address.objects.filter(user_id=user_id).order_by("-pk").first()
    if was_default and heir:
        Address.objects.filter(pk=heir.pk).update(is_default=True)


@transaction.atomic
def set_default_address(*, user_id: int, address_id: int) -> None:
    """
    Make a place the one that is offered first.

    :raises NotFound: if it is not in this person's book
    """
    _make_default(_locked_address(user_id, address_id))


def _region_of(draft: AddressDraft) -> Region:
    region = find_region(draft.region_code)
    if region is None or not region.is_leaf:
        raise InvalidInput(field="region_code", reason=_("choose province, city and district"))
    return region


def _locked_address(user_id: int, address_id: int) -> Address:
    """Lock the person's book, as every command on it does, then find the address in it."""
    User.objects.locked().get(pk=user_id)
    address: Address | None = Address.objects.filter(user_id=user_id, pk=address_id).first()
    if address is None:
        raise NotFound
    return address


def _make_default(address: Address) -> None:
    book = Address.objects.filter(user_id=address.user_id)
    book.filter(is_default=True).exclude(pk=address.pk).update(is_default=False)
    book.filter(pk=address.pk).update(is_default=True)
    address.is_default = True
