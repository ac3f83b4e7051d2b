import Glibc
import Unfold

/// One region of memory for all tensors of a pass.
final class Arena: @unchecked Sendable {
  // Sendable because it only owns the memory; passes that use it take turns.
  let base: UnsafeMutableRawPointer
  let bytes: Int

  init(bytes: Int) throws(UnfoldError) {
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, 4096, max(bytes, 1)) == 0, let memory else { throw .outOfMemory(bytes: bytes) }
    base = memory
    self.bytes = bytes
  }

  deinit { free(base) }
}
