extension TrainingHistory {
  /// The learning curves: losses, and accuracy below, epoch by epoch.
  ///
  /// - Parameter epochs: Those of the whole training: the axis does not change while it grows.
  func svg(title: String, epochs total: Int) -> String {
    let horizontal = CurvePanel.Horizontal.counting(1...max(total, epochs.last?.epoch ?? 1))
    func line(_ name: String, _ style: String, _ value: (TrainingEpoch) -> Double?) -> CurvePanel.Line {
      CurvePanel.Line(
        name: name, style: style,
        points: epochs.compactMap { epoch in value(epoch).map { CurvePanel.Point(x: Double(epoch.epoch), y: $0) } })
    }
    let losses = [line("training", "second", \.loss), line("test", "first", \.testLoss)]
    var shares = [
      line("training accuracy", "second") { 100 * $0.accuracy },
      line("test accuracy", "first") { 100 * $0.testAccuracy },
    ]
    if epochs.contains(where: { $0.testOverlap != nil }) {
      shares.append(line("test IoU", "third") { $0.testOverlap.map { 100 * $0 } })
    }
    let lowest = shares.flatMap(\.points).map(\.y).min() ?? 0
    let panels = [
      CurvePanel(
        title: "loss", xTitle: "epoch", horizontal: horizontal,
        vertical: Axis(from: 0, to: losses.flatMap(\.points).map(\.y).max() ?? 1, steps: 5), lines: losses),
      CurvePanel(
        title: shares.count > 2 ? "accuracy and IoU, %" : "accuracy, %", xTitle: "epoch", horizontal: horizontal,
        vertical: Axis(from: min(lowest, 99), to: 100, steps: 5), lines: shares),
    ]
    return CurvePanel.svg(panels, title: title, detail: detail(total))
  }

  private func detail(_ total: Int) -> String {
    guard let last = epochs.last else { return "no epoch yet" }
    let overlap = last.testOverlap.map { ", IoU \($0.text(places: 4))" } ?? ""
    return "epoch \(last.epoch) of \(total): test loss \(last.testLoss.text(places: 4)), "
      + "test accuracy \(last.testAccuracy.percentText())\(overlap)"
  }
}
