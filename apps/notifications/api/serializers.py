from typing import Any

from rest_framework import serializers

from apps.notifications.models import Notification


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "body", "number", "link", "created_at", "read_at"]


class NotificationFilterSerializer(serializers.Serializer[Any]):
    unread = serializers.BooleanField(
        required=False, default=False, help_text="Only what was not read yet."
    )


class UnreadCountSerializer(serializers.Serializer[Any]):
    unread = serializers.IntegerField()


class PreferenceSerializer(serializers.Serializer[Any]):
    wants_email = serializers.BooleanField()
    wants_sms = serializers.BooleanField()
