"""What the API takes and gives about people. Writing and reading have serializers of their own."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.accounts.contacts import MAX_CONTACT_LENGTH
from apps.accounts.models import Gender
from apps.accounts.services import AddressDraft, ProfileDraft
from apps.accounts.services.addresses import MAX_RECIPIENT_LENGTH, MAX_STREET_LENGTH
from apps.accounts.services.profile import MAX_NICKNAME_LENGTH
from apps.accounts.services.signing_in import MAX_PASSWORD_LENGTH
from apps.accounts.tokens import MAX_TOKEN_LENGTH
from apps.core.api.fields import CleanCharField


class ContactField(CleanCharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=MAX_CONTACT_LENGTH,
            help_text="A mobile number or an e-mail address.",
            **kwargs,
        )


class PasswordField(CleanCharField):
    """A password as it was typed: nothing is trimmed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=MAX_PASSWORD_LENGTH,
            trim_whitespace=False,
            write_only=True,
            style={"input_type": "password"},
            **kwargs,
        )


class RegistrationSerializer(serializers.Serializer[Any]):
    contact = ContactField()
    password = PasswordField()
    nickname = CleanCharField(max_length=MAX_NICKNAME_LENGTH, required=False, allow_blank=True)


class CredentialsSerializer(serializers.Serializer[Any]):
    contact = ContactField()
    password = PasswordField()
    audience = serializers.ChoiceField(choices=["shopper", "staff"], default="shopper")
    second_factor = CleanCharField(
        max_length=20, required=False, allow_blank=True, help_text="For the audience `staff`."
    )


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = CleanCharField(max_length=MAX_TOKEN_LENGTH)
    audience = serializers.ChoiceField(choices=["shopper", "staff"], default="shopper")


class TokenPairSerializer(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="For `Authorization: Bearer …`, 30 minutes.")
    refresh = serializers.CharField(help_text="Good once, for the next pair, 14 days.")
    access_expires_at = serializers.DateTimeField()
    refresh_expires_at = serializers.DateTimeField()


class ProfileSerializer(serializers.Serializer[Any]):
    nickname = serializers.CharField()
    phone = serializers.CharField(help_text="Masked; empty if there is none.")
    email = serializers.CharField(help_text="Masked; empty if there is none.")
    avatar = serializers.CharField(allow_null=True, help_text="The address of the picture.")
    birthday = serializers.DateField(allow_null=True)
    gender = serializers.ChoiceField(choices=Gender.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    wants_marketing = serializers.BooleanField()
    joined_at = serializers.DateTimeField()


class ProfileChangeSerializer(serializers.Serializer[Any]):
    nickname = CleanCharField(max_length=MAX_NICKNAME_LENGTH, required=False, allow_blank=True)
    birthday = serializers.DateField(required=False, allow_null=True)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    wants_marketing = serializers.BooleanField(required=False)

    def draft(self, now: dict[str, Any]) -> ProfileDraft:
        """Return the profile as it is ``now``, with what was sent laid over it."""
        names = ("nickname", "birthday", "gender", "language", "wants_marketing")
        told = self.validated_data
        return ProfileDraft(**{name: told.get(name, now[name]) for name in names})


class PasswordChangeSerializer(serializers.Serializer[Any]):
    current = PasswordField()
    new = PasswordField()


class ResetRequestSerializer(serializers.Serializer[Any]):
    contact = ContactField()


class ResetSerializer(serializers.Serializer[Any]):
    contact = ContactField()
    code = CleanCharField(max_length=6)
    password = PasswordField()


class AddressWriteSerializer(serializers.Serializer[Any]):
    recipient = CleanCharField(max_length=MAX_RECIPIENT_LENGTH)
    phone = CleanCharField(max_length=20)
    region_code = CleanCharField(
        max_length=6, help_text="A region with `is_leaf`, see `GET /api/v1/regions/`."
    )
    street = CleanCharField(max_length=MAX_STREET_LENGTH)
    is_default = serializers.BooleanField(default=False)

    def draft(self) -> AddressDraft:
        told = self.validated_data
        return AddressDraft(
            recipient=told["recipient"],
            phone=told["phone"],
            region_code=told["region_code"],
            street=told["street"],
            is_default=told["is_default"],
        )


class AddressSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    recipient = serializers.CharField()
    phone = serializers.CharField()
    region_code = serializers.CharField()
    region_path = serializers.ListField(child=serializers.CharField())
    street = serializers.CharField()
    is_default = serializers.BooleanField()


class SignInSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="pk")
    device = serializers.CharField()
    ip = serializers.CharField()
    last_seen_at = serializers.DateTimeField()
    is_app = serializers.BooleanField()
