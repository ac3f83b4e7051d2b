import Foundation
import Testing
import Unfold
import UnfoldNN

@testable import UnfoldCommand

/// What people read fits a screen of 80 columns.
@Suite struct ScreenWidthTests {
  private func tooWide(_ text: String, columns: Int = 80) -> [Substring] {
    text.split(separator: "\n").filter { String($0).columns > columns }
  }

  @Test func everyCommandFits() throws {
    let executable = try Executable()
    try withFolder { folder in
      // As long as the longest of the repository's.
      let shapes = """
        mb8ic64ih9oc64oh9kh3ph1n"resnet-50:conv2_project"
        g8mb2ic8ih9oc8oh9kh3ph1n"mobilenet-v1:depthwise-of-a-name-that-is-too-long-for-a-screen"
        """
      try Data(shapes.utf8).write(to: folder.appendingPathComponent("s.txt"))
      let poolings = "--alg=max,avg_np\nmb8ic64ih12oh6kh2sh2ph0n\"densenet-121:transition1_pool\"\n"
      try Data(poolings.utf8).write(to: folder.appendingPathComponent("p.txt"))
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      for line in [
        "info", "summary", "summary --model densenet121", "summary --model unet --json", "check --shapes s.txt",
        "check --shapes s.txt --algorithm automatic,blas,direct,im2col,winograd4", "accuracy --shapes s.txt",
        "bench --shapes s.txt --seconds 0.01 --batch 64 --algorithm automatic,blas,direct,im2col,winograd2,winograd4",
        "bench --shapes p.txt --seconds 0.01 --output p.json", "compare-runs p.json p.json",
        "compare --shapes s.txt --seconds 0.01", "bench --shapes s.txt --seconds 0.01 --threads 1,2",
        "bench --shapes s.txt --explain --threads 1", "bench --network unet --batch 2 --seconds 0.01 --profile",
        "bench --network resnet --batch 2 --seconds 0.01 --profile --inference --threads 1,2",
        "bench --shapes s.txt --seconds 0.01 --memory --only resnet",
        "train --data data --epochs 1 --class-names a-cloudy-sky-at-night,ground",
        "evaluate lenet.safetensors --data data",
        "train --data data --model unet --limit 64 --epochs 1", "find-rate --data data --steps 20 --batch 16",
        "show lenet.safetensors --data data", "graph --model lenet",
      ] {
        let outcome = try executable.run(line.split(separator: " ").map(String.init), in: folder)
        #expect(outcome.status == 0, "\(line): \(outcome)")
        #expect(tooWide(outcome.output).isEmpty, "\(line):\n\(outcome.output)")
      }
      // A wide screen shows everything.
      let wide = try executable.run(["bench", "--shapes", "s.txt", "--seconds", "0.01"], in: folder, columns: 200)
      for title in ["batch", "GFLOP ", "runs", "median ms", "of sgemm", "too-long-for-a-screen"] {
        #expect(wide.output.contains(title), "\(wide.output)")
      }
    }
  }

  @Test(arguments: Architecture.allCases) func everyNetworkIsSummarisedIn80Columns(_ architecture: Architecture) throws
  {
    let (input, classes) = (architecture.usualInput, architecture.usualClasses)
    let report = try SummaryReport(
      .init(
        name: architecture.rawValue, input: input, classes: classes,
        graph: architecture.graph(input: input, classes: classes)), batch: 8)
    let lines = report.lines(width: 80)
    #expect(tooWide(lines.joined(separator: "\n")).isEmpty && lines.count > report.layers.count, "\(lines)")
  }

  @Test func aTrainingsTableFits() throws {
    let (scenes, images) = (TableJournal(.segmentation), TableJournal(.imageClassification))
    #expect(scenes.header.allSatisfy { $0.columns <= 79 } && images.header.allSatisfy { $0.columns <= 79 })
    #expect(scenes.header[0].contains("test IoU") && !images.header[0].contains("test IoU"))
  }
}
