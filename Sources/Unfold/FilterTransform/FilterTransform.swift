/// A fixed linear map of filters: every tap of the result is a weighted sum of taps of the source, the same for all
/// channels. A rotated, scaled or mirrored copy of a shared filter is such a map. Its gradient is computed by the
/// transpose, which is such a map too.
///
/// ```swift
/// let rotation = try FilterTransform.rotation(of: 5, degrees: 30)
/// let rotated = try rotation.forward(filter)                                  // [5, 5, C, K]
/// let filterGradient = try rotation.filterGradient(rotatedGradient)           // [5, 5, C, K]
/// ```
///
/// With taps numbered in row-major order, t of R' x S' and s of R x S:
///
/// ```
/// forward           output[t, c, k] = sum over s of weight[t, s] filter[s, c, k]
/// filterGradient    filterGradient[s, c, k] = sum over t of weight[t, s] outputGradient[t, c, k]
/// ```
///
/// Source: the lecture's outline, "Transposition, scaling, rotation and deformation invariance": a filter is applied
/// under every transform of a set, and the transforms share its weights.
public struct FilterTransform: Hashable, Sendable {
  /// One weight of the map that is not zero.
  public struct Entry: Hashable, Sendable, Codable {
    /// The tap of the result, `row * width + column`.
    public let target: Int
    /// The tap of the source, likewise.
    public let source: Int
    /// What the source is multiplied by.
    public let weight: Double

    /// An entry; ``FilterTransform/init(from:to:entries:)`` checks it.
    public init(target: Int, source: Int, weight: Double) {
      self.target = target
      self.source = source
      self.weight = weight
    }
  }

  /// R and S of the filters it takes.
  public let source: Extent
  /// R' and S' of the filters it gives.
  public let target: Extent
  /// The weights, in the order of the targets, then of the sources; each pair of taps once, no weight zero.
  public let entries: [Entry]

  let sumsOfTargets, sumsOfSources: TapSums

  /// The most taps of a window, 1024 x 1024: a map has tables of as many numbers, which are made before any filter is.
  public static let mostTaps = 1 << 20

  /// A validated map.
  ///
  /// - Parameters:
  ///   - source: R and S of the filters it takes.
  ///   - target: R' and S' of the filters it gives.
  ///   - entries: The weights in any order. Several of one pair of taps add up.
  /// - Throws: ``UnfoldError`` for extents below 1, more than ``mostTaps``, taps outside the windows, and weights that
  ///   are not finite.
  public init(from source: Extent, to target: Extent, entries: [Entry]) throws(UnfoldError) {
    let limit = Int(Int32.max)
    for (name, window) in [("source", source), ("target", target)] {
      try require("height of the \(name) window", window.height, in: 1...limit, or: "1 to \(limit)")
      try require("width of the \(name) window", window.width, in: 1...limit, or: "1 to \(limit)")
      let taps = window.height * window.width
      guard taps <= Self.mostTaps else {
        throw .tooLarge("taps of the \(name) window", size: "\(taps)", limit: Self.mostTaps)
      }
    }
    let (sources, targets) = (source.height * source.width, target.height * target.width)
    for entry in entries {
      try require("target tap", entry.target, in: 0...targets - 1, or: "0 to \(targets - 1)")
      try require("source tap", entry.source, in: 0...sources - 1, or: "0 to \(sources - 1)")
      guard entry.weight.isFinite else {
        throw .invalidArgument("weight of a tap", expected: "a finite number", found: entry.weight.messageText)
      }
    }
    self.source = source
    self.target = target
    self.entries = Self.merged(entries)
    sumsOfTargets = TapSums(self.entries, taps: targets, of: \.target, from: \.source)
    sumsOfSources = TapSums(self.entries, taps: sources, of: \.source, from: \.target)
  }

  /// Sorted, with the weights of equal pairs added and zeros left out.
  private static func merged(_ entries: [Entry]) -> [Entry] {
    let sorted = entries.enumerated().sorted {
      // The number last, so that weights add up in the order given.
      ($0.element.target, $0.element.source, $0.offset) < ($1.element.target, $1.element.source, $1.offset)
    }
    var merged: [Entry] = []
    for (_, entry) in sorted {
      if let last = merged.last, last.target == entry.target, last.source == entry.source {
        merged[merged.count - 1] = Entry(
          target: last.target, source: last.source, weight: last.weight + entry.weight)
      } else {
        merged.append(entry)
      }
    }
    return merged.filter { $0.weight != 0 }
  }
}

/// For each tap of one side the taps of the other that it sums up.
struct TapSums: Hashable, Sendable {
  /// Where the terms of each tap begin, and, last, where they end.
  let starts: [Int]
  /// The taps that are summed.
  let taps: [Int]
  /// What they are multiplied by.
  let weights: [Double]

  init(
    _ entries: [FilterTransform.Entry], taps count: Int, of side: KeyPath<FilterTransform.Entry, Int>,
    from other: KeyPath<FilterTransform.Entry, Int>
  ) {
    let sorted = entries.sorted { ($0[keyPath: side], $0[keyPath: other]) < ($1[keyPath: side], $1[keyPath: other]) }
    taps = sorted.map { $0[keyPath: other] }
    weights = sorted.map(\.weight)
    var starts = [Int](repeating: 0, count: count + 1)
    for entry in sorted { starts[entry[keyPath: side] + 1] += 1 }
    for tap in 0..<count { starts[tap + 1] += starts[tap] }
    self.starts = starts
  }
}
