import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from apps.accounts import roles
from apps.accounts.roles import ROLES, Role, sync_roles

pytestmark = pytest.mark.django_db


def may(user, name):
    return type(user).objects.get(pk=user.pk).has_perm(name)


def test_a_role_gives_what_the_table_says(operator):
    packer = operator()
    call_command("sync_roles")

    packer.groups.add(Group.objects.get(name="warehouse"))

    assert may(packer, "orders.ship_order")
    assert may(packer, "logistics.print_label")
    assert not may(packer, "orders.refund_order")
    assert not may(packer, "accounts.unmask_user")


def test_every_role_has_a_group():
    counts = sync_roles()

    assert set(counts) == set(ROLES) == set(Group.objects.values_list("name", flat=True))
    assert all(counts.values())


def test_what_was_added_by_hand_is_taken_back():
    sync_roles()
    group = Group.objects.get(name="editor")
    group.permissions.add(Permission.objects.get(codename="unmask_user"))

    sync_roles()

    assert not group.permissions.filter(codename="unmask_user").exists()


def test_only_security_changes_people():
    sync_roles()
    powerful = Group.objects.filter(permissions__codename="change_user")

    assert list(powerful.values_list("name", flat=True)) == ["security"]


def test_a_permission_that_nobody_declares_is_an_error(monkeypatch):
    sync_roles()
    monkeypatch.setitem(roles.ROLES, "goods", Role("goods", ("catalog.fly_spu",)))

    with pytest.raises(CommandError, match="fly_spu"):
        call_command("sync_roles")

    assert Group.objects.get(name="goods").permissions.exists()
