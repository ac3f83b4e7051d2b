"""Writes PyTorch's results for convolutions to Tests/UnfoldTests/Fixtures/convolutions.json.

    python3 Tests/Fixtures/generate_convolutions.py

Needs PyTorch. All arrays are row-major: activations NHWC, filters RSCK. Inputs, filters, biases and output gradients
are not stored: both sides compute them from the element's index, `element(i, salt) = ((i + salt) * 7919 % 1009) / 64 - 8`,
which Float holds exactly. Everything is computed in double precision.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

TARGET = pathlib.Path(__file__).parent.parent / "UnfoldTests" / "Fixtures" / "convolutions.json"


def elements(shape, salt, order):
    """The agreed elements in the engine's layout, permuted into PyTorch's."""
    count = 1
    for extent in shape:
        count *= extent
    values = [((i + salt) * 7919 % 1009) / 64 - 8 for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape).permute(order).clone().requires_grad_()


def flat(tensor, order=None):
    values = (tensor.permute(order) if order else tensor).detach().flatten().tolist()
    return [int(v) if v == int(v) else v for v in values]


def results(case, operation, filter_shape, bias_count):
    """NHWC -> NCHW is (0, 3, 1, 2), and back (0, 2, 3, 1); RSCK -> KCRS is (3, 2, 0, 1), and back (2, 3, 1, 0)."""
    x = elements(case["input"], 0, (0, 3, 1, 2))
    w = elements(filter_shape, 3, (3, 2, 0, 1))
    b = elements([bias_count], 11, (0,))
    y = operation(x, w, b)
    n, k, p, q = y.shape
    y.backward(elements([n, p, q, k], 5, (0, 3, 1, 2)))
    return case | {
        "filter": filter_shape,
        "output": [n, p, q, k],
        "values": flat(y, (0, 2, 3, 1)),
        "inputGradient": flat(x.grad, (0, 2, 3, 1)),
        "filterGradient": flat(w.grad, (2, 3, 1, 0)),
        "biasGradient": flat(b.grad),
    }


def convolutions():
    # input NHWC, filters, window, stride, padding (top, bottom, left, right), dilation, groups
    table = [
        ([1, 5, 5, 1], 1, (3, 3), (1, 1), (0, 0, 0, 0), (1, 1), 1),
        ([2, 6, 7, 3], 4, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        ([2, 7, 6, 3], 4, (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 1),
        ([1, 8, 9, 2], 3, (5, 4), (1, 2), (2, 1, 0, 3), (1, 1), 1),
        ([1, 9, 9, 2], 3, (3, 3), (1, 1), (2, 2, 2, 2), (2, 2), 1),
        ([1, 11, 10, 2], 2, (3, 2), (3, 2), (1, 2, 3, 0), (2, 3), 1),
        ([2, 6, 6, 4], 6, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 2),
        ([1, 7, 7, 6], 6, (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 3),
        ([1, 7, 8, 5], 5, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 5),
        ([1, 7, 8, 3], 6, (3, 3), (2, 1), (1, 0, 1, 2), (1, 2), 3),
        ([2, 5, 4, 7], 9, (1, 1), (1, 1), (0, 0, 0, 0), (1, 1), 1),
        ([2, 5, 4, 5], 3, (1, 1), (2, 2), (0, 0, 0, 0), (1, 1), 1),
        ([1, 4, 4, 2], 3, (2, 2), (4, 3), (0, 0, 0, 0), (1, 1), 1),
        ([2, 1, 12, 3], 4, (1, 5), (1, 1), (0, 0, 2, 2), (1, 1), 1),
        ([1, 4, 5, 3], 8, (4, 5), (1, 1), (0, 0, 0, 0), (1, 1), 1),
    ]
    for shape, filters, window, stride, padding, dilation, groups in table:
        top, bottom, left, right = padding
        case = {
            "input": shape, "filters": filters, "window": window, "stride": stride, "padding": padding,
            "dilation": dilation, "groups": groups,
        }
        yield results(
            case, lambda x, w, b: F.conv2d(F.pad(x, (left, right, top, bottom)), w, b, stride, 0, dilation, groups),
            [*window, shape[3] // groups, filters], filters)


def transposed():
    # input NHWC, filters, window, stride, padding (height, width), output padding, dilation, groups
    table = [
        ([1, 4, 4, 2], 3, (3, 3), (1, 1), (0, 0), (0, 0), (1, 1), 1),
        ([2, 4, 5, 3], 2, (3, 3), (2, 2), (1, 1), (1, 1), (1, 1), 1),
        ([1, 3, 4, 4], 6, (2, 4), (3, 2), (0, 1), (2, 0), (1, 1), 2),
        ([1, 4, 3, 2], 2, (3, 2), (2, 3), (2, 1), (0, 2), (2, 1), 1),
        ([1, 5, 5, 3], 3, (4, 4), (2, 2), (1, 1), (0, 0), (1, 1), 3),
        ([1, 3, 3, 2], 4, (1, 1), (2, 2), (0, 0), (1, 1), (1, 1), 1),
        # An output padding of the stride and more, which PyTorch allows below the dilation.
        ([2, 4, 3, 3], 2, (3, 3), (1, 1), (0, 0), (1, 2), (2, 3), 1),
        ([1, 5, 4, 4], 6, (2, 3), (2, 1), (1, 2), (3, 2), (5, 3), 2),
        ([1, 3, 4, 20], 20, (3, 2), (1, 2), (2, 1), (2, 4), (3, 5), 20),
        ([1, 3, 2, 5], 1, (1, 1), (1, 1), (0, 0), (1, 2), (2, 3), 1),
        ([1, 2, 3, 18], 17, (2, 2), (2, 3), (0, 1), (3, 3), (4, 4), 1),
    ]
    for shape, filters, window, stride, padding, extra, dilation, groups in table:
        case = {
            "input": shape, "filters": filters, "window": window, "stride": stride,
            "padding": [padding[0], padding[0], padding[1], padding[1]], "outputPadding": extra, "dilation": dilation,
            "groups": groups,
        }
        yield results(
            case, lambda x, w, b: F.conv_transpose2d(x, w, b, stride, padding, extra, groups, dilation),
            [*window, filters // groups, shape[3]], filters)


TARGET.parent.mkdir(exist_ok=True)
TARGET.write_text(
    json.dumps({"convolutions": list(convolutions()), "transposed": list(transposed())}, separators=(",", ":")) + "\n")
