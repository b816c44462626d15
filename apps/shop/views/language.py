from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

YEAR_SECONDS = 365 * 24 * 3600


@never_cache
@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember a language and go back; a link, so that shared pages need no form for it."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    wanted = request.GET.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    response = redirect(wanted if is_ours else "home")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
