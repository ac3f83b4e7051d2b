"""Writes PyTorch's results for normalisations to Tests/UnfoldTests/Fixtures/normalization.json.

    python3 Tests/Fixtures/generate_normalization.py

Needs PyTorch. All arrays are channels last in row-major order. Inputs, output gradients, scales and shifts are not
stored: both sides compute them from the element's index, `element(i, salt) = ((i + salt) * 7919 % 1009) / 64 - 8`, which
Float holds exactly; salt 0 is the input, 5 the output gradient, 11 the scale, 17 the shift.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

TARGET = pathlib.Path(__file__).parent.parent / "UnfoldTests" / "Fixtures" / "normalization.json"


def elements(shape, salt):
    """A tensor of the agreed elements."""
    count = int(torch.Size(shape).numel())
    values = [((i + salt) * 7919 % 1009) / 64 - 8 for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def first(tensor):
    """Channels last to channels first, differentiably."""
    return tensor.movedim(-1, 1)


def numbers(tensor):
    return [int(v) if v == int(v) else float(f"{v:.13g}") for v in tensor.detach().flatten().tolist()]


def results(shape, parameters, operation):
    """The output and the gradients of input, scale and shift for the agreed output gradient."""
    x = elements(shape, 0).requires_grad_()
    scale = elements(parameters, 11).requires_grad_()
    shift = elements(parameters, 17).requires_grad_()
    y = operation(x, scale, shift)
    y.backward(elements(shape, 5))
    return {
        "input": shape, "values": numbers(y), "inputGradient": numbers(x.grad), "scaleGradient": numbers(scale.grad),
        "shiftGradient": numbers(shift.grad),
    }


def evaluation(shape, step):
    """A second training step; then inference by the running averages, and the gradients that evaluation mode has."""
    x, scale, shift = (
        elements(extents, salt).requires_grad_()
        for extents, salt in ((shape, 3), (shape[-1:], 11), (shape[-1:], 17)))
    step(x, scale, shift)
    y = step(x, scale, shift, training=False)
    y.backward(elements(shape, 5))
    return {
        "inference": numbers(y), "frozenInputGradient": numbers(x.grad), "frozenScaleGradient": numbers(scale.grad),
        "frozenShiftGradient": numbers(shift.grad),
    }


def batch():
    """Two training steps, whose running averages inference then takes."""
    for shape in ([2, 3, 4, 3], [3, 5, 2], [7, 4], [2, 2, 2, 2, 5], [1, 6, 5, 1]):
        channels = shape[-1]
        for epsilon, momentum in ((1e-5, 0.1), (0.25, 0.75)):
            for relu in (False, True):
                mean = torch.zeros(channels, dtype=torch.float64)
                variance = torch.ones(channels, dtype=torch.float64)

                def step(x, scale, shift, training=True):
                    z = F.batch_norm(first(x), mean, variance, scale, shift, training, momentum, epsilon)
                    return (F.relu(z) if relu else z).movedim(1, -1)

                result = results(shape, [channels], step)
                frozen = evaluation(shape, step)
                yield {
                    "epsilon": epsilon, "momentum": momentum, "relu": relu, **result, "runningMean": numbers(mean),
                    "runningVariance": numbers(variance), **frozen,
                }


def instance():
    """As for batch normalisation; the modules that track running statistics."""
    modules = {3: torch.nn.InstanceNorm1d, 4: torch.nn.InstanceNorm2d, 5: torch.nn.InstanceNorm3d}
    for shape in ([2, 3, 4, 3], [3, 5, 2], [2, 2, 2, 2, 5]):
        for epsilon, momentum in ((1e-5, 0.1), (0.25, 0.75)):
            module = modules[len(shape)](
                shape[-1], epsilon, momentum, affine=True, track_running_stats=True, dtype=torch.float64)

            def step(x, scale, shift, training=True):
                module.train(training)
                return torch.func.functional_call(module, {"weight": scale, "bias": shift}, first(x)).movedim(1, -1)

            result = results(shape, [shape[-1]], step)
            frozen = evaluation(shape, step)
            yield {
                "epsilon": epsilon, "momentum": momentum, **result, "runningMean": numbers(module.running_mean),
                "runningVariance": numbers(module.running_var), **frozen,
            }


def layer():
    for shape, axes in (([2, 3, 4, 5], 1), ([2, 3, 4, 5], 2), ([2, 3, 4, 5], 3), ([6, 33], 1), ([3, 4], 2), ([70], 1)):
        for epsilon in (1e-5, 0.25):
            extents = shape[len(shape) - axes:]
            result = results(shape, extents, lambda x, scale, shift: F.layer_norm(x, extents, scale, shift, epsilon))
            yield {"axes": axes, "epsilon": epsilon, **result}


def group():
    for shape, groups in (([2, 3, 4, 6], (1, 2, 3, 6)), ([3, 4, 4], (1, 2)), ([2, 2, 3, 2, 4], (2,)), ([1, 5, 4, 10], (5,))):
        for count in groups:
            for epsilon in (1e-5, 0.25):
                result = results(
                    shape, [shape[-1]],
                    lambda x, scale, shift: F.group_norm(first(x), count, scale, shift, epsilon).movedim(1, -1))
                yield {"groups": count, "epsilon": epsilon, **result}


def main():
    cases = {"batch": list(batch()), "layer": list(layer()), "group": list(group()),
             "instance": list(instance())}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    lines = [f'"torch": {json.dumps(torch.__version__)}']
    for name, rows in cases.items():
        text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in rows)
        lines.append(f'"{name}": [\n{text}\n]')
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{TARGET}: {sum(len(rows) for rows in cases.values())} cases, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
