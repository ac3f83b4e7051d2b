/// The scratch memory of a ``WinogradProduct``: what all workers share, then regions for each.
///
/// ```
/// partition   shared                                            each worker
/// tiles       transformed filter, bias, zeros                   transformed tiles, sums, addresses
/// filters     transformed source, addresses, bias, zeros        transformed block of the filter, sums, addresses
/// ```
struct WinogradMemory<Scalar: TensorScalar> {
  let sharedTransformed, starts, zeros: ScratchRegion<Scalar>
  /// Addresses of the target's pixels and of the rows of the transformed source, for the partition by filters.
  let sharedPixels, sharedRows: ScratchRegion<UnsafePointer<Scalar>>

  /// Of each worker. `outside` is a pixel that is never read: the target of what lies outside the output.
  let transformed, sums, outside: ScratchRegion<Scalar>
  let pixels, rows: ScratchRegion<UnsafePointer<Scalar>>
  let sumRows: ScratchRegion<UnsafeMutablePointer<Scalar>>
  /// What a transform of the filter needs.
  let filter: ScratchRegion<UInt8>
  private(set) var layout = ScratchLayout()

  init(_ plan: WinogradPlan, _ filter: WinogradFilter<Scalar>) {
    let points = plan.scheme.points
    let isByTiles = plan.partition == .tiles
    let source = points * plan.sourceStride
    let block = points * WinogradPlan.apart(plan.blockChannels * Scalar._kernels.nr)
    let filterElements = filter.tapLayout == .packed ? 0 : filter.elements
    sharedTransformed = layout.shared.reserve(isByTiles ? filterElements : source, of: Scalar.self)
    starts = layout.shared.reserve(filter.layout.paddedColumns, of: Scalar.self)
    zeros = layout.shared.reserve(max(plan.channels, Scalar._kernels.nr), of: Scalar.self)
    sharedPixels = layout.shared.reserve(
      isByTiles ? 0 : plan.tiles * plan.scheme.pixels, of: UnsafePointer<Scalar>.self)
    sharedRows = layout.shared.reserve(isByTiles ? 0 : plan.tiles, of: UnsafePointer<Scalar>.self)

    transformed = layout.own.reserve(isByTiles ? source : block, of: Scalar.self)
    sums = layout.own.reserve(points * plan.sumStride, of: Scalar.self)
    pixels = layout.own.reserve(
      (isByTiles ? plan.taskTiles : WinogradProduct<Scalar>.transformTiles) * points, of: UnsafePointer<Scalar>.self)
    rows = layout.own.reserve(isByTiles ? plan.taskTiles : 0, of: UnsafePointer<Scalar>.self)
    sumRows = layout.own.reserve(plan.taskTiles, of: UnsafeMutablePointer<Scalar>.self)
    self.filter = layout.own.reserve(filter.scratchBytes, of: UInt8.self)
    outside = layout.own.reserve(plan.filters, of: Scalar.self)
  }
}
