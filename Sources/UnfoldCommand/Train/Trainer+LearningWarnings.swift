import UnfoldNN

extension Trainer {
  /// What says that the network does not learn and what to try, a line each; none where all is well.
  var learningWarnings: [String] {
    let rate = schedule.rate.rateText
    let advice = "try --warmup \(max(100, 2 * schedule.warmUp)), a --learning-rate below \(rate), or unfold find-rate"
    return watch.findings.map { "\($0); \(advice)" }
  }
}
