"""Where goods are searched. There is one backend: PostgreSQL itself."""

from apps.search.backends.postgres.backend import PostgresBackend
from apps.search.queries import SearchBackend

_BACKEND = PostgresBackend()


def backend() -> SearchBackend:
    """Return the backend that the shop searches with."""
    return _BACKEND
