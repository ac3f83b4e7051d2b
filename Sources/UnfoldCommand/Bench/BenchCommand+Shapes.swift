import Unfold

extension BenchCommand {
  /// Measures every shape of a list in some directions, on each number of threads, and prints a line for each.
  func measureSpeed(
    _ list: BenchList, _ shapes: String, _ directions: [PassDirection], _ machine: MachineDescription,
    _ contexts: [ExecutionContext]
  ) throws -> SpeedReport {
    let watch = MachineWatch()
    let threads = contexts.map(\.threads)
    var rates: [MachineRates] = []
    if list.isArithmetic {
      // Rates on several threads are judged by that on one.
      let one = threads.contains(1) ? [] : [try ExecutionContext(threads: 1)]
      rates = try MachineRates.measured(on: one + contexts, machine: machine, watch: watch)
    }
    let doubtful = rates.map(Comparison.Rate.init)
    rates.removeAll { !threads.contains($0.threads) }
    let width = Terminal.output.width
    let table = SpeedTable(list, rates: rates, threads: threads, width: width)
    try show([SpeedTable.yardstick(rates), ""].compactMap { $0 } + table.header)

    let progress = ProgressDisplay(plainStep: .infinity)
    defer { progress.hide() }
    var samples: [SpeedSample] = []
    let total = list.cases.count * directions.count * contexts.count
    for item in list.cases {
      for direction in directions {
        var measured: [SpeedSample] = []
        for context in contexts {
          progress.update(
            "bench \(item.label) \(direction.rawValue)", phase: "bench",
            fraction: Double(samples.count + measured.count) / Double(total))
          measured.append(
            try SpeedMeasurement(context: context, seconds: seconds, watch: watch).measure(item, direction))
        }
        samples += measured
        progress.hide()
        try show([table.line(measured)])
      }
    }
    let doubts = MachineRates.doubts(doubtful, machine: machine) + [watch.complaint].compactMap { $0 }
    let report = SpeedReport(
      machine: machine, threads: threads, rates: rates, doubts: doubts, shapes: shapes, samples: samples,
      summaries: SpeedSummary.all(of: samples))
    let regrets = threads.flatMap { threads in
      directions.compactMap { AlgorithmRegret($0, threads: threads, of: samples) }
    }
    var lines = table.footnotes + [""]
    lines += SpeedTable.lines(of: report.summaries, unit: samples.first?.unit ?? "", width: width)
    if !regrets.isEmpty { lines += [""] + SpeedTable.lines(of: regrets, width: width) }
    if !doubts.isEmpty { lines += [""] + doubts.flatMap { "warning: \($0)".wrapped(to: width, indent: 2) } }
    try show(lines)
    return report
  }

  /// Without a rate of matrix products before, whose buffers would count.
  func measureMemory(
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
    try show([""] + SpeedTable.memoryLines(of: samples, width: Terminal.output.width))
    return SpeedReport(
      machine: machine, threads: [context.threads], shapes: shapes, samples: samples,
      summaries: SpeedSummary.all(of: samples))
  }
}
