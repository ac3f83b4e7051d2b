"""ConvNeXt in PyTorch, see Sources/UnfoldNN/Models/ConvNeXt.swift."""

from __future__ import annotations

import torch
from torch import nn


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation of each pixel's channels, in NCHW."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNeXtBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.pixelwise = nn.Sequential(
            nn.LayerNorm(channels, 1e-6), nn.Linear(channels, 4 * channels), nn.GELU(), nn.Linear(4 * channels, channels))
        self.scale = nn.Parameter(torch.full((channels, 1, 1), 1e-6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.pixelwise(self.depthwise(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.scale * y + x


def convnext_tiny(classes: int) -> nn.Module:
    """Without stochastic depth, as in Unfold."""
    layers: list[nn.Module] = [nn.Conv2d(3, 96, 4, 4), ChannelNorm(96, 1e-6)]
    channels = 96
    for count, filters in zip((3, 3, 9, 3), (96, 192, 384, 768)):
        if filters != channels:
            layers += [ChannelNorm(channels, 1e-6), nn.Conv2d(channels, filters, 2, 2)]
            channels = filters
        layers += [ConvNeXtBlock(channels) for _ in range(count)]
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(channels, 1e-6), nn.Linear(channels, classes))
