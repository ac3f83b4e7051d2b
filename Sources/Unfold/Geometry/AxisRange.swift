/// Equally spaced positions along one axis that read the source by the same taps, in a depthwise convolution or a
/// pooling. The source positions of a tap are equally spaced too, and so are those of the taps: inside a range there is
/// nothing to decide, and no table is needed.
struct AxisRange {
  /// The first position in the target, the distance of two, and their number.
  let first, step, count: Int
  /// The number of taps, the first of them, and the distance of two.
  let taps, firstTap, tapStep: Int
  /// The source position that the first tap reads for the first position, and its distance from that of the next
  /// position and from that of the next tap.
  let source, sourceStep, sourceTap: Int

  /// The indices of this range's positions that lie in `positions`.
  @inline(__always)
  func indices(in positions: Range<Int>) -> Range<Int> {
    let from = max(0, ceilingDivision(positions.lowerBound - first, step))
    return from..<max(from, min(count, ceilingDivision(positions.upperBound - first, step)))
  }
}

/// The ranges of an axis, computed one by one. A new range begins wherever a tap enters or leaves the source.
///
/// ```
/// three taps, padding 1     positions   0 | 1 2 3 4 5 6 | 7
///                           taps        1 |      0      | 0
///                                       2 |      1      | 1
///                                         |      2      |
/// ```
struct AxisRanges: Sequence, IteratorProtocol {
  /// All positions that have the same taps, whether or not these lie in the padding; and where those read: position i
  /// for tap k at `source + i sourceStep + k sourceTap`, if that is in `0..<extent`.
  private struct Phase {
    let range: AxisRange
    let extent: Int
  }

  private let axis: WindowAxis
  /// Nil for output positions and stride 1; for input positions the greatest common divisor of stride and dilation, and the inverse
  /// of the dilation: `dilation inverse = divisor (modulo stride)`.
  private let congruence: (divisor: Int, inverse: Int)?
  private var number = 0
  private var phase: Phase
  /// The next position, counted in the phase.
  private var position = 0

  /// The output positions of an axis: those of the border, where some taps lie in the padding, and those of the
  /// interior.
  init(output axis: WindowAxis) {
    self.axis = axis
    congruence = nil
    phase = Phase(
      range: AxisRange(
        first: 0, step: 1, count: axis.output, taps: axis.window, firstTap: 0, tapStep: 1, source: -axis.low,
        sourceStep: axis.stride, sourceTap: axis.dilation),
      extent: axis.input)
  }

  /// The input positions of an axis, which gather from the output gradient: as many phases as the stride is long, each
  /// with its own taps; tap r at position h reads p where `p stride + r dilation = h + low`.
  init(input axis: WindowAxis) {
    self.axis = axis
    guard axis.stride > 1 else {
      // A single phase, of all positions and all taps.
      congruence = nil
      phase = Phase(
        range: AxisRange(
          first: 0, step: 1, count: axis.input, taps: axis.window, firstTap: 0, tapStep: 1, source: axis.low,
          sourceStep: 1, sourceTap: -axis.dilation),
        extent: axis.output)
      return
    }
    let congruence = Self.congruence(of: axis.dilation, modulo: axis.stride)
    self.congruence = congruence
    phase = Self.phase(0, of: axis, congruence)
  }

  @inline(__always)
  mutating func next() -> AxisRange? {
    if position == phase.range.count {
      guard let congruence, number + 1 < Swift.min(axis.stride, axis.input) else { return nil }
      number += 1
      position = 0
      phase = Self.phase(number, of: axis, congruence)
    }
    let (all, from) = (phase.range, position)
    let (low, high) = all.inside(phase.extent, at: position)
    position = all.end(of: (low, high), phase.extent)
    let isEmpty = high <= low
    return AxisRange(
      first: all.first + from * all.step, step: all.step, count: position - from, taps: isEmpty ? 0 : high - low,
      firstTap: isEmpty ? 0 : all.firstTap + low * all.tapStep, tapStep: all.tapStep,
      source: isEmpty ? 0 : all.source + from * all.sourceStep + low * all.sourceTap, sourceStep: all.sourceStep,
      sourceTap: all.sourceTap)
  }

  /// The input positions `number`, `number + stride` and so on. Their taps are those with
  /// `tap dilation = number + low (modulo stride)`.
  private static func phase(
    _ number: Int, of axis: WindowAxis, _ congruence: (divisor: Int, inverse: Int)
  ) -> Phase {
    let period = axis.stride / congruence.divisor
    let (quotient, remainder) = (number + axis.low).quotientAndRemainder(dividingBy: congruence.divisor)
    let tap = remainder == 0 ? quotient % period * congruence.inverse % period : axis.window
    return Phase(
      range: AxisRange(
        first: number, step: axis.stride, count: ceilingDivision(axis.input - number, axis.stride),
        taps: tap < axis.window ? (axis.window - 1 - tap) / period + 1 : 0, firstTap: tap, tapStep: period,
        source: (number + axis.low - tap * axis.dilation) / axis.stride, sourceStep: 1,
        sourceTap: -axis.dilation / congruence.divisor),
      extent: axis.output)
  }

  /// Euclid's algorithm: the greatest common divisor of two numbers, and a multiplier that makes it of the first,
  /// modulo the second.
  static func congruence(of number: Int, modulo modulus: Int) -> (divisor: Int, inverse: Int) {
    var (large, small) = (modulus, number % modulus)
    var (factor, next) = (0, 1)
    while small != 0 {
      let quotient = large / small
      (large, small) = (small, large - quotient * small)
      (factor, next) = (next, factor - quotient * next)
    }
    let period = modulus / large
    return (large, (factor % period + period) % period)
  }
}

extension AxisRange {
  /// The taps, counted from the first, that lie on a source of some extent at position `index`: from `low` up to `high`,
  /// none where that is not more. Divides only at the borders.
  @inline(__always)
  fileprivate func inside(_ extent: Int, at index: Int) -> (low: Int, high: Int) {
    if taps == 0 { return (0, 0) }
    let base = source + index * sourceStep
    let last = base + (taps - 1) * sourceTap
    if sourceTap > 0 {
      return (
        base >= 0 ? 0 : ceilingDivision(-base, sourceTap),
        last < extent ? taps : max(0, ceilingDivision(extent - base, sourceTap))
      )
    }
    return (
      base < extent ? 0 : (base - extent) / -sourceTap + 1,
      last >= 0 ? taps : base < 0 ? 0 : base / -sourceTap + 1
    )
  }

  /// The end of the positions that have the taps `inside` too.
  @inline(__always)
  fileprivate func end(of inside: (low: Int, high: Int), _ extent: Int) -> Int {
    let (low, high) = inside
    var end = count
    if sourceTap > 0 {
      if low > 0 { end = min(end, ceilingDivision(-source - (low - 1) * sourceTap, sourceStep)) }
      if high > 0 { end = min(end, ceilingDivision(extent - source - (high - 1) * sourceTap, sourceStep)) }
    } else {
      if high < taps { end = min(end, ceilingDivision(-source - high * sourceTap, sourceStep)) }
      if low < taps { end = min(end, ceilingDivision(extent - source - low * sourceTap, sourceStep)) }
    }
    return end
  }
}
