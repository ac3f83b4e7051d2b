/// The scratch memory of a ``WinogradFilterGradient``: what all workers share, then regions for each. The transformed
/// chunk of tiles is V and D, and the addresses of the rows of V at the first point.
///
/// ```
/// partition   shared                                 each worker
/// tiles       sums of all slices, zeros              transformed chunk, addresses
/// channels    transformed chunk, sums, zeros         sums of a block of channels, addresses
/// ```
struct WinogradFilterGradientMemory<Scalar: TensorScalar> {
  /// In the shared memory or in each worker's.
  let sources, gradients: ScratchRegion<Scalar>
  let rows: ScratchRegion<UnsafePointer<Scalar>>

  let sums, zeros: ScratchRegion<Scalar>
  /// Of each worker.
  let ownSums: ScratchRegion<Scalar>
  let table: ScratchRegion<UnsafePointer<Scalar>>
  private(set) var layout = ScratchLayout()

  init(_ plan: WinogradFilterGradientPlan) {
    let points = plan.scheme.points
    var chunk = ScratchRegions()
    sources = chunk.reserve(points * plan.sourceStrips.pointStride, of: Scalar.self)
    gradients = chunk.reserve(points * plan.gradientStrips.pointStride, of: Scalar.self)
    rows = chunk.reserve(plan.chunkTiles, of: UnsafePointer<Scalar>.self)
    if plan.partition == .tiles { layout.own = chunk } else { layout.shared = chunk }
    sums = layout.shared.reserve(plan.sums * plan.sumElements, of: Scalar.self)
    zeros = layout.shared.reserve(max(plan.channels, plan.filters), of: Scalar.self)
    ownSums = layout.own.reserve(plan.keepsSums ? 0 : plan.sumElements, of: Scalar.self)
    table = layout.own.reserve(
      max(WinogradFilterGradient<Scalar>.transformTiles * points, plan.scheme.taps), of: UnsafePointer<Scalar>.self)
  }
}
