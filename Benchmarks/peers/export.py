"""Writes a network as an ONNX model, for ONNX Runtime: python export.py NAME BATCH FILE

A separate program, so that PyTorch's memory for it does not count in the measured process."""

from __future__ import annotations

import sys
import warnings

import torch

from models import MODELS
from onnx_runtime import OPERATOR_SET


def main():
    name, batch, file = sys.argv[1:]
    # A warning that this exporter will be replaced; the new one needs more packages.
    warnings.simplefilter("ignore")
    model = MODELS[name]
    torch.onnx.export(
        model.module().eval(), (torch.zeros(model.input(int(batch))),), file, dynamo=False, external_data=False,
        opset_version=OPERATOR_SET, do_constant_folding=True, input_names=["input"], output_names=["output"])


if __name__ == "__main__":
    main()
