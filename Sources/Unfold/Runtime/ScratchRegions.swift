/// The layout of one piece of scratch memory: regions one after the other, each beginning on a cache line.
struct ScratchRegions: Sendable {
  /// The bytes of all regions so far.
  private(set) var bytes = 0

  /// Reserves `count` elements after the regions so far.
  mutating func reserve<Element>(_ count: Int, of type: Element.Type) -> ScratchRegion<Element> {
    let region = ScratchRegion<Element>(offset: bytes)
    bytes += (count * MemoryLayout<Element>.stride + 63) & ~63
    return region
  }
}

/// One region of a piece of scratch memory.
struct ScratchRegion<Element>: Sendable {
  fileprivate let offset: Int

  /// The first element, uninitialised.
  @inline(__always)
  func base(in scratch: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Element> {
    (scratch + offset).assumingMemoryBound(to: Element.self)
  }
}
