"""The confirm page: everything in one place, and one button."""

import uuid
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.cart.selectors import list_lines
from apps.cart.storefront.forms import AddForm
from apps.cart.visitors import Visitor, cart_of, known_visitor, remember
from apps.checkout.baskets import BasketLine, BasketQuote
from apps.checkout.selectors import quote_basket
from apps.checkout.services import CheckoutDraft, place_trade
from apps.checkout.storefront.addresses import AddressChoice, choice_of
from apps.checkout.storefront.pages import review_groups
from apps.checkout.summaries import summary_of_basket
from apps.checkout.tokens import read_quote, sign_quote
from apps.core.errors import Refusal
from apps.core.text import is_clean

MAX_REMARK = 200


@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Show what the basket costs at the chosen address; place it when the button was pressed."""
    visitor = known_visitor(request)
    choice = choice_of(visitor, request.POST if request.method == "POST" else request.GET)
    wants_to_place = request.method == "POST" and not (
        request.POST.get("reprice") or request.POST.get("refresh")
    )
    problem, status = "", 200
    if wants_to_place:
        try:
            return remember(redirect(place_trade(_draft(request, visitor, choice))), visitor)
        except Refusal as refusal:
            problem, status = refusal.message, refusal.http_status
        except _Unsaid as unsaid:
            problem, status = str(unsaid), 400
    return remember(_page(request, visitor, choice, problem=problem, status=status), visitor)


class _Unsaid(Exception):
    """Something is missing that only the shopper can say."""


def _page(
    request: HttpRequest, visitor: Visitor, choice: AddressChoice, *, problem: str, status: int
) -> HttpResponse:
    lines = _lines(request, visitor)
    if not lines:
        return redirect("cart")
    basket = quote_basket(lines, shopper_id=visitor.shopper_id, region_code=choice.region_code)
    context = {
        "addresses": choice.rows,
        "address_form": choice.form,
        "groups": review_groups(basket, _remarks(request)),
        "summary": summary_of_basket(basket),
        "hidden": _hidden(request, basket),
        "problem": problem,
        "can_place": not basket.problems,
    }
    return render(request, "checkout/review.html", context, status=status)


def _lines(request: HttpRequest, visitor: Visitor) -> Sequence[BasketLine]:
    """Return what is to be bought: the one SKU of the address (buy now), else the cart's selected lines."""
    if "sku" in request.GET:
        form = AddForm(request.GET)
        if not form.is_valid():
            return []
        return [BasketLine(form.cleaned_data["sku"], form.cleaned_data["quantity"])]
    cart, _capped = cart_of(visitor)
    return [BasketLine(line.sku_id, line.quantity) for line in list_lines(cart) if line.is_selected]


def _hidden(request: HttpRequest, basket: BasketQuote) -> list[tuple[str, str]]:
    """Return the form's key, kept over every try, and the signed word on what is shown."""
    return [("key", str(_key_of(request) or uuid.uuid4())), ("quote", sign_quote(basket))]


def _key_of(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _draft(request: HttpRequest, visitor: Visitor, choice: AddressChoice) -> CheckoutDraft:
    key, address = _key_of(request), choice.snapshot()
    if key is None:
        raise _Unsaid(_("The page was incomplete. Please check it and try again."))
    if address is None:
        raise _Unsaid(_("Please say where the goods are to go."))
    cart = None if "sku" in request.GET else cart_of(visitor)[0]
    return CheckoutDraft(
        owner=visitor.owner,
        shopper_id=visitor.shopper_id,
        checkout_key=key,
        shown=read_quote(request.POST.get("quote", "")),
        address=address,
        contact_phone=getattr(visitor.user, "phone", "") or address.phone,
        language=get_language() or "zh-hans",
        cart_id=cart.pk if cart else None,
        remarks=_remarks(request),
    )


def _remarks(request: HttpRequest) -> dict[int, str]:
    """Return the notes to sellers by merchant id; what is not text a person can have meant is dropped."""
    found: dict[int, str] = {}
    for name, value in request.POST.items():
        merchant = name.removeprefix("remark-")
        if name != merchant and merchant.isascii() and merchant.isdigit():
            text = str(value).strip()[:MAX_REMARK]
            if text and is_clean(text):
                found[int(merchant[:9])] = text
    return found
