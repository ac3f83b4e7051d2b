import Glibc

/// The round numbers along a logarithmic axis: equal factors are equal steps.
///
/// The numbers come from files: for any numbers, an axis has few ticks and finite ends.
struct LogAxis: Equatable {
  /// 1, 2 or 5 times a power of ten, at or below the smallest number and at or above the largest.
  let start, end: Double

  private static let lengths = 1e-280...1e280

  /// - Parameters:
  ///   - lowest: Above 0; what is not counts as the least that an axis has.
  ///   - highest: What must fit.
  init(from lowest: Double, to highest: Double) {
    let start = Self.round(Self.clamped(lowest), .down)
    let end = Self.round(Self.clamped(highest), .up)
    (self.start, self.end) = (start, end > start ? end : 10 * start)
  }

  private static func clamped(_ number: Double) -> Double {
    number.isNaN ? 1 : min(max(number, lengths.lowerBound), lengths.upperBound)
  }

  private static func round(_ number: Double, _ rule: FloatingPointRoundingRule) -> Double {
    let power = pow(10, floor(log10(number) + 1e-9))
    // What is round already stays, whatever the rounding of its digits.
    let steps = [1, 2, 5, 10].map { $0 * power }
    return rule == .down
      ? steps.last { $0 <= number * (1 + 1e-9) } ?? power : steps.first { $0 >= number * (1 - 1e-9) } ?? 10 * power
  }

  /// A difference and no quotient, which could be beyond all numbers.
  private var decades: Double { log10(end) - log10(start) }

  /// Powers of ten, and 2 and 5 times those on a short axis; on a long one not each power.
  var ticks: [Double] {
    let stride = max(1, (decades / 8).rounded(.up))
    let first = (log10(start) - 1e-9).rounded(.down)
    let factors: [Double] = decades < 3.1 ? [1, 2, 5] : [1]
    let count = Int(min(decades / stride, 20)) + 1
    let range = start * (1 - 1e-9)...end * (1 + 1e-9)
    var ticks: [Double] = []
    for step in 0...count {
      let power = pow(10, first + Double(step) * stride)
      for factor in factors where range.contains(factor * power) { ticks.append(factor * power) }
    }
    return ticks
  }

  /// The part of the axis before a number; of one that is not on it, of the nearer end.
  func share(_ value: Double) -> Double {
    guard value > start else { return 0 }
    return value < end ? (log10(value) - log10(start)) / decades : 1
  }

  /// With as many digits as it has.
  func text(_ tick: Double) -> String {
    let exponent = Int((log10(tick) + 1e-9).rounded(.down))
    guard -3...6 ~= exponent else { return "\((tick / pow(10, Double(exponent))).text(places: 0))e\(exponent)" }
    return exponent >= 0 ? tick.groupedText : tick.text(places: -exponent)
  }
}
