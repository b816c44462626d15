from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from unfold.sites import UnfoldAdminSite

from apps.accounts.staff.second_factor import second_factor
from apps.accounts.staff.sign_in import StaffSignInForm


class ShopAdminSite(UnfoldAdminSite):
    """The back office: staff only, and with a second factor unless the settings say otherwise."""

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.login_form = StaffSignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        return not settings.STAFF_SECOND_FACTOR or bool(
            getattr(request.user, "is_verified", bool)()
        )

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for the password; who has shown it goes on to the second factor."""
        if super().has_permission(request) and not self.has_permission(request):
            wanted = request.GET.get("next", "")
            is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
            query = f"?{urlencode({'next': wanted})}" if is_ours else ""
            answer = redirect("admin:second-factor")
            answer["Location"] += query
            return answer
        page: HttpResponse = super().login(request, extra_context)
        return page

    def get_urls(self) -> list[URLPattern]:
        own = path("second-factor/", second_factor, {"site": self}, name="second-factor")
        return [own, *super().get_urls()]
