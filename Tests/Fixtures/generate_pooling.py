"""Writes PyTorch's values for pooling, padding and resampling to Tests/UnfoldTests/Fixtures/pooling.json.

    python3 Tests/Fixtures/generate_pooling.py

Needs PyTorch. All arrays are NHWC in row-major order. Inputs and output gradients are not stored: both sides compute
them from the element's index, `element(i, salt) = ((i + salt) * 7919 % 1009) / 64 - 8`, which Float holds exactly.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

TARGET = pathlib.Path(__file__).parent.parent / "UnfoldTests" / "Fixtures" / "pooling.json"


def elements(shape, salt):
    """An NHWC tensor of the agreed elements, as the NCHW tensor that PyTorch computes with."""
    n, h, w, c = shape
    values = [((i + salt) * 7919 % 1009) / 64 - 8 for i in range(n * h * w * c)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape).permute(0, 3, 1, 2)


def flat(tensor):
    """An NCHW tensor as NHWC numbers, short where they are short."""
    values = tensor.detach().permute(0, 2, 3, 1).flatten().tolist()
    return [int(v) if v == int(v) else float(f"{v:.12g}") for v in values]


def results(shape, operation):
    """The operation's output and the gradient of its input for the agreed output gradient."""
    x = elements(shape, 0).clone().requires_grad_()
    y = operation(x)
    n, c, p, q = y.shape
    y.backward(elements([n, p, q, c], 5))
    return {"input": shape, "output": [n, p, q, c], "values": flat(y), "gradient": flat(x.grad)}


def pooling():
    shapes = [[2, 7, 6, 2], [1, 6, 9, 2]]
    # window, stride, padding, dilation
    windows = [
        ((2, 2), (2, 2), (0, 0), (1, 1)),
        ((3, 3), (2, 2), (1, 1), (1, 1)),
        ((3, 3), (1, 1), (0, 0), (1, 1)),
        ((3, 2), (2, 3), (1, 0), (1, 1)),
        ((2, 4), (1, 2), (0, 2), (1, 1)),
        ((2, 2), (3, 3), (1, 1), (1, 1)),
        ((2, 3), (2, 1), (1, 1), (2, 1)),
        ((2, 2), (1, 2), (0, 1), (3, 2)),
    ]
    for shape in shapes:
        for window, stride, padding, dilation in windows:
            for ceiling in (False, True):
                case = {
                    "window": window, "stride": stride, "padding": padding, "dilation": dilation, "ceiling": ceiling,
                }
                result = results(
                    shape, lambda x: F.max_pool2d(x, window, stride, padding, dilation, ceil_mode=ceiling))
                yield {**case, "kind": "maximum", **result}
                if dilation != (1, 1):
                    continue  # PyTorch's mean pooling has no dilation.
                for counting in (False, True):
                    result = results(
                        shape,
                        lambda x: F.avg_pool2d(
                            x, window, stride, padding, ceil_mode=ceiling, count_include_pad=counting))
                    yield {**case, "kind": "mean", "countIncludesPadding": counting, **result}
                for divisor in (1, 7):
                    result = results(
                        shape,
                        lambda x: F.avg_pool2d(
                            x, window, stride, padding, ceil_mode=ceiling, divisor_override=divisor))
                    yield {**case, "kind": "mean", "divisor": divisor, **result}


def adaptive():
    for shape in ([2, 7, 6, 2], [1, 5, 11, 3], [1, 1, 9, 2]):
        for size in ((1, 1), (3, 4), (5, 2), (7, 6), (9, 13), (2, 11)):
            yield {"kind": "mean", **results(shape, lambda x: F.adaptive_avg_pool2d(x, size))}
            yield {"kind": "maximum", **results(shape, lambda x: F.adaptive_max_pool2d(x, size))}


def padding():
    # Left, right, top, bottom, as PyTorch has them.
    for shape in ([2, 4, 5, 3], [1, 1, 6, 2], [1, 7, 1, 1]):
        for sides in ((1, 2, 3, 0), (0, 4, 0, 3), (3, 0, 1, 2), (4, 4, 3, 3), (5, 1, 0, 0), (0, 0, 6, 5)):
            for mode in ("constant", "reflect", "replicate", "circular"):
                left, right, top, bottom = sides
                limits = {"reflect": (shape[1] - 1, shape[2] - 1), "circular": (shape[1], shape[2])}
                rows, columns = limits.get(mode, (9, 9))
                if max(top, bottom) > rows or max(left, right) > columns:
                    continue
                value = {"value": -1.5} if mode == "constant" else {}
                result = results(shape, lambda x: F.pad(x, sides, mode, **value))
                yield {"kind": mode, "sides": sides, **value, **result}


def resampling():
    for shape in ([1, 4, 5, 3], [2, 5, 3, 2]):
        for size in ((8, 10), (7, 3), (1, 1), (5, 5), (2, 9)):
            yield {"kind": "nearest", **results(shape, lambda x: F.interpolate(x, size, mode="nearest"))}
            for corners in (False, True):
                result = results(shape, lambda x: F.interpolate(x, size, mode="bilinear", align_corners=corners))
                yield {"kind": "bilinear", "alignsCorners": corners, **result}


def main():
    tables = {"pooling": pooling, "adaptive": adaptive, "padding": padding, "resampling": resampling}
    cases = {"torch": torch.__version__, **{name: list(table()) for name, table in tables.items()}}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    lines = [f'"torch": {json.dumps(cases["torch"])}']
    for name in tables:
        rows = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases[name])
        lines.append(f'"{name}": [\n{rows}\n]')
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    counts = ", ".join(f"{len(cases[name])} of {name}" for name in tables)
    print(f"{TARGET}: {counts}, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
