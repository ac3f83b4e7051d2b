import Glibc

/// The memory of a tensor: 64-byte aligned, so that a vector load of any width never splits a cache line, and owned
/// by one or, between a copy and the next write, by several tensors.
final class TensorStorage<Scalar: TensorScalar>: @unchecked Sendable {
  // Sendable because a tensor writes only to storage that it owns alone (copy on write).
  let base: UnsafeMutablePointer<Scalar>
  let count: Int
  /// The owner of the memory; nil if the storage owns it itself.
  private let owner: AnyObject?

  static var alignment: Int { 64 }

  /// Uninitialised memory for `count` elements.
  init(uninitialized count: Int) throws(UnfoldError) {
    self.count = count
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    guard !overflow else { throw .tooLarge("bytes of a tensor", size: "more than an Int holds", limit: .max) }
    base = try allocateMemory(bytes: bytes, alignment: Self.alignment).bindMemory(
      to: Scalar.self, capacity: max(count, 1))
    owner = nil
  }

  /// Memory that belongs to `owner`, which is kept alive.
  init(viewing memory: UnsafeMutableRawPointer, count: Int, owner: AnyObject) {
    self.count = count
    base = memory.bindMemory(to: Scalar.self, capacity: max(count, 1))
    self.owner = owner
  }

  deinit { if owner == nil { free(base) } }
}
