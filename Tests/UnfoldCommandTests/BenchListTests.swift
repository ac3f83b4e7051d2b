import Foundation
import Testing
import Unfold

@testable import UnfoldCommand

@Suite struct BenchListTests {
  /// The shape files of this repository.
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Benchmarks/Shapes").path

  private func list(
    _ path: String, _ algorithms: [ConvolutionAlgorithm] = [.automatic], name: String? = nil, isDense: Bool = false
  ) throws -> BenchList {
    try BenchList(path: path, batch: nil, name: name, algorithms: algorithms, isDense: isDense)
  }

  @Test func everyFileOfTheRepositoryIsRead() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".txt") }
    #expect(names.count > 10)
    for name in names {
      let list = try list("\(Self.folder)/\(name)")
      #expect(!list.cases.isEmpty, "\(name)")
      let isMemory = ["pooling.txt", "resampling.txt"].contains(name)
      #expect(
        list.usualDirections
          == (isMemory ? [.forward, .inputGradient] : [.forwardWithBias, .inputGradient, .filterGradient]))
      #expect(list.isArithmetic == !isMemory, "\(name)")
    }
    let poolings = try list("\(Self.folder)/pooling.txt")
    #expect(Set(poolings.cases.map(\.wantedAlgorithm)) == ["maximum", "mean"])
    #expect(poolings.cases.first?.label == "resnet-50:pool1" && poolings.cases.first?.batch == 8)
    let resamplings = try list("\(Self.folder)/resampling.txt", name: "u-net:up4")
    #expect(resamplings.cases.map(\.wantedAlgorithm) == ["nearest", "linear"])
    #expect(throws: CommandError.self) { try poolings.directions("BWD_W") }
    #expect(try poolings.directions("FWD_D") == [.forward])
    #expect(throws: CommandError.self) { try list("\(Self.folder)/pooling.txt", [.im2col]) }
  }

  private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    try withFolder { folder in
      let file = folder.appendingPathComponent("s.txt")
      try Data(text.utf8).write(to: file)
      return try body(file.path)
    }
  }

  @Test func algorithmsThatDoNotApplyAreNamed() throws {
    let text = """
      mb1ic4ih8oc4oh8kh3ph1n"plain"
      g4mb1ic4ih8oc4oh8kh3ph1n"depthwise"
      mb1ic4ih8oc4oh8kh1n"pointwise"
      """
    try withFile(text) { path in
      let list = try list(path, [.automatic, .direct, .winograd(.four)])
      #expect(
        list.cases.map { "\($0.label) \($0.wantedAlgorithm)" } == [
          "plain automatic", "plain winograd4", "depthwise automatic", "depthwise direct", "pointwise automatic",
        ])
      #expect(list.comparesAlgorithms && list.skipped.count == 2, "\(list.skipped)")
      #expect(list.skipped.first?.contains("direct does not apply to 2 of 3 shapes") == true, "\(list.skipped)")
      #expect(list.skipped.last?.contains("winograd4 does not apply to 2 of 3 shapes") == true, "\(list.skipped)")
      #expect(throws: CommandError.self) { try self.list(path, [.direct], name: "plain") }
    }
  }

  @Test func whatAutomaticChoseIsMarked() throws {
    try withFile("mb1ic4ih8oc4oh8kh3ph1n\"plain\"\n") { path in
      let list = try list(path, [.automatic, .winograd(.four)])
      let rates = [MachineRates(threads: 1, matrixProducts: 100, fusedMultiplyAdds: 120)]
      let table = SpeedTable(list, rates: rates, threads: [1], width: 200)
      func line(_ wanted: String) -> String { table.line([Self.sample(wanted: wanted, seconds: 1)]) }
      #expect(line("automatic").contains("winograd4 *") && !line("winograd4").contains("*"))
      #expect(table.footnotes == ["* what automatic chose"])
      #expect(line("automatic").hasSuffix("1 %"), "\(line("automatic"))")
    }
  }

  private static func sample(wanted: String = "automatic", threads: Int = 1, seconds: Double) -> SpeedSample {
    SpeedSample(
      name: "plain", shape: "", batch: 1, occurrences: 1, direction: .forward, threads: threads,
      wantedAlgorithm: wanted, algorithm: "winograd4", operations: 1e9, bytes: 1, seconds: [seconds])
  }

  @Test func numbersOfThreadsStandBesideEachOther() throws {
    try withFile("mb1ic4ih8oc4oh8kh3ph1n\"plain\"\n") { path in
      let list = try list(path)
      for width in [80, 200] {
        let table = SpeedTable(list, rates: [], threads: [1, 2], width: width)
        let line = table.line([Self.sample(seconds: 1), Self.sample(threads: 2, seconds: 0.5)])
        #expect(line.hasSuffix("2.00") && line.columns <= width, "\(line)")
        #expect(line.contains("1.0") && line.contains("2.0") && !line.contains("*"), "\(line)")
        #expect(table.header[0].contains("GFLOP/s 1t") && table.header[0].contains("GFLOP/s 2t"))
      }
    }
    let rates = [1, 2].map { MachineRates(threads: $0, matrixProducts: 100 * Double($0), fusedMultiplyAdds: 300) }
    #expect(SpeedTable.yardstick([rates[0]]) == "sgemm 1024 x 1024: 100.0 GFLOP/s")
    #expect(
      SpeedTable.yardstick(rates)
        == "sgemm 1024 x 1024: 100.0 GFLOP/s on 1 thread, 200.0 GFLOP/s on 2 threads")
    #expect(SpeedTable.yardstick([]) == nil)
  }

  @Test func ordinaryAndTransposedConvolutionsKeepTheirOrder() throws {
    let text = """
      mb1ic4ih8oc4oh8kh3ph1n"first"
      --deconv
      mb1ic4ih8oc4oh16kh2sh2n"second"
      --conv
      mb1ic4ih8oc4oh8kh1n"third" --dt=f16
      """
    try withFile(text) { path in
      let list = try list(path)
      #expect(list.cases.map(\.label) == ["first", "second", "third"] && list.skipped.count == 1, "\(list.skipped)")
      #expect(list.cases.map(\.operation) == ["convolution", "transposed-convolution", "convolution"])
      // 2 N H W C R S K of the smaller map.
      let operations: Double = 2 * 64 * 4 * 4 * 4
      #expect(list.cases[1].operations == operations)
      #expect(list.cases[1].convolution?.outputShape == [1, 16, 16, 4])
      #expect(throws: CommandError.self) { try self.list(path, isDense: true) }
    }
    try withFile("--deconv\n# nothing\n") { path in
      #expect(throws: CommandError.self) { try list(path) }
    }
  }

  @Test func denseLayersAreConvolutionsOfOnePixel() throws {
    try withFile("mb2ic5ih1oc3oh1kh1n\"fc\"\n") { path in
      let list = try list(path, isDense: true)
      #expect(list.cases.map(\.operations) == [2 * 2 * 5 * 3])
      #expect(throws: CommandError.self) { try list.directions("BWD_WB") }
    }
    try withFile("mb2ic5ih2oc3oh2kh1n\"no\"\n") { path in
      #expect(throws: CommandError.self) { try list(path, isDense: true) }
    }
  }

  @Test func whatIsNoShapeGetsTheMessageOfConvolutions() throws {
    try withFile("mb1ic3ih8oc4oh8kh3ph1n\"a\"\nmb1ic3ih8kh2n\"a pooling among them\"\n") { path in
      do {
        _ = try list(path)
        Issue.record("read")
      } catch {
        #expect("\(error)".contains(":2") && "\(error)".contains("oc"), "\(error)")
      }
    }
  }
}
