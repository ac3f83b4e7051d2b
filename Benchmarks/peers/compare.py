"""Compares Unfold with PyTorch and its rivals on the shape files and the models of this project; see README.md."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import measure
import plan
import rivals
from child import ChildError
from comparison import Journal, table, with_fastest, write_whole
from progress import Progress, clock

ROOT = Path(__file__).resolve().parents[2]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="compare.py", description=__doc__)
    parser.add_argument("--unfold", type=Path, default=ROOT / ".build/release/unfold", help="the command")
    parser.add_argument("--shapes", type=Path, default=ROOT / "Benchmarks/Shapes", help="the folder of shape files")
    parser.add_argument("--output", type=Path, default=ROOT / "Benchmarks/Results/peers.json", help="the comparison")
    parser.add_argument("--minutes", type=float, default=18, help="the time for measuring, about (default: 18)")
    parser.add_argument("--only", type=re.compile, metavar="REGEX", help="only what matches this in its label, "
                        "such as 'resnet-50:conv2.* FWD_B' or 'training'; see --list")
    parser.add_argument("--directions", metavar="LIST", help="such as FWD_B,BWD_D,BWD_W,FWD_D,STEP")
    parser.add_argument("--threads", metavar="LIST", help="such as 1,2 (default: 1 and all)")
    parser.add_argument("--rivals", metavar="LIST", help="who is measured beside PyTorch: of "
                        f"{','.join(rivals.NAMED)}, or none (default: all that are installed, forward only)")
    parser.add_argument("--fresh", action="store_true", help="measure again what an earlier run has measured")
    parser.add_argument("--list", action="store_true", help="list what would be measured")
    return parser.parse_args()


def selected(options: argparse.Namespace, cores: int) -> list[plan.Job]:
    threads = [int(count) for count in options.threads.split(",")] if options.threads else sorted({1, cores})
    jobs = plan.jobs(options.shapes, threads, cores)
    if options.directions:
        jobs = [job for job in jobs if job.direction in options.directions.split(",")]
    if options.only:
        jobs = [job for job in jobs if options.only.search(f"{job.suite} {job.label}")]
    if not jobs:
        sys.exit("compare: nothing to measure: see --list, --only, --directions and --shapes")
    return jobs


def run(bench: measure.Bench, jobs: list[plan.Job], journal: Journal, deadline: float):
    """Measures what the journal does not have. The time of a slice is the remaining time divided by the remaining slices,
    less the usual time between them. Networks come first and take the time that they need."""
    waiting = [
        (job, threads) for job in jobs for threads in job.threads if Journal.key(job, threads) not in journal.entries
    ]
    progress = Progress(len(waiting), deadline)
    sides = {place: 1 + len(bench.peers(*pair)) for place, pair in enumerate(waiting)}
    left = sum(sides.values())
    beside = 0.1
    try:
        for index, (job, threads) in enumerate(waiting):
            start = time.monotonic()
            if job.is_memory:
                journal.add(job, threads, bench.memory(job))
            else:
                slices = measure.ROUNDS * sides[index]
                share = (deadline - start) * sides[index] / left - beside
                length = min(max(share / slices, measure.SHORTEST_SLICE), measure.LONGEST_SLICE)
                journal.add(job, threads, bench.cell(job, threads, length))
                if not job.is_network:
                    # A running mean of the time for tensors, first runs and runs longer than a slice.
                    beside += 0.03 * (time.monotonic() - start - slices * length - beside)
            left -= sides[index]
            progress.step(f"{job.suite} {job.label}")
    finally:
        progress.hide()


def main():
    options = arguments()
    if not options.unfold.exists():
        sys.exit(f"compare: {options.unfold} is missing: run `make build`")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    chosen = rivals.chosen(options.rivals)
    bench = measure.Bench(options.unfold, options.minutes, chosen)
    try:
        versions = {
            **bench.plain_peer.ask(operation="versions"), **{rival.name: rivals.version(rival.name) for rival in chosen}}
        machine, rates = bench.machine()
        cores = machine["availableCores"]
        jobs = selected(options, cores)
        if options.list:
            print("\n".join(sorted(f"{job.suite} {job.label} threads {job.threads}" for job in jobs)))
            return
        build = hashlib.sha256(options.unfold.read_bytes()).hexdigest()
        journal = Journal(options.output.with_suffix(".jsonl"), {"machine": machine, **versions, "unfold": build})
        if options.fresh:
            journal.forget(jobs)
        done = sum(Journal.key(job, threads) in journal.entries for job in jobs for threads in job.threads)
        total = sum(len(job.threads) for job in jobs)
        print(f"{machine['processor']}, {cores} cores, OpenBLAS {machine['openBLAS']['version']} "
              f"{machine['openBLAS']['core']}; " + ", ".join(f"{name} {value}" for name, value in versions.items()))
        print(f"{total} cells" + (f", {done} of them measured before" if done else "")
              + f"; what is left takes up to {options.minutes:g} minutes", flush=True)

        run(bench, jobs, journal, start + 60 * options.minutes)
    except KeyboardInterrupt:
        print("\ncompare: interrupted; the same command goes on from here", file=sys.stderr)
        sys.exit(130)
    except ChildError as error:
        sys.exit(f"compare: {error}")
    finally:
        bench.close()

    cells = [entry for key, entry in journal.entries.items() if key.startswith("cell ")]
    memory = [entry for key, entry in journal.entries.items() if key.startswith("memory ")]
    comparison = {
        "machine": machine, "date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "versions": versions,
        "rates": rates, "cells": sorted(map(with_fastest, cells), key=order), "memory": sorted(memory, key=order),
    }
    write_whole(options.output, json.dumps(comparison, indent=1) + "\n")
    print(f"\n{table(comparison['cells'])}\n\n{options.output}: {len(cells)} cells and {len(memory)} of memory, "
          f"{clock(time.monotonic() - start)} minutes")
    failed = [cell for cell in cells if "unfold" not in cell["seconds"]]
    for cell in failed:
        print(f"compare: unfold failed: {cell['name']} {cell['direction']}: {cell['notes']['unfold']}", file=sys.stderr)
    sys.exit(1 if failed else 0)


def order(cell: dict) -> tuple:
    return tuple(cell[field] for field in ("suite", "operation", "name", "direction", "batch", "threads"))


if __name__ == "__main__":
    main()
