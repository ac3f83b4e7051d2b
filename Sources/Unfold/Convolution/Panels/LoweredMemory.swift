/// The scratch memory of a forward pass or an input gradient: the filter's panels, what each sum starts from and zeros for
/// the padding; and for each worker what its method needs.
struct LoweredMemory<Scalar: TensorScalar> {
  let panels, starts, zeros: ScratchRegion<Scalar>
  private let layout: ScratchLayout
  private let zeroElements: Int

  /// - Parameter own: The regions of a worker.
  init(panelElements: Int, startElements: Int, segmentLength: Int, own: ScratchRegions) {
    var layout = ScratchLayout(own: own)
    panels = layout.shared.reserve(panelElements, of: Scalar.self)
    starts = layout.shared.reserve(startElements, of: Scalar.self)
    zeros = layout.shared.reserve(segmentLength, of: Scalar.self)
    self.layout = layout
    zeroElements = segmentLength
  }

  func bytes(threads: Int) -> Int { layout.bytes(threads: threads) }

  @inline(__always)
  func start(_ group: Int, _ layout: PanelLayout, in scratch: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Scalar> {
    starts.base(in: scratch) + group * layout.paddedColumns
  }

  @inline(__always)
  func worker(_ index: Int, in scratch: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    layout.worker(index, in: scratch)
  }

  /// Writes the zeros, and the bias of each group or more zeros where there is none.
  @inline(__always)
  func fillStarts(
    in scratch: UnsafeMutableRawPointer, _ layout: PanelLayout, groups: Int, with bias: UnsafePointer<Scalar>?
  ) {
    zeros.base(in: scratch).update(repeating: 0, count: zeroElements)
    for group in 0..<groups {
      let start = start(group, layout, in: scratch)
      start.update(repeating: 0, count: layout.paddedColumns)
      if let bias { start.update(from: bias + group * layout.columns, count: layout.columns) }
    }
  }
}
