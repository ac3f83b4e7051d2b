/// The positions that max pooling saves for its gradient: for every output element the place of its maximum, the
/// lecture's `pidx`.
///
/// A place is kept as the number of the tap within its window, in row-major order: one byte where the window has at
/// most 256 taps, four otherwise. A value: copies are independent. The expert call
/// ``PoolingGeometry/maximum(_:into:saved:context:)`` overwrites it in place, without a new allocation.
public struct MaximumPositions: Sendable {
  /// The pooling that it belongs to.
  public private(set) var geometry: PoolingGeometry
  private var storage: ByteStorage

  /// Room for the positions of one pooling. All of them name the first tap of their window until
  /// ``PoolingGeometry/maximum(_:into:saved:context:)`` writes them.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public init(for geometry: PoolingGeometry) throws(UnfoldError) {
    self.geometry = geometry
    storage = try ByteStorage(zeros: Self.byteCount(for: geometry))
  }

  /// The memory that the positions take: one or four bytes for each element of the output.
  public var byteCount: Int { storage.byteCount }

  /// The place in the input, in row-major order, of the maximum that became output element `offset` (the lecture's
  /// `pidx`). Checked: an offset outside the output is a precondition failure, as it is for `Array`.
  public func inputOffset(of offset: Int) -> Int {
    let (p, q, c) = (geometry.vertical.output, geometry.horizontal.output, geometry.channels)
    precondition(0 <= offset && offset < geometry.batch * p * q * c, "offset \(offset) is outside the output")
    let tap =
      Self.isNarrow(geometry)
      ? Int(base.load(fromByteOffset: offset, as: UInt8.self))
      : Int(base.load(fromByteOffset: offset * 4, as: UInt32.self))
    let (channel, column, row) = (offset % c, offset / c % q, offset / (c * q) % p)
    let window = geometry.horizontal.window
    let h = max(geometry.vertical.inputPosition(row, tap: tap / window), 0)
    let w = max(geometry.horizontal.inputPosition(column, tap: tap % window), 0)
    let image = offset / (c * q * p)
    return ((image * geometry.vertical.input + h) * geometry.horizontal.input + w) * c + channel
  }

  /// Whether a tap's number fits in a byte.
  @inline(__always) static func isNarrow(_ geometry: PoolingGeometry) -> Bool { geometry.taps <= 256 }

  /// The bytes of a place.
  @inline(__always) static func placeBytes(_ geometry: PoolingGeometry) -> Int { isNarrow(geometry) ? 1 : 4 }

  /// The first place, for kernels.
  @inline(__always) var base: UnsafeRawPointer { storage.base }

  /// Memory for writing every position of `geometry`.
  mutating func outputBase(for geometry: PoolingGeometry) throws(UnfoldError) -> UnsafeMutableRawPointer {
    let base = try storage.outputBase(byteCount: Self.byteCount(for: geometry))
    self.geometry = geometry
    return base
  }

  /// Throws unless the positions are those of `geometry`.
  func require(_ geometry: PoolingGeometry) throws(UnfoldError) { try geometry.requireSame(self.geometry) }

  private static func byteCount(for geometry: PoolingGeometry) throws(UnfoldError) -> Int {
    try geometry.outputShape.elementCount() * placeBytes(geometry)
  }
}
