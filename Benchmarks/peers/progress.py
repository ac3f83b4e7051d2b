"""The progress of a run: one line that is redrawn on a terminal, a line for each twentieth elsewhere."""

from __future__ import annotations

import os
import sys
import time


class Progress:
    def __init__(self, total: int, deadline: float):
        """`deadline` is the time by which all should be done, on the monotonic clock: the first jobs may take longest."""
        self.total = total
        self.deadline = deadline
        self.done = 0
        self.start = time.monotonic()
        self.is_terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.next_plain = 0.05

    def step(self, label: str):
        self.done += 1
        fraction = self.done / max(self.total, 1)
        now = time.monotonic()
        left = (now - self.start) / fraction * (1 - fraction)
        if now < self.deadline:
            left = min(left, self.deadline - now)
        rest = f"{100 * self.done // max(self.total, 1):3} %  {clock(left)} left"
        if self.is_terminal:
            width = os.get_terminal_size(sys.stderr.fileno()).columns - 1
            filled = int(24 * fraction)
            line = f"[{'#' * filled}{'-' * (24 - filled)}]  {rest}  {label}"
            print(f"\r{line[:width]}\033[K", end="", file=sys.stderr, flush=True)
        elif fraction >= self.next_plain - 1e-9:
            self.next_plain = (int(fraction * 20) + 1) / 20
            print(f"{rest}  {label}", file=sys.stderr, flush=True)

    def hide(self):
        if self.is_terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def clock(seconds: float) -> str:
    minutes, seconds = divmod(round(max(seconds, 0)), 60)
    return f"{minutes}:{seconds:02}"
