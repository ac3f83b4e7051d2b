/// One phase of an input gradient: the input pixels that lie at the same place between two strides.
///
/// With stride 2, the pixels of even rows get contributions from other filter taps than those of odd rows. Each of the
/// stride x stride phases by itself is an ordinary convolution, with stride 1, of the output gradient with the phase's
/// own taps, flipped and transposed; with stride 1 there is one phase, and it is the lecture's convolution of the
/// zero-padded output gradient. No zero that an upsampling would insert is ever multiplied.
///
/// ```
/// stride 2, three taps:     phase 0: taps 2, 0      h + low = 2 u      p = u - 1, u
///   w0 w1 w2                phase 1: tap  1         h + low = 2 u + 1  p = u
/// ```
///
/// Along one axis: input position h gets `w[tap] * dz[p]` for all p and taps with `p stride + tap dilation = h + low`.
/// With `h + low = u stride + phase` that leaves the taps with `tap dilation = phase (mod stride)`, an arithmetic
/// progression of step `stride / gcd(stride, dilation)`, and `p = u + (phase - tap dilation) / stride`.
struct GradientPhaseAxis {
  /// The first input position of the phase, the distance of two of them (the stride), and their number.
  let first: Int
  let step: Int
  let count: Int
  /// The taps in the order in which a window over the output gradient meets them: descending, so that the filter is
  /// flipped.
  let taps: [Int]
  /// The distance of two taps' positions in the output gradient.
  let dilation: Int
  /// The position in the output gradient of the first tap at the first input position.
  let origin: Int

  init(_ axis: WindowAxis, phase: Int) {
    step = axis.stride
    // The smallest u with h = u * stride + phase - low >= 0, and how many follow inside the input.
    let u = max(0, ceilingDivision(axis.low - phase, axis.stride))
    first = u * axis.stride + phase - axis.low
    count = first < axis.input ? (axis.input - 1 - first) / axis.stride + 1 : 0
    taps = (0..<axis.window).reversed().filter { $0 * axis.dilation % axis.stride == phase }
    let tapStep = taps.count > 1 ? taps[0] - taps[1] : 1
    dilation = taps.count > 1 ? tapStep * axis.dilation / axis.stride : 1
    // phase - tap * dilation is a multiple of the stride, so the division is exact for either sign.
    origin = taps.isEmpty ? 0 : u + (phase - taps[0] * axis.dilation) / axis.stride
  }
}

/// A phase of both axes, with its column matrix of the output gradient and its tiles.
struct GradientPhase {
  let vertical: GradientPhaseAxis
  let horizontal: GradientPhaseAxis
  let plan: TilePlan
  /// The number of taps in the phases before this one.
  let firstTap: Int

  var taps: Int { vertical.taps.count * horizontal.taps.count }
  /// Whether the phase's pixels are all pixels, so that a tile of it lies in the input gradient as it is.
  var coversInput: Bool { vertical.step == 1 && horizontal.step == 1 }

  private init(
    vertical: GradientPhaseAxis, horizontal: GradientPhaseAxis, firstTap: Int, of geometry: ConvolutionGeometry,
    _ elementBytes: Int
  ) {
    self.vertical = vertical
    self.horizontal = horizontal
    self.firstTap = firstTap
    let taps = vertical.taps.count * horizontal.taps.count
    let lowering = Lowering(outputGradient: geometry, vertical: vertical, horizontal: horizontal, group: 0)
    plan = TilePlan(
      pixels: lowering.pixels, reduction: max(1, lowering.columns), filters: geometry.inputChannels / geometry.groups,
      groups: geometry.groups, isLowered: taps > 0 && !lowering.isSourceItself,
      allowsSegments: vertical.step == 1 && horizontal.step == 1, elementBytes: elementBytes)
  }

  /// The phases that hold any pixel, in row-major order.
  static func all(of geometry: ConvolutionGeometry, elementBytes: Int) -> [GradientPhase] {
    var phases: [GradientPhase] = []
    var taps = 0
    for row in 0..<geometry.vertical.stride {
      let vertical = GradientPhaseAxis(geometry.vertical, phase: row)
      if vertical.count == 0 { continue }
      for column in 0..<geometry.horizontal.stride {
        let horizontal = GradientPhaseAxis(geometry.horizontal, phase: column)
        if horizontal.count == 0 { continue }
        let phase = GradientPhase(
          vertical: vertical, horizontal: horizontal, firstTap: taps, of: geometry, elementBytes)
        phases.append(phase)
        taps += phase.taps
      }
    }
    return phases
  }
}

extension Lowering {
  /// The column matrix of one group: windows of one phase over the output gradient.
  init(
    outputGradient geometry: ConvolutionGeometry, vertical: GradientPhaseAxis, horizontal: GradientPhaseAxis, group: Int
  ) {
    let count = geometry.outputChannels / geometry.groups
    self.init(
      height: geometry.vertical.output, width: geometry.horizontal.output, channels: geometry.outputChannels,
      channelOffset: group * count, channelCount: count,
      window: Extent(vertical.taps.count, horizontal.taps.count), stride: 1,
      dilation: Extent(vertical.dilation, horizontal.dilation),
      originHeight: vertical.origin, originWidth: horizontal.origin,
      outputHeight: vertical.count, outputWidth: horizontal.count, batch: geometry.batch)
  }
}
