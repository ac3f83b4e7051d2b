"""The models that the ONNX readers among the peers are given: one convolution, or a whole network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper, numpy_helper

from shapes import Convolution, TransposedConvolution
from tensors import Tensors

# The newest format and operator set that both the pinned runtimes and those of some years before them read.
FORMAT_VERSION, OPERATOR_SET = 10, 17


def convolution(shape: Convolution, tensors: Tensors) -> bytes:
    """A model of one Conv or ConvTranspose node. The filter is a constant of the model, as in a trained one, so that a
    runtime can pack it before anything is measured."""
    rows, columns = shape.axes
    output_extents = [shape.batch, shape.output_channels, rows.output, columns.output]
    if isinstance(shape, TransposedConvolution):
        # With the high padding of the descriptor, only what no window reaches is output padding.
        operator = "ConvTranspose"
        more = {"output_padding": [axis.output_padding + axis.high - axis.low for axis in shape.axes]}
    else:
        operator, more = "Conv", {}
    node = helper.make_node(
        operator, ["input", "filter", "bias"], ["output"], group=shape.groups, **more,
        kernel_shape=[rows.window, columns.window], strides=[rows.stride, columns.stride],
        dilations=[rows.dilation, columns.dilation], pads=[rows.low, columns.low, rows.high, columns.high])
    graph = helper.make_graph(
        [node], "convolution",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, tensors.input.shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, output_extents)],
        [numpy_helper.from_array(tensors.filters, "filter"), numpy_helper.from_array(tensors.bias, "bias")])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPERATOR_SET)], ir_version=FORMAT_VERSION)
    return model.SerializeToString()


def network(name: str, batch: int, folder: Path) -> Path:
    """The file of a network of models.py, which is written to the folder once for all rivals."""
    file = folder / f"{name}-{batch}.onnx"
    if not file.exists():
        unfinished = file.with_suffix(".tmp")
        run([sys.executable, str(Path(__file__).with_name("export.py")), name, str(batch), str(unfinished)])
        os.replace(unfinished, file)
    return file


def input_extents(model: Path) -> list[int]:
    """The extents of the only input of a model's file."""
    dimensions = onnx.load(model).graph.input[0].type.tensor_type.shape.dim
    return [dimension.dim_value for dimension in dimensions]


def run(command: list[str], folder: Path | None = None):
    """Runs a program that writes a model. Standard output is reserved for replies."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise RuntimeError(f"{Path(command[1] if command[0] == sys.executable else command[0]).name}: {lines[-1]}")
