"""Make an operator who may do everything, by e-mail address or phone number."""

import os
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.contacts import is_email, read_contact
from apps.accounts.models import User
from apps.accounts.services import must_be_good_password
from apps.core.errors import Refusal


class Command(BaseCommand):
    help = "Make an operator who may do everything. The password is asked for, or taken from DJANGO_SUPERUSER_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", "--contact", dest="contact", help="e-mail address or phone")
        parser.add_argument("--nickname", default="", help="what the operator is called")
        parser.add_argument("--noinput", "--no-input", action="store_true", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        told = options["contact"] or os.environ.get("DJANGO_SUPERUSER_EMAIL", "")
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
        if not options["noinput"]:
            told = told or input("E-mail address or phone number: ")
            password = password or _ask_password()
        if not told or not password:
            raise CommandError("Say --email, and set DJANGO_SUPERUSER_PASSWORD.")
        try:
            user = self._make(read_contact(told), password, options["nickname"])
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{user.masked_contact} may do everything now.")

    def _make(self, contact: str, password: str, nickname: str) -> User:
        if User.objects.reached_by(contact).exists():
            raise CommandError("There is an account with this contact already.")
        user = User(
            **{"email" if is_email(contact) else "phone": contact},
            nickname=nickname,
            is_staff=True,
            is_superuser=True,
        )
        must_be_good_password(password, user)
        user.set_password(password)
        user.save()
        return user


def _ask_password() -> str:
    password = getpass("Password: ")
    if getpass("The same again: ") != password:
        raise CommandError("The two are not the same.")
    return password
