import Foundation
import Testing

/// The logs of a training: a table of its epochs, TensorBoard's events, curves over each other.
@Suite struct LogCommandTests {
  private let executable: Executable

  init() throws { executable = try Executable() }

  @Test func epochsAndEventsAreLogged() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let training = try executable.run(
        [
          "train", "--data", "data", "--epochs", "2", "--batch", "16", "--json", "--csv", "run.csv", "--tensorboard",
          "runs/a",
        ], in: folder)
      #expect(training.status == 0, "\(training)")
      let epochs = try training.output.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }.filter { $0["event"] as? String == "epoch" }
      let table = try String(contentsOf: folder.appendingPathComponent("run.csv"), encoding: .utf8)
      let rows = table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(
        rows[0].joined(separator: ",")
          == "epoch,loss,accuracy,test_loss,test_accuracy,test_iou,learning_rate,images_per_second,seconds")
      #expect(rows.count == 3)
      for (row, epoch) in zip(rows.dropFirst(), epochs) {
        let values = row.map { Double($0) }
        for (column, name) in [(0, "epoch"), (1, "loss"), (3, "testLoss"), (4, "testAccuracy"), (6, "learningRate")] {
          let (value, expected) = (try #require(values[column]), try #require(epoch[name] as? Double))
          // Two readers of decimals may differ in the last bit.
          #expect(abs(value - expected) <= 1e-15 * abs(expected), "\(name)")
        }
        #expect(values[5] == nil, "lenet has no boxes")
      }

      let files = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("runs/a").path)
      #expect(files.count == 1 && files[0].hasPrefix("events.out.tfevents."), "\(files)")
      let events = try Data(contentsOf: folder.appendingPathComponent("runs/a/\(files[0])"))
      for tag in [
        "loss/train", "loss/test", "weights/conv1.weight", "gradients/fc2.bias", "first filters", "_hparams_",
      ] {
        #expect(events.range(of: Data(tag.utf8)) != nil, "\(tag)")
      }
    }
  }

  @Test func curvesAreDrawnOverEachOther() throws {
    try withFolder { folder in
      for (name, loss) in [("a", 0.5), ("second run", 0.25)] {
        try Data("epoch, test_loss ,test_accuracy\r\n1,\(loss),0.5\r\n2,\(loss / 2),\r\n".utf8)
          .write(to: folder.appendingPathComponent("\(name).csv"))
      }
      let outcome = try executable.run(["curves", "a.csv", "second run.csv", "--svg", "both.svg"], in: folder)
      #expect(outcome.status == 0 && outcome.output == "both.svg\n", "\(outcome)")
      let drawing = try String(contentsOf: folder.appendingPathComponent("both.svg"), encoding: .utf8)
      for text in ["test loss", "test accuracy, %", ">a</text>", ">second run</text>"] {
        #expect(drawing.contains(text), "\(text)")
      }
      #expect(!drawing.contains("IoU"))
      #expect(drawing.matches(of: /<polyline/).count == 4)
    }
  }

  @Test(arguments: [
    ("", "expected a line of names with epoch"), ("epoch,loss\n1,2\n", "expected a line of names with epoch"),
    ("epoch,test_loss\n", "expected at least one epoch"),
    ("epoch,test_loss\n1\n", "line 2: expected 2 values, found 1"),
    ("epoch,test_loss\n1,much\n", "expected a number for test_loss, found \"much\""),
    ("epoch,test_loss\n,1\n", "expected a number for epoch"), ("epoch,test_loss\n1,inf\n", "found \"inf\""),
  ])
  func whatIsNoTableOfEpochsIsRefused(text: String, message: String) throws {
    try withFolder { folder in
      try Data(text.utf8).write(to: folder.appendingPathComponent("t.csv"))
      let outcome = try executable.run(["curves", "t.csv"], in: folder)
      #expect(outcome.status == 1 && outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains("t.csv: ") && outcome.errors.contains(message), "\(outcome.errors)")
      #expect(try contents(of: folder).keys.sorted() == ["t.csv"])
    }
  }

  @Test func aFolderThatCannotBeMadeStopsBeforeTheTraining() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let outcome = try executable.run(
        ["train", "--data", "data", "--epochs", "1", "--tensorboard", "data/train-labels-idx1-ubyte/runs"], in: folder)
      #expect(outcome.status == 1 && outcome.errorLines.count == 1, "\(outcome)")
      #expect(try contents(of: folder).keys.sorted() == ["data"])
    }
  }

  @Test func theZooIsListed() throws {
    try withFolder { folder in
      let table = try executable.run(["models"], in: folder)
      #expect(table.status == 0)
      // Published: 11,689,512 parameters; He et al. count 1.8 thousand million multiplications with an addition each.
      let row = try #require(table.output.split(separator: "\n").first { $0.hasPrefix("resnet18 ") })
      #expect(row.contains("11,689,512") && row.contains("3,628") && row.contains("224x224x3"), "\(row)")
      let version = try executable.run(["--version"], in: folder)
      #expect(version.status == 0 && version.output.contains(/^\d+\.\d+\.\d+\n$/), "\(version)")
    }
  }
}
