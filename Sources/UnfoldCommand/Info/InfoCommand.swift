import ArgumentParser
import Unfold

/// `unfold info`: the machine, the build and their measured rates.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Describe the processor, the build and OpenBLAS, and measure them.",
    discussion: """
      The rates are those of OpenBLAS's matrix products in single precision, one on each thread, beside the peak of the \
      processor's multipliers. They are the yardstick of `unfold bench`.
      """)

  @OptionGroup var threads: ThreadOptions

  @Flag(name: .long, help: "Print one JSON object instead of text.")
  var json = false

  func run() throws {
    let context = try threads.context()
    let machine = MachineDescription.current
    let watch = MachineWatch()
    let rates = try MachineRates.measured(on: context.withOneThread, machine: machine, watch: watch)
    let report = MachineReport(machine: machine, rates: rates, complaint: watch.complaint)
    try Terminal.output.write(report, asJSON: json)
  }
}

/// The whole output of `unfold info`.
struct MachineReport: CommandReport {
  var machine: MachineDescription
  var rates: [MachineRates]
  /// The load of other programs on the machine.
  var complaint: String?

  /// The reasons for low rates, one sentence each.
  var warnings: [String] {
    machine.warnings + MachineRates.doubts(rates.map(Comparison.Rate.init), machine: machine)
      + [complaint].compactMap { $0 }
  }

  private enum CodingKeys: String, CodingKey {
    case machine, rates, warnings
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(machine, forKey: .machine)
    try container.encode(rates, forKey: .rates)
    try container.encode(warnings, forKey: .warnings)
  }

  func lines(width: Int) -> [String] {
    let overrides = machine.openBLAS.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let facts = [
      ("processor", machine.processor),
      ("cores", "\(machine.availableCores) available to this process"),
      ("instruction sets", list(machine.instructionSets)),
      ("built for", "\(machine.buildLevel) (\(list(machine.buildInstructionSets)))"),
      ("kernels", machine.kernels ?? "unknown"),
      ("OpenBLAS", "\(machine.openBLAS.version), core \(machine.openBLAS.core)"),
      ("configuration", machine.openBLAS.configuration),
      ("BLAS threads", "\(machine.openBLAS.threads) (the engine's workers are the only parallelism)"),
      ("environment", list(overrides)),
    ]
    var lines = facts.flatMap { "\($0.0.left(18))\($0.1)".wrapped(to: width, indent: 18) } + [""]
    var table = TextTable(["threads", "sgemm GFLOP/s", "FMA peak GFLOP/s", "of the peak"].map { TextTable.Column($0) })
    for rate in rates {
      table.append([
        "\(rate.threads)", rate.matrixProducts.text(places: 1), rate.fusedMultiplyAdds.text(places: 1),
        (rate.matrixProducts / rate.fusedMultiplyAdds).percentText(places: 0),
      ])
    }
    lines += table.fitted(to: width).lines
    if !warnings.isEmpty { lines += [""] + warnings.flatMap { "warning: \($0)".wrapped(to: width, indent: 2) } }
    return lines
  }

  private func list(_ words: [String]) -> String { words.isEmpty ? "none" : words.joined(separator: " ") }
}
