from django.urls import path

from apps.notifications.api import views

urlpatterns = [
    path("notifications/", views.NotificationsView.as_view(), name="api-notifications"),
    path("notifications/count/", views.UnreadCountView.as_view(), name="api-notifications-count"),
    path("notifications/readings/", views.ReadingsView.as_view(), name="api-notifications-read"),
    path(
        "notifications/<int:notification_id>/reading/",
        views.ReadingView.as_view(),
        name="api-notification-read",
    ),
    path(
        "notification-preferences/",
        views.PreferenceView.as_view(),
        name="api-notification-preferences",
    ),
]
