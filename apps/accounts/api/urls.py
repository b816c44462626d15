from django.urls import path

from apps.accounts.api.views import addresses, me, tokens

urlpatterns = [
    path("registrations/", tokens.RegistrationsView.as_view(), name="api-registrations"),
    path("tokens/", tokens.TokensView.as_view(), name="api-tokens"),
    path("tokens/refresh/", tokens.TokenRefreshView.as_view(), name="api-token-refresh"),
    path("tokens/revocation/", tokens.TokenRevocationView.as_view(), name="api-token-revocation"),
    path("password-resets/", tokens.PasswordResetsView.as_view(), name="api-password-resets"),
    path(
        "password-resets/confirmation/",
        tokens.PasswordResetConfirmationView.as_view(),
        name="api-password-reset-confirmation",
    ),
    path("profile/", me.ProfileView.as_view(), name="api-profile"),
    path("profile/avatar/", me.AvatarView.as_view(), name="api-avatar"),
    path("password/", me.PasswordView.as_view(), name="api-password"),
    path("sessions/", me.SessionsView.as_view(), name="api-sessions"),
    path("sessions/<uuid:session_id>/", me.SessionView.as_view(), name="api-session"),
    path("addresses/", addresses.AddressesView.as_view(), name="api-addresses"),
    path("addresses/<int:address_id>/", addresses.AddressView.as_view(), name="api-address"),
]
