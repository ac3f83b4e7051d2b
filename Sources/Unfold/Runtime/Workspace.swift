import Glibc

/// Scratch memory that lives as long as its context and is handed out for the length of one call.
///
/// It grows to the largest need so far and never beyond: nothing is kept per shape. An operation takes all it needs in
/// one piece, whose size its geometry publishes.
final class Workspace {
  private var base: UnsafeMutableRawPointer?
  private(set) var byteCount = 0
  private var isTaken = false

  /// A region of at least `bytes` bytes, 64-byte aligned.
  func take(_ bytes: Int) throws(UnfoldError) -> UnsafeMutableRawPointer {
    precondition(!isTaken, "one operation takes its scratch memory in one piece")
    if bytes > byteCount || base == nil {
      free(base)
      base = nil
      byteCount = 0
      let rounded = (max(bytes, 1) + 4095) & ~4095
      base = try allocateMemory(bytes: rounded, alignment: 4096)
      byteCount = rounded
    }
    guard let base else { throw .outOfMemory(bytes: bytes) }
    isTaken = true
    return base
  }

  func giveBack() { isTaken = false }

  deinit { free(base) }
}
