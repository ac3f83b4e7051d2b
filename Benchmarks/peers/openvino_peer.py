"""OpenVINO's side: models of one Conv or ConvTranspose node and whole networks in f32, forward only, into a preallocated
output."""

from __future__ import annotations

from pathlib import Path

import numpy
import openvino
from openvino.preprocess import PrePostProcessor

import onnx_models
import trial
from shapes import Convolution
from tensors import Tensors, random

SETTINGS = {
    "INFERENCE_PRECISION_HINT": "f32",  # Otherwise bf16 where the processor has it.
    "PERFORMANCE_HINT": "LATENCY",
    "NUM_STREAMS": 1,
    "ENABLE_HYPER_THREADING": True,  # Otherwise two virtual cores of one physical core count as one.
}


class Request:
    """A model, or a model's file, that runs from the same input into the same output.

    `is_channels_last` is whether both lie in memory as NHWC; the model's own layout is NCHW."""

    def __init__(
        self, model: str | bytes, threads: int, inputs: numpy.ndarray | None = None, is_channels_last: bool = False
    ):
        core = openvino.Core()
        read = core.read_model(model)
        if is_channels_last:
            steps = PrePostProcessor(read)
            for end in (steps.input(), steps.output()):
                end.tensor().set_layout(openvino.Layout("NHWC"))
                end.model().set_layout(openvino.Layout("NCHW"))
            read = steps.build()
        compiled = core.compile_model(read, "CPU", {**SETTINGS, "INFERENCE_NUM_THREADS": threads})
        taken = compiled.get_property("INFERENCE_NUM_THREADS")
        if taken != threads:
            raise RuntimeError(f"OpenVINO takes {taken} threads and not {threads}")
        if inputs is not None and is_channels_last:
            inputs = numpy.ascontiguousarray(inputs.transpose(0, 2, 3, 1))
        self.is_channels_last = is_channels_last
        self.input = random(*compiled.input(0).shape) if inputs is None else inputs
        self.result = numpy.zeros(compiled.output(0).shape, numpy.float32)
        self.request = compiled.create_infer_request()
        self.request.set_input_tensor(0, openvino.Tensor(self.input, shared_memory=True))
        self.request.set_output_tensor(0, openvino.Tensor(self.result, shared_memory=True))

    def __call__(self):
        self.request.infer(share_outputs=True)

    def output(self) -> numpy.ndarray:
        """NCHW."""
        return self.result.transpose(0, 3, 1, 2) if self.is_channels_last else self.result


def convolution(shape: Convolution, direction: str, threads: int, tensors: Tensors | None = None) -> Request:
    """In the faster of the two layouts: within a network no layer converts."""
    tensors = tensors or Tensors.random(shape)
    model = onnx_models.convolution(shape, tensors)
    return trial.fastest(Request(model, threads, tensors.input, is_last) for is_last in (True, False))


def network(name: str, batch: int, threads: int, folder: Path, inputs: numpy.ndarray | None = None) -> Request:
    """A network of models.py. OpenVINO folds batch normalisation and fuses activations when it compiles the model."""
    return Request(str(onnx_models.network(name, batch, folder)), threads, inputs)
