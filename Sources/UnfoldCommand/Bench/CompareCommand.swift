import ArgumentParser
import Unfold

/// `unfold compare`: the engine beside the lecture's loops.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Measure the engine beside naive loops and beside BLAS, shape by shape.",
    discussion: """
      The naive loops run once, with one image and on one thread. Every image takes them the same time, so compare \
      GFLOP/s, not seconds. BLAS is the engine's algorithm `blas`, im2col and one GEMM a tile; Unfold is the algorithm \
      that the engine chooses. Both run with the file's number of images, on one thread and on \
      --threads. GFLOP/s count the multiplications and additions of the direct definition.
      """)

  @Option(name: .long, help: "A file of convolutions in benchdnn's syntax.")
  var shapes: String

  @Option(name: .long, help: "What to measure: \(PassDirection.allCases.map(\.rawValue).joined(separator: ", ")).")
  var direction = "FWD_B,BWD_D,BWD_W"

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var selection: SelectionOptions

  @Option(name: .long, help: "The seconds that the engine is measured for, for each shape, direction and threads.")
  var seconds = 0.4

  @Option(name: .long, help: "Write the comparison to this file, for `unfold report`.")
  var comparison: String?

  func run() throws {
    let directions = try PassDirection.list(direction)
    guard seconds > 0, seconds <= 3600 else {
      throw CommandError.usage("--seconds", expected: "more than 0, at most 3600", found: seconds.messageText)
    }
    let list = try ShapeList(path: shapes, batch: selection.batch, name: selection.only)
    let output = try comparison.map { try OutputFile($0) }
    try output?.requireOther("--comparison", than: [shapes])
    let most = try threads.context()
    let contexts = try most.withOneThread
    let machine = MachineDescription.current
    for line in list.skipped { try Terminal.output.writeParagraph(line) }
    try Terminal.output.writeParagraph(machine.summary(threads: most.threads))
    for warning in machine.warnings { try Terminal.output.writeParagraph("warning: \(warning)") }

    let watch = MachineWatch()
    var result = Comparison(machine: machine, date: timestamp(), cells: [])
    result.rates = try MachineRates.measured(on: contexts, machine: machine, watch: watch).map { .init($0) }
    let table = CompareTable(
      labelWidth: list.labelWidth, threads: contexts.map(\.threads), width: Terminal.output.width)
    try Terminal.output.writeLines([""] + table.header)
    let measurement = CompareMeasurement(
      contexts: contexts, seconds: seconds, suite: Self.suite(ofPath: shapes), watch: watch)
    let progress = ProgressDisplay(plainStep: .infinity)
    defer { progress.hide() }
    for (index, shape) in list.cases.enumerated() {
      for direction in directions {
        progress.update(
          "compare \(shape.label) \(direction.rawValue)", phase: "compare",
          fraction: Double(index) / Double(list.cases.count))
        let cells = try measurement.measure(shape, direction)
        progress.hide()
        try Terminal.output.writeLine(table.line(cells))
        result.cells += cells
      }
    }
    result.doubts = MachineRates.doubts(result.rates, machine: machine) + [watch.complaint].compactMap { $0 }
    try Terminal.output.writeLine()
    for summary in result.summaries(against: .naive) { try Terminal.output.writeParagraph(table.line(summary)) }
    for doubt in result.doubts ?? [] { try Terminal.output.writeParagraph("warning: \(doubt)") }
    try output?.write(try jsonText(result) + "\n")
  }

  /// `Shapes/resnet-50.txt` is the suite `resnet-50`.
  static func suite(ofPath path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".txt") && name.count > 4 ? String(name.dropLast(4)) : name
  }
}

/// Measures one pass of one shape by the naive loops, by im2col and BLAS, and by the algorithm that the engine chooses.
struct CompareMeasurement {
  /// The numbers of threads that the engine is measured on.
  let contexts: [ExecutionContext]
  /// The time that the engine's runs may take for each number of threads.
  let seconds: Double
  let suite: String
  let watch: MachineWatch

  /// A cell for each number of threads.
  ///
  /// - Throws: `UnfoldError` where memory is refused.
  func measure(_ shape: ShapeCase, _ direction: PassDirection) throws -> [Comparison.Cell] {
    let oneImage = try shape.withImages(1).geometry
    var naive = try ReferencePass(oneImage, direction)
    // Once: a run that takes a thousand times as long varies little.
    let (naiveSeconds, isDisturbed) = try watch.measure(attempts: 1) {
      try naive.times(seconds: 0, fewest: 1, context: contexts[0])
    }
    let byBLAS = BenchCase(try shape.computed(by: .blas))
    return try contexts.map { context in
      let measurement = SpeedMeasurement(context: context, seconds: seconds, watch: watch)
      let blas = try measurement.measure(byBLAS, direction)
      let sample = try measurement.measure(BenchCase(shape), direction)
      var notes = ["naive": "1 image, 1 thread, 1 run" + (isDisturbed ? ", \(MachineWatch.note)" : "")]
      if sample.isDisturbed == true { notes["unfold"] = MachineWatch.note }
      if blas.isDisturbed == true { notes["blas"] = MachineWatch.note }
      return Comparison.Cell(
        suite: suite, name: sample.name, shape: sample.shape, operation: sample.operation,
        direction: direction.rawValue, batch: sample.batch, threads: context.threads, groups: shape.geometry.groups,
        occurrences: sample.occurrences,
        operations: sample.operations,
        seconds: ["naive": naiveSeconds, "blas": [blas.minimum], "unfold": [sample.minimum]],
        samples: ["naive": naiveSeconds, "blas": blas.seconds, "unfold": sample.seconds], notes: notes,
        operationsOf: ["naive": oneImage.operations])
    }
  }
}
