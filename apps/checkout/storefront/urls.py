from django.urls import path

from apps.checkout.storefront.views import changing, paying, returning, review

urlpatterns = [
    path("payments/<str:number>/return/", returning.come_back, name="payment-return"),
    path("checkout/", review.review, name="checkout"),
    path("trades/<str:number>/", paying.trade, name="trade"),
    path("trades/<str:number>/pay/", paying.pay, name="trade-pay"),
    path("trades/<str:number>/payments/", paying.payments, name="trade-payments"),
    path("trades/<str:number>/state/", paying.state, name="trade-state"),
    path("trades/<str:number>/done/", paying.done, name="trade-done"),
    path("trades/<str:number>/cancellation/", changing.cancel, name="trade-cancellation"),
    path("orders/<str:number>/cancellation/", changing.cancel_paid, name="order-cancellation"),
    path("orders/<str:number>/receipt/", changing.receipt, name="order-receipt"),
    path("orders/<str:number>/receipt-extension/", changing.extension, name="order-extension"),
]
