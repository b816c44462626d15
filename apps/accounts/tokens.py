"""The only place that knows how tokens are made: JWTs, encoded and verified by simplejwt's backend."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from apps.accounts.models import Audience, TokenFamily, User
from apps.core import clock
from apps.core.errors import Refusal
from apps.core.request_context import current_ip
from apps.core.secrets import keyed_hash

ALGORITHM = "HS256"
ISSUER = "emshop"
MAX_TOKEN_LENGTH = 2000
Kind = Literal["access", "refresh"]


class BadToken(Refusal):
    """The token is not one of ours, has expired, or was called back."""

    code = "REFRESH_TOKEN_INVALID"
    http_status = 401
    text = _("This token is not valid any more. Please sign in again.")


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What an app gets: a short-lived token for each call, and the one to get the next pair with."""

    access: str
    refresh: str
    access_expires_at: datetime
    refresh_expires_at: datetime


def issue_tokens(*, user_id: int, audience: str = Audience.SHOPPER, agent: str = "") -> TokenPair:
    """Open a family of tokens for somebody who has just proved who they are."""
    at = clock.now()
    user = User.objects.get(pk=user_id)
    family = TokenFamily.objects.create(
        user=user,
        audience=audience,
        token_version=user.token_version,
        agent=agent[:200],
        ip=current_ip() or None,
        expires_at=at + settings.REFRESH_TOKEN_LIFETIME,
    )
    return _pair(family, at)


def rotate_tokens(*, refresh: str, audience: str = Audience.SHOPPER) -> TokenPair:
    """
    Return the next pair. A refresh token that was used before calls its whole family back.

    :raises BadToken: if it is not the newest refresh token of a living family
    """
    claims = _read(refresh, audience, "refresh")
    with transaction.atomic():
        family = _living_family(claims, audience, lock=True)
        is_newest = family is not None and claims.get("gen") == family.generation
        if family is not None and is_newest:
            return _next_pair(family)
        if family is not None:
            _call_back(family)
    raise BadToken


def revoke_tokens(*, refresh: str, audience: str = Audience.SHOPPER) -> None:
    """
    Sign one app out: every token of the family is void at once.

    :raises BadToken: if there is nothing to revoke
    """
    family = _living_family(_read(refresh, audience, "refresh"), audience)
    if family is None:
        raise BadToken
    TokenFamily.objects.filter(pk=family.pk).update(revoked_at=clock.now())


def find_bearer(token: str, audience: str) -> User | None:
    """Return whose access token this is; None if it is not good here and now. One query."""
    try:
        claims = _read(token, audience, "access")
    except BadToken:
        return None
    family = _living_family(claims, audience)
    return family.user if family else None


def _living_family(
    claims: dict[str, Any], audience: str, *, lock: bool = False
) -> TokenFamily | None:
    try:
        public_id = uuid.UUID(str(claims.get("fam")))
    except ValueError:
        return None
    rows = TokenFamily.objects.locked() if lock else TokenFamily.objects.all()
    family: TokenFamily | None = (
        rows.alive()
        .select_related("user")
        .filter(
            public_id=public_id,
            audience=audience,
            user_id=str(claims.get("uid")),
            user__is_active=True,
            token_version=F("user__token_version"),
        )
        .first()
    )
    if family and audience == Audience.STAFF and not family.user.is_staff:
        return None
    return family


def _next_pair(family: TokenFamily) -> TokenPair:
    at = clock.now()
    family.generation += 1
    family.seen_at, family.ip = at, current_ip() or None
    family.expires_at = at + settings.REFRESH_TOKEN_LIFETIME
    family.save(update_fields=["generation", "seen_at", "ip", "expires_at"])
    return _pair(family, at)


def _call_back(family: TokenFamily) -> None:
    family.revoked_at, family.is_reused = clock.now(), True
    family.save(update_fields=["revoked_at", "is_reused"])


def _pair(family: TokenFamily, at: datetime) -> TokenPair:
    access_until = at + settings.ACCESS_TOKEN_LIFETIME
    return TokenPair(
        access=_write(family, "access", access_until),
        refresh=_write(family, "refresh", family.expires_at),
        access_expires_at=access_until,
        refresh_expires_at=family.expires_at,
    )


def _write(family: TokenFamily, kind: Kind, until: datetime) -> str:
    claims = {
        "typ": kind,
        "uid": family.user_id,
        "fam": str(family.public_id),
        "gen": family.generation,
        "jti": uuid.uuid4().hex,
        "exp": int(until.timestamp()),
    }
    return _backend_for(family.audience, settings.SECRET_KEY).encode(claims)


def _read(token: str, audience: str, kind: Kind) -> dict[str, Any]:
    """
    Return the claims of a token of this kind for this audience, signed by us with the one algorithm.

    :raises BadToken: otherwise, or when its time is over by the shop's clock
    """
    if not token.isascii() or len(token) > MAX_TOKEN_LENGTH:
        raise BadToken
    try:
        claims: dict[str, Any] = _backend_for(audience, settings.SECRET_KEY).decode(token)  # type: ignore[arg-type]
    except TokenBackendError as problem:
        raise BadToken from problem
    until = claims.get("exp")
    if claims.get("typ") != kind or not isinstance(until, int):
        raise BadToken
    if clock.now() >= datetime.fromtimestamp(until, UTC):
        raise BadToken
    return claims


@lru_cache(maxsize=4)
def _backend_for(audience: str, secret: str) -> TokenBackend:
    """Return the encoder for one audience. Its key is derived, so that no other signature of ours is a token."""
    return TokenBackend(
        ALGORITHM,
        signing_key=keyed_hash(secret, f"token:{audience}"),
        audience=str(audience),
        issuer=ISSUER,
    )
