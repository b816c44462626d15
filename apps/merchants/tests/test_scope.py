import pytest
from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.core.exceptions import FieldDoesNotExist
from django.urls import reverse
from unfold.admin import ModelAdmin as ThemedAdmin

from apps.core.models import AuditEntry
from apps.merchants.admin_scope import MerchantScope, scope_to_merchants
from apps.merchants.models import Contract, Merchant, MerchantStaff
from apps.merchants.selectors import Limits, limits_of
from apps.merchants.tests.factories import MerchantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(db):
    return MerchantFactory(code="tea", name="茶"), MerchantFactory(code="toys", name="玩具")


def test_limits_are_those_of_the_contract(two, django_assert_num_queries):
    Contract.objects.create(merchant=two[0], max_lines_per_order=1000)

    with django_assert_num_queries(1):
        limits = limits_of([two[0].pk, two[1].pk])

    assert limits == {two[0].pk: Limits(1000, None), two[1].pk: Limits(None, None)}


def test_who_sees_which_merchants(two, platform, operator, merchant_staff, shopper):
    clerk, boss = merchant_staff(two[0]), operator()

    assert set(Merchant.objects.visible_to(clerk)) == {two[0]}
    assert set(Merchant.objects.visible_to(boss)) == {*two, platform}
    assert set(Merchant.objects.visible_to(operator(is_superuser=True))) == {*two, platform}
    assert not Merchant.objects.visible_to(shopper).exists()


def test_staff_of_two_merchants_see_both_once(two, merchant_staff):
    clerk = merchant_staff(two[0])
    MerchantStaff.objects.create(merchant=two[1], user=clerk)

    assert Merchant.objects.visible_to(clerk).count() == 2


def test_a_list_holds_only_ones_own(two, as_staff, merchant_staff):
    clerk = merchant_staff(two[0], "merchants.view_merchant")

    page = as_staff(clerk).get(reverse("admin:merchants_merchant_changelist"))

    assert list(page.context["cl"].queryset) == [two[0]]


@pytest.mark.parametrize("view", ["change", "history"])
def test_a_foreign_row_is_not_there(two, as_staff, merchant_staff, view):
    clerk = merchant_staff(two[0], "merchants.view_merchant", "merchants.change_merchant")
    browser = as_staff(clerk)

    mine = browser.get(reverse(f"admin:merchants_merchant_{view}", args=[two[0].pk]))
    foreign = browser.get(reverse(f"admin:merchants_merchant_{view}", args=[two[1].pk]))

    assert (mine.status_code, foreign.status_code) == (200, 404)


def test_staff_present_themselves_and_no_more(two, as_staff, merchant_staff):
    clerk = merchant_staff(two[0], "merchants.view_merchant", "merchants.change_merchant")
    url = reverse("admin:merchants_merchant_change", args=[two[0].pk])
    body = {
        "introduction": "好茶",
        "name": "平台",
        "status": "CLOSED",
        "name_en": "Tea",
        "code": "x",
    }

    as_staff(clerk).post(url, body)

    two[0].refresh_from_db()
    assert (two[0].introduction, two[0].name_en) == ("好茶", "Tea")
    assert (two[0].name, two[0].status, two[0].code) == ("茶", "OPEN", "tea")
    assert AuditEntry.objects.get().after == {"introduction": "好茶", "name_en": "Tea"}


def test_the_platform_writes_contracts(two, as_staff, operator):
    boss = operator(is_superuser=True)
    url = reverse("admin:merchants_merchant_change", args=[two[0].pk])
    body = {
        "code": "tea", "name": "茶", "status": "FROZEN",
        "contract-TOTAL_FORMS": 1, "contract-INITIAL_FORMS": 0,
        "contract-0-max_lines_per_order": 500, "contract-0-commission_percent": "3.00",
        "staff-TOTAL_FORMS": 0, "staff-INITIAL_FORMS": 0,
    }  # fmt: skip

    answer = as_staff(boss).post(url, body)

    two[0].refresh_from_db()
    assert (answer.status_code, two[0].status) == (302, "FROZEN")
    assert two[0].contract.max_lines_per_order == 500


def test_a_queryset_is_narrowed_by_path_or_by_its_field(two, merchant_staff):
    clerk = merchant_staff(two[0])
    contracts = [Contract.objects.create(merchant=each) for each in two]

    by_field = scope_to_merchants(Contract.objects.all(), clerk)
    by_path = scope_to_merchants(Merchant.objects.all(), clerk, "pk")

    assert list(by_field) == [contracts[0]]
    assert list(by_path) == [two[0]]


def _belongs_to_merchants(model):
    try:
        return model._meta.get_field("merchant").related_model is Merchant
    except FieldDoesNotExist:
        return False


def _screens():
    return [each for model, each in admin.site._registry.items() if _belongs_to_merchants(model)]


def test_every_screen_of_merchants_rows_is_scoped():
    unscoped = [each for each in _screens() if not isinstance(each, MerchantScope)]

    assert not unscoped, (
        f"derive these from apps.merchants.admin_scope.MerchantScopedAdmin: {unscoped}"
    )


def test_every_screen_is_dressed_by_the_theme():
    plain = [
        each
        for each in admin.site._registry.values()
        if isinstance(each, ModelAdmin) and not isinstance(each, ThemedAdmin)
    ]
    assert not plain
