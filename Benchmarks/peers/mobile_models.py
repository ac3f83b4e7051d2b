"""The networks of few operations of UnfoldNN's Architecture in PyTorch: MobileNets, EfficientNet, ShuffleNet, SqueezeNet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

Activation = Callable[[], nn.Module]


def relu6() -> nn.Module:
    return nn.ReLU6(inplace=True)


def silu() -> nn.Module:
    return nn.SiLU(inplace=True)


def relu() -> nn.Module:
    return nn.ReLU(inplace=True)


def hard_swish() -> nn.Module:
    return nn.Hardswish(inplace=True)


def unit(
    channels: int, filters: int, window: int = 1, stride: int = 1, groups: int = 1, activation: Activation | None = None,
    epsilon: float = 1e-5, momentum: float = 0.1,
) -> nn.Module:
    """A convolution, its normalisation and an activation."""
    layers = [
        nn.Conv2d(channels, filters, window, stride, window // 2, groups=groups, bias=False),
        nn.BatchNorm2d(filters, epsilon, momentum)]
    return nn.Sequential(*layers, *([] if activation is None else [activation()]))


class SqueezeExcite(nn.Module):
    def __init__(self, channels: int, width: int, activation: Activation, gate: nn.Module):
        super().__init__()
        self.factors = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, width, 1), activation(), nn.Conv2d(width, channels, 1), gate)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factors(x) * x


@dataclass(frozen=True)
class Residual:
    """The sizes of an inverted residual."""

    expanded: int
    outputs: int
    window: int
    stride: int
    activation: Activation
    excitation: Callable[[int], nn.Module] | None = None
    """Makes the squeeze and excitation of a number of channels."""


class InvertedResidual(nn.Module):
    """The block of the mobile networks."""

    def __init__(self, channels: int, sizes: Residual, **normalization: float):
        super().__init__()
        act, wide = sizes.activation, sizes.expanded
        layers = [] if wide == channels else [unit(channels, wide, activation=act, **normalization)]
        layers.append(unit(wide, wide, sizes.window, sizes.stride, wide, act, **normalization))
        if sizes.excitation is not None:
            layers.append(sizes.excitation(wide))
        layers.append(unit(wide, sizes.outputs, **normalization))
        self.layers = nn.Sequential(*layers)
        self.is_added = sizes.stride == 1 and channels == sizes.outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.layers(x)
        return y + x if self.is_added else y


def mobile(first: int, blocks: list[Residual], last: int, activation: Activation, **normalization: float) -> list[nn.Module]:
    """From the image to the means of the last map; the classifier is missing."""
    layers, channels = [unit(3, first, 3, 2, activation=activation, **normalization)], first
    for sizes in blocks:
        layers.append(InvertedResidual(channels, sizes, **normalization))
        channels = sizes.outputs
    return [
        *layers, unit(channels, last, activation=activation, **normalization), nn.AdaptiveAvgPool2d(1), nn.Flatten()]


MOBILENET_V2 = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, filters, blocks, first stride."""


def mobilenet_v2(classes: int) -> nn.Module:
    blocks: list[Residual] = []
    channels = 32
    for expansion, filters, count, stride in MOBILENET_V2:
        for index in range(count):
            blocks.append(Residual(expansion * channels, filters, 3, stride if index == 0 else 1, relu6))
            channels = filters
    return nn.Sequential(*mobile(32, blocks, 1280, relu6), nn.Dropout(0.2), nn.Linear(1280, classes))


EFFICIENTNET_B0 = (
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1))
"""Expansion, window, first stride, filters, blocks."""


