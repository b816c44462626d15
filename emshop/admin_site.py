from django.conf import settings
from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class ShopAdminSite(UnfoldAdminSite):
    """The back office: staff only, and with a second factor unless the settings say otherwise."""

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        return not settings.STAFF_SECOND_FACTOR or bool(
            getattr(request.user, "is_verified", bool)()
        )
