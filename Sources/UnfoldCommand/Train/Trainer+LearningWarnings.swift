import UnfoldNN

extension Trainer {
  /// Warnings that the network does not learn, with advice, a line each; none if it does.
  var learningWarnings: [String] {
    let rate = schedule.rate.rateText
    let advice = "try --warmup \(max(100, 2 * schedule.warmUp)), a --learning-rate below \(rate), or unfold find-rate"
    return watch.findings.map { "\($0); \(advice)" }
  }
}
