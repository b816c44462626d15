"""The password of the staff: counted like everybody's, and by a throttle of its own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm

from apps.accounts.contacts import MAX_CONTACT_LENGTH
from apps.accounts.services import check_credentials
from apps.accounts.services.signing_in import MAX_PASSWORD_LENGTH
from apps.accounts.session_store import AGENT_KEY
from apps.core.errors import Refusal
from apps.core.limits import Bucket, must_have_token
from apps.core.middleware import client_ip

STAFF_SIGN_INS = Bucket("staff-sign-in", size=10, seconds=60)


class StaffSignInForm(AuthenticationForm):
    """Django's form in the theme's dress; what is right is decided where shoppers' passwords are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["username"]
        name.label = _("Phone number or e-mail address")
        name.max_length = MAX_CONTACT_LENGTH
        name.validators = []
        name.widget.attrs |= {"maxlength": MAX_CONTACT_LENGTH, "autocomplete": "username"}
        self.fields["password"].max_length = MAX_PASSWORD_LENGTH

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = self.cleaned_data
        if told.get("username") and told.get("password"):
            try:
                must_have_token(STAFF_SIGN_INS, client_ip(self.request))
                user = check_credentials(
                    self.request, contact=told["username"], password=told["password"]
                )
            except Refusal as refusal:
                raise ValidationError(refusal.message) from refusal
            self.confirm_login_allowed(user)
            self.user_cache = user
            self.request.session[AGENT_KEY] = self.request.headers.get("User-Agent", "")[:200]
        return told
