"""Checks whether networks learn with default options: `unfold train` beside PyTorch with its own first weights and Adam.

    .build-peers/venv/bin/python Benchmarks/peers/learning.py --unfold .build/release/unfold [--only 'lenet 64'] [--seeds 1,2,3]

Prints a table, a row for each network and size of image, and fails if a training of Unfold has not learned: if the loss of
its last epoch is not below 0.95 of that of guessing, or it warns at its end. Takes an hour and a half on two cores.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

import models


@dataclass(frozen=True)
class Case:
    """A network, its data, and the length of its training."""

    network: str
    size: int
    channels: int
    classes: int
    images: int
    epochs: int
    batch: int = 32
    options: tuple[str, ...] = ()
    """More options for `unfold train`."""

    @property
    def label(self) -> str:
        return f"{self.network} {self.size}x{self.size}x{self.channels}, {self.classes} classes"

    @property
    def occurring(self) -> int:
        """The number of classes that occur: a label of an IDX file is a byte, so not all of 1000 classes do."""
        return min(self.classes, 250)


def small(network: str, *more: Case) -> list[Case]:
    """A network for small images: from 28x28x1 on."""
    return [Case(network, 28, 1, 10, 1600, 3), Case(network, 64, 3, 5, 800, 3), *more]


CASES = [
    *small(
        "lenet", Case("lenet", 64, 3, 2, 800, 3), Case("lenet", 64, 3, 1000, 1600, 6), Case("lenet", 128, 3, 5, 800, 3),
        Case("lenet", 224, 3, 5, 480, 4)),
    *small("vgg", Case("vgg", 28, 1, 1000, 1600, 6)),
    *small("resnet"), *small("densenet"), *small("invariant"), *small("invariant-plain"),
    *(Case(name, 64, 3, 5, 480, 4) for name in ("resnet18", "resnet34", "resnet50", "densenet121", "vgg11")),
    Case("vgg16", 64, 3, 5, 640, 6),
    *(
        Case(name, 224, 3, 5, 320, 4)
        for name in ("vgg", "resnet", "densenet", "resnet18", "resnet34", "resnet50", "densenet121", "vgg11")),
    Case("unet", 28, 1, 10, 480, 2, 16), Case("unet-resize", 28, 1, 10, 480, 2, 16), Case("detector", 28, 1, 10, 6400, 3),
]
SCENES = ("unet", "unet-resize", "detector")
"""Networks that learn from scenes of 64 x 64 pixels, made of the images; the loss of guessing depends on the scenes."""

PEERS: dict[str, Callable[..., nn.Module]] = {
    "lenet": models.lenet, "vgg": models.vgg,
    "vgg11": partial(models.deep_vgg, (1, 1, 2, 2, 2)), "vgg13": partial(models.deep_vgg, (2, 2, 2, 2, 2)),
    "vgg16": partial(models.deep_vgg, (2, 2, 3, 3, 3)), "vgg19": partial(models.deep_vgg, (2, 2, 4, 4, 4)),
    "resnet": models.resnet, "resnet18": partial(models.deep_resnet, models.Block, (2, 2, 2, 2)),
    "resnet34": partial(models.deep_resnet, models.Block, (3, 4, 6, 3)),
    "resnet50": partial(models.deep_resnet, models.Bottleneck, (3, 4, 6, 3)),
    "densenet": models.densenet, "densenet121": models.densenet121,
}
SIZED = ("lenet", "vgg", "vgg11", "vgg13", "vgg16", "vgg19")
"""Networks whose dense layers depend on the size of the image."""


def patterns(case: Case, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of some classes: a coarse pattern for each, shifted, with random contrast and brightness, and noise."""
    rows = 7
    coarse = np.random.default_rng(0).uniform(-1, 1, (case.occurring, rows, rows, case.channels))
    places = np.arange(case.size) * rows // case.size
    draw = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(case.occurring), draw.integers(0, case.occurring, count)])[:count]
    images = np.empty((count, case.size, case.size, case.channels), np.uint8)
    for index, label in enumerate(labels):
        image = coarse[label][places][:, places]
        image = np.roll(image, draw.integers(-case.size // 14, case.size // 14 + 1, 2), (0, 1))
        image = draw.uniform(90, 165, case.channels) + draw.uniform(20, 60) * image
        images[index] = np.clip(image + draw.normal(0, 30, image.shape), 0, 255)
    return images, labels


def write_idx(path: Path, values: np.ndarray):
    head = struct.pack(">BBBB", 0, 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    path.write_bytes(head + np.ascontiguousarray(values, np.uint8).tobytes())


def write(case: Case, folder: Path):
    for part, count, seed in (("train", case.images, 1), ("t10k", max(100, case.occurring), 2)):
        images, labels = patterns(case, count, seed)
        write_idx(folder / f"{part}-images-idx3-ubyte", images[..., 0] if case.channels == 1 else images)
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels)


@dataclass
class Outcome:
    loss: float
    """The mean loss of the last epoch."""
    accuracy: float
    """The accuracy of the last epoch, 0 to 1."""
    warnings: tuple[str, ...] = ()


def unfold(path: str, case: Case, folder: Path, seed: int) -> Outcome:
    command = [
        path, "train", "--model", case.network, "--data", str(folder), "--epochs", str(case.epochs), "--batch",
        str(case.batch), "--seed", str(seed), "--limit", str(case.images), "--output", str(folder / "model.safetensors"),
        "--json", *case.options]
    if case.classes > case.occurring:
        command += ["--class-names", ",".join(map(str, range(case.classes)))]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(f"learning: {case.label}: {run.stderr.splitlines()[-1:]}")
    events = [json.loads(line) for line in run.stdout.splitlines()]
    last = [event for event in events if event["event"] == "epoch"][-1]
    return Outcome(last["loss"], last["accuracy"], tuple(events[-1].get("warnings", [])))


def pytorch(case: Case, seed: int) -> Outcome | None:
    """PyTorch's first weights, Adam at 0.001 without a warm-up, half a cosine wave: as `unfold train`, except for the
    first weights and the warm-up."""
    if case.network not in PEERS:
        return None
    images, labels = patterns(case, case.images, 1)
    pixels = images.reshape(-1, case.channels) / 255
    inputs = torch.from_numpy(((images / 255 - pixels.mean(0)) / pixels.std(0)).astype(np.float32)).permute(0, 3, 1, 2)
    targets = torch.from_numpy(labels.astype(np.int64))
    torch.manual_seed(seed)
    sizes = {"size": case.size} if case.network in SIZED else {}
    network = PEERS[case.network](case.classes, channels=case.channels, **sizes)
    optimiser = torch.optim.Adam(network.parameters(), 0.001)
    steps = case.epochs * math.ceil(case.images / case.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    total, correct = 0.0, 0
    for _ in range(case.epochs):
        total, correct = 0.0, 0
        for places in torch.randperm(case.images).split(case.batch):
            logits = network(inputs[places])
            loss = nn.functional.cross_entropy(logits, targets[places])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(places)
            correct += int((logits.argmax(1) == targets[places]).sum())
    return Outcome(total / case.images, correct / case.images)


def text(outcomes: list[Outcome]) -> str:
    return ", ".join(f"{outcome.loss:.2f} ({outcome.accuracy:.0%})" for outcome in outcomes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unfold", default=".build/release/unfold")
    parser.add_argument("--only", default="", help="a regular expression for the labels")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--no-peer", action="store_true", help="Unfold alone")
    arguments = parser.parse_args()
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    failures = []
    print("| network, images | loss of guessing | Unfold | PyTorch |\n|---|---:|---|---|")
    for case in CASES:
        if not re.search(arguments.only, case.label):
            continue
        with tempfile.TemporaryDirectory() as folder:
            write(case, Path(folder))
            found = [unfold(arguments.unfold, case, Path(folder), seed) for seed in seeds]
        peers = [] if arguments.no_peer else [peer for seed in seeds if (peer := pytorch(case, seed))]
        guess = math.inf if case.network in SCENES else math.log(case.occurring)
        print(f"| {case.label} | {guess:.2f} | {text(found)} | {text(peers)} |", flush=True)
        for seed, outcome in zip(seeds, found):
            if not outcome.loss < 0.95 * guess or outcome.warnings:
                failures.append(f"{case.label}, seed {seed}: {outcome}")
    for failure in failures:
        print(f"learning: {failure}", file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
