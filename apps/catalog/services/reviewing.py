from apps.catalog.models import Spu, SpuStatus
from apps.core.actors import Actor
from apps.merchants.models import MerchantStaff

SEEN = {SpuStatus.ON_SHELF, SpuStatus.SCHEDULED}


def needs_review(spu: Spu, actor: Actor | None) -> bool:
    """Say whether the platform wants to look at what this person does to this SPU."""
    if actor is None or not spu.merchant.edits_need_review or actor.is_superuser:
        return False
    return not MerchantStaff.objects.filter(user=actor, merchant__is_platform=True).exists()


def review_again(spu: Spu, actor: Actor | None) -> None:
    """Send an SPU back to review that shoppers see, or soon will, and that a merchant has edited."""
    if spu.status in SEEN and needs_review(spu, actor):
        spu.move_to(SpuStatus.IN_REVIEW, by=actor, reason="edited")
