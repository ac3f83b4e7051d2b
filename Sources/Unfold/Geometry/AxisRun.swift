/// Positions along one axis, a step apart, that the same taps of a depthwise convolution or of pooling meet. The source positions that
/// a tap reads are a step apart too, so that nothing has to be asked inside a run.
struct AxisRun {
  /// The first position in the target, the distance of two, and their number.
  let first: Int
  let step: Int
  let count: Int
  /// The taps, each with the source position that it reads for the first position.
  let taps: [(tap: Int, source: Int)]
  /// The distance of two source positions.
  let sourceStep: Int

  /// The indices of the run's positions that lie in a range of positions.
  func indices(in positions: Range<Int>) -> Range<Int> {
    let from = max(0, ceilingDivision(positions.lowerBound - first, step))
    return from..<max(from, min(count, ceilingDivision(positions.upperBound - first, step)))
  }

  /// The output positions of an axis: the border's, where some taps meet the padding, and the interior's.
  static func output(_ axis: WindowAxis) -> [AxisRun] {
    cut(
      first: 0, step: 1, count: axis.output, sourceStep: axis.stride,
      taps: (0..<axis.window).map { ($0, axis.inputPosition(0, tap: $0), axis.outputPositions(tap: $0)) })
  }

  /// The input positions of an axis, which gather from the output gradient: as many phases as the stride is long, each
  /// with its own taps; tap r at position h meets p where `p stride + r dilation = h + low`.
  static func input(_ axis: WindowAxis) -> [AxisRun] {
    var taps: [[PlacedTap]] = Array(repeating: [], count: min(axis.stride, axis.input))
    for tap in 0..<axis.window {
      let distance = (tap * axis.dilation - axis.low) % axis.stride
      let phase = distance < 0 ? distance + axis.stride : distance
      // Where the stride is longer than the input, some phases have no position.
      guard phase < taps.count else { continue }
      let position = (phase + axis.low - tap * axis.dilation) / axis.stride
      taps[phase].append((tap, position, -position..<axis.output - position))
    }
    return taps.enumerated().flatMap { phase, taps in
      cut(
        first: phase, step: axis.stride, count: ceilingDivision(axis.input - phase, axis.stride), sourceStep: 1,
        taps: taps)
    }
  }

  /// A tap, the source position that it reads for position 0, and the positions for which that is inside.
  private typealias PlacedTap = (tap: Int, source: Int, inside: Range<Int>)

  /// Cuts positions wherever a tap begins or ceases to be inside.
  private static func cut(
    first: Int, step: Int, count: Int, sourceStep: Int, taps: [PlacedTap]
  ) -> [AxisRun] {
    let taps = taps.map { (tap: $0.tap, source: $0.source, inside: $0.inside.clamped(to: 0..<count)) }
    var bounds = [0, count]
    for tap in taps { bounds += [tap.inside.lowerBound, tap.inside.upperBound] }
    bounds.sort()
    var runs: [AxisRun] = []
    for (from, to) in zip(bounds, bounds.dropFirst()) where from < to {
      runs.append(
        AxisRun(
          first: first + from * step, step: step, count: to - from,
          taps: taps.filter { $0.inside.contains(from) }.map { ($0.tap, $0.source + from * sourceStep) },
          sourceStep: sourceStep))
    }
    return runs
  }
}
