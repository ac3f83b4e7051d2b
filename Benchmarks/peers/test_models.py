"""Networks are here what they are in Unfold, and convolutions what their descriptors say. By hand, after `make build`, in the virtual environment of the peers:

    .build-peers/venv/bin/python Benchmarks/peers/test_models.py
"""

from __future__ import annotations

import os
import unittest
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

import onnx_runtime
import plan
import pytorch
import shapes
from child import Child
from models import MODELS

ROOT = Path(__file__).resolve().parents[2]
BATCH = 2


class Models(unittest.TestCase):
    def test_the_sizes_of_unfold(self):
        """The numbers that a network holds and its multiplications and additions, which follow from every size."""
        with Child([os.environ.get("UNFOLD", str(ROOT / ".build/release/unfold")), "bench", "--requests"]) as unfold:
            for name, model in MODELS.items():
                with self.subTest(name):
                    answer = unfold.ask(
                        operation="inference", direction="FWD_D", shape=name, batch=BATCH, threads=1, seconds=0,
                        fewest=1, memory=True)
                    with torch.device("meta"), FlopCounterMode(display=False) as counter:
                        module = model.make(model.classes).eval()
                        images = torch.empty(model.input(BATCH))
                        module(images)
                    averages = [buffer for buffer in module.buffers() if buffer.is_floating_point()]
                    count = sum(tensor.numel() for tensor in [images, *module.parameters(), *averages])
                    self.assertEqual(answer["memory"]["tensors"], 4 * count)
                    self.assertEqual(answer["operations"], counter.get_total_flops())

    def test_every_planned_network_is_known(self):
        self.assertLessEqual({name for name, _ in plan.TRAINING + plan.INFERENCE}, MODELS.keys())

    def test_a_step_lowers_the_loss_of_its_batch(self):
        """In each layout, with a class for each image and for each pixel."""
        for name in ("lenet", "unet"):
            for layout in (torch.contiguous_format, torch.channels_last):
                step = pytorch.training(name, BATCH, layout)
                losses = [float(step()) for _ in range(4)]
                self.assertEqual(losses, sorted(losses, reverse=True), name)
                self.assertLess(losses[-1], losses[0], name)


class Convolutions(unittest.TestCase):
    def test_results_have_the_extents_of_the_descriptor(self):
        """Ordinary and transposed ones, in each layout; ONNX Runtime checks the output that it is given."""
        for kind, texts in (
            (shapes.Convolution, ("mb2ic6ih9oc4oh5kh3sh2ph1", "g2mb1ic4iw9oc6ow9kw3pw1")),
            (shapes.TransposedConvolution, (
                "mb2ic6ih5oc4oh15kh9sh3ph4", "g2mb2ic4ih4oc6oh8kh4sh2ph1", "mb1ic3ih4oc5oh8kh1sh2",
                "mb2ic6iw5oc4ow15kw9sw3pw4")),
        ):
            for text in texts:
                shape = kind.parse(text)
                rows, columns = shape.axes
                expected = {
                    "FWD_B": (shape.batch, shape.output_channels, rows.output, columns.output),
                    "BWD_D": (shape.batch, shape.input_channels, rows.input, columns.input),
                }
                for layout in (torch.contiguous_format, torch.channels_last):
                    for direction, extents in expected.items():
                        result = pytorch.convolution(shape, direction, layout)()
                        found = result[0] if isinstance(result, tuple) else result
                        self.assertEqual(tuple(found.shape), extents, text)
                    _, gradient, _ = pytorch.convolution(shape, "BWD_W", layout)()
                    self.assertEqual(tuple(gradient.shape[2:]), (rows.window, columns.window), text)
                onnx_runtime.convolution(shape, "FWD_B", 1)()


if __name__ == "__main__":
    unittest.main()
