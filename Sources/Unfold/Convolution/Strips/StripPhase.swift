/// The target's positions of one phase along an axis, and the taps that they meet in a strip: all positions of a forward
/// pass, or those of an input gradient at the same place between two strides, see ``GradientPhaseAxis``.
///
/// ```
///    stride 2, three taps       target, the input gradient    0   1   2   3   4
///                               phase                         0   1   0   1   0
///                               taps                         2,0  1  2,0  1  2,0
/// ```
struct StripPhase {
  /// The first position, the distance of two of them, and their number.
  let first, step, count: Int
  /// The number of the taps, the first of them, and the distance of two of them: negative where the filter is flipped.
  let taps, firstTap, tapStep: Int
  /// The place of the first position on the axis of the strip, whose windows lie `stride` apart.
  let place, stride: Int
  /// Where the first tap lies in a window, and the distance of two taps.
  let offset, dilation: Int

  /// All positions of a forward pass.
  init(forward axis: WindowAxis) {
    (first, step, count) = (0, 1, axis.output)
    (taps, firstTap, tapStep) = (axis.window, 0, 1)
    (place, stride, offset, dilation) = (0, axis.stride, 0, axis.dilation)
  }

  /// The positions of one of the phases of an input gradient, as many as the stride.
  init(inputGradient axis: WindowAxis, phase: Int) {
    let positions = GradientPhaseAxis(axis, phase: phase)
    let place = (positions.first + axis.low) / axis.stride
    (first, step, count) = (positions.first, positions.step, positions.count)
    (taps, firstTap, tapStep) = (positions.taps.count, positions.taps.first, -positions.taps.step)
    self.place = place - axis.low / axis.stride
    // The windows begin (R - 1) d / stride before the place of a position, rounded down.
    (stride, offset) = (1, positions.origin - place + (axis.window - 1) * axis.dilation / axis.stride)
    dilation = positions.dilation
  }

  /// The positions whose places lie in a band of the strip's.
  @inline(__always)
  func positions(in band: Range<Int>) -> Range<Int> {
    (band.lowerBound - place..<band.upperBound - place).clamped(to: 0..<count)
  }

  /// Where the first tap at a position lies, counted from the first window of the strip.
  @inline(__always)
  func start(of position: Int) -> Int { (place + position) * stride + offset }

  /// The taps that lie on the source at a position.
  @inline(__always)
  func tapsInside<Scalar>(at position: Int, of axis: ChannelStrip<Scalar>.Axis) -> Range<Int> {
    indices(of: taps, from: start(of: position) - axis.low, step: dilation, within: axis.source)
  }
}
