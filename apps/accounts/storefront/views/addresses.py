"""The address book."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Address
from apps.accounts.person import person_of
from apps.accounts.selectors import get_address, list_addresses, write_out
from apps.accounts.services import (
    add_address,
    change_address,
    remove_address,
    set_default_address,
)
from apps.accounts.storefront.answers import go_on, next_url, show_form
from apps.accounts.storefront.forms import AddressForm
from apps.core.errors import NotFound, Refusal

TEMPLATE = "accounts/address_form.html"


@never_cache
@login_required
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    rows = write_out(list(list_addresses(person_of(request))))
    return render(
        request,
        "accounts/addresses.html",
        {"addresses": rows, "can_add": len(rows) < settings.ADDRESSES_PER_USER},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address_add(request: HttpRequest) -> HttpResponse:
    context = {"is_new": True, "next": next_url(request)}
    form = _form(request, {"recipient": "", "phone": person_of(request).phone})
    if not form.is_bound or not form.is_valid():
        return show_form(request, TEMPLATE, form, context)
    try:
        add_address(user_id=person_of(request).pk, draft=form.draft())
    except Refusal as refusal:
        return show_form(request, TEMPLATE, form, context, refusal)
    messages.success(request, _("The address is saved."))
    return go_on(request, "addresses")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, pk: int) -> HttpResponse:
    context = {"is_new": False, "next": next_url(request)}
    form = _form(request, _initial_of(_mine(request, pk)))
    if not form.is_bound or not form.is_valid():
        return show_form(request, TEMPLATE, form, context)
    try:
        change_address(user_id=person_of(request).pk, address_id=pk, draft=form.draft())
    except Refusal as refusal:
        return show_form(request, TEMPLATE, form, context, refusal)
    messages.success(request, _("The address is saved."))
    return go_on(request, "addresses")


@login_required
@require_POST
def address_default(request: HttpRequest, pk: int) -> HttpResponse:
    set_default_address(user_id=person_of(request).pk, address_id=_mine(request, pk).pk)
    return go_on(request, "addresses")


@login_required
@require_POST
def address_remove(request: HttpRequest, pk: int) -> HttpResponse:
    remove_address(user_id=person_of(request).pk, address_id=_mine(request, pk).pk)
    messages.success(request, _("The address is removed."))
    return go_on(request, "addresses")


def _mine(request: HttpRequest, pk: int) -> Address:
    try:
        return get_address(person_of(request), pk)
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal


def _form(request: HttpRequest, initial: dict[str, object]) -> AddressForm:
    """Fill the form; the button of browsers without JavaScript keeps what was typed and shows the next list."""
    if request.method != "POST":
        return AddressForm(initial=initial)
    if "refresh" in request.POST:
        return AddressForm(initial={**initial, **request.POST.dict()})
    return AddressForm(request.POST)


def _initial_of(row: Address) -> dict[str, object]:
    return {
        "recipient": row.recipient,
        "phone": row.phone,
        "street": row.street,
        "is_default": row.is_default,
        **AddressForm.initial_region(row.region.code),
    }
