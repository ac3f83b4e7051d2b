"""Writes torchvision's networks with random weights, an image and the logits for it, as files that TorchvisionTests reads:

    python3 Tests/Fixtures/write_torchvision.py FOLDER
    UNFOLD_TORCHVISION_CHECK=FOLDER make test

Needs torchvision and safetensors. The files take 0.6 GB.
"""

import pathlib
import sys

import torch
import torchvision
from safetensors.torch import save_file

folder = pathlib.Path(sys.argv[1])
for name in ["vgg11", "resnet18", "densenet121"]:
    torch.manual_seed(7)
    model = getattr(torchvision.models, name)(weights=None)
    image = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        # Running statistics other than 0 and 1.
        model.train()(image)
        logits = model.eval()(image)
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, folder / f"{name}.safetensors")
    save_file({"images": image, "logits": logits}, folder / f"{name}-logits.safetensors")
