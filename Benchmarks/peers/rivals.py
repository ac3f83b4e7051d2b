"""The peers beside PyTorch, whose package may be missing: which there are, and what is measured of each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata

FORWARD = {"convolution": ("FWD_B",), "transposed-convolution": ("FWD_B",), "inference": ("FWD_D",)}


@dataclass(frozen=True)
class Rival:
    name: str
    """In the comparison's JSON, for `--rivals`, and as a package."""
    title: str
    module: str
    """The file that runs it: `convolution(shape, direction, threads)`, `network(name, batch, threads, folder)`."""
    spinning: float
    """The seconds for which its threads spin after their work."""
    passes: dict[str, tuple[str, ...]]
    """The directions that are measured, by operation."""
    more_passes: dict[str, tuple[str, ...]] | None = None
    """Those that are measured where the rival is named by `--rivals`."""
    is_shared: bool = False
    """Whether it runs in the process of PyTorch; others have one of their own."""
    is_slow: bool = False
    """Whether it is measured like the naive loops: one image, of shapes that they are measured with; on the fewest
    threads."""

    def measures(self, operation: str, direction: str) -> bool:
        return direction in self.passes.get(operation, ())


RIVALS = (
    Rival("onnxruntime", "ONNX Runtime", "onnx_runtime", 0.06, FORWARD, is_shared=True),
    Rival("openvino", "OpenVINO", "openvino_peer", 0.015, FORWARD),
    Rival("ncnn", "ncnn", "ncnn_peer", 0.015, FORWARD),
    Rival(
        "mlx", "MLX", "mlx_peer", 0.002, {"convolution": ("FWD_B",)},
        more_passes={"convolution": ("FWD_B", "BWD_D", "BWD_W")}, is_slow=True),
)
NAMED = {rival.name: rival for rival in RIVALS}


def version(name: str) -> str | None:
    """The installed version of a package."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def chosen(names: str | None, installed: Callable[[str], str | None] = version) -> list[Rival]:
    """The rivals of a list such as `openvino,ncnn`; without one all, and for `none` none. One that is not installed is left
    out, in one line on standard error."""
    wanted = list(RIVALS)
    if names is not None:
        listed = [name for name in names.split(",") if name and name != "none"]
        if unknown := [name for name in listed if name not in NAMED]:
            sys.exit(f"compare: expected --rivals of {', '.join(NAMED)} or none, found {', '.join(unknown)}")
        wanted = [replace(rival, passes=rival.more_passes or rival.passes) for rival in RIVALS if rival.name in listed]
    found = [rival for rival in wanted if installed(rival.name)]
    for rival in wanted:
        if rival not in found:
            print(
                f"compare: {rival.name} is not installed and not measured: "
                "pip install -r Benchmarks/peers/requirements.txt", file=sys.stderr)
    return found
