from django.urls import path

from apps.cart.storefront import views

urlpatterns = [
    path("cart/lines/", views.add, name="cart-add"),
    path("cart/lines/<int:line_id>/", views.line, name="cart-line"),
    path("cart/selection/", views.selection, name="cart-selection"),
]
