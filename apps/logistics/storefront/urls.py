from django.urls import path

from apps.logistics.storefront import views

urlpatterns = [
    path("courier/", views.runs, name="courier-runs"),
    path("courier/<int:pk>/acceptance/", views.accept, name="courier-accept"),
    path("courier/<int:pk>/withdrawal/", views.withdraw, name="courier-withdraw"),
    path("courier/<int:pk>/pick-up/", views.pick_up, name="courier-pick-up"),
    path("courier/<int:pk>/signature/", views.sign, name="courier-sign"),
]
