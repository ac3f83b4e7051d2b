"""Measures the runs of the peers, by the same rule as Unfold's MeasuredPass."""

from __future__ import annotations

import time

MOST_RUNS = 20_000


def times(run, seconds: float, fewest: int) -> list[float]:
    """Runs until the time is up, at least `fewest` times. Returns the seconds of each run."""
    clock = time.perf_counter
    taken: list[float] = []
    start = last = clock()
    while len(taken) < fewest or (last - start < seconds and len(taken) < MOST_RUNS):
        before = clock()
        run()
        last = clock()
        taken.append(last - before)
    return taken
