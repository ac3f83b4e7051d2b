"""Writes a network as an ONNX model, for the rivals that read one: python export.py NAME BATCH FILE

A separate program, so that PyTorch's memory for it does not count in the measured process."""

from __future__ import annotations

import sys
import warnings

import torch

from models import MODELS
from onnx_models import OPERATOR_SET


def main():
    name, batch, file = sys.argv[1:]
    model = MODELS[name]
    write(model.module().eval(), model.input(int(batch)), file)


def write(module: torch.nn.Module, extents: tuple[int, ...], file: str):
    """Writes a module that is in inference mode."""
    # A warning that this exporter will be replaced; the new one needs more packages.
    warnings.simplefilter("ignore")
    torch.onnx.export(
        module, (torch.zeros(extents),), file, dynamo=False, external_data=False, opset_version=OPERATOR_SET,
        do_constant_folding=True, input_names=["input"], output_names=["output"])


if __name__ == "__main__":
    main()
