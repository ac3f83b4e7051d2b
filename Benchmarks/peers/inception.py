"""Inception v3 in PyTorch, without the second classifier, see Sources/UnfoldNN/Models/InceptionV3.swift."""

from __future__ import annotations

import torch
from torch import nn

Window = int | tuple[int, int]


class Unit(nn.Sequential):
    """A convolution, its normalisation and relu."""

    def __init__(self, channels: int, filters: int, window: Window = 1, stride: int = 1, pads: bool = True):
        height, width = (window, window) if isinstance(window, int) else window
        super().__init__(
            nn.Conv2d(
                channels, filters, (height, width), stride, (height // 2, width // 2) if pads else 0, bias=False),
            nn.BatchNorm2d(filters, 1e-3), nn.ReLU(inplace=True))


def halving(channels: int, filters: int) -> nn.Module:
    return Unit(channels, filters, 3, 2, pads=False)


def chain(channels: int, *steps: tuple[int, Window]) -> nn.Sequential:
    """Convolutions one after another, each by its filters and its window."""
    layers = []
    for filters, window in steps:
        layers.append(Unit(channels, filters, window))
        channels = filters
    return nn.Sequential(*layers)


def pooled(channels: int, filters: int) -> nn.Module:
    return nn.Sequential(nn.AvgPool2d(3, 1, 1), Unit(channels, filters))


class Branches(nn.Module):
    """The results of some networks side by side."""

    def __init__(self, *branches: nn.Module):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([branch(x) for branch in self.branches], 1)


def square(channels: int, filters: int) -> nn.Module:
    return Branches(
        Unit(channels, 64), chain(channels, (48, 1), (64, 5)), chain(channels, (64, 1), (96, 3), (96, 3)),
        pooled(channels, filters))


def long(width: int) -> nn.Module:
    row, column = (1, 7), (7, 1)
    return Branches(
        Unit(768, 192), chain(768, (width, 1), (width, row), (192, column)),
        chain(768, (width, 1), (width, column), (width, row), (width, column), (192, row)), pooled(768, 192))


def wide(channels: int) -> nn.Module:
    row, column = (1, 3), (3, 1)
    return Branches(
        Unit(channels, 320), nn.Sequential(Unit(channels, 384), Branches(Unit(384, 384, row), Unit(384, 384, column))),
        nn.Sequential(*chain(channels, (448, 1), (384, 3)), Branches(Unit(384, 384, row), Unit(384, 384, column))),
        pooled(channels, 192))


def inception_v3(classes: int) -> nn.Module:
    return nn.Sequential(
        Unit(3, 32, 3, 2, pads=False), Unit(32, 32, 3, pads=False), Unit(32, 64, 3), nn.MaxPool2d(3, 2),
        Unit(64, 80), Unit(80, 192, 3, pads=False), nn.MaxPool2d(3, 2),
        square(192, 32), square(256, 64), square(288, 64),
        Branches(
            halving(288, 384), nn.Sequential(*chain(288, (64, 1), (96, 3)), halving(96, 96)), nn.MaxPool2d(3, 2)),
        long(128), long(160), long(160), long(192),
        Branches(
            nn.Sequential(Unit(768, 192), halving(192, 320)),
            nn.Sequential(*chain(768, (192, 1), (192, (1, 7)), (192, (7, 1))), halving(192, 192)), nn.MaxPool2d(3, 2)),
        wide(1280), wide(2048),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.5), nn.Linear(2048, classes))
