"""Compares torchvision's and Unfold's probabilities of the same weights, which go from one to the other and back.

Run by Scripts/check-pytorch. The Python blocks of docs/pytorch.md are run as they stand there.
"""

import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

import torch
import torchvision
from PIL import Image
from torchvision.transforms import v2

unfold, photographs = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
text = pathlib.Path("docs/pytorch.md").read_text()
blocks = re.findall(r"```python\n(.*?)```", text, re.S)
# The first block downloads weights, which a check should not need; its other lines are imports.
names = {}
exec("\n".join(line for line in blocks[0].splitlines() if "import" in line), names)
for block in blocks[1:]:
    exec(block, names)

NETWORKS = {
    "resnet18": "resnet18", "resnet50": "resnet50", "vgg11": "vgg11", "densenet121": "densenet121",
    "mobilenet-v2": "mobilenet_v2", "squeezenet": "squeezenet1_1",
}


def prepared(paths, size):
    # The short side to size / 0.875, the middle: torchvision's evaluation.
    steps = v2.Compose([
        v2.Resize(round(size * 256 / 224)), v2.CenterCrop(size), v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True),
        v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    return torch.stack([steps(Image.open(path).convert("RGB")) for path in paths])


def by_torch(model, images):
    with torch.no_grad():
        return torch.log_softmax(model.eval()(images).double(), 1)


def by_unfold(path, paths, classes):
    output = subprocess.run(
        [unfold, "predict", path, *paths, "--top", str(len(classes)), "--json"], check=True, capture_output=True, text=True)
    rows = []
    for prediction in json.loads(output.stdout)["predictions"]:
        found = {entry["name"]: entry["probability"] for entry in prediction["classes"]}
        rows.append([math.log(max(found[name], 1e-300)) for name in classes])
    return torch.tensor(rows, dtype=torch.float64)


def compare(name, way, torchs, unfolds):
    # Log-probabilities are logits less a number for each image: errors relative to the largest one.
    error = ((torchs - unfolds).abs().max() / torchs.abs().max()).item()
    print(f"{name:<14}{way:<12}{len(torchs)} photographs, {torchs.shape[1]} classes: {error:.1e}", flush=True)
    return error <= 1e-4


paths = sorted((photographs / "val").glob("*/*"))
paths = [str(path) for path in paths[:: max(1, len(paths) // 12)]][:12]
is_right = True
with tempfile.TemporaryDirectory() as folder:
    for name, theirs in NETWORKS.items():
        torch.manual_seed(7)
        model = getattr(torchvision.models, theirs)(weights=None)
        with torch.no_grad():
            for _ in range(3):
                model.train()(prepared(paths, 224))  # running averages other than 0 and 1
        classes = [f"class {number}" for number in range(1000)]
        path = f"{folder}/{name}.safetensors"
        names["save_for_unfold"](model, name, classes, path)
        is_right &= compare(name, "to Unfold", by_torch(model, prepared(paths, 224)), by_unfold(path, paths, classes))

        # An epoch on 64 images, and back. The dense layers of VGG are for maps of 7x7.
        size = 224 if name == "vgg11" else 64
        trained = f"{folder}/trained.safetensors"
        subprocess.run(
            [unfold, "train", "--from", path, "--data", photographs, "--size", f"{size}x{size}", "--epochs", "1", "--batch", "32",
             "--limit", "64", "--learning-rate", "1e-4", "--warmup", "0", "--output", trained, "--discard"],
            check=True, capture_output=True)
        with open(trained, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        classes = json.loads(header["__metadata__"]["unfold.classes"])
        model = getattr(torchvision.models, theirs)(weights=None, num_classes=len(classes))
        names["load_from_unfold"](model, trained)
        is_right &= compare(name, "to PyTorch", by_torch(model, prepared(paths, size)), by_unfold(trained, paths, classes))
sys.exit(0 if is_right else "some probabilities differ by more than 1e-4")
