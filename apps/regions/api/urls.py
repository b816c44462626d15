from django.urls import path, re_path

from apps.regions.api.views import RegionsView, RegionView

urlpatterns = [
    path("regions/", RegionsView.as_view(), name="api-regions"),
    re_path(r"^regions/(?P<code>[0-9]{6})/$", RegionView.as_view(), name="api-region"),
]
