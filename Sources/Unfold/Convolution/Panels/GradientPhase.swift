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
  let first, step, count: Int
  /// The taps in the order in which a window over the output gradient meets them: descending, so that the filter is
  /// flipped.
  let taps: DescendingTaps
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
    taps = DescendingTaps(axis, phase: phase)
    dilation = taps.count > 1 ? taps.step * axis.dilation / axis.stride : 1
    // phase - tap * dilation is a multiple of the stride, so the division is exact for either sign.
    origin = taps.count == 0 ? 0 : u + (phase - taps[0] * axis.dilation) / axis.stride
  }
}

/// The taps of a phase along one axis: an arithmetic progression, the last tap first.
struct DescendingTaps {
  let first, step, count: Int

  init(_ axis: WindowAxis, phase: Int) {
    func belongs(_ tap: Int) -> Bool { tap * axis.dilation % axis.stride == phase }
    var last = axis.window - 1
    while last >= 0, !belongs(last) { last -= 1 }
    var next = last - 1
    while next >= 0, !belongs(next) { next -= 1 }
    first = last
    step = next >= 0 ? last - next : 1
    count = last < 0 ? 0 : next < 0 ? 1 : last / step + 1
  }

  @inline(__always)
  subscript(place: Int) -> Int { first - place * step }
}

/// A phase of both axes, with its tiles and its taps of the filter.
struct GradientPhase {
  let vertical, horizontal: GradientPhaseAxis
  let plan: TilePlan
  /// The right-hand matrix of one group: the phase's taps, flipped and transposed.
  let layout: PanelLayout
  /// The elements of the panels of the phases before this one, and their tasks.
  let firstPanel, firstTask: Int

  /// K/g, the rows of the right-hand matrix for each tap.
  var filters: Int { layout.rows / max(1, vertical.taps.count * horizontal.taps.count) }
  /// The elements that are packed before the product begins.
  var panelElements: Int { plan.packsPanels ? 0 : layout.elements }

  /// The number, in the filter, of the tap at `place` among those of the phase.
  @inline(__always)
  func tap(_ place: Int, filterWidth: Int) -> Int {
    let (r, s) = place.quotientAndRemainder(dividingBy: horizontal.taps.count)
    return vertical.taps[r] * filterWidth + horizontal.taps[s]
  }

  /// The column matrix of one group: the phase's windows over the output gradient.
  func lowering(of geometry: ConvolutionGeometry, group: Int) -> Lowering {
    Lowering(outputGradient: geometry, vertical: vertical, horizontal: horizontal, group: group)
  }
}

extension WindowAxis {
  /// The number of phases that hold an input position: a stride that is longer than the input has others too.
  var phases: Int { min(stride, input) }

  /// The phases that hold an input position, from the lowest: those of `low ... low + input - 1` modulo the stride.
  func phase(_ number: Int) -> Int {
    guard stride > input else { return number }
    let first = low % stride
    let beforeFirst = max(0, first + input - stride)
    return number < beforeFirst ? number : first + number - beforeFirst
  }
}

/// The phases of an input gradient that hold any pixel, in row-major order; each is computed when it is read.
struct GradientPhases<Scalar: TensorScalar>: Sequence, IteratorProtocol {
  private let geometry: ConvolutionGeometry
  private var number = 0
  private var firstPanel = 0
  private var firstTask = 0

  init(_ geometry: ConvolutionGeometry, _ scalar: Scalar.Type) { self.geometry = geometry }

  mutating func next() -> GradientPhase? {
    let (channels, filters) = (geometry.inputChannels / geometry.groups, geometry.outputChannels / geometry.groups)
    while number < geometry.vertical.phases * geometry.horizontal.phases {
      let (row, column) = number.quotientAndRemainder(dividingBy: geometry.horizontal.phases)
      number += 1
      let vertical = GradientPhaseAxis(geometry.vertical, phase: geometry.vertical.phase(row))
      let horizontal = GradientPhaseAxis(geometry.horizontal, phase: geometry.horizontal.phase(column))
      if vertical.count == 0 || horizontal.count == 0 { continue }
      let lowering = Lowering(outputGradient: geometry, vertical: vertical, horizontal: horizontal, group: 0)
      let phase = GradientPhase(
        vertical: vertical, horizontal: horizontal,
        plan: TilePlan(
          lowering, filters: channels, groups: geometry.groups, blockRows: Scalar._kernels.mr,
          panelWidth: Scalar._kernels.nr),
        layout: PanelLayout(
          rows: vertical.taps.count * horizontal.taps.count * filters, columns: channels, of: Scalar.self),
        firstPanel: firstPanel, firstTask: firstTask)
      firstPanel += phase.panelElements
      firstTask += phase.plan.tasks
      return phase
    }
    return nil
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
