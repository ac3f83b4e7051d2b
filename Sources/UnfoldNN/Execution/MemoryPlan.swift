/// The places of a pass's buffers in one arena: buffers that are never alive at the same time may share memory.
///
/// Greedy by size (Pisarchyk and Lee 2020): the largest buffer first, each at the lowest place that is free during its
/// lifetime. For the networks of the zoo this comes within a few percent of the largest sum of buffers alive at one
/// time.
struct MemoryPlan {
  /// A buffer before it has a place: alive from one step to another, both included.
  struct Buffer {
    let bytes: Int
    var life: ClosedRange<Int>
  }

  /// Where each buffer begins, in bytes, a multiple of ``alignment``.
  let offsets: [Int]
  /// The arena's size.
  let bytes: Int
  /// The largest sum of buffers that are alive at one time: no plan needs less.
  let lowerBound: Int

  static let alignment = 64

  init(_ buffers: [Buffer]) {
    let sizes = buffers.map { ($0.bytes + Self.alignment - 1) / Self.alignment * Self.alignment }
    var offsets = [Int](repeating: 0, count: buffers.count)
    var placed: [Int] = []
    var end = 0
    // Equal sizes in the order of their numbers, so that the plan is the same in every run.
    for index in buffers.indices.sorted(by: { (sizes[$1], $0) < (sizes[$0], $1) }) {
      let neighbours = placed.filter { buffers[$0].life.overlaps(buffers[index].life) }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for neighbour in neighbours {
        if offsets[neighbour] >= offset + sizes[index] { break }
        offset = max(offset, offsets[neighbour] + sizes[neighbour])
      }
      offsets[index] = offset
      placed.append(index)
      end = max(end, offset + sizes[index])
    }
    self.offsets = offsets
    bytes = end
    var changes: [Int: Int] = [:]
    for (buffer, size) in zip(buffers, sizes) {
      changes[buffer.life.lowerBound, default: 0] += size
      changes[buffer.life.upperBound + 1, default: 0] -= size
    }
    var (alive, most) = (0, 0)
    for step in changes.keys.sorted() {
      alive += changes[step] ?? 0
      most = max(most, alive)
    }
    lowerBound = most
  }
}
