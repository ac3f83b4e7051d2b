/// The scale of a chart: linear from 0, or logarithmic where the smallest value would vanish beside the largest, as naive
/// loops do.
enum BarScale: Equatable {
  case linear(Axis)
  case logarithmic(LogAxis)

  /// A bar of less than this part of the longest one cannot be told from none.
  private static let visible = 0.02

  init(_ chart: BarChart) {
    let values = chart.rows.flatMap(\.panels).joined().map(\.value).filter { $0.isFinite && $0 > 0 }
    guard let smallest = values.min(), smallest < Self.visible * chart.largest else {
      self = .linear(Axis(upTo: chart.largest, steps: 5))
      return
    }
    // The smallest has some length.
    self = .logarithmic(LogAxis(from: smallest / 1.5, to: chart.largest))
  }

  /// A sentence for readers, who expect bars in proportion.
  var note: String? {
    if case .logarithmic = self { "The scale is logarithmic: equal factors are equal steps." } else { nil }
  }

  /// The part of the axis before a number.
  func share(_ value: Double) -> Double {
    switch self {
    case .linear(let axis): axis.clamped(value) / axis.end
    case .logarithmic(let axis): axis.share(value)
    }
  }

  /// Round numbers, the first at the beginning of the axis or near it.
  var ticks: [(value: Double, text: String)] {
    switch self {
    case .linear(let axis): axis.ticks.map { ($0, axis.text($0)) }
    case .logarithmic(let axis): axis.ticks.map { ($0, axis.text($0)) }
    }
  }
}
