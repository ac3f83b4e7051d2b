"""The operands of a convolution, as the peers get them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy

from shapes import Convolution, TransposedConvolution


@dataclass(frozen=True)
class Tensors:
    """In PyTorch's layouts: the input NCHW, the filters OIHW, or IOHW where the convolution is transposed."""

    input: numpy.ndarray
    filters: numpy.ndarray
    bias: numpy.ndarray

    @classmethod
    def random(cls, shape: Convolution) -> Tensors:
        rows, columns = shape.axes
        if isinstance(shape, TransposedConvolution):
            channels = shape.input_channels, shape.output_channels // shape.groups
        else:
            channels = shape.output_channels, shape.input_channels // shape.groups
        return cls(
            random(shape.batch, shape.input_channels, rows.input, columns.input),
            random(*channels, rows.window, columns.window), random(shape.output_channels))


def random(*extents: int) -> numpy.ndarray:
    return 2 * numpy.random.default_rng(0).random(extents, dtype=numpy.float32) - 1
