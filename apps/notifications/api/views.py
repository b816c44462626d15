"""What somebody was told, over the API."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.person import person_of
from apps.notifications.api.serializers import (
    NotificationFilterSerializer,
    NotificationSerializer,
    PreferenceSerializer,
    UnreadCountSerializer,
)
from apps.notifications.models import Notification, NotificationQuerySet
from apps.notifications.selectors import count_unread, list_notifications, preference_of
from apps.notifications.services import change_preference, mark_all_read, mark_read

_TAGS = ["notifications"]


class NotificationsView(ListAPIView[Notification]):
    serializer_class = NotificationSerializer
    queryset = Notification.objects.none()

    def get_queryset(self) -> NotificationQuerySet:
        query = NotificationFilterSerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        rows = list_notifications(person_of(self.request))
        return rows.unread() if query.validated_data["unread"] else rows

    @extend_schema(
        operation_id="notifications_list",
        summary="What I was told, the newest first",
        parameters=[NotificationFilterSerializer],
        tags=_TAGS,
    )
    def get(self, request: Request) -> Response:
        return self.list(request)


class UnreadCountView(APIView):
    @extend_schema(
        operation_id="notifications_count",
        summary="How much I have not read",
        responses=UnreadCountSerializer,
        tags=_TAGS,
    )
    def get(self, request: Request) -> Response:
        return Response({"unread": count_unread(person_of(request))})


class ReadingsView(APIView):
    @extend_schema(
        operation_id="notifications_read_all",
        summary="Mark everything as read",
        request=None,
        responses=UnreadCountSerializer,
        tags=_TAGS,
    )
    def post(self, request: Request) -> Response:
        user = person_of(request)
        mark_all_read(user_id=user.pk)
        return Response({"unread": count_unread(user)})


class ReadingView(APIView):
    @extend_schema(
        operation_id="notifications_read",
        summary="Mark one as read",
        request=None,
        responses={200: NotificationSerializer, 404: OpenApiResponse(description="NOT_FOUND")},
        tags=_TAGS,
    )
    def post(self, request: Request, notification_id: int) -> Response:
        row = mark_read(user_id=person_of(request).pk, notification_id=notification_id)
        return Response(NotificationSerializer(row).data, status=status.HTTP_200_OK)


class PreferenceView(APIView):
    @extend_schema(
        operation_id="notification_preferences_retrieve",
        summary="Over which channels I am told of my orders",
        responses=PreferenceSerializer,
        tags=_TAGS,
    )
    def get(self, request: Request) -> Response:
        return Response(PreferenceSerializer(preference_of(person_of(request))).data)

    @extend_schema(
        operation_id="notification_preferences_replace",
        summary="Change over which channels I am told of my orders",
        description="In the shop itself everything is told always.",
        request=PreferenceSerializer,
        responses=PreferenceSerializer,
        tags=_TAGS,
    )
    def put(self, request: Request) -> Response:
        form = PreferenceSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wishes = change_preference(user_id=person_of(request).pk, **form.validated_data)
        return Response(PreferenceSerializer(wishes).data)
