"""A stopwatch for each door, and what it has measured."""

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

Laps = dict[str, list[float]]


@dataclass(slots=True)
class Watch:
    """Milliseconds by door."""

    laps: Laps = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def time(self, door: str) -> Iterator[None]:
        """Measure what is done inside; what fails is not counted."""
        began = time.perf_counter()
        yield
        self.note(door, time.perf_counter() - began)

    def note(self, door: str, seconds: float) -> None:
        self.laps[door].append(seconds * 1000)

    def add(self, laps: Mapping[str, Sequence[float]]) -> None:
        for door, times in laps.items():
            self.laps[door] += times

    def table(self) -> list[str]:
        """Return a line for each door: how often, and how long it took."""
        rows = [f"{'':<14}{'times':>8}{'p50 ms':>10}{'p95 ms':>10}{'max ms':>10}"]
        for door, times in self.laps.items():
            p50, p95 = percentile(times, 50), percentile(times, 95)
            rows.append(f"{door:<14}{len(times):>8}{p50:>10.1f}{p95:>10.1f}{max(times):>10.1f}")
        return rows


def percentile(times: Sequence[float], share: int) -> float:
    """Return the time that so many percent of all did not exceed."""
    if len(times) == 1:
        return times[0]
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1]
