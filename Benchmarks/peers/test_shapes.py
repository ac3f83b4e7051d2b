"""Shapes are read here as Unfold reads them. By hand, after `make build`:

    python3 Benchmarks/peers/test_shapes.py
"""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

import plan
import shapes
from child import Child, ChildError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Benchmarks/Shapes"
DESCRIBE = {shapes.Convolution: "describe", shapes.TransposedConvolution: "describe-transposed"}


class AgainstUnfold(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.unfold = Child([os.environ.get("UNFOLD", str(ROOT / ".build/release/unfold")), "bench", "--requests"])

    @classmethod
    def tearDownClass(cls):
        cls.unfold.close()

    def check(self, text: str, kind: type = shapes.Convolution):
        """Every number of a descriptor."""
        found = kind.parse(text)
        expected = self.unfold.ask(operation=DESCRIBE[kind], shape=text)["convolution"]
        axes = found.axes
        values = {
            "descriptor": found.descriptor, "name": found.name, "occurrences": found.occurrences,
            "groups": found.groups, "operations": found.operations,
            "input": [found.batch, axes[0].input, axes[1].input, found.input_channels],
            "output": [found.batch, axes[0].output, axes[1].output, found.output_channels],
            **{field: [getattr(axis, field) for axis in axes]
               for field in ("window", "stride", "dilation", "low", "high")},
        }
        self.assertEqual(values, expected, text)

    def test_every_convolution_of_every_file(self):
        counts = dict.fromkeys(DESCRIBE, 0)
        for file in sorted(FOLDER.glob("*.txt")):
            if file.stem in plan.KINDS:
                continue
            kind = shapes.Convolution
            for line in file.read_text().splitlines():
                for word in shapes.words(line):
                    if word in shapes.DRIVERS:
                        kind = shapes.DRIVERS[word]
                        continue
                    self.check(word, kind)
                    counts[kind] += 1
        self.assertGreater(counts[shapes.Convolution], 50)
        self.assertGreater(counts[shapes.TransposedConvolution], 5)

    def test_what_is_omitted(self):
        for text in (
            "ic3ih9oc4kh3", "mb1ic3iw9oc4kw3", "mb1_ic3_ih9iw7_oc4_kh3kw2_n", "ic3ih9oc4oh4kh3sh2n'x'",
            "ic3ih9oc4oh9kh4",
            'ic3ih9oc4oh9kh3n"a*3"', 'ic3ih9oc4oh9kh3n"a"*4', 'ic3ih9oc4oh9kh3n"a*b"', "ic3ih9oc4oh9kh3nbare*5",
            "ic3ih2oc4kh3sh2", "ic3ih9mb7mb8oc4kh3", "ic3ih8oc4oh3kh2sh3", "g3ic3ih7oc6oh7kh3dh1",
        ):
            self.check(text)

    def test_what_is_omitted_of_transposed_convolutions(self):
        for text in (
            "ic3ih9oc4kh3", "mb1ic3iw9oc4kw3", "ic3ih4oc5oh8kh4sh2", "ic3ih4oc5kh4sh2ph1", "ic3ih4oc5oh12kh9sh3ph4",
            "g3mb1ic3ih5iw4oc6oh11ow8kh3kw2sh2sw2ph0dh1n'x*2'", "ic3ih4oc5oh8kh1sh2", "ic3ih4oc5oh4kh3ph0",
            "ic3ih4oc5oh3kh4",
        ):
            self.check(text, shapes.TransposedConvolution)
        for text in ("ic3ih4oc5kh3ph3", "ic3ih4oc5kh0", "ic3ih4kh3", "ic3id2ih2oc3od4oh4kd2kh2"):
            with self.assertRaises(shapes.ShapeError, msg=text):
                shapes.TransposedConvolution.parse(text)
            with self.assertRaises(ChildError, msg=text):
                self.unfold.ask(operation="describe-transposed", shape=text)

    def test_what_is_wrong(self):
        for text in (
            "", "ic3", "ic3ih9oc4kh", "ic3ih9oc4kq3", "ic0ih9oc4kh3", "ic3ih9oc4kh3sh0", "ic3ih3oc4kh9",
            "ic3ih9oc4oh3kh3",
            'ic3ih9oc4kh3n"x', 'ic3ih9oc4kh3n"x"y', "ic3id4ih9oc4kd1kh3", "ic3ih9oc4kh3!", "ic3ih9999999999oc4kh3",
        ):
            with self.assertRaises(shapes.ShapeError, msg=text):
                shapes.Convolution.parse(text)
            with self.assertRaises(ChildError, msg=text):
                self.unfold.ask(operation="describe", shape=text)

    def test_poolings_and_resamplings_run(self):
        """Sizes that differ would make another number of bytes: the engine's tensors are counted against ours."""
        for stem, kind in plan.KINDS.items():
            for shape in shapes.read(FOLDER / f"{stem}.txt", kind):
                shape = shape.with_batch(1)
                answer = self.unfold.ask(
                    operation=shape.operation, direction="FWD_D", shape=shape.descriptor, threads=1, seconds=0,
                    fewest=1, memory=True)
                if kind is shapes.Pooling:
                    (height, tall), (width, wide) = ((axis.input, axis.output) for axis in shape.axes)
                else:
                    (height, tall), (width, wide) = shape.rows, shape.columns
                outputs = tall * wide * shape.channels
                count = 4 * (height * width * shape.channels + outputs)
                positions = outputs if shape.operation == "maximum-pooling" else 0
                self.assertEqual(answer["memory"]["tensors"], count + positions, shape)


class Files(unittest.TestCase):
    def test_words(self):
        self.assertEqual(shapes.words('a  "b # c"d\t# e'), ["a", '"b # c"d'])

    def test_options(self):
        file = Path(self.enterContext(tempfile.TemporaryDirectory())) / "shapes.txt"
        file.write_text("--alg=max,avg_np --mb=1,0\n"
                        "ic3ih4oh2kh2sh2 # twice twice\n"
                        "--reset --dt=f32\n"
                        "mb7ic3ih4oh2kh2sh2\n"
                        "ic3id4ih4od2oh2kd2kh2sd2sh2 ic3ih4oh2kh2\n")
        found = [(shape.operation, shape.batch) for shape in shapes.read(file, shapes.Pooling)]
        self.assertEqual(sorted(found), [
            ("maximum-pooling", 1), ("maximum-pooling", 2), ("maximum-pooling", 7),
            ("mean-pooling", 1), ("mean-pooling", 2),
        ])
        file.write_text("\nic3ih4oh2kh2qq\n")
        with self.assertRaisesRegex(shapes.ShapeError, r"shapes.txt:2: .*qq"):
            shapes.read(file, shapes.Pooling)


    def test_drivers(self):
        file = Path(self.enterContext(tempfile.TemporaryDirectory())) / "shapes.txt"
        file.write_text("ic3ih4oc2kh3 --deconv ic3ih4oc2kh3\n--reset ic3ih4oc5kh2sh2\n--conv ic3ih4oc6kh1\n")
        found = [(shape.operation, shape.output_channels, shape.horizontal.output)
                 for shape in shapes.read(file, shapes.Convolution)]
        self.assertEqual(found, [
            ("convolution", 2, 2), ("transposed-convolution", 2, 6), ("transposed-convolution", 5, 8),
            ("convolution", 6, 4),
        ])

    def test_what_pytorch_has(self):
        """The output padding with the same padding on both sides; more than the stride is not taken."""
        for text, beyond, is_symmetric in (
            ("ic1ih64oc1oh128kh9sh2ph4", 1, True), ("ic1ih64oc1oh192kh9sh3ph4", 2, True), ("ic1ih4oc1oh8kh4sh2ph1", 0, True),
            ("ic1ih4oc1oh9kh3sh2ph1", 2, False), ("ic1ih4oc1oh6kh3sh2ph1", -1, False),
        ):
            axis = shapes.TransposedConvolution.parse(text).horizontal
            self.assertEqual((axis.output_padding, axis.is_symmetric), (beyond, is_symmetric), text)


class Plan(unittest.TestCase):
    def test_no_run_is_too_long_and_no_cell_comes_twice(self):
        jobs = plan.jobs(FOLDER, [1, 2], 2)
        cells = [
            (job.suite, job.operation, job.direction, job.shape, job.batch, job.is_memory, threads)
            for job in jobs for threads in job.threads
        ]
        self.assertEqual(len(cells), len(set(cells)))
        for job in jobs:
            if job.operation == "convolution" and job.batch > 1 and job.name not in plan.BATCH_LAYERS:
                self.assertLessEqual(shapes.Convolution.parse(job.shape).operations, plan.LARGEST_RUN, job.label)
        names = {job.name for job in jobs}
        self.assertLessEqual({*plan.BATCH_LAYERS, *plan.MEMORY_LAYERS, plan.THREADS_LAYER}, names)

    def test_networks(self):
        jobs = plan.jobs(FOLDER, [1, 2], 2)
        count = sum(job.is_network for job in jobs)
        self.assertTrue(all(job.is_network for job in jobs[:count]))
        found = {(job.operation, job.name, job.batch, job.is_memory, job.threads) for job in jobs[:count]}
        expected = set()
        for operation, networks in (("training", plan.TRAINING), ("inference", plan.INFERENCE)):
            for name, batch in networks:
                expected.add((operation, name, batch, True, (2,)))
                expected.add((operation, name, batch, False, (2,) if name in plan.LARGE_NETWORKS else (1, 2)))
        self.assertEqual(found, expected)
        one = [job for job in plan.jobs(FOLDER, [1], 2) if job.is_network and not job.is_memory]
        self.assertEqual({job.threads for job in one}, {(1,)})

    def test_thread_steps(self):
        self.assertEqual(plan.thread_steps(1, [1]), [])
        self.assertEqual(plan.thread_steps(4, [1, 4]), [2, 3])
        self.assertEqual(plan.thread_steps(64, [1, 64]), [2, 3, 4, 5, 6, 7, 8, 12, 18, 27, 40, 60])


if __name__ == "__main__":
    unittest.main()
