from decimal import Decimal

import pytest
from django.urls import reverse

from apps.checkout.tests.factories import a_paid_trade, a_sku
from apps.core.models import AuditEntry
from apps.payments.gateways.credentials import credentials_of
from apps.payments.models import (
    ChannelCall,
    GatewayNotice,
    Payment,
    PaymentChannel,
    PaymentStatus,
    Refund,
    RefundReason,
    RefundStatus,
)
from apps.payments.services import claim_due_polls, refund_payment
from apps.payments.tests.factories import PaymentFactory

pytestmark = pytest.mark.django_db

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def browser(operator, as_staff):
    return lambda *permissions: as_staff(operator(*permissions))


@pytest.fixture
def wechat(channels):
    return PaymentChannel.objects.get(provider="WECHAT")


def page_of(channel):
    return reverse("admin:payments_paymentchannel_change", args=[channel.pk])


def terms(**changes):
    return {
        "is_enabled": "on",
        "min_amount": "0.01",
        "max_amount": "50000.00",
        "fee_percent": "0.600",
        "priority": "5",
        **changes,
    }


def test_a_channel_is_switched_and_its_key_goes_in_but_never_out(
    browser, wechat, django_capture_on_commit_callbacks
):
    client = browser("payments.configure_channels")

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page_of(wechat), terms(secret_api_v3_key=SECRET))

    assert answer.status_code == 302
    wechat.refresh_from_db()
    assert (wechat.max_amount, wechat.priority) == (Decimal("50000.00"), 5)
    assert credentials_of("WECHAT")["api_v3_key"] == SECRET
    assert SECRET not in client.get(page_of(wechat)).content.decode()
    entry = AuditEntry.objects.get(action="configure_channel")
    assert entry.after["secrets_set"] == ["api_v3_key"]
    assert SECRET not in str(entry.before) + str(entry.after)


def test_the_key_is_sealed_at_rest(browser, wechat, django_assert_num_queries):
    from django.db import connection  # noqa: PLC0415

    browser("payments.configure_channels").post(page_of(wechat), terms(secret_api_v3_key=SECRET))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT credentials_json FROM payments_paymentchannel WHERE id = %s", [wechat.pk]
        )
        stored = cursor.fetchone()[0]
    assert stored
    assert SECRET not in stored


def test_an_empty_field_keeps_the_key(browser, wechat):
    client = browser("payments.configure_channels")
    client.post(page_of(wechat), terms(secret_api_v3_key=SECRET))

    client.post(page_of(wechat), terms(secret_api_v3_key=""))

    wechat.refresh_from_db()
    assert wechat.credentials == {"api_v3_key": SECRET}


def test_limits_the_wrong_way_round_are_refused(browser, wechat):
    answer = browser("payments.configure_channels").post(
        page_of(wechat), terms(min_amount="10.00", max_amount="1.00")
    )

    assert answer.status_code == 200
    wechat.refresh_from_db()
    assert wechat.max_amount == Decimal("1000000.00")


def test_who_may_not_configure_cannot(browser, wechat):
    client = browser("payments.view_paymentchannel")

    answer = client.post(page_of(wechat), terms(secret_api_v3_key=SECRET))

    assert answer.status_code == 403
    wechat.refresh_from_db()
    assert wechat.credentials == {}
    assert "secret_api_v3_key" not in client.get(page_of(wechat)).content.decode()


@pytest.mark.parametrize("model", [Payment, Refund, GatewayNotice, ChannelCall])
def test_facts_are_read_and_not_written(browser, shopper, model):
    name = model._meta.model_name
    every = [f"payments.{verb}_{name}" for verb in ("view", "add", "change", "delete")]
    client = browser(*every)
    _trade, payment = a_paid_trade(shopper, (a_sku(), 1))
    ask_back(payment)

    assert client.get(reverse(f"admin:payments_{name}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:payments_{name}_add")).status_code == 403
    row = model.objects.first()
    if row is not None:
        page = reverse(f"admin:payments_{name}_change", args=[row.pk])
        assert client.get(page).status_code == 200
        assert client.post(page, {"status": "SUCCEEDED"}).status_code == 403
        assert (
            client.post(reverse(f"admin:payments_{name}_delete", args=[row.pk])).status_code == 403
        )


def ask_back(payment):
    return refund_payment(
        payment_id=payment.pk,
        amount=Decimal("1.00"),
        reason=RefundReason.AGREED,
        reference=payment.reference,
        actor=None,
    )


def test_a_stranger_sees_nothing(browser, shopper):
    client = browser()

    for name in ("payment", "refund", "gatewaynotice", "channelcall", "paymentchannel"):
        assert client.get(reverse(f"admin:payments_{name}_changelist")).status_code == 403


def test_a_refund_in_a_persons_hands_is_sent_again_under_its_number(browser, shopper):
    _trade, payment = a_paid_trade(shopper, (a_sku(), 1))
    refund = ask_back(payment)
    Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.MANUAL, attempts=5)
    client = browser("payments.view_refund", "payments.retry_refund")

    client.post(
        reverse("admin:payments_refund_changelist"),
        {"action": "send_again", "_selected_action": [refund.pk]},
    )

    number = refund.number
    refund.refresh_from_db()
    assert (refund.status, refund.attempts, refund.number) == (RefundStatus.SUBMITTED, 0, number)


def test_a_refund_is_not_sent_again_without_the_permission(browser, shopper):
    _trade, payment = a_paid_trade(shopper, (a_sku(), 1))
    refund = ask_back(payment)
    Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.MANUAL)

    browser("payments.view_refund").post(
        reverse("admin:payments_refund_changelist"),
        {"action": "send_again", "_selected_action": [refund.pk]},
    )

    refund.refresh_from_db()
    assert refund.status == RefundStatus.MANUAL


def test_a_payment_that_did_not_match_is_asked_about_again(browser):
    payment = PaymentFactory(status=PaymentStatus.MISMATCH, problem="amount 0.01 instead of 26.00")
    client = browser("payments.view_payment", "payments.recheck_payment")

    client.post(
        reverse("admin:payments_payment_changelist"),
        {"action": "ask_again", "_selected_action": [payment.pk]},
    )

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.CLOSED
    assert payment.moves.get().actor is not None
    assert claim_due_polls(limit=10) == [payment.pk]


def test_a_payment_that_is_fine_is_left_alone(browser):
    payment = PaymentFactory()
    client = browser("payments.view_payment", "payments.recheck_payment")

    answer = client.post(
        reverse("admin:payments_payment_changelist"),
        {"action": "ask_again", "_selected_action": [payment.pk]},
        follow=True,
    )

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING
    assert payment.number in answer.content.decode()
