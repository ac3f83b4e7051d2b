import Glibc

/// Allocates uninitialised memory, to be released with `free`.
///
/// Large regions begin on a boundary of 2 MiB and request huge pages (`madvise`): the TLB holds the addresses of some
/// thousand pages, which with 4 KiB each would cover less than the caches. It makes training steps and inference 3 to 5
/// % faster.
///
/// - Parameters:
///   - bytes: The size.
///   - alignment: A power of two; that of a cache line at least.
/// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
package func allocateMemory(bytes: Int, alignment: Int = 64) throws(UnfoldError) -> UnsafeMutableRawPointer {
  let hugePage = 2 << 20
  let isLarge = bytes >= 2 * hugePage
  var memory: UnsafeMutableRawPointer?
  guard posix_memalign(&memory, isLarge ? hugePage : alignment, max(bytes, 1)) == 0, let memory else {
    throw .outOfMemory(bytes: bytes)
  }
  // Whole pages only, so that no more memory is resident than was requested. On a system without huge pages the call
  // fails, which changes nothing.
  if isLarge { _ = madvise(memory, bytes / hugePage * hugePage, MADV_HUGEPAGE) }
  return memory
}
