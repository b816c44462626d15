from django.urls import path

from apps.notifications.storefront import views

urlpatterns = [
    path("account/messages/", views.message_list, name="messages"),
    path("account/messages/<int:pk>/", views.message, name="message"),
    path("account/messages/read/", views.messages_read, name="messages-read"),
    path("account/messages/preferences/", views.message_preferences, name="message-preferences"),
]
