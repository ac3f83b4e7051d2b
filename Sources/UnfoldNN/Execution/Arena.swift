import Glibc
import Unfold

/// One region of memory for all tensors of a pass.
final class Arena: @unchecked Sendable {
  // Sendable because it only owns the memory; passes that use it take turns.
  let base: UnsafeMutableRawPointer
  let bytes: Int

  init(bytes: Int) throws(UnfoldError) {
    base = try allocateMemory(bytes: bytes, alignment: 4096)
    self.bytes = bytes
  }

  deinit { free(base) }
}
