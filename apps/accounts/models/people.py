"""Who somebody is."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.contacts import contact_hash, is_email, normal_email, normal_phone
from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField, mask_email, mask_phone


class UserQuerySet(ShopQuerySet["User"]):
    def reached_by(self, contact: str) -> "UserQuerySet":
        """Those whose phone or e-mail this is; at most one."""
        hashed = contact_hash(contact)
        return self.filter(**{f"{'email' if is_email(contact) else 'phone'}_hash": hashed})


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, contact: str) -> "User":
        """Find by phone or e-mail, as the sign-in form of Django asks for it."""
        found: User = self.reached_by(contact or "").get()
        return found

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Create an operator who may do everything."""
        user: User = self.model(email=email, is_staff=True, is_superuser=True, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class Gender(models.TextChoices):
    UNSAID = "UNSAID", _("rather not say")
    FEMALE = "FEMALE", _("female")
    MALE = "MALE", _("male")


class User(AbstractBaseUser, PermissionsMixin):
    """A shopper, or somebody of the staff. Phone and e-mail stand sealed, beside the hash they are found by."""

    phone = SealedTextField(_("phone number"), blank=True, default="")
    phone_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    email = SealedTextField(_("e-mail address"), blank=True, default="")
    email_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    nickname = models.CharField(_("nickname"), max_length=40, blank=True)
    avatar = models.ImageField(_("picture"), upload_to="avatars/", blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    gender = models.CharField(
        _("gender"), max_length=8, choices=Gender.choices, default=Gender.UNSAID
    )
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    phone_proved_at = models.DateTimeField(null=True, blank=True, editable=False)
    email_proved_at = models.DateTimeField(null=True, blank=True, editable=False)
    marketing_consent_at = models.DateTimeField(_("agreed to marketing"), null=True, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    token_version = models.PositiveIntegerField(default=0, editable=False)
    joined_at = models.DateTimeField(_("joined at"), default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email_hash"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=Q(phone_hash__isnull=False) | Q(email_hash__isnull=False),
                name="user_can_be_reached",
            ),
        ]
        permissions = [("unmask_user", _("Can see personal data of people"))]

    def __str__(self) -> str:
        return self.nickname or self.masked_contact

    def get_username(self) -> str:
        """Return what may stand on a page; people are found by hashes."""
        return self.masked_contact

    def get_short_name(self) -> str:
        return str(self)

    def get_full_name(self) -> str:
        return str(self)

    def natural_key(self) -> tuple[str]:
        return (self.phone or self.email,)

    @property
    def masked_contact(self) -> str:
        return mask_phone(self.phone) if self.phone else mask_email(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the hashes true to what they stand for."""
        self.phone, self.email = normal_phone(self.phone), normal_email(self.email)
        self.phone_hash = contact_hash(self.phone) or None if self.phone else None
        self.email_hash = contact_hash(self.email) or None if self.email else None
        fields = kwargs.get("update_fields")
        if fields is not None and {"phone", "email"} & set(fields):
            kwargs["update_fields"] = {*fields, "phone_hash", "email_hash"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Leave the name of USERNAME_FIELD alone: it is a hash, and not to be normalised."""
