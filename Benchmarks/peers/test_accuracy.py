"""What PyTorch's errors are made of. By hand, with the virtual environment of `make bench-peers`:

    .build-peers/venv/bin/python Benchmarks/peers/test_accuracy.py
"""

from __future__ import annotations

import json
import math
import struct
import tempfile
import unittest
from pathlib import Path

import torch

import accuracy
from pytorch import Unsupported


def write(path: Path, tensors: dict[str, tuple[list[int], list[float]]], **metadata: str):
    """A safetensors file by the format's specification."""
    known = {"data": "d", "name": "n", "shape": "s", "groups": "1", "dilation": "1 1"}
    header: dict = {"__metadata__": {**known, **metadata}}
    data = b""
    for name, (shape, elements) in tensors.items():
        start = len(data)
        data += struct.pack(f"<{len(elements)}f", *elements)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


class Accuracy(unittest.TestCase):
    def case(self, tensors: dict, **metadata: str) -> accuracy.Case:
        path = Path(self.enterContext(tempfile.TemporaryDirectory())) / "0.safetensors"
        write(path, tensors, **metadata)
        return accuracy.read(path)

    def test_errors_are_relative_to_the_truth(self):
        truth = torch.tensor([3.0, 4, 0, 0], dtype=torch.float64)
        found = accuracy.error(torch.tensor([3, 4.5, 0, -0.25]), truth)
        self.assertAlmostEqual(found["worst"], 0.2)
        self.assertAlmostEqual(found["rms"], math.sqrt(0.3125 / 25))
        self.assertEqual(accuracy.error(torch.zeros(4), torch.zeros(4, dtype=torch.float64)), {"worst": 0, "rms": 0})

    def test_every_direction_by_hand(self):
        """Two pixels of two channels, one window over both, two filters: whole numbers, which are exact."""
        case = self.case(
            {"input": ([1, 1, 2, 2], [1, 2, 3, 4]), "filter": ([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
             "outputGradient": ([1, 1, 1, 2], [1, 10])},
            stride="1 1", padding="0 0 0 0")
        for scalar in (torch.float32, torch.float64):
            for layout in accuracy.FORMATS.values():
                output, inputs, filters = case.results(scalar, layout)
                self.assertEqual(output.flatten().tolist(), [1 + 6 + 15 + 28, 2 + 8 + 18 + 32])
                self.assertEqual(inputs.permute(0, 2, 3, 1).flatten().tolist(), [21, 43, 65, 87])
                self.assertEqual(
                    filters.permute(2, 3, 1, 0).flatten().tolist(), [1, 10, 2, 20, 3, 30, 4, 40])
        errors = [entry["errors"] for entry in accuracy.errors(case)]
        self.assertEqual(errors, [{name: {"worst": 0, "rms": 0} for name in accuracy.FORMATS}] * 3)

    def test_padding_that_is_not_read(self):
        tensors = {"input": ([1, 4, 4, 1], [1] * 16), "filter": ([3, 3, 1, 1], [1] * 9),
                   "outputGradient": ([1, 2, 2, 1], [1] * 4)}
        output, *_ = self.case(tensors, stride="2 2", padding="1 0 1 0").results(
            torch.float64, torch.contiguous_format)
        self.assertEqual(output.flatten().tolist(), [4, 6, 6, 9])
        with self.assertRaises(Unsupported):
            self.case(tensors, stride="2 2", padding="0 1 0 1").results(torch.float64, torch.contiguous_format)


if __name__ == "__main__":
    unittest.main()
