"""Who somebody is, where they live, and where they are signed in."""

from apps.accounts.contacts import (
    PHONE,
    contact_hash,
    mask_contact,
    normal_email,
    normal_phone,
    read_contact,
)
from apps.accounts.models.access import (
    Audience,
    CodePurpose,
    LoginFailure,
    OneTimeCode,
    TokenFamily,
    UserSession,
)
from apps.accounts.models.addresses import Address, AddressQuerySet
from apps.accounts.models.people import Gender, User, UserManager, UserQuerySet

__all__ = [
    "PHONE",
    "Address",
    "AddressQuerySet",
    "Audience",
    "CodePurpose",
    "Gender",
    "LoginFailure",
    "OneTimeCode",
    "TokenFamily",
    "User",
    "UserManager",
    "UserQuerySet",
    "UserSession",
    "contact_hash",
    "mask_contact",
    "normal_email",
    "normal_phone",
    "read_contact",
]
