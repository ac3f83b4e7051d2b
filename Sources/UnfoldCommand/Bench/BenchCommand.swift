import ArgumentParser
import Unfold

/// `unfold bench`: how fast the convolutions of a shape file run.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the speed of convolutions, shape by shape.",
    discussion: """
      GFLOP/s count the multiplications and additions of the direct definition. Results are written into the same \
      tensors again and again, as in training. "of sgemm" compares the fastest run with matrix products of 1024 x 1024 \
      on as many threads, measured right before.
      """)

  @Option(name: .long, help: "A file of convolutions in benchdnn's syntax.")
  var shapes: String?

  @Flag(name: .long, help: "Instead of a file: answer requests on standard input, one JSON object a line.")
  var requests = false

  @Option(name: .long, help: "What to measure: \(PassDirection.allCases.map(\.rawValue).joined(separator: ", ")).")
  var direction = "FWD_B,BWD_D,BWD_W"

  @Option(name: .long, help: "The number of threads, 1 to \(ExecutionContext.maximumThreads). (default: every core)")
  var threads: Int?

  @Option(name: .long, help: "The images of every shape. (default: the file's)")
  var batch: Int?

  @Option(name: .long, help: "Only the shapes whose name contains this.")
  var only: String?

  @Option(
    name: .long, help: "How they are computed, a list of \(ConvolutionAlgorithm.names.joined(separator: ", ")).")
  var algorithm = "automatic"

  @Option(name: .long, help: "What automatic may choose from: fast (all) or strict (no Winograd).")
  var accuracy = ConvolutionAccuracy.fast

  @Option(name: .long, help: "The seconds that each shape is measured for in each direction.")
  var seconds = 0.5

  @Flag(name: .long, help: "Measure the peak of resident memory too; for one shape, see --only.")
  var memory = false

  @Option(name: .long, help: "Write every sample and the machine's description to this file.")
  var json: String?

  func run() throws {
    if requests {
      try requireNothingElse()
      var server = BenchServer()
      return try server.run()
    }
    guard let shapes else { throw CommandError.usage("--shapes", expected: "a file", found: "none") }
    let directions = try PassDirection.list(direction)
    let algorithms = try ConvolutionAlgorithm.list(algorithm)
    try accuracy.requireUse(for: algorithms)
    guard seconds > 0, seconds <= 3600 else {
      throw CommandError.usage("--seconds", expected: "more than 0, at most 3600", found: "\(seconds)")
    }
    let list = try ShapeList(path: shapes, batch: batch, name: only, algorithms: algorithms)
    guard !memory || list.cases.count == 1 else {
      throw CommandError.usage(
        "--memory", expected: "one shape, chosen by --only", found: "\(list.cases.count) shapes")
    }
    let output = try json.map { try OutputFile($0) }
    let context = try ExecutionContext.chosen(threads: threads, accuracy: accuracy)
    let machine = MachineDescription.current
    for line in list.skipped { Terminal.output.writeLine(line) }
    Terminal.output.writeLine(machine.summary(threads: context.threads))
    for warning in machine.warnings { Terminal.output.writeLine("warning: \(warning)") }

    let report =
      memory
      ? try measureMemory(list, shapes, directions, machine, context)
      : try measureSpeed(list, shapes, directions, machine, context)
    try output?.write(try jsonText(report) + "\n")
  }

  /// - Throws: ``CommandError/usage(_:expected:found:)`` for an option that says what the requests say.
  private func requireNothingElse() throws(CommandError) {
    let given = [
      ("--shapes", shapes != nil), ("--direction", direction != "FWD_B,BWD_D,BWD_W"), ("--threads", threads != nil),
      ("--batch", batch != nil), ("--only", only != nil), ("--algorithm", algorithm != "automatic"),
      ("--accuracy", accuracy != .fast), ("--seconds", seconds != 0.5), ("--memory", memory), ("--json", json != nil),
    ]
    guard let (name, _) = given.first(where: \.1) else { return }
    throw .usage(name, expected: "no --requests beside it, which say the same", found: "both")
  }

  private func measureSpeed(
    _ list: ShapeList, _ shapes: String, _ directions: [PassDirection], _ machine: MachineDescription,
    _ context: ExecutionContext
  ) throws -> SpeedReport {
    let products = try RateMeasurement(context: context).matrixProducts()
    Terminal.output.writeLine("sgemm 1024 x 1024: \(products.text(places: 1)) GFLOP/s")
    Terminal.output.writeLine()
    let table = SpeedTable(labelWidth: list.labelWidth, matrixProducts: products)
    for line in table.header { Terminal.output.writeLine(line) }

    let measurement = SpeedMeasurement(context: context, seconds: seconds)
    let progress = ProgressDisplay(plainStep: .infinity)
    var samples: [SpeedSample] = []
    for shape in list.cases {
      for direction in directions {
        progress.update(
          "bench \(shape.label) \(direction.rawValue)", phase: "bench",
          fraction: Double(samples.count) / Double(list.cases.count * directions.count))
        samples.append(try measurement.measure(shape, direction))
        progress.hide()
        if let sample = samples.last { Terminal.output.writeLine(table.line(sample)) }
      }
    }
    let summaries = directions.map { SpeedSummary($0, of: samples) }
    let regrets = directions.compactMap { AlgorithmRegret($0, of: samples) }
    Terminal.output.writeLine()
    Terminal.output.write(SpeedTable.text(of: summaries))
    if !regrets.isEmpty { Terminal.output.write("\n" + SpeedTable.text(of: regrets)) }
    return SpeedReport(
      machine: machine, threads: context.threads, matrixProducts: products, shapes: shapes, samples: samples,
      summaries: summaries)
  }

  /// Without matrix products before, whose buffers would count.
  private func measureMemory(
    _ list: ShapeList, _ shapes: String, _ directions: [PassDirection], _ machine: MachineDescription,
    _ context: ExecutionContext
  ) throws -> SpeedReport {
    guard let before = ResidentMemory.current else {
      throw CommandError.unexpected("--memory", expected: "/proc/self/status with VmRSS", found: "none")
    }
    let measurement = SpeedMeasurement(context: context, seconds: seconds)
    var samples: [SpeedSample] = []
    for shape in list.cases {
      for direction in directions {
        samples.append(try measurement.measure(shape, direction, residentBefore: before))
      }
    }
    Terminal.output.writeLine()
    Terminal.output.write(SpeedTable.memoryText(of: samples))
    return SpeedReport(
      machine: machine, threads: context.threads, matrixProducts: nil, shapes: shapes, samples: samples,
      summaries: directions.map { SpeedSummary($0, of: samples) })
  }
}
