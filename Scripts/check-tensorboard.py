"""Compares the run of Tests/UnfoldTensorBoardTests/SampleRun.swift with what TensorBoard 2.21.0 reads.

    check-tensorboard.py FOLDER       FOLDER: holds the folder "run"
"""

import glob
import io
import json
import math
import sys

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2, graph_pb2, types_pb2
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.util import tensor_util

checks = 0


def same(name, found, expected):
    global checks
    checks += 1
    if found != expected:
        sys.exit(f"{name}: expected {expected!r}, found {found!r}")


def single(value):
    return float(np.float32(value))


def limits():
    """TensorFlow's limits of buckets."""
    positive, value = [], 1e-12
    while value < 1e20:
        positive.append(value)
        value *= 1.1
    return np.array([-v for v in reversed(positive)] + [0.0] + positive + [sys.float_info.max])


def check_histogram(found, values):
    """Every bucket that was written has what lies between the limits of TensorFlow."""
    values = np.array(values, dtype=np.float64)
    same("num", found.num, float(len(values)))
    same("buckets", len(found.bucket), len(found.bucket_limit))
    if len(values) == 0:
        same("no buckets", list(found.bucket), [])
        return
    same("min", found.min, values.min())
    same("max", found.max, values.max())
    same("sum", found.sum, float(values.sum()))
    same("sum of squares", found.sum_squares, float((values * values).sum()))
    grid = limits()
    before = -math.inf
    for limit, count in zip(found.bucket_limit, found.bucket):
        same(f"limit {limit} is one of TensorFlow's", limit in grid, True)
        same(f"bucket below {limit}", count, float(((values >= before) & (values < limit)).sum()))
        before = limit
    same("first bucket is full", found.bucket[0] > 0, True)
    # No bucket joins two of TensorFlow's that hold values.
    places = {int(np.searchsorted(grid, value, side="right")) for value in values}
    same("full buckets", sum(count > 0 for count in found.bucket), len(places))


folder = sys.argv[1]
ramp = [(i - 300) / 64 for i in range(1000)]
histograms = {"ramp": (1, 4.0, ramp), "constant": (2, 5.0, [0.5] * 7), "empty": (3, 6.0, []), "holes": (4, 7.0, [1.0, -8.0])}

# The records, with their checksums, as they lie in the file.
(path,) = glob.glob(f"{folder}/run/events.out.tfevents.1700000000.*")
raw = [event_pb2.Event.FromString(record) for record in RawEventFileLoader(path).Load()]
same("records", len(raw), 1 + 100 + 3 + 4 + 1 + 1 + 1 + 3)
same("version", raw[0].file_version, "brain.Event:2")
for event in raw:
    for value in event.summary.value:
        if value.tag in histograms:
            check_histogram(value.histo, histograms[value.tag][2])

# What the dashboards' reader makes of them.
run = event_accumulator.EventAccumulator(f"{folder}/run", size_guidance={kind: 0 for kind in event_accumulator.DEFAULT_SIZE_GUIDANCE})
run.Reload()
tags = run.Tags()
print("tags:", json.dumps(tags, ensure_ascii=False, default=str))
same("first event", run.FirstEventTimestamp(), 1700000000.0)


def scalars(tag):
    return [(e.step, e.wall_time, float(tensor_util.make_ndarray(e.tensor_proto))) for e in run.Tensors(tag)]


def legacy_scalars(tag):
    return [(e.step, e.wall_time, e.value) for e in run.Scalars(tag)]


read = legacy_scalars if "loss/train" in tags["scalars"] else scalars
same("loss", read("loss/train"), [(i, 1700000000 + i / 4, single(1 / (i + 1))) for i in range(100)])
found = read("notFinite")
same("steps", [(step, time) for step, time, _ in found], [(0, 1.0), (1, 2.0)])
same("NaN", math.isnan(found[0][2]), True)
same("infinity", found[1][2], -math.inf)
same("long step", read("Größe/日本"), [(1 << 40, 3.0, 3.0)])

