#!/usr/bin/env python3
"""Checks that PyTorch reads Unfold's model files and computes the same logits from them.

    python3 Tests/Fixtures/check_safetensors.py               has the Swift tests write the files, and compares
    python3 Tests/Fixtures/check_safetensors.py --files DIR   compares files that are there

Needs PyTorch and safetensors. Exits with 1 where anything differs.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import safetensors
import safetensors.torch
import torch
from torch import nn

TOLERANCE = 1e-5


class LeNet(nn.Module):
    def __init__(self, channels, height, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 32, 5, padding=2)
        self.conv2 = nn.Conv2d(32, 64, 5, padding=2)
        self.fc1 = nn.Linear(64 * (height // 2 // 2) * (width // 2 // 2), 128)
        self.fc2 = nn.Linear(128, classes)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv1(x).relu(), 2)
        x = nn.functional.max_pool2d(self.conv2(x).relu(), 2)
        return self.fc2(self.fc1(x.flatten(1)).relu())


class VGG(nn.Module):
    def __init__(self, channels, height, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 3, padding=1)
        self.conv2 = nn.Conv2d(64, 64, 3, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv4 = nn.Conv2d(128, 128, 3, padding=1)
        self.fc1 = nn.Linear(128 * (height // 2 // 2) * (width // 2 // 2), 256)
        self.fc2 = nn.Linear(256, classes)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv2(self.conv1(x).relu()).relu(), 2)
        x = nn.functional.max_pool2d(self.conv4(self.conv3(x).relu()).relu(), 2)
        return self.fc2(self.fc1(x.flatten(1)).relu())


def write_files(directory):
    """The test that writes the files runs only where this variable names a directory."""
    package = pathlib.Path(__file__).resolve().parents[2]
    command = ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--filter", "filesForPyTorchAreWritten"]
    subprocess.run(command, cwd=package, env=os.environ | {"UNFOLD_PYTORCH_CHECK": directory}, check=True)


def check(name, network, directory):
    """Whether the network of this name gives the same logits here as it did there."""
    path = os.path.join(directory, f"{name}.safetensors")
    with safetensors.safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    height, width, channels = json.loads(metadata["unfold.input"])
    classes = json.loads(metadata["unfold.classes"])
    model = network(channels, height, width, len(classes))
    # Strict: every parameter is there, in its shape, and nothing else.
    model.load_state_dict(safetensors.torch.load_file(path), strict=True)
    case = safetensors.torch.load_file(os.path.join(directory, f"{name}-logits.safetensors"))
    with torch.no_grad():
        expected = model(case["images"])
    error = (expected - case["logits"]).abs().max().item()
    scale = expected.abs().max().item()
    passed = metadata["unfold.model"] == name and error <= TOLERANCE * scale
    print(f"{name}: {tuple(expected.shape)} logits, largest {scale:.3g}, worst difference {error:.2g}:",
          "same" if passed else "DIFFERENT")
    return passed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", metavar="DIR", help="a directory that holds the files")
    directory = parser.parse_args().files
    with tempfile.TemporaryDirectory() as temporary:
        if directory is None:
            directory = temporary
            write_files(directory)
        passed = [check("lenet", LeNet, directory), check("vgg", VGG, directory)]
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
