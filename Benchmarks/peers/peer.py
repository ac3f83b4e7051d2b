"""Serves the same requests as `unfold bench --requests`, one JSON object a line, by PyTorch and its rivals:

    {"implementation": "pytorch", "operation": "convolution", "direction": "FWD_B", "shape": "mb8ic64ih56oc64kh3ph1",
     "threads": 2, "seconds": 0.04, "fewest": 3}

Of a whole network, rivals also need `"folder"`, where its ONNX model is written once for all of them.
"""

from __future__ import annotations

import importlib
import json
import platform
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import shapes
from rivals import NAMED
from timing import times
from unsupported import Unsupported

# A process imports only the packages that its requests need: each brings threads of its own.


CONVOLUTIONS = {kind.operation: kind for kind in shapes.DRIVERS.values()}


class Peer:
    """Keeps the state of the last request of each implementation, until another shape or direction comes."""

    def __init__(self):
        self.key = None
        self.runs = {}

    def answer(self, request: dict) -> dict:
        if request["operation"] == "versions":
            return versions()
        memory = Memory() if request.get("memory") else None
        key = tuple(request.get(field) for field in ("operation", "direction", "shape", "batch"))
        if key != self.key:
            self.key, self.runs = key, {}
        # A rival's session has a fixed number of threads; that of PyTorch is set before each run.
        name = request["implementation"]
        slot = (name, request["threads"] if name in NAMED else None)
        if name not in NAMED:
            import torch

            torch.set_grad_enabled(False)
            torch.set_num_threads(request["threads"])
        if slot not in self.runs:
            # Releases sessions with other numbers of threads, and with them their threads.
            self.runs = {other: run for other, run in self.runs.items() if other[0] != name}
            self.runs[slot] = make(name, request)
        answer = {"seconds": times(self.runs[slot], request["seconds"], request["fewest"])}
        if memory:
            answer["memory"] = memory.measured()
        return answer


def make(name: str, request: dict):
    """Makes a function that runs the request's operation once."""
    return rival(name, request) if name in NAMED else pytorch_operation(name, request)


def rival(name: str, request: dict):
    operation = request["operation"]
    module = importlib.import_module(NAMED[name].module)
    if operation == "inference":
        return module.network(request["shape"], request["batch"], request["threads"], Path(request["folder"]))
    shape = CONVOLUTIONS[operation].parse(request["shape"])
    return module.convolution(shape, request["direction"], request["threads"])


def pytorch_operation(name: str, request: dict):
    import pytorch

    operation, direction = request["operation"], request["direction"]
    layout, is_compiled = pytorch.FORMATS[name], name == "pytorch-compile"
    if operation == "training":
        return pytorch.training(request["shape"], request["batch"], layout, is_compiled)
    if is_compiled:
        raise Unsupported("trainings only")
    if operation == "inference":
        return pytorch.inference(request["shape"], request["batch"], layout)
    if operation in CONVOLUTIONS:
        return pytorch.convolution(CONVOLUTIONS[operation].parse(request["shape"]), direction, layout)
    if operation == "dense":
        return pytorch.dense(shapes.Convolution.parse(request["shape"]), direction, layout)
    # The operation of the request has the role of the option in a shape file.
    if operation in ("nearest", "linear"):
        resampling = replace(shapes.Resampling.parse(request["shape"]), operation=operation)
        return pytorch.resampling(resampling, direction, layout)
    pooling = replace(shapes.Pooling.parse(request["shape"]), operation=operation)
    return pytorch.pooling(pooling, direction, layout)


class Memory:
    """The peak of this process's resident memory from now on."""

    def __init__(self):
        self.before = status("VmRSS")
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")

    def measured(self) -> dict:
        return {"before": self.before, "peak": status("VmHWM")}


def status(field: str) -> int:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field + ":"))


def versions() -> dict:
    import torch

    onednn = re.search(r"MKL-DNN v([0-9.]+)", torch.__config__.show())
    return {
        "pytorch": torch.__version__.split("+")[0],
        "onednn": onednn[1] if onednn else "none",
        "python": platform.python_version(),
    }


def main():
    # Control-C is for the calling program, which then closes the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    peer = Peer()
    for line in sys.stdin:
        try:
            answer = peer.answer(json.loads(line))
        except Unsupported as reason:
            answer = {"unsupported": str(reason)}
        except Exception as error:
            # In one line: the explanation of a failed compilation has many.
            answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
