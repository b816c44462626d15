from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.cart.selectors import list_lines
from apps.cart.visitors import cart_of, visitor_of
from apps.checkout.selectors import quote_cart
from apps.checkout.summaries import summary_of_basket
from apps.shop.cart_page import groups_of


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """The cart with live prices, and what its selected lines cost before delivery."""
    visitor = visitor_of(request)
    found, capped = cart_of(visitor)
    for each in capped:
        text = _("“%(name)s”: only %(kept)d of %(wanted)d found room in your cart.")
        told = {"name": each.name, "kept": each.kept, "wanted": each.wanted}
        messages.warning(request, text % told)
    lines = list(list_lines(found))
    basket = quote_cart(lines, shopper_id=visitor.shopper_id)
    groups, invalid = groups_of(lines, basket)
    context = {
        "groups": groups,
        "invalid": invalid,
        "line_count": len(lines),
        "selected_count": len(basket.quote.lines),
        "summary": summary_of_basket(basket),
    }
    return render(request, "shop/cart.html", context)
