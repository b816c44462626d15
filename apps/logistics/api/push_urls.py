"""Outside /api/: the address that carriers were given."""

from django.urls import path

from apps.logistics.api.pushes import receive_push

urlpatterns = [path("carriers/kd100/pushes/", receive_push, name="kd100-pushes")]
