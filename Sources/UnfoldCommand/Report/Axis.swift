import Glibc

/// The round numbers along an axis.
struct Axis: Equatable {
  /// The distance of two ticks: 1, 2 or 5 times a power of ten.
  let step: Double
  /// The beginning.
  let start: Double
  /// The end, for an axis that begins with 0 just beyond the largest value, so that a bar of that length still ends inside.
  let end: Double

  /// An axis that begins with 0.
  ///
  /// - Parameters:
  ///   - largest: What must fit. An axis for nothing goes to 1.
  ///   - steps: About as many ticks are wanted beside that at 0.
  init(upTo largest: Double, steps: Int) {
    let largest = largest.isFinite && largest > 0 ? largest : 1
    step = Self.step(largest, steps)
    start = 0
    end = largest * 1.03
  }

  /// An axis from one number to another, widened to the ticks beyond them.
  ///
  /// - Parameter steps: About as many ticks are wanted beside the first.
  init(from lowest: Double, to highest: Double, steps: Int) {
    let lowest = lowest.isFinite ? lowest : 0
    let highest = highest.isFinite && highest > lowest ? highest : lowest + 1
    step = Self.step(highest - lowest, steps)
    start = floor(lowest / step + 1e-9) * step
    end = ceil(highest / step - 1e-9) * step
  }

  /// An axis over whole numbers, which ends where they do.
  init(counting numbers: ClosedRange<Int>, steps: Int) {
    step = max(1, Self.step(Double(numbers.upperBound - numbers.lowerBound), steps))
    start = Double(numbers.lowerBound)
    end = Double(numbers.upperBound)
  }

  private static func step(_ length: Double, _ steps: Int) -> Double {
    let raw = max(length, .leastNormalMagnitude) / Double(max(steps, 1))
    let power = pow(10, floor(log10(raw)))
    return power * ([1, 2, 5].first { $0 * power >= raw * 0.999 } ?? 10)
  }

  var ticks: [Double] {
    let first = Int((start / step - 1e-9).rounded(.up))
    return (first...max(first, Int((end / step + 1e-9).rounded(.down)))).map { Double($0) * step }
  }

  /// With as many digits as the step needs.
  func text(_ tick: Double) -> String { tick.text(places: max(0, -Int(floor(log10(step) + 1e-9)))) }
}
