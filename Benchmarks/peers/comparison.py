"""The results: a journal from which an interrupted run continues, the JSON for `unfold report`, and a table."""

from __future__ import annotations

import hashlib
import json
import math
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from plan import NETWORKS, Job
from rivals import RIVALS

BEST_OF = ("pytorch", "pytorch-channels-last")
OTHERS = {"torch.compile": ("pytorch-compile",), **{rival.title: (rival.name,) for rival in RIVALS}}
"""The other peers, in lines of their own."""

EVERYBODY = {"PyTorch": BEST_OF, **OTHERS}

FASTEST = "fastest rival"

NEAR = 2
"""A rival that is slower than the fastest by more than this factor need not have a steady time."""


class Journal:
    """Finished cells, one JSON object a line, written as they are finished."""

    def __init__(self, path: Path, environment: dict):
        self.path = path
        self.environment = hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()[:16]
        self.entries: dict[str, dict] = {}
        if path.exists():
            text = path.read_text()
            if text and not text.endswith("\n"):
                # The last line of a run that was killed.
                path.write_text(text := text[: text.rfind("\n") + 1])
            for line in text.splitlines():
                entry = json.loads(line)
                if entry["environment"] == self.environment:
                    self.entries[entry["key"]] = entry["result"]

    @staticmethod
    def key(job: Job, threads: int) -> str:
        kind = "memory" if job.is_memory else "cell"
        return f"{kind} {job.suite} {job.operation} {job.direction} {job.shape} batch {job.batch} threads {threads}"

    def add(self, job: Job, threads: int, result: dict):
        key = self.key(job, threads)
        self.entries[key] = result
        with self.path.open("a") as file:
            file.write(json.dumps({"environment": self.environment, "key": key, "result": result}) + "\n")

    def forget(self, jobs: list[Job]):
        """Removes these jobs from the journal, and all results of another machine or other versions."""
        for job in jobs:
            for threads in job.threads:
                self.entries.pop(self.key(job, threads), None)
        lines = [
            json.dumps({"environment": self.environment, "key": key, "result": result}) + "\n"
            for key, result in self.entries.items()
        ]
        write_whole(self.path, "".join(lines))


def write_whole(path: Path, text: str):
    """Replaces a file atomically."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, suffix=".tmp", delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def ratios(cell: dict, implementations: tuple[str, ...] = BEST_OF) -> list[float]:
    """The ratio of the best of these to Unfold in each round, as if all had done the cell's operations; none where either
    is missing."""
    seconds, operations = cell["seconds"], cell.get("operationsOf", {})
    peers = [
        [value * cell["operations"] / operations[name] if name in operations else value for value in seconds[name]]
        for name in implementations if name in seconds
    ]
    if not peers or "unfold" not in seconds:
        return []
    return [min(times) / own for own, *times in zip(seconds["unfold"], *peers)]


def ratio(cell: dict, implementations: tuple[str, ...] = BEST_OF) -> float | None:
    """The ratio of the best of these (PyTorch in its better layout) to Unfold: the median of the rounds."""
    values = ratios(cell, implementations)
    return statistics.median(values) if values else None


def fastest(cell: dict) -> tuple[str, float] | None:
    """The title of the fastest of all peers, and its ratio."""
    found = [(value, title) for title, names in EVERYBODY.items() if (value := ratio(cell, names)) is not None]
    if not found:
        return None
    value, title = min(found)
    return title, value


def disagreement(cell: dict) -> float:
    """The factor by which the rounds' ratios differ, for any peer near the fastest: of more than four rounds the three or
    four in the middle count; 1 where there is nothing to compare."""
    largest = 1.0
    found = fastest(cell)
    for names in EVERYBODY.values():
        values = sorted(ratios(cell, names))
        if values and statistics.median(values) <= NEAR * found[1]:
            aside = max(len(values) - 3, 0) // 2
            largest = max(largest, values[-1 - aside] / values[aside])
    return largest


def with_fastest(cell: dict) -> dict:
    """The cell and against whom Unfold is measured best: `{"fastest": {"rival": title, "ratio": ...}}`."""
    found = fastest(cell)
    return {**cell, "fastest": {"rival": found[0], "ratio": found[1]}} if found else cell


def table(cells: list[dict]) -> str:
    """The geometric mean, the minimum and the worst three of Unfold's speed by each peer's, group by group, and by that of
    the fastest peer of each cell."""
    groups: dict[tuple, list[tuple[float, str]]] = {}
    for cell in cells:
        order, label = group(cell)
        name = f"{cell['name']} batch {cell['batch']}"
        for place, (title, names) in enumerate(EVERYBODY.items()):
            if value := ratio(cell, names):
                groups.setdefault((order, label, cell["threads"], place, title), []).append((value, name))
        if found := fastest(cell):
            key = order, label, cell["threads"], len(EVERYBODY), FASTEST
            groups.setdefault(key, []).append((found[1], f"{name} ({found[0]})"))
    lines = [f"{'Unfold /':30} {'rival':14} {'threads':>7} {'cells':>5} {'mean':>6} {'least':>6}  worst three"]
    for (_, label, threads, _, title), values in sorted(groups.items()):
        values.sort()
        mean = math.exp(statistics.fmean(math.log(value) for value, _ in values))
        worst = ", ".join(f"{value:.2f} {name}" for value, name in values[:3])
        lines.append(f"{label:30} {title:14} {threads:7} {len(values):5} {mean:6.2f} {values[0][0]:6.2f}  {worst}")
    return "\n".join(lines)


def group(cell: dict) -> tuple[int, str]:
    operation, direction = cell["operation"], cell["direction"]
    if cell["suite"] == "awkward":
        # The time of tiny shapes is the cost of a call: they have a group of their own, or they would raise every mean.
        return 20, f"tiny convolution {direction}"
    if operation == "convolution":
        kind = "grouped" if cell["groups"] > 1 else "dense"
        return (2 if cell["groups"] > 1 else 1), f"convolution {kind} {direction}"
    order: Callable[[str], int] = ("transposed-convolution", "dense", "maximum-pooling", "mean-pooling", "nearest", "linear", *NETWORKS).index
    name = {"dense": "dense layer", "transposed-convolution": "transposed convolution"}.get(operation, operation)
    return 3 + order(operation), f"{name} {direction}"