def efficientnet_b0(classes: int) -> nn.Module:
    """Without stochastic depth, as in Unfold."""
    blocks: list[Residual] = []
    channels = 32
    for expansion, window, stride, filters, count in EFFICIENTNET_B0:
        for index in range(count):
            width = max(1, channels // 4)
            blocks.append(Residual(
                expansion * channels, filters, window, stride if index == 0 else 1, silu,
                lambda wide, width=width: SqueezeExcite(wide, width, silu, nn.Sigmoid())))
            channels = filters
    return nn.Sequential(*mobile(32, blocks, 1280, silu), nn.Dropout(0.2), nn.Linear(1280, classes))


MOBILENET_V3 = (
    (3, 16, 16, 0, relu, 1), (3, 64, 24, 0, relu, 2), (3, 72, 24, 0, relu, 1), (5, 72, 40, 24, relu, 2),
    (5, 120, 40, 32, relu, 1), (5, 120, 40, 32, relu, 1), (3, 240, 80, 0, hard_swish, 2), (3, 200, 80, 0, hard_swish, 1),
    (3, 184, 80, 0, hard_swish, 1), (3, 184, 80, 0, hard_swish, 1), (3, 480, 112, 120, hard_swish, 1),
    (3, 672, 112, 168, hard_swish, 1), (5, 672, 160, 168, hard_swish, 2), (5, 960, 160, 240, hard_swish, 1),
    (5, 960, 160, 240, hard_swish, 1))
"""Window, channels between, filters, width of the squeeze and excitation, activation, stride."""


def mobilenet_v3(classes: int) -> nn.Module:
    blocks = [
        Residual(
            expanded, filters, window, stride, activation,
            (lambda wide, width=width: SqueezeExcite(wide, width, relu, nn.Hardsigmoid())) if width else None)
        for window, expanded, filters, width, activation, stride in MOBILENET_V3]
    return nn.Sequential(
        *mobile(16, blocks, 960, hard_swish, epsilon=1e-3, momentum=0.01),
        nn.Linear(960, 1280), hard_swish(), nn.Dropout(0.2), nn.Linear(1280, classes))


class Fire(nn.Module):
    """SqueezeNet's module."""

    def __init__(self, channels: int, squeezed: int, expanded: int):
        super().__init__()
        self.squeeze = nn.Sequential(nn.Conv2d(channels, squeezed, 1), relu())
        self.small = nn.Sequential(nn.Conv2d(squeezed, expanded, 1), relu())
        self.large = nn.Sequential(nn.Conv2d(squeezed, expanded, 3, padding=1), relu())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.squeeze(x)
        return torch.cat([self.small(x), self.large(x)], 1)


def squeezenet(classes: int) -> nn.Module:
    """Version 1.1."""
    layers = [nn.Conv2d(3, 64, 3, 2), relu(), nn.MaxPool2d(3, 2, ceil_mode=True)]
    channels = 64
    for squeezed, expanded in ((16, 64), (16, 64), (0, 0), (32, 128), (32, 128), (0, 0), (48, 192), (48, 192), (64, 256),
                               (64, 256)):
        if squeezed == 0:
            layers.append(nn.MaxPool2d(3, 2, ceil_mode=True))
            continue
        layers.append(Fire(channels, squeezed, expanded))
        channels = 2 * expanded
    return nn.Sequential(
        *layers, nn.Dropout(0.5), nn.Conv2d(channels, classes, 1), relu(), nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Shuffled(nn.Module):
    """ShuffleNetV2's block."""

    def __init__(self, channels: int, filters: int, stride: int):
        super().__init__()
        entering = channels if stride > 1 else channels // 2
        self.first = None
        if stride > 1:
            self.first = nn.Sequential(
                unit(channels, channels, 3, stride, channels), unit(channels, filters, activation=relu))
        self.second = nn.Sequential(
            unit(entering, filters, activation=relu), unit(filters, filters, 3, stride, filters),
            unit(filters, filters, activation=relu))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.first is None:
            kept, computed = x.chunk(2, 1)
            y = torch.cat([kept, self.second(computed)], 1)
        else:
            y = torch.cat([self.first(x), self.second(x)], 1)
        batch, channels, height, width = y.shape
        return y.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(batch, channels, height, width)


def shufflenet_v2(classes: int) -> nn.Module:
    """Of width 1.0."""
    layers = [unit(3, 24, 3, 2, activation=relu), nn.MaxPool2d(3, 2, 1)]
    channels = 24
    for count, filters in ((4, 116), (8, 232), (4, 464)):
        for index in range(count):
            layers.append(Shuffled(channels, filters // 2, 2 if index == 0 else 1))
            channels = filters
    return nn.Sequential(
        *layers, unit(channels, 1024, activation=relu), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, classes))
