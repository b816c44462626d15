"""The people who may sign in to the demo shop."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.roles import sync_roles
from apps.accounts.services import AddressDraft, add_address
from apps.backoffice.demo.reading import read_people
from apps.core import clock
from apps.merchants.models import Merchant, MerchantStaff


@transaction.atomic
def load_people(merchants: dict[str, Merchant]) -> list[tuple[str, str, str]]:
    """Return who may sign in, with what, and the password; those who were missing are made."""
    people = read_people()
    password = people["password"]
    shopper = _person(people["shopper"], password)
    if not shopper.addresses.exists():
        for place in people["shopper"]["addresses"]:
            _address(shopper, place)
    operator = _person(people["operator"], password, is_staff=True, is_superuser=True)
    platform = next(merchant for merchant in merchants.values() if merchant.is_platform)
    MerchantStaff.objects.get_or_create(merchant=platform, user=operator)
    rows = [("shopper", shopper.phone, password), ("operator", operator.email, password)]
    sync_roles()
    role = Group.objects.get(name="merchant")
    for code, say in people["staff"].items():
        staff = _person(say, password, is_staff=True)
        staff.groups.add(role)
        MerchantStaff.objects.get_or_create(merchant=merchants[code], user=staff)
        rows.append((f"merchant {merchants[code].name}", staff.email, password))
    return rows


def _person(say: dict[str, Any], password: str, **rights: bool) -> User:
    found: User | None = User.objects.reached_by(say["email"]).first()
    if found:
        return found
    at = clock.now()
    user = User(
        email=say["email"],
        email_proved_at=at,
        phone=say.get("phone", ""),
        phone_proved_at=at if "phone" in say else None,
        nickname=say["nickname"],
        **rights,
    )
    user.set_password(password)
    user.save()
    return user


def _address(user: User, place: dict[str, Any]) -> None:
    add_address(
        user_id=user.pk,
        draft=AddressDraft(
            recipient=place["recipient"],
            phone=place["phone"],
            region_code=place["region"],
            street=place["street"],
            is_default=place.get("is_default", False),
        ),
    )
