"""The networks of UnfoldNN's Architecture in PyTorch, see Sources/UnfoldNN/Models, and their inputs, as in
Sources/UnfoldCommand/Bench/MeasuredNetwork.swift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from convnext import convnext_tiny
from inception import inception_v3
from mobile_models import efficientnet_b0, mobilenet_v2, mobilenet_v3, shufflenet_v2, squeezenet


def lenet(classes: int, channels: int = 1, size: int = 28) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 32, 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear((size // 4) ** 2 * 64, 128), nn.ReLU(),
        nn.Linear(128, classes),
    )


def vgg(classes: int, channels: int = 1, size: int = 28) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(),
        nn.Conv2d(128, 128, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear((size // 4) ** 2 * 128, 256), nn.ReLU(),
        nn.Linear(256, classes),
    )


def deep_vgg(counts: tuple[int, ...], classes: int, channels: int = 3, size: int = 224) -> nn.Module:
    """VGG-11 to VGG-19, by the convolutions of each block."""
    layers: list[nn.Module] = []
    for block, count in enumerate(counts):
        filters = min(64 << block, 512)
        for _ in range(count):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(inplace=True)]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(
        *layers, nn.Flatten(),
        nn.Linear((size // 32) ** 2 * channels, 4096), nn.ReLU(inplace=True), nn.Dropout(),
        nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(),
        nn.Linear(4096, classes),
    )


class Block(nn.Module):
    """ResNet's basic block."""

    expansion = 1

    def __init__(self, channels: int, filters: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample(channels, filters, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """ResNet's block of three convolutions; the stride is on the 3x3."""

    expansion = 4
    groups, group_width = 1, 64

    def __init__(self, channels: int, filters: int, stride: int):
        super().__init__()
        width = filters * self.group_width // 64 * self.groups
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, groups=self.groups, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * filters, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * filters)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample(channels, 4 * filters, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class GroupedBottleneck(Bottleneck):
    """ResNeXt's block of the width 32x4d."""

    groups, group_width = 32, 4


def downsample(channels: int, outputs: int, stride: int) -> nn.Module | None:
    """The shortcut where a block changes the shape."""
    if stride == 1 and channels == outputs:
        return None
    return nn.Sequential(nn.Conv2d(channels, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


def stages(block: type[Block | Bottleneck], counts: tuple[int, ...], filters: tuple[int, ...]) -> list[nn.Module]:
    """ResNet's blocks, stage by stage; every stage but the first halves the map."""
    layers: list[nn.Module] = []
    channels = filters[0]
    for stage, (count, width) in enumerate(zip(counts, filters)):
        for index in range(count):
            layers.append(block(channels, width, 2 if stage > 0 and index == 0 else 1))
            channels = block.expansion * width
    return layers


def resnet(classes: int, channels: int = 1) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True),
        *stages(Block, (2, 2, 2), (32, 64, 128)),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, classes),
    )


def deep_resnet(
    block: type[Block | Bottleneck], counts: tuple[int, ...], classes: int, channels: int = 3
) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, 1),
        *stages(block, counts, (64, 128, 256, 512)),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(block.expansion * 512, classes),
    )


def resnet50(classes: int) -> nn.Module:
    return deep_resnet(Bottleneck, (3, 4, 6, 3), classes)


def resnext50(classes: int) -> nn.Module:
    return deep_resnet(GroupedBottleneck, (3, 4, 6, 3), classes)


class DenseLayer(nn.Module):
    """A layer of a dense block: concatenates its input and its result."""

    def __init__(self, channels: int, growth: int):
        super().__init__()
        self.new = nn.Sequential(
            nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.Conv2d(channels, 4 * growth, 1, bias=False),
            nn.BatchNorm2d(4 * growth), nn.ReLU(inplace=True), nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, self.new(x)], 1)


def dense_blocks(counts: tuple[int, ...], channels: int, growth: int, classes: int) -> list[nn.Module]:
    """DenseNet after its first convolution."""
    layers: list[nn.Module] = []
    for block, count in enumerate(counts):
        if block > 0:
            layers += [
                nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.Conv2d(channels, channels // 2, 1, bias=False),
                nn.AvgPool2d(2),
            ]
            channels //= 2
        for _ in range(count):
            layers.append(DenseLayer(channels, growth))
            channels += growth
    return [
        *layers, nn.BatchNorm2d(channels), nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes),
    ]


def densenet(classes: int, channels: int = 1) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 32, 3, padding=1, bias=False), *dense_blocks((6, 6, 6), 32, 16, classes))


def densenet121(classes: int, channels: int = 3) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
        *dense_blocks((6, 12, 24, 16), 64, 32, classes))


def pair(channels: int, filters: int) -> nn.Module:
    """A level of the U-Net."""
    return nn.Sequential(
        nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
        nn.Conv2d(filters, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    def __init__(self, classes: int, filters: tuple[int, ...] = (16, 32, 64, 128)):
        super().__init__()
        steps = list(zip(filters, filters[1:]))
        self.pool = nn.MaxPool2d(2)
        self.down = nn.ModuleList([pair(1, filters[0]), *(pair(above, below) for above, below in steps)])
        self.grow = nn.ModuleList([nn.ConvTranspose2d(below, above, 2, 2) for above, below in reversed(steps)])
        self.up = nn.ModuleList([pair(2 * above, above) for above, _ in reversed(steps)])
        self.classifier = nn.Conv2d(filters[0], classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips: list[torch.Tensor] = []
        for level, down in enumerate(self.down):
            x = down(x if level == 0 else self.pool(x))
            skips.append(x)
        skips.pop()
        for grow, up in zip(self.grow, self.up):
            x = up(torch.cat([skips.pop(), grow(x)], 1))
        return self.classifier(x)


@dataclass(frozen=True)
class Model:
    """A network and its inputs."""

    make: Callable[[int], nn.Module]
    channels: int = 1
    size: int = 28
    classes: int = 10
    is_segmentation: bool = False
    """Whether each pixel has a class, and not each image."""

    def module(self, layout: torch.memory_format = torch.contiguous_format) -> nn.Module:
        torch.manual_seed(0)
        return self.make(self.classes).to(memory_format=layout)

    def input(self, batch: int) -> tuple[int, int, int, int]:
        return batch, self.channels, self.size, self.size

    def labels(self, batch: int) -> torch.Tensor:
        return torch.randint(0, self.classes, (batch, self.size, self.size) if self.is_segmentation else (batch,))


def photographs(make: Callable[[int], nn.Module], size: int = 224) -> Model:
    """A network for images as those of ImageNet."""
    return Model(make, channels=3, size=size, classes=1000)


MODELS = {
    "lenet": Model(lenet),
    "vgg": Model(vgg),
    "resnet": Model(resnet),
    "densenet": Model(densenet),
    "unet": Model(UNet, size=64, classes=11, is_segmentation=True),
    "resnet50": photographs(resnet50),
    "resnext50": photographs(resnext50),
    "mobilenet-v2": photographs(mobilenet_v2),
    "mobilenet-v3": photographs(mobilenet_v3),
    "efficientnet-b0": photographs(efficientnet_b0),
    "convnext-tiny": photographs(convnext_tiny),
    "squeezenet": photographs(squeezenet),
    "shufflenet-v2": photographs(shufflenet_v2),
    "inception-v3": photographs(inception_v3, 299),
}
