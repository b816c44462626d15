from dataclasses import replace
from datetime import timedelta

import pytest

from apps.catalog import services
from apps.catalog.models import Sku, SlugHistory, Spu, SpuStatus
from apps.catalog.selectors import product_cards, skus_for_sale
from apps.catalog.services import NotReadyForShelf, RestoreTooLate
from apps.catalog.services.life import empty_recycle_bin, publish_due_spus, unpublish_due_spus
from apps.catalog.tests.drafting import BLUE, RED, a_draft
from apps.catalog.tests.factories import MerchantFactory
from apps.core import clock
from apps.core.errors import VersionConflict
from apps.core.states import IllegalMove

pytestmark = pytest.mark.django_db


@pytest.fixture
def spu():
    return services.save_spu(a_draft(), actor=None)


def status():
    return Spu.objects.get().status


def test_from_draft_through_review_to_the_shelf_and_off_it(spu, shopper):
    services.submit_spu(spu_id=spu.pk, actor=shopper)
    services.approve_spu(spu_id=spu.pk, actor=shopper)
    assert status() == "ON_SHELF"
    assert list(product_cards([spu.pk])) == [spu.pk]

    services.unpublish_spu(spu_id=spu.pk, actor=shopper, reason="season over")

    assert product_cards([spu.pk]) == {}
    assert [move.to_status for move in spu.moves.order_by("pk")] == [
        "DRAFT",
        "IN_REVIEW",
        "ON_SHELF",
        "OFF_SHELF",
    ]
    assert spu.moves.last().reason == "season over"


def test_a_rejected_spu_is_a_draft_again(spu):
    services.submit_spu(spu_id=spu.pk, actor=None)
    services.reject_spu(spu_id=spu.pk, reason="blurred picture", actor=None)

    assert status() == "DRAFT"


@pytest.mark.parametrize(
    ("at", "command"),
    [
        ("DRAFT", "approve_spu"),
        ("DRAFT", "unpublish_spu"),
        ("DRAFT", "restore_spu"),
        ("IN_REVIEW", "publish_spu"),
        ("IN_REVIEW", "recycle_spu"),
        ("ON_SHELF", "recycle_spu"),
        ("ON_SHELF", "publish_spu"),
        ("OFF_SHELF", "approve_spu"),
    ],
)
def test_what_has_no_edge_is_refused(spu, at, command):
    Spu.objects.update(status=at)

    with pytest.raises(IllegalMove):
        getattr(services, command)(spu_id=spu.pk, actor=None)

    assert status() == at
    assert spu.moves.count() == 1


def test_nothing_goes_on_the_shelf_without_something_to_sell(spu):
    Sku.objects.update(is_active=False)

    for command in (services.publish_spu, services.submit_spu):
        with pytest.raises(NotReadyForShelf):
            command(spu_id=spu.pk, actor=None)

    assert status() == "DRAFT"


def test_it_goes_on_and_off_the_shelf_at_its_times(spu):
    at = clock.now() + timedelta(hours=1)
    Spu.objects.update(unpublish_at=at + timedelta(hours=1))
    services.publish_spu(spu_id=spu.pk, actor=None, at=at)
    assert (status(), publish_due_spus()) == ("SCHEDULED", 0)
    sku = Sku.objects.first()

    with clock.travelled(timedelta(hours=1, seconds=1)):
        assert (publish_due_spus(), publish_due_spus()) == (1, 0)
        assert status() == "ON_SHELF"
        assert skus_for_sale([sku.pk])[sku.pk].is_saleable
    with clock.travelled(timedelta(hours=2, seconds=1)):
        assert not skus_for_sale([sku.pk])[sku.pk].is_saleable  # even before the job has run
        assert (unpublish_due_spus(), unpublish_due_spus()) == (1, 0)

    assert status() == "OFF_SHELF"


def test_publishing_says_which_version_was_seen(spu):
    with pytest.raises(VersionConflict):
        services.publish_spu(spu_id=spu.pk, actor=None, expected_version=7)

    assert status() == "DRAFT"


def test_staff_of_a_merchant_under_review_only_submit(merchant_staff):
    merchant = MerchantFactory(edits_need_review=True)
    spu = services.save_spu(a_draft(merchant=merchant), actor=None)

    services.publish_spu(spu_id=spu.pk, actor=merchant_staff(merchant))

    assert status() == SpuStatus.IN_REVIEW


def test_the_recycle_bin_keeps_for_30_days(spu):
    services.recycle_spu(spu_id=spu.pk, actor=None)
    with clock.travelled(timedelta(days=29, hours=23)):
        assert empty_recycle_bin() == 0
        services.restore_spu(spu_id=spu.pk, actor=None)
    assert (status(), Spu.objects.get().recycled_at) == ("DRAFT", None)

    services.recycle_spu(spu_id=spu.pk, actor=None)
    with clock.travelled(timedelta(days=30, seconds=1)):
        with pytest.raises(RestoreTooLate):
            services.restore_spu(spu_id=spu.pk, actor=None)
        assert (empty_recycle_bin(), empty_recycle_bin()) == (1, 0)

    assert (status(), Spu.objects.get().slug) == ("RECYCLED", f"purged-{spu.pk}")
    assert not SlugHistory.objects.exists()
    skus = [replace(RED, code="A"), replace(BLUE, code="B")]
    again = services.save_spu(a_draft(merchant=spu.merchant, skus=skus), actor=None)
    assert (again.slug, again.code) == ("mug", "MUG")
