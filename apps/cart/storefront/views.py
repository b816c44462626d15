"""The forms of the cart: each does one thing and goes back to the cart."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.cart.selectors import list_lines
from apps.cart.services import add_to_cart, remove_line, set_quantity, set_selected
from apps.cart.storefront.forms import AddForm, QuantityForm
from apps.cart.visitors import cart_of, known_visitor, own_cart, remember, visitor_of
from apps.core.errors import NotFound, Refusal
from apps.core.same_origin import from_here_only

MAX_SELECTED = 1000


@from_here_only
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put something into the cart, or go straight to checkout with it."""
    form = AddForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a version and a quantity first."))
        return _back(request)
    sku_id, quantity = form.cleaned_data["sku"], form.cleaned_data["quantity"]
    if request.POST.get("buy_now"):
        query = urlencode({"sku": sku_id, "quantity": quantity})
        return redirect(f"{reverse('checkout')}?{query}")
    visitor = known_visitor(request)
    try:
        add_to_cart(cart_id=own_cart(visitor).pk, sku_id=sku_id, quantity=quantity)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return _back(request)
    messages.success(request, _("It is in your cart."))
    return remember(_back(request), visitor)


@from_here_only
@require_POST
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """Change one line: take it out, or set its quantity and whether it is to be bought now."""
    cart, _capped = cart_of(visitor_of(request))
    if cart is None:
        return redirect("cart")
    try:
        if request.POST.get("remove"):
            remove_line(cart_id=cart.pk, line_id=line_id)
        else:
            _change(request, cart.pk, line_id)
    except NotFound:
        messages.info(request, _("This line is not in your cart any more."))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("cart")


@from_here_only
@require_POST
def selection(request: HttpRequest) -> HttpResponse:
    """Select or unselect many lines at once: those of one merchant, or all."""
    cart, _capped = cart_of(visitor_of(request))
    if cart is not None:
        is_selected = bool(request.POST.get("is_selected"))
        wanted = {value for value in request.POST.getlist("line")[:MAX_SELECTED] if value.isascii()}
        mine = list_lines(cart).values_list("pk", flat=True)
        chosen = {pk: is_selected for pk in mine if not wanted or str(pk) in wanted}
        set_selected(cart_id=cart.pk, selected=chosen)
    return redirect("cart")


def _change(request: HttpRequest, cart_id: int, line_id: int) -> None:
    if "quantity" in request.POST:
        form = QuantityForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("A quantity is a whole number from 1."))
            return
        set_quantity(cart_id=cart_id, line_id=line_id, quantity=form.cleaned_data["quantity"])
    set_selected(cart_id=cart_id, selected={line_id: bool(request.POST.get("is_selected"))})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Go back to the page that the form stood on, never to another site."""
    came_from = request.headers.get("Referer", "")
    here = f"{request.scheme}://{request.get_host()}/"
    return redirect(came_from if came_from.startswith(here) else "cart")
