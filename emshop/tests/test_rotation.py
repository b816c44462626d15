import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from apps.accounts.models import Address, User
from apps.accounts.tests.factories import AddressFactory, UserFactory
from apps.core import rotation
from apps.core.rotation import rotate_column, sealed_columns
from apps.core.secrets import Undecipherable, encrypt, is_newest
from apps.payments.models import GatewayNotice

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_key():
    return Fernet.generate_key().decode()


def stored(table="accounts_user", column="phone"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def column_called(name):
    return next(column for column in sealed_columns() if column.name == name)


def a_notice():
    return GatewayNotice.objects.create(
        provider="ALIPAY",
        notice_id="n1",
        kind="PAYMENT",
        fact_json={},
        body="secret words",
        body_sha256="0" * 64,
    )


def test_every_sealed_column_is_known():
    names = {column.name for column in sealed_columns()}

    assert {
        "accounts.User.phone",
        "accounts.Address.street",
        "orders.Order.recipient",
        "orders.Trade.contact_phone",
        "messaging.OutgoingMessage.target",
        "payments.GatewayNotice.body",
    } <= names


def test_after_a_rotation_the_old_key_is_not_needed(new_key, capsys):
    UserFactory(phone="13812345678", email="a@b.example")
    AddressFactory(recipient="王小明", user=User.objects.get())
    old = settings.DATA_KEYS

    with override_settings(DATA_KEYS=[new_key, *old]):
        call_command("rotate_secrets")
    with override_settings(DATA_KEYS=[new_key]):
        user, address = User.objects.get(), Address.objects.get()
        assert (user.phone, user.email) == ("13812345678", "a@b.example")
        assert (address.recipient, address.street) == ("王小明", "文三路 100 号")

    assert "5 sealed with the newest key" in capsys.readouterr().out
    with pytest.raises(Undecipherable), override_settings(DATA_KEYS=old):
        User.objects.get()


def test_a_rotation_goes_on_where_it_was_stopped(new_key, monkeypatch, capsys):
    monkeypatch.setattr(rotation, "BATCH", 2)
    for _ in range(5):
        UserFactory()

    with override_settings(DATA_KEYS=[new_key, *settings.DATA_KEYS]):
        assert next(rotate_column(column_called("accounts.User.phone"))) == (2, 2)
        assert [is_newest(value) for value in stored()] == [True, True, False, False, False]
        before = stored()[:2]

        call_command("rotate_secrets")

        assert stored()[:2] == before
        assert all(is_newest(value) for value in stored())
        call_command("rotate_secrets")
    out = capsys.readouterr().out
    assert "3 sealed with the newest key" in out
    assert " 0 sealed with the newest key" in out


def test_a_value_that_changes_meanwhile_is_not_overwritten(new_key, monkeypatch):
    user = UserFactory(phone="13812345678")
    read = rotation._read_batch

    def read_and_change(column, after):
        rows = read(column, after)
        if rows:
            User.objects.filter(pk=user.pk).update(phone="13900000000")
        return rows

    monkeypatch.setattr(rotation, "_read_batch", read_and_change)

    with override_settings(DATA_KEYS=[new_key, *settings.DATA_KEYS]):
        for _ in rotate_column(column_called("accounts.User.phone")):
            pass
        assert User.objects.get().phone == "13900000000"


def test_evidence_gets_a_new_key_and_stays_evidence(new_key):
    notice = a_notice()

    with override_settings(DATA_KEYS=[new_key, *settings.DATA_KEYS]):
        for _ in rotate_column(column_called("payments.GatewayNotice.body")):
            pass
        assert is_newest(stored("payments_gatewaynotice", "body")[0])
        assert GatewayNotice.objects.get().body == "secret words"
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('emshop.resealing', '', true)")
            GatewayNotice.objects.filter(pk=notice.pk).update(body=encrypt("other words"))
