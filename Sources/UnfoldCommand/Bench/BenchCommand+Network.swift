import Unfold
import UnfoldNN

extension BenchCommand {
  /// Measures a training step or the inference of a network on each number of threads, and its layers with `--profile`.
  func measure(network name: String) throws {
    let architecture = try CommandError.checkingUsage { try Architecture(named: name) }
    guard Architecture.measured.contains(architecture) else {
      throw CommandError.usage(
        "--network", expected: "one that gives a class for each image or pixel", found: "\"\(name)\"")
    }
    let task = try architecture.measuredTask()
    let batch = try batch ?? architecture.measuredBatch()
    guard batch >= 1 else { throw CommandError.usage("--batch", expected: "1 or more", found: "\(batch)") }
    let contexts = try ExecutionContext.list(threads, accuracy: accuracy)
    let file = try output.map { try OutputFile($0) }
    let machine = try writeMachine(contexts, skipped: [])

    let watch = MachineWatch()
    let progress = ProgressDisplay(plainStep: .infinity)
    defer { progress.hide() }
    var pass: any MeasuredNetworkPass =
      inference
      ? try InferencePass(architecture, batch: batch, context: contexts[0])
      : try TrainingPass(architecture, batch: batch)
    var runs: [NetworkReport.Run] = []
    for (index, context) in contexts.enumerated() {
      progress.update(
        "bench \(name) on \(threadText(context.threads))", phase: "bench",
        fraction: Double(index) / Double(contexts.count))
      runs.append(try measure(&pass, watch, context))
    }
    progress.hide()
    let report = NetworkReport(
      machine: machine, network: name, mode: inference ? .inference : .training, input: task.input.extents,
      batch: batch, runs: runs, doubts: watch.complaint.map { [$0] })
    let width = Terminal.output.width
    var lines = [""] + NetworkTable(report, width: width).lines
    for doubt in report.doubts ?? [] { lines += [""] + "warning: \(doubt)".wrapped(to: width, indent: 2) }
    try show(lines)
    try finish(report, file)
  }

  private func measure(
    _ pass: inout any MeasuredNetworkPass, _ watch: MachineWatch, _ context: ExecutionContext
  ) throws -> NetworkReport.Run {
    let fewest = 3
    // The first run allocates the memory of the passes, wakes the threads and fills the caches.
    try pass.run(context: context)
    let (times, isDisturbed) = try watch.measure {
      try pass.times(seconds: seconds, fewest: fewest, context: context)
    }
    var run = NetworkReport.Run(
      threads: context.threads, seconds: times, isDisturbed: isDisturbed ? true : nil, profile: nil)
    guard self.profile else { return run }
    let profile = PassProfile()
    pass.profile = profile
    defer { pass.profile = nil }
    run.profile = NetworkProfile(
      profile, seconds: try pass.times(seconds: seconds, fewest: fewest, context: context))
    return run
  }
}
