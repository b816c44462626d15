from django.urls import path

from apps.accounts.storefront.views import addresses, profile, signing_in

urlpatterns = [
    path("account/sign-in/", signing_in.sign_in, name="sign-in"),
    path("account/sign-up/", signing_in.sign_up, name="sign-up"),
    path("account/sign-out/", signing_in.sign_out, name="sign-out"),
    path("account/password/reset/", signing_in.password_reset, name="password-reset"),
    path(
        "account/password/reset/code/",
        signing_in.password_reset_confirm,
        name="password-reset-confirm",
    ),
    path("account/", profile.profile, name="profile"),
    path("account/password/", profile.password, name="password"),
    path("account/sessions/", profile.sessions, name="sessions"),
    path("account/sessions/<uuid:pk>/closing/", profile.session_close, name="session-close"),
    path("account/sessions/closing/", profile.sessions_close, name="sessions-close"),
    path("account/addresses/", addresses.addresses, name="addresses"),
    path("account/addresses/new/", addresses.address_add, name="address-add"),
    path("account/addresses/<int:pk>/", addresses.address, name="address"),
    path("account/addresses/<int:pk>/default/", addresses.address_default, name="address-default"),
    path("account/addresses/<int:pk>/removal/", addresses.address_remove, name="address-remove"),
]
