"""Rivals compute what PyTorch computes. By hand, in the virtual environment of the peers; who is not installed is skipped:

    .build-peers/venv/bin/python Benchmarks/peers/test_rivals.py
"""

from __future__ import annotations

import contextlib
import importlib
import io
import tempfile
import unittest
from pathlib import Path

import numpy
import torch

import export
import measure
import plan
import rivals
import trial
from models import MODELS
from shapes import Convolution, TransposedConvolution
from tensors import Tensors, random
from unsupported import Unsupported

INSTALLED = [rival for rival in rivals.RIVALS if rivals.version(rival.name)]
DENSE = (
    "mb1ic3ih9oc5oh9kh3ph1", "mb2ic16ih14oc32oh14kh3ph1", "mb2ic64ih7oc64oh7kh1", "mb1ic5ih13oc7oh7kh5sh2ph2",
    "mb2ic8ih11iw9oc12oh9ow4kh3kw2sh1sw2ph0pw0", "mb1ic4ih12oc4oh8kh3dh1ph0", "mb1ic16ih33oc16oh33kh3dh3ph4",
    "mb1ic8ih9oc8oh10kh2ph1", "mb2ic16ih13oc48oh13kh7ph3",
)
GROUPED = ("g4mb2ic16ih9oc32oh9kh3ph1", "g32mb1ic32ih14oc32oh7kh3sh2ph1", "g6mb2ic6ih11oc12oh11kh5ph2")
ONE_AXIS = ("mb2ic6iw40oc8ow40kw3pw1", "mb1ic16iw64oc32ow31kw4sw2pw0", "g16mb2ic16iw50oc16ow50kw5pw2")
ASYMMETRIC = ("mb1ic4ih8oc8oh8kh2ph0", "mb2ic16ih9oc16oh9kh4ph1")
TRANSPOSED = (
    "mb2ic6ih5oc4oh15kh9sh3ph4", "mb2ic16ih4oc8oh8kh4sh2ph1", "g2mb2ic4ih4oc6oh8kh4sh2ph1", "mb1ic3ih4oc5oh8kh1sh2",
    "mb2ic6iw5oc4ow15kw9sw3pw4", "mb1ic100ih1oc64oh4kh4ph0",
)


def expected(shape: Convolution, tensors: Tensors) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The output, and the input and the filter that it depends on."""
    rows, columns = shape.axes
    inputs, filters = (torch.tensor(array, requires_grad=True) for array in (tensors.input, tensors.filters))
    bias = torch.tensor(tensors.bias)
    steps = {"stride": (rows.stride, columns.stride), "dilation": (rows.dilation, columns.dilation), "groups": shape.groups}
    if isinstance(shape, TransposedConvolution):
        padding = rows.low, columns.low
        beyond = rows.output_padding, columns.output_padding
        output = torch.nn.functional.conv_transpose2d(
            inputs, filters, bias, padding=padding, output_padding=beyond, **steps)
    else:
        padded = torch.nn.functional.pad(inputs, (columns.low, columns.high, rows.low, rows.high))
        output = torch.nn.functional.conv2d(padded, filters, bias, **steps)
    return output, inputs, filters


class Rivals(unittest.TestCase):
    def assertClose(self, found: numpy.ndarray, wanted: torch.Tensor):
        wanted = wanted.detach().numpy()
        # Along one axis some have no rows.
        self.assertEqual([extent for extent in found.shape if extent > 1], [extent for extent in wanted.shape if extent > 1])
        found = found.reshape(wanted.shape)
        self.assertLess(numpy.abs(found - wanted).max(), 2e-4 * max(numpy.abs(wanted).max(), 1e-3))

    def test_convolutions(self):
        """Dense, grouped, depthwise, along one axis, with different paddings, transposed; on 1 thread and on 2."""
        kinds = ((Convolution, DENSE + GROUPED + ONE_AXIS + ASYMMETRIC), (TransposedConvolution, TRANSPOSED))
        for rival in INSTALLED:
            module = importlib.import_module(rival.module)
            for kind, texts in kinds:
                for text in texts if rival.measures(kind.operation, "FWD_B") else ():
                    # A slow rival changes the cores of this process.
                    for threads in (2,) if rival.is_slow else (1, 2):
                        with self.subTest(f"{rival.name} {kind.operation} {text}", threads=threads):
                            shape = kind.parse(text)
                            tensors = Tensors.random(shape)
                            run = module.convolution(shape, "FWD_B", threads, tensors)
                            run()
                            self.assertClose(run.output(), expected(shape, tensors)[0])

    def test_every_way_of_ncnn_computes_the_same(self):
        """Winograd's sizes, sgemm, neither; with packed channels and without."""
        if not rivals.version("ncnn"):
            self.skipTest("ncnn is not installed")
        import ncnn_peer

        shape = Convolution.parse("mb2ic16ih20oc32oh20kh3ph1")
        tensors = Tensors.random(shape)
        tried = []
        fastest, trial.fastest = trial.fastest, lambda ways: tried.extend(ways) or tried[0]
        self.addCleanup(setattr, trial, "fastest", fastest)
        ncnn_peer.convolution(shape, "FWD_B", 1, tensors)
        self.assertEqual(len(tried), 10)
        wanted = expected(shape, tensors)[0][:1]
        for run in tried:
            self.assertClose(run.output()[:1], wanted)

    def test_gradients_of_mlx(self):
        if not rivals.version("mlx"):
            self.skipTest("mlx is not installed")
        import mlx_peer

        for text in (*DENSE, *GROUPED, *ONE_AXIS):
            with self.subTest(text):
                shape = Convolution.parse(text)
                tensors = Tensors.random(shape)
                output, *operands = expected(shape, tensors)
                gradient = random(*output.shape)
                output.backward(torch.tensor(gradient))
                for direction, operand in zip(("BWD_D", "BWD_W"), operands):
                    run = mlx_peer.convolution(shape, direction, 2, tensors, gradient)
                    run()
                    self.assertClose(run.output(), operand.grad)

    def test_networks(self):
        for name in ("mobilenet-v2", "convnext-tiny"):
            model = MODELS[name]
            module = model.module().eval()
            inputs = random(*model.input(2))
            with torch.no_grad():
                wanted = module(torch.tensor(inputs))
            with tempfile.TemporaryDirectory() as folder:
                for batch in (1, 2):
                    export.write(module, model.input(batch), f"{folder}/{name}-{batch}.onnx")
                for rival in INSTALLED:
                    if rival.measures("inference", "FWD_D"):
                        with self.subTest(f"{rival.name} {name}"):
                            run = importlib.import_module(rival.module).network(name, 2, 1, Path(folder), inputs)
                            run()
                            self.assertClose(run.output(), wanted)


