"""The message centre."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.person import person_of
from apps.core.errors import NotFound
from apps.notifications.selectors import count_unread, list_notifications, preference_of
from apps.notifications.services import change_preference, mark_all_read, mark_read

PAGE_SIZE = 20
MAX_DIGITS = 18


@never_cache
@login_required
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    before = request.GET.get("before", "")
    rows = list_notifications(user)
    is_later_page = before.isascii() and before.isdigit() and len(before) <= MAX_DIGITS
    if is_later_page:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    here = reverse("messages")
    context = {
        "notifications": shown,
        "has_unread": count_unread(user) > 0,
        "previous_url": here if is_later_page else "",
        "next_url": f"{here}?before={shown[-1].pk}" if len(found) > PAGE_SIZE else "",
        "wishes": preference_of(user),
    }
    return render(request, "notifications/messages.html", context)


@never_cache
@login_required
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that it was read, and go where it leads."""
    try:
        row = mark_read(user_id=person_of(request).pk, notification_id=pk)
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal
    return redirect(row.link or "messages")


@login_required
@require_POST
def messages_read(request: HttpRequest) -> HttpResponse:
    mark_all_read(user_id=person_of(request).pk)
    return redirect("messages")


@login_required
@require_POST
def message_preferences(request: HttpRequest) -> HttpResponse:
    change_preference(
        user_id=person_of(request).pk,
        wants_email="wants_email" in request.POST,
        wants_sms="wants_sms" in request.POST,
    )
    messages.success(request, _("Saved."))
    return redirect("messages")
