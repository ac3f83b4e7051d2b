import Glibc
import Unfold

/// A learning-rate range test: a short training whose rate rises from step to step, so that one curve shows which rates
/// are too low to learn, which learn, and which diverge.
///
/// ```
/// rate of step t        lowest (highest / lowest)^(t / (steps - 1))
/// smoothed loss         a(t) / (1 - β^(t + 1)),  a(t) = β a(t - 1) + (1 - β) loss(t),  a(-1) = 0
/// ```
///
/// Source: Smith, "Cyclical learning rates for training neural networks" (2017), section 3.3; the correction of the
/// average is that of Adam (Kingma and Ba 2015).
public struct RateSearch: Hashable, Sendable {
  /// The first rate.
  public let lowest: Double
  /// The rate that the search ends with unless the loss diverges before.
  public let highest: Double
  /// The steps from one to the other.
  public let steps: Int
  /// β, the weight of the old average of the losses in the new one.
  public let smoothing: Double
  /// The loss counts as diverged when the smoothed loss is this many times its minimum so far.
  public let divergence: Double

  /// A search.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` unless `0 < lowest < highest`, both finite, `steps` is
  ///   10 to 1,000,000, `smoothing` 0 to less than 1 and `divergence` above 1.
  public init(
    lowest: Double = 1e-6, highest: Double = 1, steps: Int = 200, smoothing: Double = 0.9, divergence: Double = 4
  ) throws(UnfoldError) {
    guard lowest > 0, lowest < highest, highest.isFinite else {
      throw .invalidArgument(
        "rates of the search", expected: "two finite numbers above 0, the lower first",
        found: "\(lowest.messageText) and \(highest.messageText)")
    }
    guard 10...1_000_000 ~= steps else {
      throw .invalidArgument("steps of the search", expected: "10 to 1000000", found: "\(steps)")
    }
    guard 0..<1 ~= smoothing else {
      throw .invalidArgument("smoothing of the search", expected: "0 to less than 1", found: smoothing.messageText)
    }
    guard divergence > 1 else {
      throw .invalidArgument("divergence of the search", expected: "more than 1", found: divergence.messageText)
    }
    self.lowest = lowest
    self.highest = highest
    self.steps = steps
    self.smoothing = smoothing
    self.divergence = divergence
  }

  /// The rate of a step, counted from 0.
  public func rate(at step: Int) -> Double {
    let (part, quotient) = (Double(min(max(step, 0), steps - 1)) / Double(steps - 1), highest / lowest)
    // The quotient of numbers that lie far apart may not be finite.
    return quotient.isFinite ? lowest * pow(quotient, part) : pow(lowest, 1 - part) * pow(highest, part)
  }
}

/// The losses of a search, step by step.
public struct RateCurve: Hashable, Sendable {
  /// One step.
  public struct Point: Hashable, Sendable, Codable {
    /// The learning rate.
    public let rate: Double
    /// The loss of the step's batch, before the step.
    public let loss: Double
    /// The corrected average of the losses so far.
    public let smoothedLoss: Double
  }

  /// The steps up to the end, or to the one whose loss diverged.
  public private(set) var points: [Point] = []
  /// Whether the search ended because of that.
  public private(set) var hasDiverged = false

  private let search: RateSearch
  private var average = 0.0
  private var lowest = Double.infinity

  /// An empty curve.
  public init(of search: RateSearch) { self.search = search }

  /// Records the loss of the next step.
  ///
  /// - Returns: Whether the search goes on.
  public mutating func append(loss: Double) -> Bool {
    guard !hasDiverged, points.count < search.steps else { return false }
    average = search.smoothing * average + (1 - search.smoothing) * loss
    let smoothed = average / (1 - pow(search.smoothing, Double(points.count + 1)))
    lowest = min(lowest, smoothed)
    // Infinity times a loss of 0 is NaN, which is no limit.
    let limit = search.divergence * lowest
    hasDiverged = !smoothed.isFinite || smoothed > limit
    // A NaN has no place on a curve.
    if smoothed.isFinite {
      points.append(Point(rate: search.rate(at: points.count), loss: loss, smoothedLoss: smoothed))
    }
    return !hasDiverged && points.count < search.steps
  }

  /// Ends the search: a step at the last rate could not be done, its numbers being infinite.
  mutating func diverge() { hasDiverged = true }

  /// The mean loss of the first tenth of the steps, in which the rates are too low to change it.
  var firstLoss: Double {
    let first = points.prefix(max(1, search.steps / 10))
    return first.isEmpty ? .infinity : first.reduce(0) { $0 + $1.loss } / Double(first.count)
  }

  /// The lowest smoothed loss.
  var lowestLoss: Double { points.map(\.smoothedLoss).min() ?? .infinity }

  /// A proposed rate, nil where the loss never falls. It is the lower of two: the rate at which the smoothed loss falls
  /// most steeply over the logarithm of the rate, and a tenth of the rate at which it is lowest, which is already on
  /// the edge of divergence. A curve alone cannot show whether a rate that was reached slowly does harm at once: see
  /// ``Trainer/proposeRate(_:on:progress:)``.
  ///
  /// Slopes are taken over a tenth of a power of ten or more to each side. The first tenth of the steps, whose averages
  /// are of few losses, and what comes after the lowest smoothed loss do not count.
  ///
  /// Source: the two rules of fastai's `lr_find`, "steep" and "minimum" (Howard and Gugger 2020).
  public var proposedRate: Double? {
    guard let bottom = points.indices.min(by: { points[$0].smoothedLoss < points[$1].smoothedLoss }) else { return nil }
    let quotient = search.highest / search.lowest
    let powers = quotient.isFinite ? log10(quotient) : log10(search.highest) - log10(search.lowest)
    // If the rates hardly differ, a tenth of a power of ten is more steps than there are.
    let reach = Int(min(max(1, (0.1 * Double(search.steps - 1) / powers).rounded(.up)), Double(search.steps)))
    let first = search.steps / 10 + reach
    guard first <= bottom else { return nil }
    func slope(_ index: Int) -> Double {
      let (before, after) = (points[index - reach], points[min(index + reach, bottom)])
      return (after.smoothedLoss - before.smoothedLoss) / log10(after.rate / before.rate)
    }
    guard let steepest = (first...bottom).min(by: { slope($0) < slope($1) }), slope(steepest) < 0 else { return nil }
    return max(search.lowest, min(points[steepest].rate, points[bottom].rate / 10))
  }
}
