import ArgumentParser
import Unfold
import UnfoldNN

/// `unfold bench`: how fast the shapes of a file run, or a network.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the speed of convolutions, poolings and resamplings, shape by shape, or of a network.",
    discussion: """
      GFLOP/s count the multiplications and additions of the direct definition, GB/s the bytes of the tensors. Results \
      are written into the same tensors again and again, as in training. "min ms" and GFLOP/s are of the fastest run; \
      "of sgemm" compares it with matrix products of 1024 x 1024 on as many threads, measured right before. With a list \
      of --threads, "times" is the speed by that on the first number of threads. Narrow screens show fewer columns; \
      COLUMNS=150 and --output show all. A measurement that other programs disturb is repeated, up to three times in all.

      A network runs training steps on one random batch: forward, loss, gradients and gradient descent with momentum. \
      --profile reads the clock after each layer, forward and backward; its bytes are those of the tensors that are \
      read and written, parameters included.
      """)

  @Option(
    name: .long,
    help: "A file of convolutions, ordinary or transposed, poolings or resamplings in benchdnn's syntax.")
  var shapes: String?

  @Flag(name: .long, help: "Read the file's convolutions as dense layers: mb64ic784ih1oc128oh1kh1.")
  var dense = false

  @Option(
    name: .long,
    help: "Instead of a file: a network, one of \(Architecture.measured.map(\.rawValue).joined(separator: ", ")).")
  var network: String?

  @Flag(name: .long, help: "Measure the network's inference, not its training step.")
  var inference = false

  @Flag(name: .long, help: "Measure each layer and pass of the network too, and list them by their time.")
  var profile = false

  @Flag(name: .long, help: "Instead of a file: answer requests on standard input, one JSON object a line.")
  var requests = false

  @Option(
    name: .long,
    help: """
      What to measure: \(PassDirection.allCases.map(\.rawValue).joined(separator: ", ")). \
      (default: FWD_B,BWD_D,BWD_W, FWD_D,BWD_D without filters)
      """)
  var direction: String?

  @Option(
    name: .long,
    help: """
      The number of threads, 1 to \(ExecutionContext.maximumThreads), or a list such as 1,2: everything is measured on \
      each. (default: every core)
      """)
  var threads: String?

  @Option(name: .long, help: "The images of every shape, or of the network. (default: the file's; 8 or 64)")
  var batch: Int?

  @Option(name: .long, help: "Only the shapes whose name contains this.")
  var only: String?

  @Option(
    name: .long,
    help: "The algorithms of convolutions, a list of \(ConvolutionAlgorithm.names.joined(separator: ", "))."
  )
  var algorithm = "automatic"

  @Option(name: .long, help: "What automatic may choose from: fast (all) or strict (no Winograd).")
  var accuracy = ConvolutionAccuracy.fast

  @Flag(
    name: .long,
    help: """
      Measure nothing: say for each convolution and direction how it is computed, and what each algorithm was expected \
      to cost.
      """)
  var explain = false

  @Option(name: .long, help: "The seconds that each shape is measured for in each direction, or the network.")
  var seconds = 0.5

  @Flag(name: .long, help: "Measure the peak of resident memory too; for one shape, see --only.")
  var memory = false

  @Option(name: .long, help: "Write every sample and the machine's description to this file, for `unfold report`.")
  var output: String?

  @Flag(name: .long, help: "Print one JSON object, what --output writes, instead of tables.")
  var json = false

  func run() throws {
    if requests {
      try requireNothingElse("--requests", among: options)
      var server = BenchServer()
      return try server.run()
    }
    guard seconds > 0, seconds <= 3600 else {
      throw CommandError.usage("--seconds", expected: "more than 0, at most 3600", found: seconds.messageText)
    }
    if let network {
      let others = ["--shapes", "--dense", "--direction", "--only", "--algorithm", "--explain", "--memory"]
      try requireNothingElse("--network", among: options.filter { others.contains($0.name) })
      return try measure(network: network)
    }
    if let (name, _) = options.first(where: { ["--inference", "--profile"].contains($0.name) && $0.isGiven }) {
      throw CommandError.usage(name, expected: "--network beside it", found: "none")
    }
    guard let shapes else { throw CommandError.usage("--shapes", expected: "a file", found: "none") }
    let algorithms = try ConvolutionAlgorithm.list(algorithm)
    try accuracy.requireUse(for: algorithms)
    let list = try BenchList(path: shapes, batch: batch, name: only, algorithms: algorithms, isDense: dense)
    let directions = try list.directions(direction)
    for (name, isGiven) in options
    where explain && ["--output", "--json", "--memory", "--seconds"].contains(name) && isGiven {
      throw CommandError.usage(name, expected: "no --explain beside it, which measures nothing", found: "both")
    }
    guard !memory || list.cases.count == 1 else {
      throw CommandError.usage(
        "--memory", expected: "one shape, chosen by --only", found: "\(list.cases.count) shapes")
    }
    let contexts = try ExecutionContext.list(threads, accuracy: accuracy)
    guard contexts.count == 1 || !memory && !explain else {
      throw CommandError.usage(
        "--threads", expected: "one number beside \(memory ? "--memory" : "--explain")", found: threads ?? "none")
    }
    if explain { return try writeExplanations(list, directions, context: contexts[0]) }
    let file = try output.map { try OutputFile($0) }
    try file?.requireOther("--output", than: [shapes])
    let machine = try writeMachine(contexts, skipped: list.skipped)
    let report =
      memory
      ? try measureMemory(list, shapes, directions, machine, contexts[0])
      : try measureSpeed(list, shapes, directions, machine, contexts)
    try finish(report, file)
  }

  /// Writes a report to the file of `--output`, and prints it for `--json`.
  func finish(_ report: some Encodable, _ file: OutputFile?) throws {
    if json { try Terminal.output.writeJSON(report) }
    try file?.write(try jsonText(report) + "\n")
  }

  /// Prints lines of a table, unless a JSON object takes its place.
  func show(_ lines: [String]) throws {
    if !json { try Terminal.output.writeLines(lines) }
  }

  /// Prints a sentence over as many lines as it needs, likewise.
  private func showParagraph(_ text: String) throws {
    if !json { try Terminal.output.writeParagraph(text) }
  }

  /// The options by name, and whether they are given.
  private var options: [(name: String, isGiven: Bool)] {
    [
      ("--shapes", shapes != nil), ("--dense", dense), ("--network", network != nil), ("--inference", inference),
      ("--profile", profile), ("--direction", direction != nil), ("--threads", threads != nil),
      ("--batch", batch != nil), ("--only", only != nil), ("--algorithm", algorithm != "automatic"),
      ("--accuracy", accuracy != .fast), ("--seconds", seconds != 0.5), ("--memory", memory),
      ("--output", output != nil), ("--json", json), ("--explain", explain),
    ]
  }

  /// - Throws: ``CommandError/usage(_:expected:found:)`` for an option that has no effect beside another one.
  private func requireNothingElse(
    _ option: String, among others: [(name: String, isGiven: Bool)]
  ) throws(CommandError) {
    guard let (name, _) = others.first(where: { $0.isGiven }) else { return }
    throw .usage(name, expected: "no \(option) beside it", found: "both")
  }

  /// The lines before a measurement.
  func writeMachine(_ contexts: [ExecutionContext], skipped: [String]) throws -> MachineDescription {
    let machine = MachineDescription.current
    for line in skipped { try showParagraph(line) }
    try showParagraph(machine.summary(threads: contexts.map(\.threads)))
    for warning in machine.warnings { try showParagraph("warning: \(warning)") }
    return machine
  }
}
