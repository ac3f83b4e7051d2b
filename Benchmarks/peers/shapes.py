"""Shapes in benchdnn's words, read by the same rules as in Unfold's module UnfoldData, folder Shapes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

LARGEST_NUMBER = 1 << 30
ALGORITHMS = {
    "max": "maximum-pooling",
    "pooling_max": "maximum-pooling",
    "avg_np": "mean-pooling",
    "pooling_avg_exclude_padding": "mean-pooling",
    "nearest": "nearest",
    "resampling_nearest": "nearest",
    "linear": "linear",
    "resampling_linear": "linear",
}


class ShapeError(ValueError):
    """A text that is no descriptor, and why."""


class UnsupportedShape(ShapeError):
    """No mistake, but nothing that is measured here: three spatial axes, negative padding."""


@dataclass(frozen=True)
class Axis:
    """One spatial axis."""

    input: int
    output: int
    window: int
    stride: int
    dilation: int
    low: int
    high: int

    @property
    def is_symmetric(self) -> bool:
        """Whether the same padding on both sides gives the same output: inputs left over at the end do no harm."""
        covered = (self.window - 1) * self.dilation + 1
        return (self.input + 2 * self.low - covered) // self.stride + 1 == self.output


@dataclass(frozen=True)
class TransposedAxis(Axis):
    """One spatial axis of a transposed convolution: the padding is cut off the output."""

    @property
    def output_padding(self) -> int:
        """What the output has beyond its last window; with the same padding on both sides, as in PyTorch."""
        return self.output + 2 * self.low - (self.input - 1) * self.stride - (self.window - 1) * self.dilation - 1

    @property
    def is_symmetric(self) -> bool:
        """Whether PyTorch has it: with the same padding on both sides and an output padding that it takes."""
        return 0 <= self.output_padding < max(self.stride, self.dilation)


ONE_PIXEL_NUMBERS = (1, 1, 1, 1, 1, 0, 0)
ONE_PIXEL = Axis(*ONE_PIXEL_NUMBERS)


@dataclass(frozen=True)
class Layer:
    """What all shapes have: the images, the name and how often the network has the layer."""

    batch: int
    name: str
    occurrences: int

    def with_batch(self, batch: int) -> Layer:
        return replace(self, batch=batch)


@dataclass(frozen=True)
class Windows(Layer):
    """A layer whose windows slide over the input; without `vertical` along one axis."""

    vertical: Axis | None
    horizontal: Axis

    axis_type = Axis

    @property
    def axes(self) -> tuple[Axis, Axis]:
        return self.vertical or ONE_PIXEL, self.horizontal


@dataclass(frozen=True)
class Convolution(Windows):
    """A convolution. `operation` is the engine's, or the naive loops'."""

    fields = {"g", "mb", "ic", "oc"} | {kind + axis for kind in "iokspd" for axis in "dhw"}
    operation = "convolution"

    groups: int
    input_channels: int
    output_channels: int

    @property
    def operations(self) -> float:
        """The multiplications and additions of one pass, by the direct definition."""
        rows, columns = self.axes
        taps = rows.window * columns.window * self.input_channels // self.groups
        return 2.0 * self.batch * rows.output * columns.output * taps * self.output_channels

    @property
    def descriptor(self) -> str:
        """The canonical text: every field written out."""
        channels = (f"ic{self.input_channels}", f"oc{self.output_channels}")
        sizes = [count + spatial(kind, self) for count, kind in zip(channels, "io")]
        return "_".join([f"g{self.groups}mb{self.batch}", *sizes, *window_fields(self)]) + name_field(self)

    @classmethod
    def parse(cls, text: str, algorithm: str | None = None) -> Convolution:
        numbers, shared = parse_windows(text, cls.fields, cls.axis_type)
        return cls(
            groups=positive(numbers, "g", 1),
            batch=positive(numbers, "mb", 2),
            input_channels=positive(numbers, "ic"),
            output_channels=positive(numbers, "oc"),
            **shared,
        )


@dataclass(frozen=True)
class TransposedConvolution(Convolution):
    """A transposed convolution: its input is the smaller map, its output the larger one."""

    operation = "transposed-convolution"
    axis_type = TransposedAxis

    @property
    def axes(self) -> tuple[TransposedAxis, TransposedAxis]:
        return self.vertical or TransposedAxis(*ONE_PIXEL_NUMBERS), self.horizontal

    @property
    def operations(self) -> float:
        """Each input pixel takes part in all taps of the window."""
        rows, columns = self.axes
        taps = rows.window * columns.window * self.output_channels // self.groups
        return 2.0 * self.batch * rows.input * columns.input * taps * self.input_channels


DRIVERS = {"--conv": Convolution, "--deconv": TransposedConvolution}
"""The options that say which of the two the descriptors after them are."""


@dataclass(frozen=True)
class Pooling(Windows):
    """A pooling, `operation` maximum-pooling or mean-pooling (which leaves padding out)."""

    operation: str
    channels: int

    fields = Convolution.fields - {"g", "oc"}
    groups = 1
    operations = 0.0

    @property
    def descriptor(self) -> str:
        sizes = [spatial("i", self), spatial("o", self)]
        return "_".join([f"mb{self.batch}ic{self.channels}", *sizes, *window_fields(self)]) + name_field(self)

    @classmethod
    def parse(cls, text: str, algorithm: str | None = None) -> Pooling:
        numbers, shared = parse_windows(text, cls.fields)
        return cls(
            operation=ALGORITHMS[algorithm or "max"],
            batch=positive(numbers, "mb", 2),
            channels=positive(numbers, "ic"),
            **shared,
        )


@dataclass(frozen=True)
class Resampling(Layer):
    """A change of size, `operation` nearest or linear; `rows` and `columns` are the input's and the output's extent."""

    operation: str
    channels: int
    rows: tuple[int, int]
    columns: tuple[int, int]

    fields = {"mb", "ic", "id", "ih", "iw", "od", "oh", "ow"}
    groups = 1
    operations = 0.0

    @property
    def descriptor(self) -> str:
        (height, tall), (width, wide) = self.rows, self.columns
        return f"mb{self.batch}ic{self.channels}_ih{height}iw{width}_oh{tall}ow{wide}" + name_field(self)

    @classmethod
    def parse(cls, text: str, algorithm: str | None = None) -> Resampling:
        numbers, name, occurrences = parse_fields(text, cls.fields)
        if numbers.get("id") or numbers.get("od"):
            raise UnsupportedShape(text)
        rows = (numbers.get("ih") or 1, numbers.get("oh") or 1)
        if bool(numbers.get("ih")) != bool(numbers.get("oh")):
            raise ShapeError(f"{text}: expected ih and oh, or neither")
        columns = (numbers.get("iw") or numbers.get("ih"), numbers.get("ow") or numbers.get("oh"))
        if not all(columns):
            raise ShapeError(f"{text}: expected a height (ih, oh) or a width (iw, ow), found none")
        return cls(
            operation=ALGORITHMS[algorithm or "nearest"],
            batch=positive(numbers, "mb", 2),
            channels=positive(numbers, "ic"),
            rows=rows,
            columns=columns,
            name=name,
            occurrences=occurrences,
        )


def spatial(kind: str, shape: Convolution | Pooling) -> str:
    """A field of both axes in the canonical form: `kh3kw5`, or `kw5` without rows."""
    values = {
        "i": lambda axis: axis.input,
        "o": lambda axis: axis.output,
        "k": lambda axis: axis.window,
        "s": lambda axis: axis.stride,
        "p": lambda axis: axis.low,
        "d": lambda axis: axis.dilation - 1,
    }
    rows = f"{kind}h{values[kind](shape.vertical)}" if shape.vertical else ""
    return f"{rows}{kind}w{values[kind](shape.horizontal)}"


def window_fields(shape: Convolution | Pooling) -> list[str]:
    return [spatial(kind, shape) for kind in "kspd"]


def name_field(shape) -> str:
    """The end of a descriptor."""
    ending = f"*{shape.occurrences}" if shape.occurrences > 1 else ""
    return f'_n"{shape.name}{ending}"' if shape.name or ending else ""


def parse_fields(text: str, known: set[str]) -> tuple[dict[str, int], str, int]:
    """The explicit fields of a descriptor: numbers by field, the name and how often the network has the layer."""
    numbers: dict[str, int] = {}
    rest = text
    while rest:
        if rest[0] == "_":
            rest = rest[1:]
        elif rest[0] == "n":
            return numbers, *parse_name(rest[1:])
        else:
            match = re.match(r"([A-Za-z]+)([0-9]+)", rest)
            if not match or match[1] not in known or int(match[2]) > LARGEST_NUMBER:
                raise ShapeError(f"{text}: expected a field such as ic64, found {rest[:8]!r}")
            numbers[match[1]] = int(match[2])
            rest = rest[match.end():]
    return numbers, "", 1


def parse_windows(text: str, known: set[str], axis_type: type = Axis) -> tuple[dict[str, int], dict]:
    """The numbers of a descriptor by field, and what every layer with windows is made of beside them."""
    numbers, name, occurrences = parse_fields(text, known)
    vertical, horizontal = parse_axes(text, numbers, axis_type)
    return numbers, {"vertical": vertical, "horizontal": horizontal, "name": name, "occurrences": occurrences}


def parse_name(text: str) -> tuple[str, int]:
    """`"name"`, `"name*3"`, `"name"*3` or the same without quotes."""
    match = re.fullmatch(r'"([^"]*)"(?:\*([0-9]+))?', text) or re.fullmatch(r'([^"]*)()', text)
    if not match:
        raise ShapeError(f"expected a name in quotes, found {text!r}")
    name, count = match[1], match[2]
    if not count and (inside := re.fullmatch(r"(.*)\*([0-9]+)", name)):
        name, count = inside.groups()
    return name, int(count) if count else 1


def positive(numbers: dict[str, int], field: str, default: int | None = None) -> int:
    number = numbers.get(field, default)
    if number is None or number < 1:
        raise ShapeError(f"expected {field} of 1 or more, found {number}")
    return number


def parse_axes(text: str, numbers: dict[str, int], axis_type: type) -> tuple[Axis | None, Axis]:
    """The rows, None where there is one axis only, and the columns."""
    if parse_axis(numbers, "d", axis_type):
        raise UnsupportedShape(text)
    vertical = parse_axis(numbers, "h", axis_type)
    horizontal = parse_axis(numbers, "w", axis_type) or vertical
    if not horizontal:
        raise ShapeError(f"{text}: expected a height (ih, kh) or a width (iw, kw), found none")
    return vertical, horizontal


def parse_axis(numbers: dict[str, int], letter: str, axis_type: type) -> Axis | None:
    """The axis of a letter; None where the descriptor says nothing about it."""
    extent, window, output = (numbers.get(kind + letter, 0) for kind in "iko")
    stride, skipped = numbers.get("s" + letter, 1), numbers.get("d" + letter, 0)
    padding = numbers.get("p" + letter)
    # As in benchdnn, an axis whose every field has its default value is not there.
    if not (extent or window or output or skipped or padding) and stride == 1:
        return None
    for field, number in (("i", extent), ("k", window), ("s", stride)):
        positive({field + letter: number}, field + letter)
    covered = (window - 1) * (skipped + 1) + 1
    if axis_type is TransposedAxis:
        whole = (extent - 1) * stride + covered
        low = padding if padding is not None else max(truncated(whole - output, 2), 0) if output else 0
        output = output or whole - 2 * low
        if output < 1:
            raise ShapeError(f"expected a padding of less than half of the whole output, {whole}, found {low}")
        return TransposedAxis(extent, output, window, stride, skipped + 1, low, max(whole - low - output, 0))
    if output > 0:
        low = max(truncated((output - 1) * stride - extent + covered, 2), 0) if padding is None else padding
    else:
        low = padding or 0
        output = truncated(extent - covered + 2 * low, stride) + 1
        if output < 1:
            raise ShapeError(f"expected a window of at most the padded input, {extent + 2 * low}, found {covered}")
    needed = (output - 1) * stride + covered - extent - low
    if needed == -stride:
        raise UnsupportedShape(f"o{letter}{output} needs a negative padding of {needed}")
    if needed < -stride:
        raise ShapeError(f"expected o{letter} of at least {(extent + low - covered) // stride + 1}, found {output}")
    return Axis(extent, output, window, stride, skipped + 1, low, max(needed, 0))


def truncated(numerator: int, denominator: int) -> int:
    """The quotient rounded to zero, as C and Swift divide."""
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient


def read(path: Path, kind: type) -> list:
    """The shapes of a file: descriptors between white space, comments from `#`, and of the options `--mb=` (the batches
    of what follows), `--alg=` (its algorithms), `--reset`, and in a file of convolutions `--deconv` and `--conv` (whether
    it is transposed). What is not supported is left out."""
    shapes = []
    batches, algorithms = ["0"], [None]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for word in words(line):
            option, _, value = word.partition("=")
            if option == "--reset":
                batches, algorithms = ["0"], [None]
            elif option == "--mb":
                batches = value.split(",")
            elif option == "--alg":
                algorithms = value.lower().split(",")
            elif kind in DRIVERS.values() and option in DRIVERS:
                kind = DRIVERS[option]
            elif not word.startswith("-"):
                try:
                    for algorithm in algorithms:
                        shape = kind.parse(word, algorithm)
                        shapes += [shape.with_batch(int(batch)) if int(batch) else shape for batch in batches]
                except UnsupportedShape:
                    continue
                except ValueError as error:
                    raise ShapeError(f"{path}:{number}: {error}") from None
    return shapes


def words(line: str) -> list[str]:
    """The parts of a line between white space, up to `#`; neither counts within quotes."""
    found: list[str] = []
    word, is_quoted = "", False
    for character in line:
        if character == "#" and not is_quoted:
            break
        if character.isspace() and not is_quoted:
            found.append(word)
            word = ""
        else:
            is_quoted ^= character == '"'
            word += character
    return [word for word in [*found, word] if word]
