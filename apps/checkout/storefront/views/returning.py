"""Shoppers who come back from a channel's page. What they carry is not read: the trade's page asks the channel."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.payments.models import Payment

SEE_OTHER = 303


@csrf_exempt  # UnionPay posts the browser back from its own page
@never_cache
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest, number: str) -> HttpResponse:
    """Send the browser on to the trade, which is shown to its owner alone."""
    payment = get_object_or_404(Payment, number=number)
    answer = HttpResponseRedirect(reverse("trade-done", args=[payment.reference]))
    answer.status_code = SEE_OTHER
    return answer
