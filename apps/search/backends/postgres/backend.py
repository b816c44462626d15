from collections.abc import Collection, Iterable, Sequence

from apps.search.backends.postgres.counting import count
from apps.search.backends.postgres.documents import build_documents
from apps.search.backends.postgres.finding import find
from apps.search.backends.postgres.suggesting import refresh_terms, suggest
from apps.search.backends.postgres.writing import list_stale, refresh_sales, write_documents
from apps.search.models import SearchDocument
from apps.search.queries import Counts, Hits, SearchQuery


class PostgresBackend:
    """Documents in a table beside the goods: words by a GIN index, the rest by columns."""

    def find(self, query: SearchQuery) -> Hits:
        return find(query)

    def count(self, query: SearchQuery) -> Counts:
        return count(query)

    def suggest(self, typed: str, language: str, limit: int) -> list[str]:
        return suggest(typed, language, limit)

    def refresh(self, spu_ids: Collection[int]) -> int:
        return write_documents(spu_ids, build_documents(spu_ids))

    def refresh_sales(self) -> int:
        return refresh_sales()

    def refresh_terms(self) -> None:
        refresh_terms()

    def list_stale(self, spu_ids: Sequence[int]) -> set[int]:
        return list_stale(spu_ids, build_documents(spu_ids))

    def list_known(self) -> Iterable[int]:
        return SearchDocument.objects.order_by("pk").values_list("pk", flat=True)
