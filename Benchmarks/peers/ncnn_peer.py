"""ncnn's side: a network of one convolution, and whole networks by pnnx, its converter; forward only and in f32.

ncnn computes one image at a time, so several are a loop. A layer's input and output lie in memory as ncnn's own layers
pass them to each other: channels packed by 16, 8 or 4 where their number allows it."""

from __future__ import annotations

import struct
import sys
import tempfile
from pathlib import Path

import ncnn
import numpy

import onnx_models
import trial
from shapes import Convolution, TransposedConvolution
from tensors import Tensors, random
from unsupported import Unsupported

REDUCED = (
    "use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_packed", "use_bf16_storage",
    "use_int8_inference", "use_int8_packed", "use_int8_storage", "use_int8_arithmetic", "use_vulkan_compute",
)
"""The options that are off: numbers of less than 32 bits, and graphics processors."""

NO_WINOGRAD, NO_PACKING = {"use_winograd_convolution": False}, {"use_packing_layout": False}
SMALLER_WINOGRAD = (
    {"use_winograd63_convolution": False}, {"use_winograd63_convolution": False, "use_winograd43_convolution": False})
METHODS = ({}, NO_WINOGRAD, {**NO_WINOGRAD, "use_sgemm_convolution": False})
"""What ncnn chooses itself, by sgemm, and neither."""

PACKINGS = (16, 8, 4)


class Net:
    """A network that runs on some images, one after another.

    `settings` are options that differ from ncnn's own; `images` are NCHW, or NCW along one axis; `is_packed` is whether
    inputs are packed beforehand, and outputs stay packed."""

    def __init__(
        self, threads: int, settings: dict, ends: tuple[str, str], load, images: numpy.ndarray, is_packed: bool = False
    ):
        self.net = ncnn.Net()
        self.net.opt.num_threads = threads
        for option in REDUCED:
            setattr(self.net.opt, option, False)
        for option, value in settings.items():
            setattr(self.net.opt, option, value)
        if not load(self.net):
            raise RuntimeError("ncnn does not read the model")
        self.begin, self.end = ends
        self.axes = images.ndim - 2
        self.is_packed = is_packed
        self.set_images(images)

    def set_images(self, images: numpy.ndarray):
        # `clone`, because ncnn aligns each channel.
        self.images = [ncnn.Mat(image).clone() for image in images]
        packing = next((count for count in PACKINGS if images.shape[1] % count == 0), 1)
        if self.is_packed and self.net.opt.use_packing_layout and packing > 1:
            self.images = [ncnn.convert_packing(image, packing) for image in self.images]

    def extracted(self, image, kind: int):
        """`kind` 0 unpacks the output, 1 leaves it as it is."""
        extractor = self.net.create_extractor()
        extractor.input(self.begin, image)
        status, output = extractor.extract(self.end, kind)
        if status != 0:
            raise RuntimeError(f"ncnn ends with {status}")
        return output

    def __call__(self):
        for image in self.images:
            self.extracted(image, int(self.is_packed))

    def output(self) -> numpy.ndarray:
        return numpy.stack([numpy.array(self.extracted(image, 0)) for image in self.images])


def convolution(shape: Convolution, direction: str, threads: int, tensors: Tensors | None = None) -> Net:
    """By the fastest of ncnn's methods for one image, with packed channels or without. Along one axis its layers for two
    axes are tried too, with one row."""
    tensors = tensors or Tensors.random(shape)
    weights = data(shape, tensors)

    def images(axes: int) -> numpy.ndarray:
        return tensors.input if axes == 2 else tensors.input[:, :, 0]

    def made(axes: int, settings: dict) -> Net:
        def load(net: ncnn.Net) -> bool:
            # Weights are read from files only.
            with tempfile.NamedTemporaryFile(suffix=".bin") as file:
                file.write(weights)
                file.flush()
                return net.load_param_mem(layer(shape, axes)) == 0 and net.load_model(file.name) == 0

        return Net(threads, settings, ("in", "out"), load, images(axes)[:1], is_packed=True)

    best = trial.fastest(
        made(axes, {**method, **packing})
        for axes in ((2,) if shape.vertical else (1, 2)) for packing in ({}, NO_PACKING) for method in methods(shape))
    best.set_images(images(best.axes))
    return best


