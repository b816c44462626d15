"""Forget what has served its time."""

from datetime import timedelta

from apps.accounts.models import LoginFailure, OneTimeCode, TokenFamily, UserSession
from apps.core import clock, jobs

KEEP_TRACES = timedelta(days=7)  # of codes and wrong passwords, for whoever looks into an attack


@jobs.job(every=timedelta(hours=1))
def prune_access() -> str:
    """Drop sessions and tokens that have expired, old codes and old failures."""
    at = clock.now()
    sessions, _ = UserSession.objects.filter(expire_date__lt=at).delete()
    families, _ = TokenFamily.objects.filter(expires_at__lt=at).delete()
    codes, _ = OneTimeCode.objects.filter(created_at__lt=at - KEEP_TRACES).delete()
    failures, _ = LoginFailure.objects.filter(at__lt=at - KEEP_TRACES).delete()
    return f"{sessions} sessions, {families} apps, {codes} codes, {failures} failures"
