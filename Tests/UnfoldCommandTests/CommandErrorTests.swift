import Foundation
import Testing

/// What a person can do wrong: each ends in one line on standard error and a status that is not zero, and leaves every
/// file as it was.
@Suite struct CommandErrorTests {
  struct Mistake: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    /// 64 where the command line is wrong, 1 where something else is.
    let status: Int32
    /// What the line must say.
    let says: [String]

    init(_ line: String, status: Int32 = 64, says: String...) {
      arguments = line.split(separator: " ").map(String.init)
      self.status = status
      self.says = says
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let mistakes = [
    Mistake("info --threads 0", says: "threads", "1 to 64", "found 0"),
    Mistake("info --threads 100000", says: "threads", "found 100000"),
    Mistake("train --data data --threads 0", says: "threads", "found 0"),
    Mistake("train --data data --threads 100000", says: "threads", "found 100000"),
    Mistake("train --data data --threads=-1", says: "threads", "found -1"),
    Mistake("train --data data --batch 0", says: "batch", "found 0"),
    Mistake("train --data data --batch=-64", says: "batch", "found -64"),
    Mistake("train --data data --epochs 0", says: "epochs", "found 0"),
    Mistake("train --data data --epochs 9223372036854775807", says: "epochs"),
    Mistake("train --data data --limit 0", says: "limit", "found 0"),
    Mistake(
      "train --data data --model unet --batch 9223372036854775807", says: "batch size", "found 9223372036854775807"),
    Mistake("train --data data --model unet --limit 9223372036854775807", says: "scenes", "found 9223372036854775807"),
    Mistake("train --data data --model alexnet", says: "one of lenet, vgg", "alexnet"),
    Mistake("train --data data --learning-rate nan", says: "learning rate", "found nan"),
    Mistake("train --data data --learning-rate=-0.1", says: "learning rate", "-0.1"),
    Mistake("train --data data --learning-rate inf", says: "learning rate", "inf"),
    Mistake("train --data data --momentum 0.9", says: "--momentum", "sgd"),
    Mistake("train --data data --optimiser sgd --momentum nan", says: "momentum", "nan"),
    Mistake("train --data data --nesterov", says: "--nesterov", "sgd"),
    Mistake("train --data data --weight-decay nan", says: "weight decay", "nan"),
    Mistake("train --data data --warmup 1000000", says: "warm-up", "1000000"),
    Mistake("train --data data --warmup=-1", says: "warm-up", "-1"),
    Mistake("train --data data --augment rotate", says: "--augment", "rotate"),
    Mistake("train --data data --augment shift=x", says: "--augment", "shift=x"),
    Mistake("train --data data --augment shift=-1", says: "shift", "-1"),
    Mistake("train --data data --class-names only", says: "label"),
    Mistake("train --data data --class-names a,,b", says: "--class-names", "an empty one, number 2"),
    Mistake("find-rate --data data --class-names a,b,", says: "--class-names", "an empty one, number 3"),
    Mistake(
      "train --data data --output missing/model.safetensors", status: 1, says: "missing/model.safetensors",
      "No such file"),
    Mistake("train --data data --output data", status: 1, says: "data", "regular file"),
    Mistake("train --data data --output m --svg m", says: "--svg"),
    Mistake("train --data data --output m --svg ./m", says: "--svg", "another file"),
    Mistake("train --data data --output m --curves data/../m", says: "--curves", "another file"),
    Mistake("evaluate old.safetensors --svg ./old.safetensors", says: "--svg", "another file"),
    Mistake("bench --shapes shapes.txt --output shapes.txt", says: "--output", "another file"),
    Mistake("compare --shapes shapes.txt --comparison ./shapes.txt", says: "--comparison", "another file"),
    Mistake("accuracy --shapes shapes.txt --output shapes.txt", says: "--output", "another file"),
    Mistake("train --data data --svg missing/c.svg", status: 1, says: "missing/c.svg"),
    Mistake("train --data data --output old.safetensors --learning-rate 1e30", status: 1, says: "loss", "finite"),
    Mistake("train --data nowhere", status: 1, says: "nowhere"),
    Mistake("train --data truncated", status: 1, says: "truncated", "train-images-idx3-ubyte"),
    Mistake("train --data notes.txt", status: 1, says: "notes.txt"),
    Mistake("evaluate nowhere.safetensors --data data", status: 1, says: "nowhere.safetensors"),
    Mistake("evaluate notes.txt --data data", status: 1, says: "safetensors"),
    Mistake("evaluate data --data data", status: 1, says: "data", "regular file"),
    Mistake("evaluate old.safetensors --data data --threads 0", says: "threads"),
    Mistake("evaluate notes.txt --data data --svg missing/c.svg", status: 1, says: "missing/c.svg"),
    Mistake("check --shapes nowhere.txt", status: 1, says: "nowhere.txt"),
    Mistake("check --shapes notes.txt", status: 1, says: "notes.txt:1"),
    Mistake("check --shapes empty.txt", status: 1, says: "empty.txt", "at least one convolution"),
    Mistake("check --shapes shapes.txt --batch 0", says: "batch", "found 0"),
    Mistake("check --shapes shapes.txt --threads 0", says: "threads", "found 0"),
    Mistake("check --shapes shapes.txt --direction SIDEWAYS", says: "direction", "SIDEWAYS"),
    Mistake("check --shapes shapes.txt --only zebra", says: "zebra"),
    Mistake("check --shapes groups.txt", status: 1, says: "groups.txt:2", "groups"),
    Mistake("check --shapes data", status: 1, says: "data"),
    Mistake("accuracy", status: 1, says: "Benchmarks/Shapes", "--shapes"),
    Mistake("accuracy --shapes nowhere.txt", status: 1, says: "nowhere.txt"),
    Mistake("accuracy --shapes shapes.txt notes.txt", status: 1, says: "notes.txt:1"),
    Mistake("accuracy --shapes shapes.txt --batch 0", says: "batch", "found 0"),
    Mistake("accuracy --shapes shapes.txt --threads 0", says: "threads", "found 0"),
    Mistake("accuracy --shapes shapes.txt --only zebra", says: "--only", "zebra"),
    Mistake(
      "accuracy --shapes shapes.txt --output missing/out.json", status: 1, says: "missing/out.json", "No such file"),
    Mistake(
      "accuracy --shapes shapes.txt --document notes.txt", status: 1, says: "notes.txt", "<!-- errors -->", "found 0"),
    Mistake("accuracy --shapes shapes.txt --document nowhere.md", status: 1, says: "nowhere.md", "No such file"),
    Mistake("accuracy --shapes shapes.txt --peer notes.txt", status: 1, says: "notes.txt", "PyTorch's errors"),
    Mistake("accuracy --shapes shapes.txt --export data", status: 1, says: "data", "an empty folder", "found 4 files"),
    Mistake("accuracy --shapes shapes.txt --export notes.txt", status: 1, says: "notes.txt", "cannot be made"),
    Mistake("accuracy --shapes shapes.txt --export new --output out.json", says: "--export", "--output"),
    Mistake("accuracy --model notes.txt", status: 1, says: "safetensors"),
    Mistake("accuracy --model nowhere.safetensors", status: 1, says: "nowhere.safetensors"),
    Mistake("bench --shapes shapes.txt --output missing/out.json", status: 1, says: "missing/out.json", "No such file"),
    Mistake("bench --shapes shapes.txt --output data", status: 1, says: "data", "regular file"),
    Mistake("bench --shapes poolings.txt --direction BWD_W", says: "direction", "FWD_D, BWD_D", "BWD_W"),
    Mistake("bench --shapes poolings.txt --algorithm im2col", says: "--algorithm", "poolings.txt"),
    Mistake("bench --shapes shapes.txt --algorithm direct", says: "shapes.txt", "at least one convolution", "direct"),
    Mistake("bench --shapes poolings.txt --only zebra", says: "poolings.txt", "zebra"),
    Mistake("bench --shapes shapes.txt --dense", status: 1, says: "dense layer", "one pixel"),
    Mistake("compare --shapes poolings.txt", status: 1, says: "poolings.txt:1", "oc"),
    Mistake("bench --shapes shapes.txt --seconds 0", says: "seconds"),
    Mistake("bench --shapes shapes.txt --seconds nan", says: "seconds", "nan"),
    Mistake("bench --shapes shapes.txt --memory", says: "--memory", "one shape"),
    Mistake("bench --shapes shapes.txt --batch=-1", says: "batch", "-1"),
    Mistake("bench --shapes shapes.txt --threads 100000", says: "threads", "100000"),
    Mistake("bench --shapes shapes.txt --batch 2147483648", says: "batch", "2147483648"),
    Mistake("bench", says: "--shapes"),
    Mistake("bench --shapes shapes.txt --threads 1,x", says: "--threads", "1,x"),
    Mistake("bench --shapes shapes.txt --threads 1,0", says: "threads", "found 0"),
    Mistake("bench --shapes shapes.txt --only a --threads 1,2 --memory", says: "--threads", "--memory"),
    Mistake("bench --shapes shapes.txt --threads 1,2 --explain", says: "--threads", "--explain"),
    Mistake("bench --shapes shapes.txt --profile", says: "--profile", "--network"),
    Mistake("bench --shapes shapes.txt --inference", says: "--inference", "--network"),
    Mistake("bench --network lenet --shapes shapes.txt", says: "--shapes", "--network"),
    Mistake("bench --network lenet --algorithm im2col", says: "--algorithm", "--network"),
    Mistake("bench --network lenet --batch 0", says: "--batch", "found 0"),
    Mistake("bench --network alexnet", says: "alexnet"),
    Mistake("bench --network detector", says: "detector", "a class for each image or pixel"),
    Mistake("bench --shapes transposed.txt --dense", says: "transposed.txt", "at least one shape"),
    Mistake("check --shapes wrong.txt", status: 1, says: "wrong.txt:2", "less than half"),
    Mistake("accuracy --shapes transposed.txt", status: 1, says: "transposed.txt", "ordinary convolution"),
    Mistake("report future.json --html out.html", status: 1, says: "future.json", "schema 1", "schema 99"),
    Mistake("report future.json --svg out.svg", status: 1, says: "future.json", "schema 1", "schema 99"),
    Mistake("compare-runs future.json future.json", status: 1, says: "future.json", "schema 99"),
    Mistake("compare-runs past.json past.json", status: 1, says: "past.json", "schema 1", "older versions"),
    Mistake("report partial.json --html out.html", status: 1, says: "partial.json", "no \"machine\""),
    Mistake("compare --shapes shapes.txt --seconds 0", says: "--seconds", "found 0"),
    Mistake("compare --shapes shapes.txt --threads 0", says: "threads", "found 0"),
    Mistake("report notes.txt", says: "--svg, --html or --readme"),
    Mistake("report notes.txt --svg out.svg", status: 1, says: "notes.txt"),
    Mistake("summary --model alexnet", says: "one of lenet, vgg", "alexnet"),
    Mistake("summary --batch 0", says: "--batch", "found 0"),
    Mistake("summary --classes 0", says: "--classes", "found 0"),
    Mistake("summary --input 8x0x1", says: "--input", "8x0x1"),
    Mistake("summary --model vgg19 --input 1x1x1", says: "window"),
    Mistake("summary --model nowhere.safetensors", status: 1, says: "nowhere.safetensors"),
    Mistake("graph --model alexnet", says: "alexnet"),
    Mistake("evaluate notes.txt --data data --batch 0", says: "--batch", "found 0"),
    Mistake("show notes.txt --count 0", says: "--count", "found 0"),
    Mistake("show notes.txt --only everything", says: "--only", "everything"),
    Mistake("find-rate --data data --steps 1", says: "steps", "found 1"),
    Mistake("find-rate --data data --lowest 2", says: "rates", "2.0"),
    Mistake("find-rate --data data --batch 0", says: "--batch", "found 0"),
    Mistake("train --data data --clip 0", says: "norm", "found 0"),
    Mistake("train --data data --average 1", says: "--average", "found 1"),
    Mistake("train --data data --label-smoothing 1", says: "--label-smoothing", "found 1"),
    Mistake("train --data data --checkpoint-every 0", says: "--checkpoint-every", "found 0"),
    Mistake("train --data data --resume --discard", says: "--discard", "--resume"),
  ]

  /// Options that would change nothing.
  static let useless = [
    Mistake("train --data data --model unet --augment flip", says: "--augment", "unet"),
    Mistake("train --data data --model detector --augment shift=1", says: "--augment", "detector"),
    Mistake("find-rate --data data --model unet-resize --augment flip", says: "--augment", "unet-resize"),
    Mistake("train --model tdnn --augment flip", says: "--augment", "tdnn"),
    Mistake("train --class-names a,b", says: "--class-names", "--data"),
    Mistake("find-rate --class-names a,b", says: "--class-names", "--data"),
    Mistake("train --model tdnn --data data --class-names a,b", says: "--class-names", "tdnn"),
    Mistake("train --model tdnn --rotated", says: "--rotated", "tdnn"),
    Mistake("accuracy --shapes shapes.txt --data data", says: "--data", "--model"),
    Mistake("accuracy --shapes shapes.txt --rotated", says: "--rotated", "--model"),
    Mistake("accuracy --model notes.txt --batch 2", says: "--batch", "--shapes"),
    Mistake("bench --shapes shapes.txt --algorithm im2col --accuracy strict", says: "--accuracy", "im2col"),
    Mistake("check --shapes shapes.txt --algorithm im2col --accuracy strict", says: "--accuracy", "im2col"),
    Mistake("bench --requests --shapes shapes.txt", says: "--shapes", "--requests"),
    Mistake("bench --requests --threads 1", says: "--threads", "--requests"),
    Mistake("bench --requests --output out.json", says: "--output", "--requests"),
    Mistake("bench --requests --memory", says: "--memory", "--requests"),
  ]

  /// Outputs that cannot be written, which is found out before the first step.
  static let outputs = [
    Mistake("train --data data --checkpoints notes.txt", status: 1, says: "notes.txt", "cannot be made"),
    Mistake("train --data data --checkpoints notes.txt/a/b", status: 1, says: "notes.txt/a/b", "Not a directory"),
    Mistake("train --data data --checkpoints /proc/a", status: 1, says: "/proc/a", "cannot be made"),
    Mistake("train --data data --checkpoints /proc", status: 1, says: "/proc", "cannot be written to"),
    Mistake("train --data data --output blocked", status: 1, says: "blocked-checkpoints", "cannot be made"),
    Mistake("train --data data --checkpoints new/a --pictures notes.txt/b", status: 1, says: "notes.txt/b"),
    Mistake("train --data data --pictures new/a --curves missing/c.svg", status: 1, says: "missing/c.svg"),
    Mistake("train --data data --checkpoints new/a --model resnet18 --batch 19", says: "--batch 18", "found 1"),
    Mistake("train --data nowhere --checkpoints new/a", status: 1, says: "nowhere"),
    Mistake("train --data data --pictures new/a --warmup 1000", says: "warm-up", "1000"),
  ]

  @Test(arguments: mistakes + useless + outputs) func mistakesAreToldInOneLine(_ mistake: Mistake) throws {
    let executable = try Executable()
    try withFolder { folder in
      try Self.furnish(folder)
      let before = try contents(of: folder)
      let outcome = try executable.run(mistake.arguments, in: folder)
      #expect(outcome.status == mistake.status, "\(outcome)")
      // A training that diverges has begun before: its progress is no complaint.
      let complaints = outcome.errorLines.filter { !$0.hasPrefix("epoch ") }
      #expect(complaints.count == 1, "\(outcome.errors)")
      let line = try #require(complaints.last)
      #expect(line.hasPrefix("unfold: error: "), "\(line)")
      for text in mistake.says { #expect(line.contains(text), "\(line)") }
      #expect(try contents(of: folder) == before)
    }
  }

  @Test(arguments: [
    ["train", "--batch", "many"], ["train", "--seed", "-1"], ["paint"], ["check"], ["train", "--optimiser", "magic"],
  ])
  func wrongSyntaxIsExplained(_ arguments: [String]) throws {
    let executable = try Executable()
    try withFolder { folder in
      let outcome = try executable.run(arguments, in: folder)
      #expect(outcome.status == 64, "\(outcome)")
      #expect(outcome.errors.contains("Usage:"), "\(outcome.errors)")
      #expect(try contents(of: folder).isEmpty)
    }
  }

  /// The folder in which the mistakes are made.
  private static func furnish(_ folder: URL) throws {
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    try ToyImages.write(to: folder.appendingPathComponent("data"))
    let truncated = folder.appendingPathComponent("truncated")
    try ToyImages.write(to: truncated)
    let images = truncated.appendingPathComponent("train-images-idx3-ubyte")
    try Data(contentsOf: images).prefix(1000).write(to: images)
    try write("the model of yesterday", "old.safetensors")
    try write("in the way", "blocked-checkpoints")
    try write("this is not a convolution\n", "notes.txt")
    try write("# nothing but a comment\n", "empty.txt")
    try write("mb1ic3ih8oc4oh8kh3ph1n\"a\"\nmb1ic4ih8oc4oh8kh1n\"b\"\n", "shapes.txt")
    try write("--deconv\nmb1ic4ih8oc4oh16kh2sh2n\"up\"\n", "transposed.txt")
    try write("--deconv\nmb1ic4ih8oc4kh3ph5n\"up\"\n", "wrong.txt")
    try write("{\"schema\": 99, \"kind\": \"clouds\"}", "future.json")
    try write("{\"samples\": []}", "past.json")
    try write("{\"schema\": 1, \"kind\": \"shapes\"}", "partial.json")
    try write("mb1ic4ih8oh4kh2sh2n\"pool\"\n", "poolings.txt")
    try write("mb1ic4ih8oc4oh8kh1n\"fine\"\ng3mb1ic4ih8oc4oh8kh1n\"bad\"\n", "groups.txt")
  }
}
