"""Shared by the benchmarks: medians, percentiles and a table."""

import statistics
import time
from collections.abc import Callable, Sequence


def times_ms(action: Callable[[], object], *, rounds: int, warm_up: int = 3) -> list[float]:
    """Return the duration of each round in milliseconds."""
    for _ in range(warm_up):
        action()
    durations = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        durations.append((time.perf_counter() - start) * 1000)
    return durations


def percentile(durations: Sequence[float], share: float) -> float:
    """Return the value below which this share of the durations lies."""
    ordered = sorted(durations)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def print_table(rows: Sequence[tuple[str, Sequence[float]]], *, unit: str = "ms") -> None:
    """Print name, median and 95th percentile of each row."""
    print(f"{'':<44} {'p50':>9} {'p95':>9}  {unit}")
    for name, durations in rows:
        print(f"{name:<44} {statistics.median(durations):>9.2f} {percentile(durations, 0.95):>9.2f}")