for tag, (step, time, values) in histograms.items():
    if tag in tags["histograms"]:
        (event,) = run.Histograms(tag)
        check_histogram(event.histogram_value, values)
    else:
        (event,) = run.Tensors(tag)
        buckets = tensor_util.make_ndarray(event.tensor_proto)
        same(f"{tag}: plugin", run.SummaryMetadata(tag).plugin_data.plugin_name, "histograms")
        same(f"{tag}: values", float(buckets[:, 2].sum()), float(len(values)))
        if values:
            same(f"{tag}: extremes", (buckets[0, 0], buckets[-1, 1]), (np.float32(min(values)), np.float32(max(values))))
    same(f"{tag}: step and time", (event.step, event.wall_time), (step, time))

if "pixels" in tags["images"]:
    (event,) = run.Images("pixels")
    width, height, png = event.width, event.height, event.encoded_image_string
else:
    (event,) = run.Tensors("pixels")
    width, height, png = tensor_util.make_ndarray(event.tensor_proto)
same("extents", (int(width), int(height)), (3, 2))
image = Image.open(io.BytesIO(png))
pixels = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0), (255, 255, 255), (128, 128, 128)]
same("pixels", [image.getpixel((i % 3, i // 3)) for i in range(6)], pixels)
same("image step", (event.step, event.wall_time), (5, 8.0))
(colours,) = [v.image.colorspace for e in raw for v in e.summary.value if v.tag == "pixels"]
same("channels", colours, 3)

(event,) = run.Tensors("notes")
text = tensor_util.make_ndarray(event.tensor_proto)
same("text", (text.shape, text.item().decode()), ((), "# Title\n\n| a | b |\n|---|---|\n| 1 | **2** |"))
same("text step", (event.step, event.wall_time), (6, 9.0))
same("text plugin", run.SummaryMetadata("notes").plugin_data.plugin_name, "text")

graph = run.Graph()
same("graph type", type(graph), graph_pb2.GraphDef)
same("nodes", [(n.name, n.op, list(n.input)) for n in graph.node], [
    ("input", "Input", []), ("block/conv", "Convolution", ["input"]), ("block/add", "Add", ["block/conv", "block/conv:1"]),
])
shapes = [[[d.size for d in s.dim] for s in n.attr["_output_shapes"].list.shape] for n in graph.node[:2]]
same("shapes", shapes, [[[-1, 28, 28, 1]], [[-1, 24, 24, 6]]])
attributes = graph.node[1].attr
same("attributes", sorted(attributes), ["_output_shapes", "filters", "padded", "shape", "slope", "window"])
same("text", attributes["window"].s, b"5x5")
same("integer", attributes["filters"].i, 6)
same("boolean", (attributes["padded"].WhichOneof("value"), attributes["padded"].b), ("b", False))
same("number", attributes["slope"].f, 0.25)
same("shape", [d.size for d in attributes["shape"].shape.dim], [5, 5, 1, 6])

contents = {tag: run.SummaryMetadata(tag).plugin_data for tag in (
    hparams.EXPERIMENT_TAG, hparams.SESSION_START_INFO_TAG, hparams.SESSION_END_INFO_TAG)}
same("plugins", {p.plugin_name for p in contents.values()}, {"hparams"})
experiment = hparams.parse_experiment_plugin_data(contents[hparams.EXPERIMENT_TAG].content)
same("columns", [(i.name, i.type) for i in experiment.hparam_infos], [("augment", 2), ("batch", 3), ("optimizer", 1), ("rate", 3)])
same("metrics", [(m.name.group, m.name.tag) for m in experiment.metric_infos], [("", "loss/train")])
start = hparams.parse_session_start_info_plugin_data(contents[hparams.SESSION_START_INFO_TAG].content)
same("values", {k: getattr(v, v.WhichOneof("kind")) for k, v in start.hparams.items()},
     {"rate": 0.125, "batch": 64.0, "optimizer": "adam", "augment": True})
same("start", start.start_time_secs, 11.0)
end = hparams.parse_session_end_info_plugin_data(contents[hparams.SESSION_END_INFO_TAG].content)
same("end", (end.status, end.end_time_secs), (1, 12.0))
for tag in contents:
    (event,) = run.Tensors(tag)
    same(f"{tag}: tensor", (event.tensor_proto.dtype, tensor_util.make_ndarray(event.tensor_proto).shape), (types_pb2.DT_FLOAT, (0,)))
print(f"{checks} comparisons, all equal")
