import Glibc
import Unfold

/// The learning rate as a function of the step: a linear warm-up, then one of three curves.
///
/// With W warm-up steps, T steps in all, u = t - W and t counted from 0:
///
/// ```
/// t < W      rate (t + 1) / W
/// constant   rate
/// step       rate factor^floor(u / every)
/// cosine     final + (rate - final) (1 + cos(π u / (T - W))) / 2      from T on: final
/// ```
///
/// Sources: Goyal et al. 2017 (warm-up), Loshchilov and Hutter 2017 (cosine).
public struct Schedule: Hashable, Sendable {
  /// What the rate does after the warm-up.
  public enum Decay: Hashable, Sendable {
    /// It stays the same.
    case constant
    /// It is multiplied by `factor` after every `every` steps.
    case step(every: Int, factor: Double)
    /// It falls along half a cosine wave to `final`, which it reaches at step `total`.
    case cosine(total: Int, final: Double = 0)
  }

  /// The highest rate.
  public let rate: Double
  /// W, the number of steps before the rate is reached.
  public let warmUp: Int
  /// What follows.
  public let decay: Decay

  /// A schedule.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` unless all rates and the factor are finite and at
  ///   least 0, `warmUp` at least 0, `every` at least 1, and `total` greater than `warmUp`.
  public init(rate: Double, warmUp: Int = 0, decay: Decay = .constant) throws(UnfoldError) {
    func requireRate(_ name: String, _ rate: Double) throws(UnfoldError) {
      guard rate.isFinite, rate >= 0 else {
        throw .invalidArgument(name, expected: "a finite number of at least 0", found: rate.messageText)
      }
    }
    try requireRate("learning rate", rate)
    guard warmUp >= 0 else {
      throw .invalidArgument("warm-up steps", expected: "0 or more", found: "\(warmUp)")
    }
    switch decay {
    case .constant: break
    case .step(let every, let factor):
      try requireRate("factor of the step schedule", factor)
      guard every >= 1 else {
        throw .invalidArgument("steps between two decays", expected: "1 or more", found: "\(every)")
      }
    case .cosine(let total, let final):
      try requireRate("final learning rate", final)
      guard total > warmUp else {
        throw .invalidArgument(
          "steps of the cosine schedule", expected: "more than the \(warmUp) of the warm-up", found: "\(total)")
      }
    }
    self.rate = rate
    self.warmUp = warmUp
    self.decay = decay
  }

  /// A default for the warm-up steps of a training of `steps` steps: a tenth of them, 100 at most. The first steps of
  /// Adam are as large as the rate, for gradients of any size, and all in one direction: in a layer of many inputs they
  /// add up, and its units die.
  ///
  /// Sources: Goyal et al. 2017; Ma and Yarats, "On the adequacy of untuned warmup for adaptive optimization" (2019).
  public static func usualWarmUp(steps: Int) -> Int { min(100, max(0, steps) / 10) }

  /// The learning rate of step `step`, counted from 0. Steps before 0 count as 0. Always finite: a rate that grows
  /// stops at the largest number.
  public func rate(at step: Int) -> Double {
    let step = max(step, 0)
    if step < warmUp {
      let rises = rate * Double(step + 1) / Double(warmUp)
      return rises.isFinite ? rises : rate * (Double(step + 1) / Double(warmUp))
    }
    let elapsed = step - warmUp
    switch decay {
    case .constant: return rate
    case .step(let every, let factor):
      // A rate of 0 stays 0, even if the power of the factor is infinite.
      return rate == 0 ? 0 : min(rate * pow(factor, Double(elapsed / every)), .greatestFiniteMagnitude)
    case .cosine(let total, let final):
      guard step < total else { return final }
      let wave = 1 + cos(.pi * Double(elapsed) / Double(total - warmUp))
      let falls = final + (rate - final) * wave / 2
      return falls.isFinite ? falls : final + (rate - final) * (wave / 2)
    }
  }
}
