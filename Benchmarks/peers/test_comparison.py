"""The journal and the sums: python3 Benchmarks/peers/test_comparison.py"""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from comparison import Journal, disagreement, fastest, ratio, table, with_fastest, write_whole
from plan import Job


def cell(name: str, **more) -> dict:
    return {
        "suite": "net", "name": name, "operation": "convolution", "direction": "FWD_B", "batch": 8, "threads": 1,
        "groups": 1, "seconds": {"unfold": [2.0, 2.0, 2.0], "pytorch": [2.0, 9.0, 6.0]}, **more,
    }


class Ratios(unittest.TestCase):
    def test_the_median_of_the_rounds_with_the_better_layout(self):
        self.assertEqual(ratio(cell("a")), 3)
        seconds = {"unfold": [1.0, 2.0, 4.0], "pytorch": [2.0, 9.0, 9.0], "pytorch-channels-last": [3.0, 2.0, 2.0]}
        self.assertEqual(ratio(cell("a", seconds=seconds)), 1)
        self.assertIsNone(ratio(cell("a", seconds={"unfold": [1.0]})))
        self.assertIsNone(ratio(cell("a", seconds={"pytorch": [1.0]})))

    def test_rounds_disagree_with_whomever_unfold_is_compared(self):
        self.assertEqual(disagreement(cell("a", seconds={"unfold": [1.0, 2.0], "pytorch": [3.0, 3.0]})), 2)
        # The better layout of each round.
        steady = {"unfold": [1.0, 1.0], "pytorch": [3.0, 9.0], "pytorch-channels-last": [9.0, 3.0]}
        self.assertEqual(disagreement(cell("a", seconds=steady)), 1)
        self.assertEqual(disagreement(cell("a", seconds={**steady, "onnxruntime": [1.0, 4.0]})), 4)
        self.assertEqual(disagreement(cell("a", seconds={"unfold": [1.0]})), 1)
        # Who is far behind the fastest may be unsteady.
        self.assertEqual(disagreement(cell("a", seconds={**steady, "ncnn": [7.0, 28.0]})), 1)
        # Of five rounds the three in the middle.
        outliers = {"unfold": [1.0] * 5, "pytorch": [9.0, 2.0, 4.0, 3.0, 1.0]}
        self.assertEqual(disagreement(cell("a", seconds=outliers)), 2)

    def test_groups_have_lines_of_their_own(self):
        half = {"seconds": {"unfold": [4.0], "pytorch": [1.0]}}
        lines = table([
            cell("a"), cell("b", seconds={"unfold": [3.0], "pytorch": [1.0]}), cell("c", groups=8),
            cell("d", threads=2), cell("e", suite="awkward"), cell("f", operation="training", direction="STEP", **half),
            cell("g", seconds={"unfold": [1.0]}),
        ]).splitlines()
        self.assertEqual([line[:30].split()[:2] for line in lines[1::2]], [
            ["convolution", "dense"], ["convolution", "dense"], ["convolution", "grouped"], ["training", "STEP"],
            ["tiny", "convolution"],
        ])
        self.assertEqual([line[31:45].strip() for line in lines[1:3]], ["PyTorch", "fastest rival"])
        # The geometric mean of 3 and 1/3, and the worst first.
        self.assertRegex(lines[1], r"PyTorch +1 +2 +1\.00 +0\.33  0\.33 b batch 8, 3\.00 a batch 8$")
        self.assertRegex(lines[2], r"fastest rival +1 +2 +1\.00 +0\.33  0\.33 b batch 8 \(PyTorch\), 3\.00 a")
        self.assertRegex(lines[7], r" 0\.25 ")


    def test_every_rival_has_a_line_of_its_own(self):
        step = cell("a", operation="training", direction="STEP", seconds={
            "unfold": [1.0], "pytorch": [3.0], "pytorch-channels-last": [2.0], "pytorch-compile": [0.5]})
        answer = cell("b", operation="inference", direction="FWD_D", seconds={
            "unfold": [1.0], "pytorch": [4.0], "onnxruntime": [0.25]})
        layer = cell("c", seconds={"unfold": [1.0], "pytorch": [1.0], "openvino": [0.5], "ncnn": [0.8]})
        # The compiled network is none of the layouts.
        self.assertEqual([ratio(step), ratio(answer)], [2, 4])
        self.assertEqual([fastest(each) for each in (step, answer, layer)], [
            ("torch.compile", 0.5), ("ONNX Runtime", 0.25), ("OpenVINO", 0.5)])
        found = [
            (line[:30].rstrip(), line[31:45].rstrip(), line[45:].split()[2])
            for line in table([step, answer, layer]).splitlines()[1:]
        ]
        self.assertEqual(found, [
            ("convolution dense FWD_B", "PyTorch", "1.00"), ("convolution dense FWD_B", "OpenVINO", "0.50"),
            ("convolution dense FWD_B", "ncnn", "0.80"), ("convolution dense FWD_B", "fastest rival", "0.50"),
            ("training STEP", "PyTorch", "2.00"), ("training STEP", "torch.compile", "0.50"),
            ("training STEP", "fastest rival", "0.50"),
            ("inference FWD_D", "PyTorch", "4.00"), ("inference FWD_D", "ONNX Runtime", "0.25"),
            ("inference FWD_D", "fastest rival", "0.25"),
        ])

    def test_a_cell_names_the_fastest(self):
        self.assertEqual(with_fastest(cell("a"))["fastest"], {"rival": "PyTorch", "ratio": 3})
        alone = cell("a", seconds={"unfold": [1.0]})
        self.assertEqual(with_fastest(alone), alone)

    def test_fewer_images_count_as_many(self):
        few = cell("a", seconds={"unfold": [1.0], "mlx": [2.0]}, operations=8.0, operationsOf={"mlx": 1.0})
        self.assertEqual(ratio(few, ("mlx",)), 16)


class Journals(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.path = self.folder / "out.jsonl"
        self.job = Job("net", "a", "mb1", "convolution", "FWD_B", 1, 1, 1, (1, 2))

    def test_what_is_finished_is_found_again_where_it_holds(self):
        Journal(self.path, {"build": 1}).add(self.job, 2, {"x": 1})
        with self.path.open("a") as file:
            file.write('{"environment": "ab')
        again = Journal(self.path, {"build": 1})
        self.assertEqual(again.entries, {Journal.key(self.job, 2): {"x": 1}})
        self.assertEqual(Journal(self.path, {"build": 2}).entries, {})
        again.forget([self.job])
        self.assertEqual(Journal(self.path, {"build": 1}).entries, {})

    def test_a_cut_line_does_not_spoil_the_next(self):
        self.path.write_text('{"environment": "ab')
        journal = Journal(self.path, {})
        journal.add(self.job, 1, {"x": 1})
        self.assertEqual(Journal(self.path, {}).entries, journal.entries)

    def test_files_are_replaced_whole(self):
        write_whole(self.path, "old")
        write_whole(self.path, "new")
        self.assertEqual(self.path.read_text(), "new")
        self.assertEqual(list(self.folder.iterdir()), [self.path])


if __name__ == "__main__":
    unittest.main()
