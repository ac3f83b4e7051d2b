"""MLX's side: convolutions on the processor, forward and both gradients. MLX computes them on one thread, by the reference
BLAS that its wheel is linked with. Nothing sets a number of threads: the process is held to as many cores."""

from __future__ import annotations

import os

import numpy

from shapes import Convolution, TransposedConvolution
from tensors import Tensors, random
from unsupported import Unsupported


class Pass:
    """A pass that is evaluated at each call: MLX is lazy. `result` gives its output as a lazy array, NHWC."""

    def __init__(self, result):
        import mlx.core

        self.result, self.evaluate = result, mlx.core.eval

    def __call__(self):
        self.evaluate(self.result())

    def output(self) -> numpy.ndarray:
        """The channels moved behind the first axis: NCHW, or OIHW of a filter gradient."""
        found = numpy.moveaxis(numpy.array(self.result()), -1, 1)
        return found if found.ndim == 4 else found[:, :, None]


def convolution(
    shape: Convolution, direction: str, threads: int, tensors: Tensors | None = None,
    gradient: numpy.ndarray | None = None
) -> Pass:
    """`gradient` is the output's, NCHW."""
    if isinstance(shape, TransposedConvolution):
        raise Unsupported("ordinary convolutions only")
    # Threads that are made later inherit the cores, so this comes before MLX is loaded.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import mlx.core as mx

    mx.set_default_device(mx.cpu)
    tensors = tensors or Tensors.random(shape)
    axes = shape.axes if shape.vertical else shape.axes[1:]
    inputs, filters = (channels_last(array, len(axes)) for array in (tensors.input, tensors.filters))
    bias = mx.array(tensors.bias)

    def convolve(inputs, filters):
        return mx.conv_general(
            inputs, filters, stride=[axis.stride for axis in axes],
            padding=([axis.low for axis in axes], [axis.high for axis in axes]),
            kernel_dilation=[axis.dilation for axis in axes], groups=shape.groups)

    if direction == "FWD_B":
        mx.eval(inputs, filters, bias)
        return Pass(lambda: convolve(inputs, filters) + bias)
    # The forward pass that belongs to a gradient is never evaluated.
    if gradient is None:
        gradient = random(shape.batch, shape.output_channels, *(axis.output for axis in shape.axes))
    gradient = channels_last(gradient, len(axes))
    mx.eval(inputs, filters, gradient)
    if direction == "BWD_D":
        return Pass(lambda: mx.vjp(lambda inputs: convolve(inputs, filters), [inputs], [gradient])[1][0])
    return Pass(lambda: mx.vjp(lambda filters: convolve(inputs, filters), [filters], [gradient])[1][0])


def channels_last(array: numpy.ndarray, axes: int):
    """MLX's layouts, NHWC and OHWI, or NWC and OWI along one axis."""
    import mlx.core as mx

    array = numpy.moveaxis(array, 1, -1)
    return mx.array(array if axes == 2 else array[:, 0])
