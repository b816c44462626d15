"""What somebody may see and change of themselves over the API."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api.serializers import (
    PasswordChangeSerializer,
    ProfileChangeSerializer,
    ProfileSerializer,
    SignInSerializer,
)
from apps.accounts.avatars import BadPicture
from apps.accounts.person import person_of
from apps.accounts.selectors import list_sign_ins
from apps.accounts.services import (
    change_avatar,
    change_password,
    change_profile,
    close_session,
    log_out_everywhere,
    remove_avatar,
)
from apps.accounts.services.passwords import PASSWORD_TRIES
from apps.core.limits import must_have_token
from apps.core.secrets import mask_email, mask_phone


class ProfileView(APIView):
    @extend_schema(
        operation_id="profile_retrieve",
        summary="Who am I",
        responses=ProfileSerializer,
        tags=["people"],
    )
    def get(self, request: Request) -> Response:
        return Response(ProfileSerializer(_shown(person_of(request))).data)

    @extend_schema(
        operation_id="profile_change",
        summary="Change what is said about me",
        description="What is not sent stays as it is.",
        request=ProfileChangeSerializer,
        responses={200: ProfileSerializer, 400: OpenApiResponse(description="VALIDATION_FAILED")},
        tags=["people"],
    )
    def patch(self, request: Request) -> Response:
        form = ProfileChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        draft = form.draft(_shown(person_of(request)))
        user = change_profile(user_id=person_of(request).pk, draft=draft)
        return Response(ProfileSerializer(_shown(user)).data)


class AvatarView(APIView):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="profile_avatar_replace",
        summary="Send a picture of me",
        description="JPEG, PNG or WebP, at most 5 MB, as the form field `file`. It is drawn anew, square.",
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
        responses={200: ProfileSerializer, 400: OpenApiResponse(description="BAD_PICTURE")},
        tags=["people"],
    )
    def put(self, request: Request) -> Response:
        upload = request.FILES.get("file")
        if upload is None:
            raise BadPicture
        user = change_avatar(user_id=person_of(request).pk, upload=upload)
        return Response(ProfileSerializer(_shown(user)).data)

    @extend_schema(
        operation_id="profile_avatar_remove",
        summary="Take my picture away",
        request=None,
        responses={204: None},
        tags=["people"],
    )
    def delete(self, request: Request) -> Response:
        remove_avatar(user_id=person_of(request).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordView(APIView):
    @extend_schema(
        operation_id="password_change",
        summary="Change my password",
        description="Every session and every token ends, this one too: sign in again.",
        request=PasswordChangeSerializer,
        responses={
            204: None,
            400: OpenApiResponse(description="WRONG_PASSWORD, WEAK_PASSWORD"),
            429: OpenApiResponse(description="TOO_MANY_REQUESTS"),
        },
        tags=["people"],
    )
    def put(self, request: Request) -> Response:
        form = PasswordChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        must_have_token(PASSWORD_TRIES, str(person_of(request).pk))
        change_password(user_id=person_of(request).pk, **form.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionsView(APIView):
    @extend_schema(
        operation_id="sessions_list",
        summary="Where I am signed in",
        responses=SignInSerializer(many=True),
        tags=["people"],
    )
    def get(self, request: Request) -> Response:
        rows = list_sign_ins(person_of(request))
        return Response(SignInSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="sessions_close_all",
        summary="Sign out everywhere",
        description="Every session and every token ends at once, this one too.",
        request=None,
        responses={204: None},
        tags=["people"],
    )
    def delete(self, request: Request) -> Response:
        log_out_everywhere(user_id=person_of(request).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionView(APIView):
    @extend_schema(
        operation_id="sessions_close",
        summary="Sign out one device",
        request=None,
        responses={204: None, 404: OpenApiResponse(description="NOT_FOUND")},
        tags=["people"],
    )
    def delete(self, request: Request, session_id: UUID) -> Response:
        close_session(user_id=person_of(request).pk, public_id=session_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(user: Any) -> dict[str, Any]:
    return {
        "nickname": user.nickname,
        "phone": mask_phone(user.phone) if user.phone else "",
        "email": mask_email(user.email) if user.email else "",
        "avatar": user.avatar.url if user.avatar else None,
        "birthday": user.birthday,
        "gender": user.gender,
        "language": user.language,
        "wants_marketing": user.marketing_consent_at is not None,
        "joined_at": user.joined_at,
    }
