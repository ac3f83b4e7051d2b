/// The scratch memory of a ``WinogradFilterGradient``, in bytes from the beginning: what all workers share, then a
/// region for each.
///
/// ```
/// order      shared                                 each worker
/// tiles      sums of all segments, zeros            points of a chunk, addresses
/// channels   points of a chunk, sums, zeros         sums of a block of channels, addresses
/// ```
struct WinogradFilterGradientMemory {
  /// From the beginning of a transformed chunk, which begins with V.
  let gradients: Int
  let rows: Int

  let sums: Int
  let zeros: Int
  let workers: Int

  /// In a worker's region.
  let ownSums: Int
  let table: Int
  let worker: Int

  init<Scalar: TensorScalar>(_ plan: WinogradFilterGradientPlan, _ scalar: Scalar.Type) {
    func elements(_ count: Int) -> Int { (count * MemoryLayout<Scalar>.stride + 63) & ~63 }
    func addresses(_ count: Int) -> Int { (count * MemoryLayout<UnsafeRawPointer>.stride + 63) & ~63 }
    let points = plan.scheme.points
    gradients = elements(points * plan.sourceStrips.pointStride)
    rows = gradients + elements(points * plan.gradientStrips.pointStride)
    let chunk = rows + addresses(plan.chunkTiles)

    sums = plan.order == .tiles ? 0 : chunk
    zeros = sums + elements(plan.sums * plan.sumElements)
    workers = zeros + elements(max(plan.channels, plan.filters))

    ownSums = plan.order == .tiles ? chunk : 0
    table = ownSums + (plan.keepsSums ? 0 : elements(plan.sumElements))
    worker = table + addresses(max(WinogradFilterGradient<Scalar>.transformTiles * points, plan.scheme.taps))
  }

  func bytes(threads: Int) -> Int { workers + threads * worker }
}
