import ArgumentParser
import Unfold
import UnfoldNN

/// `unfold find-rate`: finds a learning rate to train with.
struct FindRateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find-rate",
    abstract: "Find a learning rate: a short training whose rate rises until the loss diverges.",
    discussion: """
      The rate rises by the same factor from step to step (Smith 2017). Two rates are considered: the one at which the \
      smoothed loss falls most steeply over the logarithm of the rate, and a tenth of the one at which it is lowest. \
      The lower one is tried in a short training; if the network does not learn, lower rates are tried until it does.
      """)

  @OptionGroup var task: TaskOptions
  @OptionGroup var optimizer: OptimizerOptions

  @Option(name: .long, help: "The first rate.")
  var lowest = 1e-6

  @Option(name: .long, help: "The last rate, unless the loss diverges before.")
  var highest = 1.0

  @Option(name: .long, help: "The steps from one to the other.")
  var steps = 200

  @Option(name: .long, help: "The drawing of the losses. (default: the model's name with -rates.svg)")
  var svg: String?

  @Flag(name: .long, help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    let architecture = try task.architecture()
    let search = try CommandError.checkingUsage { try RateSearch(lowest: lowest, highest: highest, steps: steps) }
    let context = try task.execution.context()
    let optimizer = try self.optimizer.optimizer()
    let drawing = try OutputFile(svg ?? "\(architecture.rawValue)-rates.svg")
    Interruption.watch()
    let data = try task.data(for: architecture.task)
    let network = try task.network(architecture, for: data)
    try data.requireBatches(for: network.graph, batch: task.batch)
    let trainer = try Trainer(
      network, objective: architecture.task.objective(), optimizer: optimizer, schedule: Schedule(rate: 0),
      context: context)

    let progress = ProgressDisplay()
    defer { progress.hide() }
    var (step, trialStep) = (0, 0)
    let source = WatchedBatches(batches: try data.batches(epoch: 1))
    let proposal = try trainer.proposeRate(search, on: source) { point in
      if let point {
        step += 1
        progress.update(
          "rates", fraction: Double(step) / Double(search.steps),
          fields: ["rate \(point.rate.rateText)", "loss \(point.smoothedLoss.text(places: 4))"])
      } else {
        trialStep += 1
        progress.update("trials, steps so far: \(trialStep)", fraction: 1)
      }
    }
    progress.hide()
    try drawing.write(
      proposal.curve.svg(
        title: "\(architecture.rawValue), \(self.optimizer.method)", search: search, proposedRate: proposal.rate))
    let report = RateReport(model: architecture.rawValue, proposal, drawing: drawing.path)
    try Terminal.output.write(report, asJSON: json)
  }
}

/// The whole output of `unfold find-rate`.
struct RateReport: CommandReport {
  var model: String
  var points: [RateCurve.Point]
  var hasDiverged: Bool
  var proposedRate: Double?
  var trials: [RateProposal.Trial]
  var drawing: String
  private let words: String

  private enum CodingKeys: String, CodingKey {
    case model, points, hasDiverged, proposedRate, trials, drawing
  }

  init(model: String, _ proposal: RateProposal, drawing: String) {
    self.model = model
    points = proposal.curve.points
    hasDiverged = proposal.curve.hasDiverged
    proposedRate = proposal.rate
    trials = proposal.trials
    self.drawing = drawing
    words = proposal.curve.words
  }

  /// About twenty of the steps.
  func lines(width: Int) -> [String] {
    var table = TextTable(["rate", "loss", "smoothed"].map { TextTable.Column($0, width: 9) })
    let stride = max(1, (points.count + 19) / 20)
    for (index, point) in points.enumerated() where (index + 1) % stride == 0 || index + 1 == points.count {
      table.append([point.rate.rateText, point.loss.text(places: 4), point.smoothedLoss.text(places: 4)])
    }
    let lines =
      ["", "found             \(words)"] + trials.map { "tried             \($0.words)" } + [
        "proposed rate     \(proposedRate?.rateText ?? "none")",
        "curve             \(drawing)",
      ]
    return table.lines + lines
  }
}

extension RateProposal.Trial {
  /// The result, in a line.
  fileprivate var words: String {
    let end = loss.isFinite ? "loss \(loss.text(places: 4))" : "the loss diverges"
    return "\(rate.rateText): \(end)" + (deadLayer.map { ", most units of \($0) die" } ?? "")
      + (learns ? ", learns" : ", does not learn")
  }
}
