#!/usr/bin/env python3
"""Writes Tests/UnfoldTests/Fixtures/activations.json: what PyTorch computes for every activation, softmax and loss.

Run from the package's root with a Python that has torch:  python3 Tests/Fixtures/generate_activations.py
Everything is in double precision. Losses are PyTorch's sums divided by the number of instances, which is Unfold's
definition; "reduction" names PyTorch's own reduction that gives the same number, and was checked here to do so.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return tensor.detach().reshape(-1).tolist()


def activation_case(name, function, z, parameter=None):
    z = z.clone().requires_grad_()
    y = function(z)
    output_gradient = torch.randn_like(y)
    y.backward(output_gradient)
    case = {"name": name, "input": numbers(z), "output": numbers(y),
            "outputGradient": numbers(output_gradient), "inputGradient": numbers(z.grad)}
    if parameter is not None:
        case["parameter"] = parameter
    return case


def loss_case(name, function, prediction, target, mean_reduction, labels=None):
    prediction = prediction.clone().requires_grad_()
    value = function(prediction, target, "sum") / prediction.shape[0]
    value.backward()
    # The conversion that the documentation of Loss states.
    mean = function(prediction.detach(), target, mean_reduction)
    per_instance = prediction[0].numel() if mean_reduction == "mean" and name not in ("softmaxCrossEntropy",) else 1
    torch.testing.assert_close(mean * per_instance, value.detach())
    case = {"name": name, "shape": list(prediction.shape), "prediction": numbers(prediction), "value": value.item(),
            "gradient": numbers(prediction.grad), "reduction": mean_reduction, "reductionValue": mean.item()}
    if labels is None:
        case["target"] = numbers(target)
    else:
        case["labels"] = labels
    return case


# Zero is a value of every table, as the derivatives there are a choice.
z = torch.cat([torch.tensor([0.0, 1.0, -1.0, 9.5, -9.5, 19.0, -25.0, 1e-6, -1e-6]), torch.randn(40) * 3])
activations = [
    activation_case("identity", lambda x: x * 1, z),
    activation_case("relu", F.relu, z),
    activation_case("leakyRelu", lambda x: F.leaky_relu(x, 0.1), z, 0.1),
    activation_case("elu", lambda x: F.elu(x, 1.5), z, 1.5),
    activation_case("gelu", F.gelu, z),
    activation_case("silu", F.silu, z),
    activation_case("sigmoid", torch.sigmoid, z),
    activation_case("tanh", torch.tanh, z),
    activation_case("softplus", F.softplus, z),
]

scores = torch.randn(6, 11) * 4
softmax = []
for name, function in [("probabilities", F.softmax), ("logarithms", F.log_softmax)]:
    case = activation_case(name, lambda x: function(x, -1), scores)
    case["shape"] = list(scores.shape)
    softmax.append(case)

labels = torch.randint(0, 11, (6,))
rows = F.softmax(torch.randn(6, 11), -1)
sparse = rows * (torch.rand(6, 11) > 0.3)
images = torch.randn(4, 3, 2, 5)


def cross_entropy(prediction, target, reduction):
    return F.cross_entropy(prediction, target, reduction=reduction)


losses = [
    loss_case("softmaxCrossEntropy", cross_entropy, scores, labels, "mean", labels.tolist()),
    loss_case("softmaxCrossEntropy", cross_entropy, scores, rows, "mean"),
    loss_case("softmaxCrossEntropy", cross_entropy, scores, sparse, "mean"),
    loss_case("meanSquaredError", lambda p, t, r: F.mse_loss(p, t, reduction=r), images, torch.randn(4, 3, 2, 5),
              "mean"),
    loss_case("klDivergence", lambda p, t, r: F.kl_div(p, t, reduction=r), F.log_softmax(scores, -1), rows,
              "batchmean"),
    loss_case("klDivergence", lambda p, t, r: F.kl_div(p, t, reduction=r), F.log_softmax(scores, -1), sparse,
              "batchmean"),
    loss_case("binaryCrossEntropy", lambda p, t, r: F.binary_cross_entropy_with_logits(p, t, reduction=r),
              images * 8, torch.rand(4, 3, 2, 5), "mean"),
]

# Drawn last, so that the tables above keep their numbers. With the corners, whose derivatives are a choice.
corners = torch.cat([torch.tensor([-3.0, 3.0, 6.0, 0.0, -1.5, 2.999, -2.999, 5.999, 6.001]), torch.randn(40) * 3])
activations += [
    activation_case("relu6", F.relu6, corners),
    activation_case("hardSigmoid", F.hardsigmoid, corners),
    activation_case("hardSwish", F.hardswish, corners),
]

path = pathlib.Path(__file__).parent.parent / "UnfoldTests" / "Fixtures" / "activations.json"
path.parent.mkdir(exist_ok=True)
cases = {"activations": activations, "softmax": softmax, "losses": losses}
tables = [f'"{name}": [\n' + ",\n".join(map(json.dumps, table)) + "\n]" for name, table in cases.items()]
path.write_text("{" + ",\n".join([f'"torch": "{torch.__version__.split("+")[0]}"'] + tables) + "}\n")
print(f"{path}: {len(activations)} activations, {len(softmax)} softmaxes, {len(losses)} losses")
