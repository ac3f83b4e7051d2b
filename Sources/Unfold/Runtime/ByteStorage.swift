import Glibc

/// Bytes, a value: copies are independent, and share their memory until one of them is written. The memory comes from
/// ``allocateMemory(bytes:alignment:)`` and can be refused with an error, where an array of that size would end the process.
struct ByteStorage: Sendable {
  private var memory: Memory

  /// Bytes that are all 0.
  init(zeros byteCount: Int) throws(UnfoldError) {
    memory = try Memory(byteCount: byteCount)
    memory.base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  var byteCount: Int { memory.byteCount }

  /// The first byte, for kernels.
  @inline(__always) var base: UnsafeRawPointer { UnsafeRawPointer(memory.base) }

  /// Memory of its own to write every byte to, whatever it held; so many bytes from then on.
  mutating func outputBase(byteCount: Int) throws(UnfoldError) -> UnsafeMutableRawPointer {
    if !isKnownUniquelyReferenced(&memory) || memory.byteCount != byteCount {
      memory = try Memory(byteCount: byteCount)
    }
    return memory.base
  }

  private final class Memory: @unchecked Sendable {
    // Sendable because it is written only where one value owns it alone.
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// Uninitialised bytes.
    init(byteCount: Int) throws(UnfoldError) {
      self.byteCount = byteCount
      base = try allocateMemory(bytes: byteCount)
    }

    deinit { free(base) }
  }
}
