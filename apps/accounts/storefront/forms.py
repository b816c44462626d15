"""What shoppers type. Forms only look at the shape; commands decide."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.contacts import MAX_CONTACT_LENGTH
from apps.accounts.models import Gender, User
from apps.accounts.services import AddressDraft, ProfileDraft
from apps.accounts.services.addresses import MAX_RECIPIENT_LENGTH, MAX_STREET_LENGTH
from apps.accounts.services.codes import DIGITS
from apps.accounts.services.profile import MAX_NICKNAME_LENGTH, OLDEST_BIRTHDAY
from apps.accounts.services.signing_in import MAX_PASSWORD_LENGTH
from apps.core import clock
from apps.regions.selectors import find_region, list_children, list_provinces, region_chain

REGION_LEVELS = ("province", "city", "district")


def _contact(**attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Phone number or e-mail address"),
        max_length=MAX_CONTACT_LENGTH,
        widget=forms.TextInput({"autocomplete": "username", "inputmode": "email", **attrs}),
    )


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": autocomplete}),
        **more,
    )


_PASSWORD_HELP = _("At least 8 characters, not all digits, nothing that everybody uses.")


class SignInForm(forms.Form):
    contact = _contact()
    password = _password(_("Password"), "current-password")


class SignUpForm(forms.Form):
    contact = _contact()
    password = _password(_("Password"), "new-password", help_text=_PASSWORD_HELP)
    nickname = forms.CharField(
        label=_("Nickname"),
        max_length=MAX_NICKNAME_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "nickname"}),
    )


class ResetForm(forms.Form):
    contact = _contact()


class ResetConfirmForm(forms.Form):
    contact = _contact()
    code = forms.CharField(
        label=_("Code"),
        min_length=DIGITS,
        max_length=DIGITS,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    password = _password(_("New password"), "new-password", help_text=_PASSWORD_HELP)


class PasswordForm(forms.Form):
    current = _password(_("Current password"), "current-password")
    password = _password(_("New password"), "new-password", help_text=_PASSWORD_HELP)


class ProfileForm(forms.Form):
    nickname = forms.CharField(
        label=_("Nickname"),
        max_length=MAX_NICKNAME_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "nickname"}),
    )
    avatar = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 5 MB."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove_avatar = forms.BooleanField(label=_("Take the picture away"), required=False)
    birthday = forms.DateField(
        label=_("Birthday"),
        required=False,
        widget=forms.DateInput({"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=Gender.choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    wants_marketing = forms.BooleanField(
        label=_("Tell me about offers by SMS and e-mail"), required=False
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.fields["birthday"].widget
        day.attrs |= {"min": OLDEST_BIRTHDAY.isoformat(), "max": clock.today().isoformat()}
        if not user.avatar:
            del self.fields["remove_avatar"]

    def draft(self) -> ProfileDraft:
        told = self.cleaned_data
        return ProfileDraft(
            nickname=told["nickname"],
            birthday=told["birthday"],
            gender=told["gender"],
            language=told["language"],
            wants_marketing=told["wants_marketing"],
        )


class AddressForm(forms.Form):
    """Recipient, phone, three selects that follow each other, street. Works without JavaScript: ``refresh``."""

    recipient = forms.CharField(
        label=_("Recipient"),
        max_length=MAX_RECIPIENT_LENGTH,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=20,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel-national"}),
    )
    province = forms.ChoiceField(
        label=_("Province"), widget=forms.Select({"autocomplete": "address-level1"})
    )
    city = forms.ChoiceField(
        label=_("City"), widget=forms.Select({"autocomplete": "address-level2"})
    )
    district = forms.ChoiceField(
        label=_("District"), required=False, widget=forms.Select({"autocomplete": "address-level3"})
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=MAX_STREET_LENGTH,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )
    is_default = forms.BooleanField(label=_("Use this address by default"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Mapping[str, Any] = self.data if self.is_bound else self.initial
        province, city = str(chosen.get("province") or ""), str(chosen.get("city") or "")
        for name, label, rows in (
            ("province", _("Province"), list_provinces()),
            ("city", _("City"), list_children(province) if province else ()),
            ("district", _("District"), list_children(city) if city else ()),
        ):
            field = cast("forms.ChoiceField", self.fields[name])
            field.choices = [("", label), *((row.code, row.name) for row in rows)]
            field.widget.attrs["aria-label"] = label

    @staticmethod
    def initial_region(code: str) -> dict[str, str]:
        """Return what the three selects show for a region."""
        return {
            name: step.code for name, step in zip(REGION_LEVELS, region_chain(code), strict=False)
        }

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        told["region_code"] = told.get("district") or told.get("city") or ""
        if "city" in told and "district" in told and not told["district"]:
            city = find_region(told["city"])
            if city is None or not city.is_leaf:
                self.add_error("district", _("Choose a district."))
        return told

    def draft(self) -> AddressDraft:
        told = self.cleaned_data
        return AddressDraft(
            recipient=told["recipient"],
            phone=told["phone"],
            region_code=told["region_code"],
            street=told["street"],
            is_default=told.get("is_default", False),
        )
