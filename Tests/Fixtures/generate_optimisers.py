#!/usr/bin/env python3
"""Writes what PyTorch's optimisers do to two parameters over eight steps, to be compared with Unfold's.

    python3 Tests/Fixtures/generate_optimisers.py > Tests/UnfoldNNTests/Fixtures/optimisers.json

Everything is in float64, with gradients that do not depend on the parameters, so that nothing but the update rule can
differ. Needs PyTorch.
"""

import json

import torch

STEPS = 8
WEIGHTS = [0.5, -1.25, 2.0, -0.03125, 0.75]
BIAS = [0.25, -0.5]


def gradients(step):
    """Sign changes, a zero and very different magnitudes."""
    weights = [((step * 7 + i * 3) % 11 - 5) / 8 * 10.0 ** (i - 2) for i in range(len(WEIGHTS))]
    bias = [((step * 5 + i * 2) % 7 - 3) / 4 for i in range(len(BIAS))]
    return weights, bias


def rate(step):
    """The learning rate changes, as under a schedule."""
    return 0.1 / (1 + step)


CASES = [
    ("sgd", "SGD", dict()),
    ("sgd with decay", "SGD", dict(weight_decay=0.01)),
    ("momentum", "SGD", dict(momentum=0.9)),
    ("momentum with decay", "SGD", dict(momentum=0.9, weight_decay=0.05)),
    ("nesterov", "SGD", dict(momentum=0.8, nesterov=True)),
    ("nesterov with decay", "SGD", dict(momentum=0.9, nesterov=True, weight_decay=0.02)),
    ("momentum, biases without decay", "SGD", dict(momentum=0.9, weight_decay=0.05, bias_decay=False)),
    ("adam", "Adam", dict()),
    ("adam, other betas", "Adam", dict(betas=(0.8, 0.95), eps=1e-3)),
    ("adam with decay", "Adam", dict(weight_decay=0.1)),
    ("adamw", "AdamW", dict(weight_decay=0.1)),
    ("adamw, biases without decay", "AdamW", dict(weight_decay=0.2, bias_decay=False)),
]


def trace(kind, options):
    options = dict(options)
    bias_decay = options.pop("bias_decay", True)
    weights = torch.tensor(WEIGHTS, dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(BIAS, dtype=torch.float64, requires_grad=True)
    groups = [dict(params=[weights]), dict(params=[bias])]
    if not bias_decay:
        groups[1]["weight_decay"] = 0.0
    optimiser = getattr(torch.optim, kind)(groups, lr=rate(0), **options)
    values = []
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = rate(step)
        weights.grad, bias.grad = (torch.tensor(g, dtype=torch.float64) for g in gradients(step))
        optimiser.step()
        values.append(dict(weights=weights.tolist(), bias=bias.tolist()))
    return values


def main():
    cases = []
    for name, kind, options in CASES:
        betas = options.get("betas", (0.9, 0.999))
        cases.append(
            dict(
                name=name,
                kind=kind,
                momentum=options.get("momentum", 0.0),
                nesterov=options.get("nesterov", False),
                decay=options.get("weight_decay", 0.0),
                biasDecay=options.get("bias_decay", True),
                beta1=betas[0],
                beta2=betas[1],
                epsilon=options.get("eps", 1e-8),
                values=trace(kind, options),
            )
        )
    steps = [dict(zip(("weights", "bias"), gradients(step)), rate=rate(step)) for step in range(STEPS)]
    print(json.dumps(dict(weights=WEIGHTS, bias=BIAS, steps=steps, cases=cases), indent=1))


if __name__ == "__main__":
    main()
