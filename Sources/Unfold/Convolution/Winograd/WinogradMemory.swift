/// The scratch memory of a ``WinogradProduct``, in bytes from the beginning: what all workers share, then a region for
/// each.
///
/// ```
/// order     shared                                            each worker
/// tiles     points of the filter, bias, zeros                 points of tiles, sums, addresses
/// filters   points of the source, addresses, bias, zeros      points of a block of the filter, sums, addresses
/// ```
struct WinogradMemory {
  /// The shared memory begins with the transformed filter or source; these follow.
  let starts: Int
  let zeros: Int
  /// Addresses of the target's pixels and of the rows of the transformed source, for the order by filters.
  let sharedPixels: Int
  let sharedRows: Int
  let workers: Int

  /// A worker's region begins with the transformed source or filter; these follow.
  let sums: Int
  let pixels: Int
  let rows: Int
  let sumRows: Int
  let filter: Int
  /// A pixel that is never read: the target of what lies outside the output.
  let outside: Int
  let worker: Int

  init<Scalar: TensorScalar>(_ plan: WinogradPlan, _ filter: WinogradFilter<Scalar>) {
    func elements(_ count: Int) -> Int { (count * MemoryLayout<Scalar>.stride + 63) & ~63 }
    func addresses(_ count: Int) -> Int { (count * MemoryLayout<UnsafeRawPointer>.stride + 63) & ~63 }
    let points = plan.scheme.points
    let isByTiles = plan.order == .tiles
    let source = points * plan.sourceStride
    let block = points * WinogradPlan.apart(plan.blockChannels * Scalar._kernels.nr)

    starts = elements(isByTiles ? (filter.order == .packed ? 0 : filter.elements) : source)
    zeros = starts + elements(filter.layout.paddedColumns)
    sharedPixels = zeros + elements(max(plan.channels, Scalar._kernels.nr))
    sharedRows = sharedPixels + (isByTiles ? 0 : addresses(plan.tiles * plan.scheme.pixels))
    workers = sharedRows + (isByTiles ? 0 : addresses(plan.tiles))

    sums = elements(isByTiles ? source : block)
    pixels = sums + elements(points * plan.sumStride)
    rows = pixels + addresses((isByTiles ? plan.taskTiles : WinogradProduct<Scalar>.transformTiles) * points)
    sumRows = rows + (isByTiles ? addresses(plan.taskTiles) : 0)
    self.filter = sumRows + addresses(plan.taskTiles)
    outside = self.filter + (filter.scratchBytes + 63) & ~63
    worker = outside + elements(plan.filters)
  }

  func bytes(threads: Int) -> Int { workers + threads * worker }
}