class Choice(unittest.TestCase):
    def chosen(self, names: str | None, missing: str = "") -> tuple[list[str], str]:
        with contextlib.redirect_stderr(io.StringIO()) as written:
            found = rivals.chosen(names, lambda name: None if name == missing else "1")
        return [rival.name for rival in found], written.getvalue()

    def test_rivals_are_chosen_by_name_and_missing_ones_named(self):
        everybody = [rival.name for rival in rivals.RIVALS]
        self.assertEqual(self.chosen(None), (everybody, ""))
        self.assertEqual(self.chosen("none"), ([], ""))
        self.assertEqual(self.chosen("mlx,ncnn"), (["ncnn", "mlx"], ""))
        found, written = self.chosen(None, "ncnn")
        self.assertEqual(found, [name for name in everybody if name != "ncnn"])
        self.assertEqual(written.count("\n"), 1)
        self.assertIn("ncnn is not installed", written)
        with self.assertRaises(SystemExit):
            self.chosen("tensorflow")

    def test_gradients_only_of_rivals_that_are_named(self):
        def passes(names: str | None) -> list[str]:
            return [rival.name for rival in rivals.chosen(names, lambda _: "1") if rival.measures("convolution", "BWD_D")]

        self.assertEqual(passes(None), [])
        self.assertEqual(passes("mlx,ncnn"), ["mlx"])

    def test_rivals_run_forward_and_slow_ones_as_the_naive_loops(self):
        """Without the processes."""
        bench = measure.Bench.__new__(measure.Bench)
        bench.rivals = list(rivals.RIVALS)

        def beside(operation: str, direction: str, threads: int) -> list[str]:
            job = plan.Job("net", "a", "mb1", operation, direction, 1, 1, 1, (1, 2))
            return [name for name in bench.peers(job, threads) if name not in measure.LAYOUTS]

        self.assertEqual(beside("convolution", "FWD_B", 1), ["onnxruntime", "openvino", "ncnn", "mlx"])
        self.assertEqual(beside("convolution", "FWD_B", 2), ["onnxruntime", "openvino", "ncnn"])
        self.assertEqual(beside("convolution", "BWD_W", 1), [])
        self.assertEqual(beside("inference", "FWD_D", 2), ["onnxruntime", "openvino", "ncnn"])
        self.assertEqual(beside("training", "STEP", 1), [])
        self.assertEqual(beside("training", "STEP", 2), ["pytorch-compile"])

    def test_the_fastest_way_is_taken(self):
        times, trial.times = trial.times, lambda way, seconds, runs: [way]
        self.addCleanup(setattr, trial, "times", times)
        self.assertEqual(trial.fastest([0.5, 0.2, 0.9]), 0.2)


if __name__ == "__main__":
    unittest.main()
