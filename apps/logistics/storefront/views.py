"""A courier's own page: what to fetch, what to bring, and the recipient's four digits."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.errors import Refusal
from apps.logistics.models import CourierRun
from apps.logistics.selectors.runs import list_runs
from apps.logistics.services import accept_run, pick_up_parcel, sign_parcel, withdraw_run

MAX_CODE = 20


@login_required
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    return render(request, "logistics/runs.html", {"runs": list_runs(request.user)})


@login_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    run = _own_run(request, pk)
    return _try(request, lambda: accept_run(run_id=run.pk, actor=request.user), _("It is yours."))


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    run = _own_run(request, pk)
    return _try(
        request,
        lambda: withdraw_run(run_id=run.pk, reason="declined", actor=request.user),
        _("The shop will find somebody else."),
    )


@login_required
@require_POST
def pick_up(request: HttpRequest, pk: int) -> HttpResponse:
    run = _own_run(request, pk)
    return _try(
        request, lambda: pick_up_parcel(run_id=run.pk, actor=request.user), _("Have a good ride.")
    )


@login_required
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    run = _own_run(request, pk)
    code = request.POST.get("code", "")[:MAX_CODE].strip()
    return _try(
        request,
        lambda: sign_parcel(run_id=run.pk, code=code, actor=request.user),
        _("Handed over. Thank you."),
    )


def _own_run(request: HttpRequest, pk: int) -> CourierRun:
    return get_object_or_404(CourierRun.objects.of(request.user), pk=pk)


def _try(request: HttpRequest, work: Callable[[], object], done: str) -> HttpResponse:
    try:
        work()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("courier-runs")