def methods(shape: Convolution) -> tuple[dict, ...]:
    """Those that ncnn has for the shape."""
    if shape.groups > 1 or isinstance(shape, TransposedConvolution):
        return METHODS[:1]
    is_winograd = all((axis.window, axis.stride, axis.dilation) == (3, 1, 1) for axis in shape.axes)
    return (*METHODS, *SMALLER_WINOGRAD) if is_winograd else METHODS[1:]


def layer(shape: Convolution, axes: int) -> str:
    """The network of one layer, in the format of ncnn's .param files: the keys are those of the layer's parameters."""
    rows, columns = shape.axes
    taps = rows.window * columns.window
    values = {
        0: shape.output_channels, 1: columns.window, 2: columns.dilation, 3: columns.stride, 4: columns.low,
        15: columns.high, 5: 1, 6: taps * shape.input_channels * shape.output_channels // shape.groups,
    }
    is_transposed = isinstance(shape, TransposedConvolution)
    if is_transposed:
        # ncnn cuts the padding off after it has added the output padding.
        values |= {15: max(columns.high, 0), 18: beyond(columns)}
    if axes == 2:
        values |= {11: rows.window, 12: rows.dilation, 13: rows.stride, 14: rows.low, 16: rows.high}
        if is_transposed:
            values |= {16: max(rows.high, 0), 19: beyond(rows)}
    if shape.groups > 1:
        values[7] = shape.groups
    kind = ("Deconvolution" if is_transposed else "Convolution") + ("DepthWise" if shape.groups > 1 else "")
    kind += "" if axes == 2 else "1D"
    fields = " ".join(f"{key}={value}" for key, value in values.items())
    return f"7767517\n2 2\nInput input 0 1 in\n{kind} convolution 1 1 in out {fields}\n"


def beyond(axis) -> int:
    """What no window of a transposed convolution reaches."""
    return axis.output_padding + axis.high - axis.low


def data(shape: Convolution, tensors: Tensors) -> bytes:
    """The weights in the format of ncnn's .bin files: a zero for 32 bits, filters (output channels first), bias."""
    filters = tensors.filters
    if isinstance(shape, TransposedConvolution):
        filters = filters.reshape(shape.groups, -1, *filters.shape[1:]).swapaxes(1, 2)
    return struct.pack("<I", 0) + filters.tobytes() + tensors.bias.tobytes()


def network(name: str, batch: int, threads: int, folder: Path, inputs: numpy.ndarray | None = None) -> Net:
    """A network of models.py. pnnx folds batch normalisation and fuses activations when it converts the model."""
    model = onnx_models.network(name, 1, folder)
    converted = folder / f"{name}-pnnx"
    parameters, weights = (str(converted / f"net.ncnn.{ending}") for ending in ("param", "bin"))
    if inputs is None:
        inputs = random(batch, *onnx_models.input_extents(model)[1:])
    if not Path(weights).exists():
        convert(model, converted, [1, *inputs.shape[1:]])

    def load(net: ncnn.Net) -> bool:
        return net.load_param(parameters) == net.load_model(weights) == 0

    # As for layers, one image is enough to choose.
    best = trial.fastest(
        Net(threads, settings, ("in0", "out0"), load, inputs[:1]) for settings in ({}, *SMALLER_WINOGRAD[:1]))
    best.set_images(inputs)
    return best


def convert(model: Path, folder: Path, extents: list[int]):
    """Writes net.ncnn.param and net.ncnn.bin to the folder; pnnx writes more files, beside its input."""
    program = Path(sys.executable).with_name("pnnx")
    if not program.exists():
        raise Unsupported("pnnx is not installed")
    folder.mkdir()
    (folder / "net.onnx").symlink_to(model)
    shape = f"inputshape=[{','.join(map(str, extents))}]"
    onnx_models.run([str(program), "net.onnx", shape, "fp16=0"], folder)
