import Glibc

/// The round numbers along an axis.
///
/// The numbers come from files: for any numbers, an axis has few ticks and finite ends.
struct Axis: Equatable {
  /// The distance of two ticks: 1, 2 or 5 times a power of ten.
  let step: Double
  /// The beginning.
  let start: Double
  /// The end, for an axis that begins with 0 just beyond the largest value, so that a bar of that length still ends
  /// inside.
  let end: Double

  /// The largest and the smallest length of an axis: with some digits to spare in either direction.
  private static let lengths = 1e-280...1e280

  /// An axis that begins with 0.
  ///
  /// - Parameters:
  ///   - largest: What must fit. An axis for nothing goes to 1.
  ///   - steps: About as many ticks are wanted beside that at 0.
  init(upTo largest: Double, steps: Int) {
    let largest = largest.isFinite && largest > 0 ? Self.clamped(largest) : 1
    step = Self.step(largest, steps)
    start = 0
    end = largest * 1.03
  }

  /// An axis from one number to another, widened to the ticks beyond them; from 0 where the two are too close together
  /// to be told apart.
  ///
  /// - Parameter steps: About as many ticks are wanted beside the first.
  init(from lowest: Double, to highest: Double, steps: Int) {
    let limit = Self.lengths.upperBound
    let lowest = lowest.isFinite ? min(max(lowest, -limit), limit) : 0
    let highest = highest.isFinite && highest > lowest ? min(highest, limit) : lowest + 1
    // Numbers of which one differs from the other in its last digits only have no round numbers between them.
    let magnitude = max(abs(lowest), abs(highest))
    let isTold = highest - lowest > magnitude * 1e-12
    let length = Self.clamped(isTold ? highest - lowest : max(magnitude, 1))
    step = Self.step(length, steps)
    start = isTold ? floor(lowest / step + 1e-9) * step : min(0, floor(lowest / step) * step)
    end = max(isTold ? start + step : step, ceil(highest / step - 1e-9) * step)
  }

  /// An axis over whole numbers, which ends where they do.
  init(counting numbers: ClosedRange<Int>, steps: Int) {
    step = max(1, Self.step(Double(numbers.upperBound) - Double(numbers.lowerBound), steps))
    start = Double(numbers.lowerBound)
    end = Double(numbers.upperBound)
  }

  private static func clamped(_ length: Double) -> Double { min(max(length, lengths.lowerBound), lengths.upperBound) }

  private static func step(_ length: Double, _ steps: Int) -> Double {
    let raw = clamped(length) / Double(max(steps, 1))
    let power = pow(10, floor(log10(raw)))
    return power * ([1, 2, 5].first { $0 * power >= raw * 0.999 } ?? 10)
  }

  /// From the first to the last round number.
  var ticks: [Double] {
    let first = (start / step - 1e-9).rounded(.up)
    let count = max(0, (end / step + 1e-9).rounded(.down) - first)
    // At most as many as can be told apart, whatever the rounding.
    return (0...Int(min(count, 1000))).map { (first + Double($0)) * step }
  }

  /// Whether a number lies on the axis or can be drawn at its nearer end.
  func clamped(_ value: Double) -> Double { min(max(value, start), end) }

  /// With as many digits as the step needs.
  func text(_ tick: Double) -> String {
    let digits = -floor(log10(step) + 1e-9)
    return tick.text(places: digits > 0 ? Int(digits) : 0)
  }
}
