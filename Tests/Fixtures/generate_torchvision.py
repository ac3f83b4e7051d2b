"""Writes the names and shapes of torchvision's parameters to Tests/UnfoldNNTests/Fixtures/torchvision.json.

    python3 Tests/Fixtures/generate_torchvision.py

Needs torchvision. No weights are made: the models are built without memory.
"""

import json
import pathlib

import torch
import torchvision

TARGET = pathlib.Path(__file__).parent.parent / "UnfoldNNTests" / "Fixtures" / "torchvision.json"
MODELS = [
    "vgg11", "vgg16_bn", "resnet18", "resnet50", "densenet121", "resnext50_32x4d", "mobilenet_v2", "mobilenet_v3_large",
    "efficientnet_b0", "convnext_tiny", "squeezenet1_1", "shufflenet_v2_x1_0", "inception_v3",
    "fcn_resnet50", "deeplabv3_resnet50",
]


def arguments(name: str) -> dict:
    # Its own rule for the first weights takes minutes, and would need memory.
    if name == "inception_v3":
        return {"init_weights": False}
    return {"weights_backbone": None} if name.endswith("_resnet50") else {}


with torch.device("meta"):
    states = {name: torchvision.models.get_model(name, weights=None, **arguments(name)).state_dict() for name in MODELS}
shapes = {model: {name: list(value.shape) for name, value in state.items()} for model, state in states.items()}
TARGET.write_text(json.dumps(shapes, separators=(",", ":")) + "\n")
