/// The scratch memory of a forward pass or an input gradient, one after the other: the filter's panels, what each sum
/// starts from, zeros for the padding, and a region for each worker.
struct LoweredMemory {
  /// In bytes from the beginning.
  private let starts: Int
  private let zeros: Int
  private let workers: Int
  private let zeroElements: Int
  private let worker: Int

  init<Scalar: TensorScalar>(
    panelElements: Int, startElements: Int, run: Int, worker: Int, of scalar: Scalar.Type
  ) {
    func aligned(_ elements: Int) -> Int { (elements * MemoryLayout<Scalar>.stride + 63) & ~63 }
    starts = aligned(panelElements)
    zeros = starts + aligned(startElements)
    zeroElements = run
    workers = zeros + aligned(run)
    self.worker = worker
  }

  func bytes(threads: Int) -> Int { workers + threads * worker }

  @inline(__always)
  func panels<Scalar>(in scratch: UnsafeMutableRawPointer, as scalar: Scalar.Type) -> UnsafeMutablePointer<Scalar> {
    scratch.assumingMemoryBound(to: scalar)
  }

  @inline(__always)
  func start<Scalar>(
    in scratch: UnsafeMutableRawPointer, _ group: Int, _ layout: PanelLayout, as scalar: Scalar.Type
  ) -> UnsafeMutablePointer<Scalar> {
    (scratch + starts).assumingMemoryBound(to: scalar) + group * layout.paddedColumns
  }

  @inline(__always)
  func zeros<Scalar>(in scratch: UnsafeMutableRawPointer, as scalar: Scalar.Type) -> UnsafePointer<Scalar> {
    UnsafePointer((scratch + zeros).assumingMemoryBound(to: scalar))
  }

  @inline(__always)
  func worker(_ index: Int, in scratch: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    scratch + workers + index * worker
  }

  /// Writes the zeros, and the bias of each group or more zeros where there is none.
  @inline(__always)
  func fillStarts<Scalar: TensorScalar>(
    in scratch: UnsafeMutableRawPointer, _ layout: PanelLayout, groups: Int, with bias: UnsafePointer<Scalar>?
  ) {
    (scratch + zeros).assumingMemoryBound(to: Scalar.self).update(repeating: 0, count: zeroElements)
    for group in 0..<groups {
      let start = start(in: scratch, group, layout, as: Scalar.self)
      start.update(repeating: 0, count: layout.paddedColumns)
      if let bias { start.update(from: bias + group * layout.columns, count: layout.columns) }
    }
  }
}
