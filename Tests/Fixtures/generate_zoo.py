#!/usr/bin/env python3
"""Writes Tests/UnfoldNNTests/Fixtures/zoo.json: what torchvision's networks compute in training and in inference, and their
gradients, with weights from a formula that ZooPyTorchTests has too.

    python3 Tests/Fixtures/generate_zoo.py [NAME ...]

Needs torchvision. With names, only those networks are computed again. Everything is in double precision. Dropout and
stochastic depth are off, because they are random. A gradient is recorded by its length and by its product with a tensor of
numbers from the formula.
"""

import json
import pathlib
import sys

import numpy
import torch
import torchvision

TARGET = pathlib.Path(__file__).parent.parent / "UnfoldNNTests" / "Fixtures" / "zoo.json"
CLASSES, BATCH = 5, 2
MODELS = {
    "resnext50_32x4d": (64, {}),
    "mobilenet_v2": (64, {}),
    "mobilenet_v3_large": (64, {}),
    "efficientnet_b0": (64, {"stochastic_depth_prob": 0.0}),
    "convnext_tiny": (64, {"stochastic_depth_prob": 0.0}),
    "squeezenet1_1": (64, {}),
    "shufflenet_v2_x1_0": (64, {}),
    "inception_v3": (107, {"aux_logits": False, "init_weights": False}),
    "fcn_resnet50": (40, {"aux_loss": False, "weights_backbone": None}),
    "deeplabv3_resnet50": (40, {"aux_loss": False, "weights_backbone": None}),
}
"""The height and width of an image, and the arguments of the constructor."""


def uniform(name: str, shape) -> torch.Tensor:
    """Numbers in [-1, 1): SplitMix64 whose seed is the FNV-1a hash of a name."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    count = int(numpy.prod(shape))
    z = numpy.uint64(seed) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    z ^= z >> numpy.uint64(31)
    return torch.from_numpy((z >> numpy.uint64(11)).astype(numpy.float64) * 2.0**-52 - 1).reshape(tuple(shape))


def weight(name: str, shape) -> torch.Tensor:
    """The value of a parameter, by its name and shape."""
    u = uniform(name, shape)
    if len(shape) in (2, 4):
        # He's uniform distribution.
        return u * (6 / (u.numel() / shape[0])) ** 0.5
    if name.endswith(("running_var", "layer_scale")):
        return 1 + 0.5 * u
    return 1 + 0.2 * u if name.endswith("weight") else 0.1 * u


def record(name: str, tensor: torch.Tensor) -> list[float]:
    return [float(tensor.norm()), float((tensor * uniform(name + ":direction", tensor.shape)).sum())]


def outputs(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    found = model(images)
    return found["out"] if isinstance(found, dict) else found


def recorded(name: str, output: torch.Tensor) -> list[float]:
    """Logits of images one by one; those of pixels would be too many."""
    output = output.detach()
    return output.reshape(-1).tolist() if output.dim() == 2 else record(name, output)


def computed(name: str) -> dict:
    size, arguments = MODELS[name]
    model = torchvision.models.get_model(name, weights=None, num_classes=CLASSES, **arguments).double()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    state = model.state_dict()
    for key, value in state.items():
        if value.is_floating_point():
            state[key] = weight(key, value.shape)
    model.load_state_dict(state)
    images = uniform("images", (BATCH, 3, size, size)) * 2
    model.eval()
    with torch.no_grad():
        inference = outputs(model, images)
    model.train()
    images.requires_grad_()
    training = outputs(model, images)
    (training * uniform("logits", training.shape)).sum().backward()
    averages = {key: record(key, value) for key, value in model.state_dict().items() if "running_" in key}
    return {
        "size": size, "inference": recorded("inference", inference), "training": recorded("training", training),
        "images": record("images", images.grad), "averages": averages,
        "gradients": {key: record(key, value.grad) for key, value in model.named_parameters()},
    }


names = sys.argv[1:] or list(MODELS)
found = json.loads(TARGET.read_text()) if sys.argv[1:] else {}
for name in names:
    found[name] = computed(name)
    print(name, found[name]["inference"][:2], found[name]["training"][:2])
TARGET.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(case)}' for name, case in found.items()) + "\n}\n")
