"""The list of what is measured: every shape file, and the few lists below."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import shapes

KINDS = {"pooling": shapes.Pooling, "resampling": shapes.Resampling}
"""The files that hold no convolutions."""

LARGEST_RUN = 3.2e10
"""The most operations of one run; a larger shape is measured with fewer images, and its cell says how many."""

LARGEST_NAIVE_RUN = 1e9
"""The same for the naive loops, which take about a second for it; larger shapes are left out."""

BATCHES = (1, 8, 32)
BATCH_LAYERS = (
    "resnet-50:conv1", "resnet-50:conv2_3x3", "resnet-50:conv3_3x3", "resnet-50:conv4_3x3", "resnet-50:conv5_3x3",
    "resnet-50:conv4_expand", "mobilenet-v1:depthwise8", "mobilenet-v1:pointwise8",
)
"""For the picture of time against batch, where `LARGEST_RUN` does not hold."""

THREADS_LAYER = "resnet-50:conv3_3x3"
"""For the picture of time against threads."""

DENSE = (
    'mb64ic3136ih1oc128oh1kh1n"lenet:fc1"',
    'mb64ic6272ih1oc256oh1kh1n"vgg:fc1"',
    'mb8ic2048ih1oc1000oh1kh1n"resnet-50:fc"',
)

LARGE_NETWORKS = ("resnet50", "resnext50", "mobilenet-v2", "efficientnet-b0", "convnext-tiny")
"""Networks that take seconds: they are measured with the most threads only."""

TRAINING = (
    ("lenet", 64), ("vgg", 64), ("resnet", 64), ("densenet", 64), ("unet", 64), *((name, 8) for name in LARGE_NETWORKS))
INFERENCE = tuple((name, batch) for name in LARGE_NETWORKS for batch in (1, 8))

NETWORKS = ("training", "inference")
"""The operations that run whole networks; each is a suite, too."""

MEMORY_LAYERS = ("resnet-50:conv2_3x3", "vgg-19:conv1_2")

CONVOLUTION_DIRECTIONS = ("FWD_B", "BWD_D", "BWD_W")
DIRECTIONS = {
    "convolution": CONVOLUTION_DIRECTIONS, "transposed-convolution": CONVOLUTION_DIRECTIONS,
    "dense": CONVOLUTION_DIRECTIONS,
}
OTHER_DIRECTIONS = ("FWD_D", "BWD_D")


@dataclass(frozen=True)
class Job:
    """One operation with its tensors, measured with each of some numbers of threads: a cell each."""

    suite: str
    name: str
    shape: str
    operation: str
    direction: str
    batch: int
    groups: int
    occurrences: int
    threads: tuple[int, ...]
    naive_shape: str | None = None
    """One image of the same, where the naive loops take no more than about a second for it."""
    is_memory: bool = False
    """Whether memory is measured, and not time."""

    @property
    def is_network(self) -> bool:
        return self.operation in NETWORKS

    @property
    def label(self) -> str:
        kind = " memory" if self.is_memory else ""
        return f"{self.name} {self.operation} {self.direction} batch {self.batch}{kind}"


def jobs(folder: Path, threads: list[int], cores: int) -> list[Job]:
    """All jobs. Networks come first, because their runs are longer than any slice. The others share the remaining time, in
    an order that mixes long and short ones, so that the remaining time can be estimated from the time spent."""
    found: dict[Job, None] = {}
    files = sorted(folder.glob("*.txt"))
    for file in files:
        for shape in shapes.read(file, KINDS.get(file.stem, shapes.Convolution)):
            found |= dict.fromkeys(shape_jobs(file.stem, shape, threads, cores))
    for text in DENSE:
        shape = shapes.Convolution.parse(text)
        for direction in DIRECTIONS["dense"]:
            found[job_of("dense", shape, "dense", direction, threads)] = None
    for operation, direction, networks in (("training", "STEP", TRAINING), ("inference", "FWD_D", INFERENCE)):
        for name, batch in networks:
            counts = (max(threads),) if name in LARGE_NETWORKS else tuple(threads)
            job = Job(operation, name, name, operation, direction, batch, 1, 1, counts)
            found[job] = None
            found[replace(job, threads=(cores,), is_memory=True)] = None
    ordered = list(found)
    random.Random(0).shuffle(ordered)
    return sorted(ordered, key=lambda job: not job.is_network)


def shape_jobs(suite: str, shape, threads: list[int], cores: int):
    bounded = shape.with_batch(min(shape.batch, max(int(LARGEST_RUN * shape.batch / max(shape.operations, 1)), 1)))
    naive = shape.with_batch(1)
    naive_shape = naive.descriptor if 0 < naive.operations <= LARGEST_NAIVE_RUN else None
    for direction in DIRECTIONS.get(shape.operation, OTHER_DIRECTIONS):
        yield job_of(suite, bounded, shape.operation, direction, threads, naive_shape=naive_shape)
        if shape.operation != "convolution":
            continue
        for batch in BATCHES if shape.name in BATCH_LAYERS else ():
            if batch != bounded.batch:
                yield job_of(suite, shape.with_batch(batch), shape.operation, direction, threads)
        if shape.name == THREADS_LAYER and (others := thread_steps(cores, threads)):
            yield job_of(suite, bounded, shape.operation, direction, others)
        if shape.name in MEMORY_LAYERS:
            yield job_of(suite, bounded, shape.operation, direction, [cores], is_memory=True)


def thread_steps(cores: int, threads: list[int]) -> list[int]:
    """Every number of threads up to 8, then each half as many again, without those that are measured anyway."""
    steps = [1]
    while steps[-1] < cores:
        steps.append(min(steps[-1] + max(steps[-1] // 2, 1), cores) if steps[-1] >= 8 else steps[-1] + 1)
    return [count for count in steps if count not in threads]


def job_of(suite: str, shape, operation: str, direction: str, threads: list[int], **more) -> Job:
    return Job(
        suite, shape.name or shape.descriptor, shape.descriptor, operation, direction, shape.batch, shape.groups,
        shape.occurrences, tuple(threads), **more)
