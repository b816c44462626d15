from django.urls import path, re_path

from apps.regions.storefront.views import children

app_name = "regions"
urlpatterns = [
    path("regions/", children, name="provinces"),
    re_path(r"^regions/(?P<code>[0-9]{6})/$", children, name="children"),
]
