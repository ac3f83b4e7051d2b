"""Writes PyTorch's values for the arguments of losses to Tests/UnfoldTests/Fixtures/losses.json.

    python3 Tests/Fixtures/generate_losses.py

Needs PyTorch. Everything is in double precision. A case names the reduction and the weights; the gradient is that of the
reduced value, and for "none" that of the sum of all terms.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

TARGET = pathlib.Path(__file__).parent.parent / "UnfoldTests" / "Fixtures" / "losses.json"
torch.manual_seed(20)
torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return [float(f"{v:.17g}") for v in tensor.detach().reshape(-1).tolist()]


def case(loss, function, prediction, reduction, **details):
    """`function` takes the prediction and a reduction."""
    prediction = prediction.clone().requires_grad_()
    value = function(prediction, reduction)
    value.sum().backward()
    return {"loss": loss, "reduction": reduction, "shape": list(prediction.shape), "prediction": numbers(prediction),
            "values": numbers(value), "gradient": numbers(prediction.grad), **details}


def channels_second(scores):
    """`[T, ..., K]` as PyTorch's `[T, K, ...]`."""
    return scores.movedim(-1, 1)


def of_labels():
    for shape in ((6, 5), (2, 3, 2, 4)):
        scores = torch.randn(shape) * 3
        classes = shape[-1]
        labels = torch.randint(0, classes, shape[:-1])
        weights = torch.rand(classes) * 2
        weights[1] = 0
        ignored = labels.clone()
        ignored.view(-1)[::3] = 255
        for smoothing in (0.0, 0.1):
            for weight in (None, weights):
                for target, ignore in ((labels, -100), (ignored, 255)):
                    for reduction in ("mean", "sum", "none"):
                        details = {"labels": target.reshape(-1).tolist(), "smoothing": smoothing}
                        if weight is not None:
                            details["classWeights"] = numbers(weight)
                        if ignore == 255:
                            details["ignored"] = 255
                        yield case(
                            "softmaxCrossEntropy",
                            lambda y, r: F.cross_entropy(
                                channels_second(y), target, weight, ignore_index=ignore, reduction=r,
                                label_smoothing=smoothing),
                            scores, reduction, **details)
        rows = torch.softmax(torch.randn(shape), -1)
        for reduction in ("mean", "sum", "none"):
            yield case(
                "softmaxCrossEntropy",
                lambda y, r: F.cross_entropy(channels_second(y), channels_second(rows), weights, reduction=r),
                scores, reduction, target=numbers(rows), classWeights=numbers(weights))


def of_targets():
    shape = (2, 2, 3, 4)
    prediction, target = torch.randn(shape) * 2, torch.randn(shape) * 2
    # A difference of 0, and differences at the bends.
    prediction.view(-1)[:4] = target.view(-1)[:4] + torch.tensor([0.0, 1.0, -1.0, 0.25])
    for reduction in ("mean", "sum", "none"):
        yield case("meanSquaredError", lambda y, r: F.mse_loss(y, target, reduction=r), prediction, reduction,
                   target=numbers(target))
        yield case("absoluteError", lambda y, r: F.l1_loss(y, target, reduction=r), prediction, reduction,
                   target=numbers(target))
        for parameter in (0.0, 0.25, 1.0, 3.0):
            yield case("smoothAbsoluteError", lambda y, r: F.smooth_l1_loss(y, target, reduction=r, beta=parameter),
                       prediction, reduction, target=numbers(target), parameter=parameter)
            if parameter > 0:
                yield case("huber", lambda y, r: F.huber_loss(y, target, reduction=r, delta=parameter),
                           prediction, reduction, target=numbers(target), parameter=parameter)
        logarithms, rows = torch.log_softmax(prediction, -1), torch.softmax(target, -1)
        yield case("klDivergence", lambda y, r: F.kl_div(y, rows, reduction=r), logarithms, reduction,
                   target=numbers(rows))
        odds = torch.rand(shape)
        odds.view(-1)[:8] = torch.tensor([0.0, 1.0] * 4)
        for weight in (None, torch.rand(shape[-1]) * 2):
            for positive in (None, torch.rand(shape[-1]) * 5):
                details = {"target": numbers(odds)}
                if weight is not None:
                    details["classWeights"] = numbers(weight)
                if positive is not None:
                    details["positiveWeights"] = numbers(positive)
                yield case(
                    "binaryCrossEntropy",
                    lambda y, r: F.binary_cross_entropy_with_logits(
                        y, odds, weight, reduction=r, pos_weight=positive),
                    prediction * 4, reduction, **details)


def main():
    cases = list(of_labels()) + list(of_targets())
    rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in cases)
    TARGET.write_text(f'{{\n"torch": {json.dumps(torch.__version__)},\n"losses": [\n{rows}\n]\n}}\n')
    print(f"{TARGET}: {len(cases)} cases, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
