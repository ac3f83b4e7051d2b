import Unfold
import UnfoldNN

extension RateCurve {
  /// The losses over the rates, and the rate that is proposed in the end.
  func svg(title: String, search: RateSearch, proposedRate: Double?) -> String {
    let smoothed = points.map { CurvePanel.Point(x: $0.rate, y: $0.smoothedLoss) }
    let losses = points.map { CurvePanel.Point(x: $0.rate, y: $0.loss) }
    // Diverging losses leave the panel, so that the minimum is visible.
    let (first, lowest) = (smoothed.first?.y ?? 1, smoothed.map(\.y).min() ?? 0)
    let panel = CurvePanel(
      title: "loss", xTitle: "learning rate", horizontal: .powers(search.lowest, search.highest),
      vertical: Axis(from: min(lowest, losses.map(\.y).min() ?? 0), to: first + 0.3 * (first - lowest), steps: 5),
      lines: [
        .init(name: "each step", style: "faint", points: losses),
        .init(name: "smoothed", style: "first", points: smoothed),
      ], mark: proposedRate.map { .init(x: $0, text: "\($0.rateText)") })
    return CurvePanel.svg([panel], title: title, detail: words)
  }

  /// The result, in a sentence.
  var words: String {
    let end = hasDiverged ? "the loss diverges at \(points.last?.rate.rateText ?? "the first step")" : "no divergence"
    return proposedRate.map { "the curve proposes \($0.rateText); \(end)" } ?? "the loss does not fall; \(end)"
  }
}

extension Double {
  /// A learning rate, to two digits: `0.0032`, `2.5e-06`.
  var rateText: String {
    guard isFinite, self > 0 else { return messageText }
    var (digits, power) = (self, 0)
    while digits >= 9.95 { (digits, power) = (digits / 10, power + 1) }
    while digits < 0.995 { (digits, power) = (digits * 10, power - 1) }
    if -4...1 ~= power { return text(places: max(0, 1 - power)) }
    return "\(digits.text(places: 1))e\(power)"
  }
}
