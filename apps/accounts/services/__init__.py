"""Commands on people: come in, go out, change what is known of them."""

from apps.accounts.services.addresses import (
    AddressBookFull,
    AddressDraft,
    add_address,
    change_address,
    remove_address,
    set_default_address,
)
from apps.accounts.services.codes import TooManyCodes, WrongCode, send_code, spend_code
from apps.accounts.services.passwords import (
    WrongPassword,
    ask_for_reset,
    change_password,
    reset_password,
)
from apps.accounts.services.profile import (
    ProfileDraft,
    change_avatar,
    change_profile,
    remove_avatar,
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
    "ProfileDraft",
    "TooManyCodes",
    "WeakPassword",
    "WrongCode",
    "WrongCredentials",
    "WrongPassword",
    "add_address",
    "ask_for_reset",
    "change_address",
    "change_avatar",
    "change_password",
    "change_profile",
    "check_credentials",
    "close_session",
    "log_out_everywhere",
    "must_be_good_password",
    "open_session",
    "register_user",
    "remove_address",
    "remove_avatar",
    "reset_password",
    "send_code",
    "set_default_address",
    "spend_code",
]
