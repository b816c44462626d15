"""The pages a process remembers: a bounded number of bytes, the longest unused goes first."""

from collections import OrderedDict
from dataclasses import dataclass

from emshop.front.types import Headers

Key = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One complete answer, and how long it may be used."""

    headers: Headers
    body: bytes
    version: int
    renew_at: float  # from here on one request renews it while the others still get it
    ends_at: float

    @property
    def size(self) -> int:
        """The memory that it roughly takes."""
        return len(self.body) + 2048


class PageStore:
    """Used by the event loop alone, so it needs no lock."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages: OrderedDict[Key, StoredPage] = OrderedDict()

    def get(self, key: Key, version: int, now: float) -> StoredPage | None:
        """Return the page if it may still be shown."""
        page = self._pages.get(key)
        if page is None:
            return None
        if page.version != version or now >= page.ends_at:
            self.drop(key)
            return None
        self._pages.move_to_end(key)
        return page

    def put(self, key: Key, page: StoredPage) -> None:
        """Remember the page in place of what was there."""
        self.drop(key)
        self._pages[key] = page
        self.bytes += page.size
        while self.bytes > self.most_bytes:
            self.drop(next(iter(self._pages)))

    def drop(self, key: Key) -> None:
        """Forget the page, if there is one."""
        page = self._pages.pop(key, None)
        if page is not None:
            self.bytes -= page.size
