import Glibc

/// Bytes that values share until one of them writes: memory from ``allocateMemory(bytes:alignment:)``, which can be refused
/// with an error, where an array of that size would end the process.
final class ByteStorage: @unchecked Sendable {
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
