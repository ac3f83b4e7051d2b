/// One axis of a resampling: the input positions that an output position is made of, and the reverse.
struct ResamplingAxis: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case downsampling(by: Int)
    case upsampling(by: Int, _ trailingZeros: Bool)
    case nearest(to: Int)
    case bilinear(to: Int, _ alignsCorners: Bool)
  }

  let kind: Kind
  let input, output: Int

  init(_ name: String, input: Int, _ kind: Kind) throws(UnfoldError) {
    let limit = Int(Int32.max)
    try require("input \(name)", input, in: 1...limit, or: "1 to \(limit)")
    self.kind = kind
    self.input = input
    switch kind {
    case .downsampling(let factor):
      try require("factor of \(name)", factor, in: 1...limit, or: "1 to \(limit)")
      output = (input + factor - 1) / factor
    case .upsampling(let factor, let trailingZeros):
      try require("factor of \(name)", factor, in: 1...limit, or: "1 to \(limit)")
      output = trailingZeros ? input * factor : input * factor - (factor - 1)
      try requireInt32("output \(name)", output)
    case .nearest(let size), .bilinear(let size, _):
      try require("output \(name)", size, in: 1...limit, or: "1 to \(limit)")
      output = size
    }
  }

  /// Whether output positions lie between input positions.
  var interpolates: Bool { if case .bilinear = kind { true } else { false } }

  /// The input position that an output position copies, or -1 where it is a zero. For axes that do not interpolate.
  @inline(__always)
  func source(of position: Int) -> Int {
    switch kind {
    case .downsampling(let factor): return position * factor
    case .upsampling(let factor, _):
      let (quotient, remainder) = position.quotientAndRemainder(dividingBy: factor)
      return remainder == 0 ? quotient : -1
    case .nearest(let size): return position * input / size
    case .bilinear: return sample(at: position).low
    }
  }

  /// An output position between two neighbouring input positions, which may be the same: `low` with weight
  /// `1 - fraction` and `high` with weight `fraction`.
  struct Sample {
    let low, high: Int
    let fraction: Double
  }

  /// The sample of an output position, for an axis that interpolates.
  @inline(__always)
  func sample(at position: Int) -> Sample {
    guard case .bilinear(let size, let alignsCorners) = kind else {
      return Sample(low: source(of: position), high: source(of: position), fraction: 0)
    }
    // Numerator and denominator are exact, so that positions that fall on a pixel do so without a rounding error.
    let (numerator, denominator) =
      alignsCorners
      ? (position * (input - 1), max(size - 1, 1))
      : (max((2 * position + 1) * input - size, 0), 2 * size)
    let (low, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return Sample(low: low, high: min(low + 1, input - 1), fraction: Double(remainder) / Double(denominator))
  }

  /// The output positions to which input position `element` contributes: a range, because samples advance with the
  /// position. Some in it may take nothing (the zeros of upsampling).
  func positions(with element: Int) -> Range<Int> {
    switch kind {
    case .downsampling(let factor):
      let (quotient, remainder) = element.quotientAndRemainder(dividingBy: factor)
      return remainder == 0 ? quotient..<quotient + 1 : quotient..<quotient
    case .upsampling(let factor, _): return element * factor..<element * factor + 1
    case .nearest, .bilinear:
      let first = firstPosition { sample(at: $0).high >= element }
      return first..<max(first, firstPosition { sample(at: $0).low > element })
    }
  }

  /// The most output positions to which one input position contributes, or some more.
  var mostPositions: Int {
    switch kind {
    case .downsampling, .upsampling: 1
    case .nearest: min(output, ceilingDivision(output, input))
    // Those less than a pixel away.
    case .bilinear(_, true): input == 1 ? output : min(output, 2 * ceilingDivision(output - 1, input - 1) + 1)
    case .bilinear(_, false): min(output, 2 * ceilingDivision(output, input) + 1)
    }
  }

  /// The first output position for which a monotone condition holds (binary search); the number of positions if there
  /// is none.
  private func firstPosition(where condition: (Int) -> Bool) -> Int {
    var (low, high) = (0, output)
    while low < high {
      let middle = low + (high - low) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
