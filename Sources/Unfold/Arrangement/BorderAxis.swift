/// One axis of a padding: which input position each output position copies, and the reverse. Both are computed, not
/// tabulated, so that no memory grows with the extents.
///
/// ```
/// input  a b c d, low 2, high 1           constant v v a b c d v       reflected c b a b c d c
///                                       replicated a a a b c d d        circular c d a b c d a
/// ```
struct BorderAxis: Hashable, Sendable {
  /// The input's extent.
  let input: Int
  /// The positions before it and behind it.
  let low, high: Int
  let border: BorderPadding.Border

  /// The input position that an output position takes; nil where it holds the border's own value.
  @inline(__always)
  func source(of position: Int) -> Int? {
    let own = position &- low
    if own >= 0 && own < input { return own }
    switch border {
    case .constant: return nil
    case .reflected: return own < 0 ? 0 &- own : 2 &* (input &- 1) &- own
    case .replicated: return own < 0 ? 0 : input &- 1
    case .circular: return own < 0 ? own &+ input : own &- input
    }
  }

  /// The output positions that take an input position.
  @inline(__always)
  func takers(of position: Int) -> Takers {
    let own = low &+ position
    let (before, behind) = (0..<low, low &+ input..<low &+ input &+ high)
    switch border {
    case .constant: return Takers(own: own)
    case .reflected:
      // The outermost element is not its own mirror image.
      return Takers(
        low: position == 0 ? 0..<0 : Takers.one(low &- position, in: before), own: own,
        high: position == input &- 1 ? 0..<0 : Takers.one(own &+ 2 &* (input &- 1 &- position), in: behind))
    case .replicated:
      return Takers(low: position == 0 ? before : 0..<0, own: own, high: position == input &- 1 ? behind : 0..<0)
    case .circular:
      return Takers(
        low: Takers.one(own &- input, in: before), own: own, high: Takers.one(own &+ input, in: behind))
    }
  }

  /// The input positions that are copied once only: all but those near the borders.
  var middle: Range<Int> {
    let (from, to) =
      switch border {
      case .constant: (0, input)
      case .reflected: (low > 0 ? low + 1 : 0, high > 0 ? input - 1 - high : input)
      case .replicated: (min(low, 1), input - min(high, 1))
      case .circular: (high, input - low)
      }
    return from..<max(from, to)
  }

  /// Output positions in ascending order: in the low border, the input's own, in the high border.
  struct Takers {
    var low = 0..<0
    let own: Int
    var high = 0..<0

    var count: Int { low.count &+ 1 &+ high.count }

    @inline(__always)
    func forEach(_ body: (_ position: Int) -> Void) {
      for position in low { body(position) }
      body(own)
      for position in high { body(position) }
    }

    /// A position, if it is one of a border.
    @inline(__always)
    static func one(_ position: Int, in border: Range<Int>) -> Range<Int> {
      border.contains(position) ? position..<position &+ 1 : 0..<0
    }
  }
}
