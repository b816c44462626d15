"""What time does to carts."""

from datetime import timedelta

from apps.cart.models import Cart
from apps.core import clock
from apps.core.jobs import job

KEEP_GUEST_CARTS = timedelta(days=90)


@job(every=timedelta(hours=6))
def drop_old_guest_carts() -> str:
    """Forget the carts of guests who did not come back."""
    old = Cart.objects.filter(user=None, changed_at__lt=clock.now() - KEEP_GUEST_CARTS)
    dropped, _ = old.delete()
    return f"{dropped} rows" if dropped else ""
