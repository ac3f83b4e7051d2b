"""ONNX Runtime's side: models of one Conv or ConvTranspose node and whole networks, forward only, into a preallocated output."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from shapes import Convolution, TransposedConvolution

# The newest format and operator set that both the pinned runtime and those of some years before it read.
FORMAT_VERSION, OPERATOR_SET = 10, 17


def convolution(shape: Convolution, threads: int):
    """A function that runs the convolution once. The filter is a constant of the model, as in a trained one, so that
    the runtime can pack it before anything is measured."""
    rows, columns = shape.axes
    input_extents = [shape.batch, shape.input_channels, rows.input, columns.input]
    output_extents = [shape.batch, shape.output_channels, rows.output, columns.output]
    if isinstance(shape, TransposedConvolution):
        operator, extents = "ConvTranspose", (shape.input_channels, shape.output_channels // shape.groups)
        # With the high padding of the descriptor, only what no window reaches is output padding.
        more = {"output_padding": [axis.output_padding + axis.high - axis.low for axis in shape.axes]}
    else:
        operator, extents, more = "Conv", (shape.output_channels, shape.input_channels // shape.groups), {}
    filters = random(*extents, rows.window, columns.window)
    node = helper.make_node(
        operator, ["input", "filter", "bias"], ["output"], group=shape.groups, **more,
        kernel_shape=[rows.window, columns.window], strides=[rows.stride, columns.stride],
        dilations=[rows.dilation, columns.dilation], pads=[rows.low, columns.low, rows.high, columns.high])
    graph = helper.make_graph(
        [node], "convolution",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, input_extents)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, output_extents)],
        [numpy_helper.from_array(filters, "filter"), numpy_helper.from_array(random(shape.output_channels), "bias")])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPERATOR_SET)], ir_version=FORMAT_VERSION)
    return bound(model.SerializeToString(), threads)


def network(name: str, batch: int, threads: int):
    """A function that runs a network of models.py once. The runtime folds batch normalisation and fuses activations
    when it reads the model."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.onnx"
        export = [sys.executable, str(Path(__file__).with_name("export.py")), name, str(batch), str(file)]
        # Standard output is reserved for answers.
        done = subprocess.run(export, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"export.py: {done.stderr.strip().splitlines()[-1]}")
        return bound(str(file), threads)


def bound(model: str | bytes, threads: int):
    """A function that runs a model, or a model's file, once, from a random `input` into the same `output`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    inputs = random(*session.get_inputs()[0].shape)
    outputs = numpy.zeros(session.get_outputs()[0].shape, numpy.float32)
    binding = session.io_binding()
    binding.bind_ortvalue_input("input", onnxruntime.OrtValue.ortvalue_from_numpy(inputs))
    binding.bind_ortvalue_output("output", onnxruntime.OrtValue.ortvalue_from_numpy(outputs))
    return lambda: session.run_with_iobinding(binding)


def random(*extents: int) -> numpy.ndarray:
    return 2 * numpy.random.default_rng(0).random(extents, dtype=numpy.float32) - 1
