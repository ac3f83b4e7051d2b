import Glibc
import Unfold

/// One region of memory for all tensors of a pass.
final class Arena: @unchecked Sendable {
  // Sendable because it only owns the memory; the passes that use it never run at the same time.
  let base: UnsafeMutableRawPointer
  let bytes: Int

  init(bytes: Int) throws(UnfoldError) {
    base = try allocateMemory(bytes: bytes, alignment: 4096)
    self.bytes = bytes
  }

  deinit { free(base) }
}
