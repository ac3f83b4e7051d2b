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

BEST_OF = ("pytorch", "pytorch-channels-last")
OTHERS = {"torch.compile": ("pytorch-compile",), "ONNX Runtime": ("onnxruntime",)}
"""The other peers of networks, in lines of their own."""


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
    """The ratio of the best of these to Unfold in each round; none where either is missing."""
    seconds = cell["seconds"]
    peers = [seconds[name] for name in implementations if name in seconds]
    if not peers or "unfold" not in seconds:
        return []
    return [min(times) / own for own, *times in zip(seconds["unfold"], *peers)]


def ratio(cell: dict, implementations: tuple[str, ...] = BEST_OF) -> float | None:
    """The ratio of the best of these (PyTorch in its better layout) to Unfold: the median of the rounds."""
    values = ratios(cell, implementations)
    return statistics.median(values) if values else None


def disagreement(cell: dict) -> float:
    """The factor by which the rounds' ratios differ, for any peer: of more than four rounds the three or four in the
    middle count; 1 where there is nothing to compare."""
    largest = 1.0
    for names in (BEST_OF, *OTHERS.values()):
        if values := sorted(ratios(cell, names)):
            aside = max(len(values) - 3, 0) // 2
            largest = max(largest, values[-1 - aside] / values[aside])
    return largest


def table(cells: list[dict]) -> str:
    """The geometric mean, the minimum and the worst three of Unfold/PyTorch, group by group; for networks also those
    of Unfold/others."""
    lines = [f"{'Unfold / PyTorch':32} {'threads':>7} {'cells':>5} {'mean':>6} {'least':>6}  worst three"]
    groups: dict[tuple, list[tuple[float, str]]] = {}
    for cell in cells:
        order, label = group(cell)
        sides = {label: BEST_OF}
        if cell["operation"] in NETWORKS:
            sides |= {f"{label} / {other}": names for other, names in OTHERS.items()}
        for label, names in sides.items():
            if value := ratio(cell, names):
                name = f"{cell['name']} batch {cell['batch']}"
                groups.setdefault((order, label, cell["threads"]), []).append((value, name))
    for (_, label, threads), values in sorted(groups.items()):
        values.sort()
        mean = math.exp(statistics.fmean(math.log(value) for value, _ in values))
        worst = ", ".join(f"{value:.2f} {name}" for value, name in values[:3])
        lines.append(f"{label:32} {threads:7} {len(values):5} {mean:6.2f} {values[0][0]:6.2f}  {worst}")
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
