import ArgumentParser
import Unfold

/// `unfold bench`: how fast the shapes of a file run.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the speed of convolutions, poolings and resamplings, shape by shape.",
    discussion: """
      GFLOP/s count the multiplications and additions of the direct definition, GB/s the bytes of the tensors. Results \
      are written into the same tensors again and again, as in training. "min ms" and GFLOP/s are of the fastest run; \
      "of sgemm" compares it with matrix products of 1024 x 1024 on as many threads, measured right before. Narrow \
      screens show fewer columns; COLUMNS=150 and --json show all. A measurement that other programs disturb is \
      repeated, up to three times in all.
      """)

  @Option(name: .long, help: "A file of convolutions, poolings or resamplings in benchdnn's syntax.")
  var shapes: String?

  @Flag(name: .long, help: "Read the file's convolutions as dense layers: mb64ic784ih1oc128oh1kh1.")
  var dense = false

  @Flag(name: .long, help: "Instead of a file: answer requests on standard input, one JSON object a line.")
  var requests = false

  @Option(
    name: .long,
    help: """
      What to measure: \(PassDirection.allCases.map(\.rawValue).joined(separator: ", ")). \
      (default: FWD_B,BWD_D,BWD_W, FWD_D,BWD_D without filters)
      """)
  var direction: String?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var selection: SelectionOptions

  @Option(
    name: .long,
    help: "The algorithms of convolutions, a list of \(ConvolutionAlgorithm.names.joined(separator: ", "))."
  )
  var algorithm = "automatic"

  @Option(name: .long, help: "What automatic may choose from: fast (all) or strict (no Winograd).")
  var accuracy = ConvolutionAccuracy.fast

  @Flag(name: .long, help: "Measure nothing: say for each convolution and direction how it is computed, and why.")
  var explain = false

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
    let algorithms = try ConvolutionAlgorithm.list(algorithm)
    try accuracy.requireUse(for: algorithms)
    guard seconds > 0, seconds <= 3600 else {
      throw CommandError.usage("--seconds", expected: "more than 0, at most 3600", found: seconds.messageText)
    }
    let list = try BenchList(
      path: shapes, batch: selection.batch, name: selection.only, algorithms: algorithms, isDense: dense)
    let directions = try list.directions(direction)
    for (name, isGiven) in [("--json", json != nil), ("--memory", memory), ("--seconds", seconds != 0.5)]
    where explain && isGiven {
      throw CommandError.usage(name, expected: "no --explain beside it, which measures nothing", found: "both")
    }
    guard !memory || list.cases.count == 1 else {
      throw CommandError.usage(
        "--memory", expected: "one shape, chosen by --only", found: "\(list.cases.count) shapes")
    }
    if explain {
      return try writeExplanations(list, directions, context: threads.context(accuracy: accuracy))
    }
    let output = try json.map { try OutputFile($0) }
    try output?.requireOther("--json", than: [shapes])
    let context = try threads.context(accuracy: accuracy)
    let machine = MachineDescription.current
    for line in list.skipped { try Terminal.output.writeParagraph(line) }
    try Terminal.output.writeParagraph(machine.summary(threads: context.threads))
    for warning in machine.warnings { try Terminal.output.writeParagraph("warning: \(warning)") }

    let report =
      memory
      ? try measureMemory(list, shapes, directions, machine, context)
      : try measureSpeed(list, shapes, directions, machine, context)
    try output?.write(try jsonText(report) + "\n")
  }

  /// - Throws: ``CommandError/usage(_:expected:found:)`` for an option whose value is part of each request.
  private func requireNothingElse() throws(CommandError) {
    let given = [
      ("--shapes", shapes != nil), ("--dense", dense), ("--direction", direction != nil),
      ("--threads", threads.threads != nil), ("--batch", selection.batch != nil), ("--only", selection.only != nil),
      ("--algorithm", algorithm != "automatic"), ("--accuracy", accuracy != .fast), ("--seconds", seconds != 0.5),
      ("--memory", memory), ("--json", json != nil), ("--explain", explain),
    ]
    guard let (name, _) = given.first(where: \.1) else { return }
    throw .usage(name, expected: "no --requests beside it, which say the same", found: "both")
  }

  private func measureSpeed(
    _ list: BenchList, _ shapes: String, _ directions: [PassDirection], _ machine: MachineDescription,
    _ context: ExecutionContext
  ) throws -> SpeedReport {
    let watch = MachineWatch()
    var rates: [MachineRates] = []
    if list.isArithmetic {
      rates = try MachineRates.measured(on: context.withOneThread, machine: machine, watch: watch)
    }
    let products = rates.last?.matrixProducts
    let width = Terminal.output.width
    let table = SpeedTable(list, matrixProducts: products ?? .nan, width: width)
    let yardstick = products.map { "sgemm 1024 x 1024: \($0.text(places: 1)) GFLOP/s" }
    try Terminal.output.writeLines([yardstick, ""].compactMap { $0 } + table.header)

    let measurement = SpeedMeasurement(context: context, seconds: seconds, watch: watch)
    let progress = ProgressDisplay(plainStep: .infinity)
    defer { progress.hide() }
    var samples: [SpeedSample] = []
    for item in list.cases {
      for direction in directions {
        progress.update(
          "bench \(item.label) \(direction.rawValue)", phase: "bench",
          fraction: Double(samples.count) / Double(list.cases.count * directions.count))
        let sample = try measurement.measure(item, direction)
        samples.append(sample)
        progress.hide()
        try Terminal.output.writeLine(table.line(sample))
      }
    }
    let summaries = SpeedSummary.all(of: samples)
    let regrets = directions.compactMap { AlgorithmRegret($0, of: samples) }
    let doubts =
      MachineRates.doubts(rates.map(Comparison.Rate.init), machine: machine) + [watch.complaint].compactMap { $0 }
    var lines = table.footnotes + [""]
    lines += SpeedTable.lines(of: summaries, unit: samples.first?.unit ?? "", width: width)
    if !regrets.isEmpty { lines += [""] + SpeedTable.lines(of: regrets, width: width) }
    if !doubts.isEmpty { lines += [""] + doubts.flatMap { "warning: \($0)".wrapped(to: width, indent: 2) } }
    try Terminal.output.writeLines(lines)
    return SpeedReport(
      machine: machine, threads: context.threads, matrixProducts: products, doubts: doubts, shapes: shapes,
      samples: samples, summaries: summaries)
  }

  /// Without a rate of matrix products before, whose buffers would count.
  private func measureMemory(
    _ list: BenchList, _ shapes: String, _ directions: [PassDirection], _ machine: MachineDescription,
    _ context: ExecutionContext
  ) throws -> SpeedReport {
    guard let before = ResidentMemory.current else {
      throw CommandError.unexpected("--memory", expected: "/proc/self/status with VmRSS", found: "none")
    }
    let measurement = SpeedMeasurement(context: context, seconds: seconds, watch: MachineWatch(now: { nil }))
    var samples: [SpeedSample] = []
    for item in list.cases {
      for direction in directions {
        samples.append(try measurement.measure(item, direction, residentBefore: before))
      }
    }
    try Terminal.output.writeLines([""] + SpeedTable.memoryLines(of: samples, width: Terminal.output.width))
    return SpeedReport(
      machine: machine, threads: context.threads, matrixProducts: nil, shapes: shapes, samples: samples,
      summaries: SpeedSummary.all(of: samples))
  }
}
