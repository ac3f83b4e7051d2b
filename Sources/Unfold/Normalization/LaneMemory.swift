/// The scratch memory of a normalisation over pixels: sums, totals and a table for each image that is worked on at the
/// same time, and five planes for each thread.
struct LaneMemory<Scalar: TensorScalar> {
  private let lanes: PixelLanes
  private let planes: Int
  private let firstSums, secondSums, firstTotals, secondTotals: ScratchRegion<Double>
  private let tables, vectors, works: ScratchRegion<Scalar>

  /// Two planes for the sums, three that they read.
  private static var workPlanes: Int { 5 }

  /// Reserves the regions.
  init(_ lanes: PixelLanes, planes: Int, threads: Int, in regions: inout ScratchRegions) {
    self.lanes = lanes
    self.planes = planes
    let slots = lanes.splitsImages ? 1 : threads
    let sums = slots * lanes.slices * lanes.lanes
    firstSums = regions.reserve(sums, of: Double.self)
    secondSums = regions.reserve(sums, of: Double.self)
    firstTotals = regions.reserve(slots * lanes.channels, of: Double.self)
    secondTotals = regions.reserve(slots * lanes.channels, of: Double.self)
    tables = regions.reserve(slots * LaneTable<Scalar>.elements(lanes, planes: planes), of: Scalar.self)
    vectors = regions.reserve(slots * lanes.channels, of: Scalar.self)
    works = regions.reserve(threads * Self.workPlanes * PixelLanes.width, of: Scalar.self)
  }

  /// The scratch memory of one image.
  struct Slot {
    /// `[slices, lanes]`: means, or sums of gradients.
    let firstSums: UnsafeMutablePointer<Double>
    /// `[slices, lanes]`: squares, or sums of products.
    let secondSums: UnsafeMutablePointer<Double>
    /// `[channels]`: what the first sums merge to.
    let firstTotals: UnsafeMutablePointer<Double>
    /// `[channels]`: what the second sums merge to.
    let secondTotals: UnsafeMutablePointer<Double>
    let table: LaneTable<Scalar>
    /// `[channels]`, on the way to the table.
    let vector: UnsafeMutablePointer<Scalar>
  }

  /// Slot 0 where images are split, else one for each worker.
  @inline(__always)
  func slot(_ index: Int, in scratch: UnsafeMutableRawPointer) -> Slot {
    let sums = index * lanes.slices * lanes.lanes
    let totals = index * lanes.channels
    return Slot(
      firstSums: firstSums.base(in: scratch) + sums, secondSums: secondSums.base(in: scratch) + sums,
      firstTotals: firstTotals.base(in: scratch) + totals, secondTotals: secondTotals.base(in: scratch) + totals,
      table: LaneTable(
        lanes: lanes, planes: planes,
        base: tables.base(in: scratch) + index * LaneTable<Scalar>.elements(lanes, planes: planes)),
      vector: vectors.base(in: scratch) + totals)
  }

  /// The planes of one thread.
  @inline(__always)
  func work(_ worker: Int, in scratch: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Scalar> {
    works.base(in: scratch) + worker * Self.workPlanes * PixelLanes.width
  }
}
