"""PyTorch's side: the operators that its layers call, without autograd's bookkeeping. So a direction is one call, which
computes only the requested gradient."""

from __future__ import annotations

import torch

from models import MODELS
from shapes import Convolution, Pooling, Resampling, TransposedConvolution
from unsupported import Unsupported

aten = torch.ops.aten
FORMATS = {
    "pytorch": torch.contiguous_format, "pytorch-channels-last": torch.channels_last,
    "pytorch-compile": torch.channels_last,
}


def random(*shape: int, layout: torch.memory_format = torch.contiguous_format) -> torch.Tensor:
    # `to` and not `contiguous`: with one channel the latter treats both layouts as equal and keeps the strides, and
    # PyTorch would choose another kernel than for code that follows its documentation.
    return torch.empty(*shape).uniform_(-1, 1).to(memory_format=layout)


def windows(shape: Convolution | Pooling) -> tuple[list[int], list[int], list[int], list[int]]:
    """Window, stride, padding and dilation, rows first. Padding that differs from side to side would need
    another operator, whose time would be added to the measured one."""
    if not all(axis.is_symmetric for axis in shape.axes):
        raise Unsupported("no asymmetric padding")
    return tuple([getattr(axis, field) for axis in shape.axes] for field in ("window", "stride", "low", "dilation"))


def convolution(shape: Convolution, direction: str, layout: torch.memory_format):
    """An ordinary or a transposed one: PyTorch has one operator for both."""
    rows, columns = shape.axes
    _, stride, padding, dilation = windows(shape)
    groups = shape.groups
    is_transposed = isinstance(shape, TransposedConvolution)
    if is_transposed:
        extents = shape.input_channels, shape.output_channels // groups
        beyond = [axis.output_padding for axis in shape.axes]
    else:
        extents, beyond = (shape.output_channels, shape.input_channels // groups), [0, 0]
    filters = random(*extents, rows.window, columns.window, layout=layout)
    arguments = stride, padding, dilation, is_transposed, beyond, groups
    inputs = random(shape.batch, shape.input_channels, rows.input, columns.input, layout=layout)
    if direction == "FWD_B":
        bias = random(shape.output_channels)
        return lambda: aten.convolution(inputs, filters, bias, *arguments)
    gradient = random(shape.batch, shape.output_channels, rows.output, columns.output, layout=layout)
    mask = {"BWD_D": [True, False, False], "BWD_W": [False, True, False]}[direction]
    return lambda: aten.convolution_backward(gradient, inputs, filters, None, *arguments, mask)


def pooling(shape: Pooling, direction: str, layout: torch.memory_format):
    rows, columns = shape.axes
    window, stride, padding, dilation = windows(shape)
    if any(2 * low > taps for low, taps in zip(padding, window)):
        raise Unsupported("no padding beyond half the window")
    inputs = random(shape.batch, shape.channels, rows.input, columns.input, layout=layout)
    gradient = random(shape.batch, shape.channels, rows.output, columns.output, layout=layout)
    if shape.operation == "maximum-pooling":
        arguments = window, stride, padding, dilation, False
        if direction == "FWD_D":
            return lambda: aten.max_pool2d_with_indices(inputs, *arguments)
        _, positions = aten.max_pool2d_with_indices(inputs, *arguments)
        return lambda: aten.max_pool2d_with_indices_backward(gradient, inputs, *arguments, positions)
    if dilation != [1, 1]:
        raise Unsupported("no dilated mean pooling")
    arguments = window, stride, padding, False, False, None
    if direction == "FWD_D":
        return lambda: aten.avg_pool2d(inputs, *arguments)
    return lambda: aten.avg_pool2d_backward(gradient, inputs, *arguments)


def resampling(shape: Resampling, direction: str, layout: torch.memory_format):
    sizes = (shape.rows[0], shape.columns[0]), (shape.rows[1], shape.columns[1])
    source, target = ([shape.batch, shape.channels, *size] for size in sizes)
    inputs, gradient = random(*source, layout=layout), random(*target, layout=layout)
    if shape.operation == "nearest":
        if direction == "FWD_D":
            return lambda: aten.upsample_nearest2d(inputs, target[2:])
        return lambda: aten.upsample_nearest2d_backward(gradient, target[2:], source)
    if direction == "FWD_D":
        return lambda: aten.upsample_bilinear2d(inputs, target[2:], False)
    return lambda: aten.upsample_bilinear2d_backward(gradient, target[2:], source, False)


def dense(shape: Convolution, direction: str, layout: torch.memory_format):
    if layout != torch.contiguous_format:
        raise Unsupported("a matrix has one layout")
    inputs = random(shape.batch, shape.input_channels)
    weights = random(shape.output_channels, shape.input_channels)
    gradient = random(shape.batch, shape.output_channels)
    bias = random(shape.output_channels)
    return {
        "FWD_B": lambda: torch.nn.functional.linear(inputs, weights, bias),
        "BWD_D": lambda: gradient @ weights,
        "BWD_W": lambda: gradient.t() @ inputs,
    }[direction]


def training(name: str, batch: int, layout: torch.memory_format, is_compiled: bool = False):
    """A step as in PyTorch's tutorials, always on the same batch."""
    model = MODELS[name]
    module = model.module(layout)
    if is_compiled:
        # Forgets what was compiled for other networks, which would count against the limit of compilations of a
        # function.
        torch.compiler.reset()
        # As one graph or not at all: otherwise parts that are not compiled would run eagerly, unnoticed.
        module = torch.compile(module, fullgraph=True)
    images = random(*model.input(batch), layout=layout)
    labels = model.labels(batch)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.001, momentum=0.9)

    def step():
        with torch.enable_grad():
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(module(images), labels)
            loss.backward()
            optimizer.step()
        return loss.detach()

    return step


def inference(name: str, batch: int, layout: torch.memory_format):
    """Forward without gradients; in eager mode a batch normalisation is an operator of its own."""
    model = MODELS[name]
    module = model.module(layout).eval()
    images = random(*model.input(batch), layout=layout)
    return lambda: module(images)
