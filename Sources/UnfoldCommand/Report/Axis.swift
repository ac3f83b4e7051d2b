import Glibc

/// The round numbers along an axis that begins with 0.
struct Axis: Equatable {
  /// The distance of two ticks: 1, 2 or 5 times a power of ten.
  let step: Double
  /// The end: just beyond the largest value, so that a bar of that length still ends inside.
  let end: Double

  /// - Parameters:
  ///   - largest: What must fit. An axis for nothing goes to 1.
  ///   - steps: About as many ticks are wanted beside that at 0.
  init(upTo largest: Double, steps: Int) {
    let largest = largest.isFinite && largest > 0 ? largest : 1
    let raw = largest / Double(max(steps, 1))
    let power = pow(10, floor(log10(raw)))
    step = power * ([1, 2, 5].first { $0 * power >= raw * 0.999 } ?? 10)
    end = largest * 1.03
  }

  var ticks: [Double] { (0...Int(end / step)).map { Double($0) * step } }

  /// With as many digits as the step needs.
  func text(_ tick: Double) -> String { tick.text(places: max(0, -Int(floor(log10(step) + 1e-9)))) }
}
