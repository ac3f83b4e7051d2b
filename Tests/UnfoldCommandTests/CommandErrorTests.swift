import Foundation
import Testing

/// What a person can do wrong: each ends in one line on standard error and a status that is not zero, and leaves every
/// file as it was.
@Suite struct CommandErrorTests {
  struct Mistake: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    /// What the line must say.
    let says: [String]

    init(_ line: String, says: String...) {
      arguments = line.split(separator: " ").map(String.init)
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
    Mistake("train --data data --output missing/model.safetensors", says: "missing/model.safetensors", "No such file"),
    Mistake("train --data data --output data", says: "data", "regular file"),
    Mistake("train --data data --output m --svg m", says: "--svg"),
    Mistake("train --data data --svg missing/c.svg", says: "missing/c.svg"),
    Mistake("train --data data --output old.safetensors --learning-rate 1e30", says: "loss", "finite"),
    Mistake("train --data nowhere", says: "nowhere"),
    Mistake("train --data truncated", says: "truncated", "train-images-idx3-ubyte"),
    Mistake("train --data notes.txt", says: "notes.txt"),
    Mistake("evaluate nowhere.safetensors --data data", says: "nowhere.safetensors"),
    Mistake("evaluate notes.txt --data data", says: "safetensors"),
    Mistake("evaluate data --data data", says: "data", "regular file"),
    Mistake("evaluate old.safetensors --data data --threads 0", says: "threads"),
    Mistake("evaluate notes.txt --data data --svg missing/c.svg", says: "missing/c.svg"),
    Mistake("check --shapes nowhere.txt", says: "nowhere.txt"),
    Mistake("check --shapes notes.txt", says: "notes.txt:1"),
    Mistake("check --shapes empty.txt", says: "empty.txt", "at least one convolution"),
    Mistake("check --shapes shapes.txt --batch 0", says: "batch", "found 0"),
    Mistake("check --shapes shapes.txt --threads 0", says: "threads", "found 0"),
    Mistake("check --shapes shapes.txt --direction SIDEWAYS", says: "direction", "SIDEWAYS"),
    Mistake("check --shapes shapes.txt --only zebra", says: "zebra"),
    Mistake("check --shapes groups.txt", says: "groups.txt:2", "groups"),
    Mistake("check --shapes data", says: "data"),
    Mistake("accuracy", says: "Benchmarks/Shapes", "--shapes"),
    Mistake("accuracy --shapes nowhere.txt", says: "nowhere.txt"),
    Mistake("accuracy --shapes shapes.txt notes.txt", says: "notes.txt:1"),
    Mistake("accuracy --shapes shapes.txt --batch 0", says: "batch", "found 0"),
    Mistake("accuracy --shapes shapes.txt --threads 0", says: "threads", "found 0"),
    Mistake("accuracy --shapes shapes.txt --only zebra", says: "--only", "zebra"),
    Mistake("accuracy --shapes shapes.txt --json missing/out.json", says: "missing/out.json", "No such file"),
    Mistake("accuracy --shapes shapes.txt --document notes.txt", says: "notes.txt", "<!-- errors -->", "found 0"),
    Mistake("accuracy --shapes shapes.txt --document nowhere.md", says: "nowhere.md", "No such file"),
    Mistake("accuracy --shapes shapes.txt --peer notes.txt", says: "notes.txt", "PyTorch's errors"),
    Mistake("accuracy --shapes shapes.txt --export data", says: "data", "an empty folder", "found 4 files"),
    Mistake("accuracy --shapes shapes.txt --export notes.txt", says: "notes.txt", "cannot be made"),
    Mistake("accuracy --shapes shapes.txt --export new --json out.json", says: "--export", "--json"),
    Mistake("accuracy --model notes.txt", says: "safetensors"),
    Mistake("accuracy --model nowhere.safetensors", says: "nowhere.safetensors"),
    Mistake("bench --shapes shapes.txt --json missing/out.json", says: "missing/out.json", "No such file"),
    Mistake("bench --shapes shapes.txt --json data", says: "data", "regular file"),
    Mistake("bench --shapes shapes.txt --seconds 0", says: "seconds"),
    Mistake("bench --shapes shapes.txt --seconds nan", says: "seconds", "nan"),
    Mistake("bench --shapes shapes.txt --memory", says: "--memory", "one shape"),
    Mistake("bench --shapes shapes.txt --batch=-1", says: "batch", "-1"),
    Mistake("bench --shapes shapes.txt --threads 100000", says: "threads", "100000"),
    Mistake("bench --shapes shapes.txt --batch 2147483648", says: "batch", "2147483648"),
  ]

  @Test(arguments: mistakes) func mistakesAreToldInOneLine(_ mistake: Mistake) throws {
    let executable = try Executable()
    try withFolder { folder in
      try Self.furnish(folder)
      let before = try contents(of: folder)
      let outcome = try executable.run(mistake.arguments, in: folder)
      #expect(outcome.status == 1, "\(outcome)")
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
    try write("this is not a convolution\n", "notes.txt")
    try write("# nothing but a comment\n", "empty.txt")
    try write("mb1ic3ih8oc4oh8kh3ph1n\"a\"\nmb1ic4ih8oc4oh8kh1n\"b\"\n", "shapes.txt")
    try write("mb1ic4ih8oc4oh8kh1n\"fine\"\ng3mb1ic4ih8oc4oh8kh1n\"bad\"\n", "groups.txt")
  }
}
