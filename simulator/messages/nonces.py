"""Remembers one-time words for as long as they could be used again."""

import time
from collections import OrderedDict

LIFE = 1800.0


class Nonces:
    """Tells new words from used ones."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, float] = OrderedDict()

    def is_new(self, word: str) -> bool:
        """Note the word; tell whether it was new."""
        now = time.time()
        while self._seen and next(iter(self._seen.values())) < now - LIFE:
            self._seen.popitem(last=False)
        if not word or word in self._seen:
            return False
        self._seen[word] = now
        return True
