"""Writes the names and shapes of torchvision's parameters to Tests/UnfoldNNTests/Fixtures/torchvision.json.

    python3 Tests/Fixtures/generate_torchvision.py

Needs torchvision. No weights are made: the models are built without memory.
"""

import json
import pathlib

import torch
import torchvision

TARGET = pathlib.Path(__file__).parent.parent / "UnfoldNNTests" / "Fixtures" / "torchvision.json"
MODELS = ["vgg11", "vgg16_bn", "resnet18", "resnet50", "densenet121"]

with torch.device("meta"):
    states = {name: getattr(torchvision.models, name)(weights=None).state_dict() for name in MODELS}
shapes = {model: {name: list(value.shape) for name, value in state.items()} for model, state in states.items()}
TARGET.write_text(json.dumps(shapes, separators=(",", ":")) + "\n")
