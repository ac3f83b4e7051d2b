"""PyTorch's rounding errors on the numbers that `unfold accuracy --export FOLDER` wrote, for `unfold accuracy --peer`:
the differences of its convolutions in float32 from those in float64. See docs/accuracy.md."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

import peer
from comparison import write_whole
from progress import Progress
from pytorch import FORMATS, Unsupported, aten

DIRECTIONS = ("FWD_D", "BWD_D", "BWD_W")


@dataclass(frozen=True)
class Case:
    """A convolution and its numbers, NCHW and OIHW."""

    metadata: dict[str, str]
    input: torch.Tensor
    filter: torch.Tensor
    gradient: torch.Tensor

    def numbers(self, field: str) -> list[int]:
        return [int(word) for word in self.metadata[field].split()]

    def results(self, scalar: torch.dtype, layout: torch.memory_format) -> list[torch.Tensor]:
        """The results of each direction."""
        stride, dilation, padding = (self.numbers(field) for field in ("stride", "dilation", "padding"))
        # PyTorch has the low padding on both sides; the output's extents must still be right.
        low = padding[::2]
        for axis in range(2):
            reach = dilation[axis] * (self.filter.shape[2 + axis] - 1) + 1
            extent = (self.input.shape[2 + axis] + 2 * low[axis] - reach) // stride[axis] + 1
            if extent != self.gradient.shape[2 + axis]:
                raise Unsupported("no asymmetric padding")
        inputs, filters, gradient = (
            tensor.to(scalar).to(memory_format=layout) for tensor in (self.input, self.filter, self.gradient))
        arguments = stride, low, dilation, False, [0, 0]
        groups = int(self.metadata["groups"])
        output = aten.convolution(inputs, filters, None, *arguments, groups)
        gradients = aten.convolution_backward(
            gradient, inputs, filters, None, *arguments, groups, [True, True, False])
        return [output, *gradients[:2]]


def read(path: Path) -> Case:
    """A safetensors file: the header's length in 8 bytes, the header in JSON, the elements."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])

    def tensor(name: str, order: tuple[int, ...]) -> torch.Tensor:
        entry = header[name]
        first, last = (start + offset for offset in entry["data_offsets"])
        elements = torch.frombuffer(bytearray(data[first:last]), dtype=torch.float32)
        return elements.reshape(entry["shape"]).permute(order).contiguous()

    return Case(
        header["__metadata__"], tensor("input", (0, 3, 1, 2)), tensor("filter", (3, 2, 0, 1)),
        tensor("outputGradient", (0, 3, 1, 2)))


def error(result: torch.Tensor, truth: torch.Tensor) -> dict[str, float]:
    """The worst and the root mean square error, relative to the root mean square of the truth; as in Unfold."""
    difference = (result.double() - truth).abs()
    worst = difference.max().item()
    if worst == 0:
        return {"worst": 0.0, "rms": 0.0}
    scale = truth.square().mean().sqrt()
    return {"worst": worst / scale.item(), "rms": (difference.square().mean().sqrt() / scale).item()}


def errors(case: Case) -> list[dict]:
    """The errors, an entry for each direction."""
    truth = case.results(torch.float64, torch.contiguous_format)
    results = {name: case.results(torch.float32, layout) for name, layout in FORMATS.items()}
    return [
        {
            **{field: case.metadata[field] for field in ("data", "name", "shape")}, "direction": direction,
            "errors": {name: error(found[index], truth[index]) for name, found in results.items()},
        }
        for index, direction in enumerate(DIRECTIONS)
    ]


def main():
    parser = argparse.ArgumentParser(prog="accuracy.py", description=__doc__)
    parser.add_argument("folder", type=Path, help="what `unfold accuracy --export` wrote")
    parser.add_argument("--output", type=Path, required=True, help="the errors, in JSON")
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    files = sorted(options.folder.glob("*.safetensors"), key=lambda path: int(path.stem))
    if not files:
        sys.exit(f"accuracy: {options.folder}: expected safetensors files, found none")
    cases, skipped = [], []
    progress = Progress(len(files))
    try:
        for path in files:
            case = read(path)
            try:
                cases += errors(case)
            except Unsupported as reason:
                skipped.append(f"{case.metadata['name']}: {reason}")
            progress.step(f"{case.metadata['data']} {case.metadata['name']}")
    finally:
        progress.hide()
    for line in skipped:
        print(f"accuracy: left out {line}", file=sys.stderr)
    versions = {name: peer.versions()[name] for name in ("pytorch", "onednn", "python")}
    write_whole(options.output, json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
