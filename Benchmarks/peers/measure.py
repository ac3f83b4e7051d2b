"""Measures jobs: Unfold and its peers alternate, so that the machine's other load affects all of them."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from child import Child, ChildEnded, ChildError
from comparison import disagreement
from plan import Job
from rivals import NAMED, Rival

ROUNDS = 3
MOST_ROUNDS, STEADY = 7, 1.2
"""If the rounds' ratios differ by more, for any peer, there are more rounds, until three in the middle agree; the median
is of all."""

LONG_ROUND = 10.0
"""The seconds of a round that is not followed by more than `ROUNDS`."""

FEWEST_RUNS = 2
LONGEST_SLICE, SHORTEST_SLICE = 0.040, 0.004
"""The seconds of one implementation in one round."""

NETWORK_SLICE = 0.3
"""The least seconds of a network: its first runs find the caches full of its peers' data, and a shorter slice has few
runs."""

RUNS_ENOUGH = 40
"""The most runs of a tiny shape, enough to show its minimum."""

SPINNING = {
    "pytorch": 0.015, "pytorch-channels-last": 0.015, "pytorch-compile": 0.015, "unfold": 0.002,
    **{name: rival.spinning for name, rival in NAMED.items()},
}
"""The seconds for which an implementation's threads spin after their work (measured: OpenMP about 5 ms, ONNX Runtime 10 to
50 ms). The next one begins afterwards; otherwise it would run at half speed."""

FULL_PEAK = 0.85
"""A thread without a core of its own, or with a core that it shares, stays below this part of the peak."""

ATTEMPTS, PATIENCE = 3, 0.1
"""The attempts at a slice that began or ended without all cores, and the part of the whole time for repetitions."""

LONG_SLICE = 1.0
"""A slice of a second is not repeated: cores are missing for tenths of a second only, and another run has them."""

REFERENCES = {"convolution": "reference", "transposed-convolution": "transposed-reference"}
"""The naive loops of an operation."""

CONVOLUTIONS = tuple(REFERENCES)
LAYOUTS = ("pytorch", "pytorch-channels-last")
PYTORCH = (*LAYOUTS, "pytorch-compile")

SLOW_RUN, SLOW_FACTOR = 0.2, 10
"""A slow rival whose first run takes longer, and so many times as long as the fastest, is measured with this run alone."""

TINY = "mb1ic8ih8oc8oh8kh3ph1"

WARM_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
"""PyTorch makes a new output at every call. By default glibc takes a large one from the system and returns it afterwards,
so that each call also pays for new pages, which costs more than many kernels. Unfold's outputs are preallocated here. With
these settings freed memory stays with the process and is reused, so that the kernels are compared and not the allocators.
Networks run without them, as users run them."""


class Bench:
    """The processes of all implementations."""

    def __init__(self, unfold: Path, minutes: float, rivals: list[Rival]):
        self.unfold_command = [str(unfold), "bench", "--requests"]
        self.peer_command = [sys.executable, str(Path(__file__).with_name("peer.py"))]
        self.rivals = rivals
        self.folder = tempfile.TemporaryDirectory()
        self.unfold = Child(self.unfold_command)
        self.warm_peer = Child(self.peer_command, WARM_MEMORY)
        self.plain_peer = Child(self.peer_command)
        self.rival_peers: dict[tuple, Child] = {}
        self.peaks = {}
        self.patience = 60 * minutes * PATIENCE

    def close(self):
        for child in (self.unfold, self.warm_peer, self.plain_peer, *self.rival_peers.values()):
            child.close()
        self.folder.cleanup()

    def peers(self, job: Job, threads: int) -> list[str]:
        """Who is measured beside Unfold, as far as can be known beforehand."""
        rivals = [
            rival.name for rival in self.rivals
            if rival.measures(job.operation, job.direction) and not (rival.is_slow and threads > min(job.threads))
        ]
        # It would be compiled for fewer threads too, which takes up to a minute.
        compiled = PYTORCH[2:] if job.operation == "training" and threads == max(job.threads) else ()
        return [*LAYOUTS, *compiled, *rivals]

    def peer(self, name: str, job: Job, threads: int) -> Child:
        """The process of an implementation. PyTorch and ONNX Runtime share one; the cores of a slow rival's process are
        as many as its threads."""
        rival = NAMED.get(name)
        if not rival or rival.is_shared:
            return self.plain_peer if job.is_network else self.warm_peer
        key = name, job.is_network, threads if rival.is_slow else None
        if key not in self.rival_peers:
            self.rival_peers[key] = Child(self.peer_command, None if job.is_network else WARM_MEMORY)
        return self.rival_peers[key]

    def cell(self, job: Job, threads: int, slice_seconds: float) -> dict:
        """The cell of a job with a number of threads, in the format of the comparison's JSON."""
        cell = {
            **{field: getattr(job, field) for field in (
                "suite", "name", "shape", "operation", "direction", "batch", "groups", "occurrences")},
            "threads": threads, "operations": 0.0, "seconds": {},
        }
        notes = {}
        request = {
            "operation": job.operation, "direction": job.direction, "shape": job.shape, "batch": job.batch,
            "threads": threads,
        }
        sides = {}
        for name in self.peers(job, threads):
            more = {"implementation": name}
            if name in NAMED and NAMED[name].is_slow:
                if not job.naive_shape:
                    notes[name] = "only where the naive loops are measured"
                    continue
                more["shape"] = job.naive_shape
            if job.is_network:
                more["folder"] = self.folder.name
            sides[name] = (self.peer(name, job, threads), {**request, **more})
        sides["unfold"] = (self.unfold, request)

        estimates = {}
        for name, (child, request) in list(sides.items()):
            # A warm-up that does not count: libraries choose and compile their kernels, memory is touched, threads
            # start.
            try:
                answer = child.ask(**request, seconds=min(slice_seconds, 0.02), fewest=1)
            except ChildError as error:
                notes[name] = str(error)
                del sides[name]
                continue
            except ChildEnded:
                if child not in self.rival_peers.values():
                    raise
                # The others go on without it, and the next cell begins a new process.
                self.rival_peers = {key: other for key, other in self.rival_peers.items() if other is not child}
                notes[name] = "its process ended"
                del sides[name]
                continue
            if "unsupported" in answer:
                # No note for an operator that has no layouts.
                if name != "pytorch-channels-last" or job.operation in CONVOLUTIONS:
                    notes[name] = answer["unsupported"]
                del sides[name]
                continue
            estimates[name] = min(answer["seconds"])
            if threads > 1:
                time.sleep(SPINNING[name])
            cell["operations"] = answer.get("operations", cell["operations"])

        for name in [name for name in sides if name in NAMED and NAMED[name].is_slow]:
            remarks = []
            if job.batch > 1:
                cell.setdefault("operationsOf", {})[name] = cell["operations"] / job.batch
                remarks.append("batch 1")
            if estimates[name] > max(SLOW_RUN, SLOW_FACTOR * min(estimates.values())):
                cell["seconds"][name] = [estimates[name]]
                remarks.append("one run")
                del sides[name]
            if remarks:
                notes[name] = ", ".join(remarks)

        # The engine, whose threads spin least, runs last, so that the first round begins on idle cores.
        for index in range(MOST_ROUNDS):
            start = time.monotonic()
            for name, (child, request) in sides.items():
                seconds = min(slice_seconds, RUNS_ENOUGH * estimates[name])
                if job.is_network:
                    seconds = max(seconds, NETWORK_SLICE)
                fastest = self.slice(child, request, SPINNING[name], seconds)
                cell["seconds"].setdefault(name, []).append(fastest)
            is_enough = index + 1 >= ROUNDS
            if is_enough and (disagreement(cell) <= STEADY or time.monotonic() - start > LONG_ROUND):
                break

        if job.naive_shape and threads == 1:
            self.add_naive(job, cell, notes)
        if notes:
            cell["notes"] = notes
        return cell

    def has_cores(self, threads: int) -> bool:
        """Whether a number of threads have a core each at this moment, by their rate of multiply-adds in a millisecond.
        Virtual cores share a physical one now and then, for tenths of a second, and then run at half speed."""
        peak = self.unfold.ask(operation="peak", threads=threads)["peak"]
        self.peaks[threads] = max(peak, self.peaks.get(threads, 0))
        return peak >= FULL_PEAK * self.peaks[threads]

    def slice(self, child: Child, request: dict, rest: float, seconds: float) -> float:
        """The fastest run of a slice that began and ended with all cores."""
        threads = request["threads"]
        fastest = []
        for _ in range(ATTEMPTS):
            start = time.monotonic()
            while self.patience > time.monotonic() - start and not self.has_cores(threads):
                time.sleep(0.01)
            self.patience -= time.monotonic() - start
            start = time.monotonic()
            fastest.append(min(child.ask(**request, seconds=seconds, fewest=FEWEST_RUNS)["seconds"]))
            if threads > 1:
                time.sleep(rest)
            is_long = time.monotonic() - start > LONG_SLICE
            if self.patience <= 0 or is_long or self.has_cores(threads):
                return fastest[-1]
            self.patience -= time.monotonic() - start
        return min(fastest)

    def add_naive(self, job: Job, cell: dict, notes: dict):
        """One run with one image: a run that takes a thousand times as long varies little."""
        try:
            answer = self.unfold.ask(
                operation=REFERENCES[job.operation], direction=job.direction, shape=job.naive_shape, threads=1, seconds=0, fewest=1)
        except ChildError as error:
            notes["naive"] = str(error)
            return
        cell["seconds"]["naive"] = answer["seconds"]
        if job.batch != 1:
            notes["naive"] = "batch 1"
            cell.setdefault("operationsOf", {})["naive"] = answer["operations"]

    def memory(self, job: Job) -> dict:
        """The memory that a job adds to a new process at its peak; of PyTorch's layouts the better one."""
        request = {
            "operation": job.operation, "direction": job.direction, "shape": job.shape, "batch": job.batch,
            "threads": job.threads[0],
        }
        taken = {
            "unfold": self.peak(self.unfold_command, request),
            "pytorch": min(self.peak(self.peer_command, {**request, "implementation": name}) for name in LAYOUTS),
        }
        if job.operation == "inference" and "onnxruntime" in self.peers(job, job.threads[0]):
            model = {"implementation": "onnxruntime", "folder": self.folder.name}
            taken["onnxruntime"] = self.peak(self.peer_command, {**request, **model})
        return {
            "suite": job.suite, "name": job.name, "shape": job.shape, "operation": job.operation,
            "direction": job.direction, "batch": job.batch, "threads": job.threads[0], "bytes": taken,
        }

    @staticmethod
    def peak(command: list[str], request: dict) -> int:
        with Child(command) as child:
            # The libraries' own memory is allocated before the counting begins.
            tiny = {**request, "operation": "convolution", "direction": "FWD_B", "shape": TINY}
            child.ask(**tiny, seconds=0, fewest=2)
            memory = child.ask(**request, seconds=0, fewest=3, memory=True)["memory"]
        return memory["peak"] - memory["before"]

    def machine(self) -> tuple[dict, list[dict]]:
        """The machine's description, and its rates with one thread and with all."""
        answers = [self.unfold.ask(operation="machine", threads=1)]
        machine = answers[0]["machine"]
        if machine["availableCores"] > 1:
            answers.append(self.unfold.ask(operation="machine", threads=machine["availableCores"]))
        rates = [
            {"threads": rate["threads"], "peak": rate["fusedMultiplyAdds"], "sgemm": rate["matrixProducts"]}
            for rate in (answer["rates"] for answer in answers)
        ]
        return machine, rates
