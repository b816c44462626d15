from django.urls import path

from apps.catalog.api.views import CategoriesView

urlpatterns = [path("categories/", CategoriesView.as_view(), name="api-categories")]
