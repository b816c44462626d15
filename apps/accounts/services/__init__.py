"""Commands on people: come in, go out, change what is known of them."""

from apps.accounts.services.addresses import (
    AddressBookFull,
    AddressDraft,
    add_address,
    change_address,
    remove_address,
    set_default_address,
)
from apps.accounts.services.sessions import close_session, log_out_everywhere
from apps.accounts.services.signing_in import (
    ContactTaken,
    WeakPassword,
    WrongCredentials,
    check_credentials,
    must_be_good_password,
    open_session,
    register_user,
)

__all__ = [
    "AddressBookFull",
    "AddressDraft",
    "ContactTaken",
    "WeakPassword",
    "WrongCredentials",
    "add_address",
    "change_address",
    "check_credentials",
    "close_session",
    "log_out_everywhere",
    "must_be_good_password",
    "open_session",
    "register_user",
    "remove_address",
    "set_default_address",
]
