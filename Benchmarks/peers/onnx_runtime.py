"""ONNX Runtime's side: models of one Conv or ConvTranspose node and whole networks, forward only, into a preallocated output."""

from __future__ import annotations

from pathlib import Path

import numpy
import onnxruntime

import onnx_models
from shapes import Convolution
from tensors import Tensors, random


class Session:
    """A model, or a model's file, that runs from the same input into the same output."""

    def __init__(self, model: str | bytes, threads: int, inputs: numpy.ndarray | None = None):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        inputs = random(*self.session.get_inputs()[0].shape) if inputs is None else inputs
        outputs = numpy.zeros(self.session.get_outputs()[0].shape, numpy.float32)
        self.binding = self.session.io_binding()
        self.binding.bind_ortvalue_input("input", onnxruntime.OrtValue.ortvalue_from_numpy(inputs))
        self.binding.bind_ortvalue_output("output", onnxruntime.OrtValue.ortvalue_from_numpy(outputs))

    def __call__(self):
        self.session.run_with_iobinding(self.binding)

    def output(self) -> numpy.ndarray:
        return self.binding.copy_outputs_to_cpu()[0]


def convolution(shape: Convolution, direction: str, threads: int, tensors: Tensors | None = None) -> Session:
    tensors = tensors or Tensors.random(shape)
    return Session(onnx_models.convolution(shape, tensors), threads, tensors.input)


def network(name: str, batch: int, threads: int, folder: Path, inputs: numpy.ndarray | None = None) -> Session:
    """A network of models.py. The runtime folds batch normalisation and fuses activations when it reads the model."""
    return Session(str(onnx_models.network(name, batch, folder)), threads, inputs)
