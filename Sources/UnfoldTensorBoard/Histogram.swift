/// How many values lie in each of a row of buckets, with their extremes and sums.
///
/// The buckets are those of TensorFlow 1 (`tensorflow/core/lib/histogram/histogram.cc`): see `HistogramGrid`. Only the
/// buckets from the smallest to the greatest value are kept, and empty buckets in between are joined. The first bucket
/// begins with the smallest value: TensorBoard's fast loader would draw an empty one before it backwards. The result is
/// short, a few hundred buckets for the weights of a layer, and histograms of different steps have the same limits.
public struct Histogram: Hashable, Sendable {
  /// Counts the values from the limit of the bucket before to its own limit, which it does not hold.
  public struct Bucket: Hashable, Sendable {
    public var limit: Double
    public var count: Int
  }

  /// The number of values, without those that were left out.
  public private(set) var count = 0
  /// NaN and infinities, which are in no bucket and in no sum.
  public private(set) var leftOut = 0
  /// Zero if there are no values.
  public private(set) var minimum = 0.0
  /// Zero if there are no values.
  public private(set) var maximum = 0.0
  public private(set) var sum = 0.0
  public private(set) var sumOfSquares = 0.0
  /// In the order of their limits; none if there are no values.
  public private(set) var buckets: [Bucket] = []

  /// Counts values.
  @inlinable
  public init(_ values: some Sequence<some BinaryFloatingPoint>) {
    self.init(blocks: { count in
      var block: [Double] = []
      block.reserveCapacity(Self.blockLength)
      for value in values {
        block.append(Double(value))
        if block.count == Self.blockLength {
          count(block)
          block.removeAll(keepingCapacity: true)
        }
      }
      count(block)
    })
  }

  /// So many values are converted before they are counted: the conversion is compiled for the caller's type, the rest
  /// once.
  @usableFromInline static let blockLength = 1024

  /// Counts the values of the blocks that `body` passes on.
  @usableFromInline
  init(blocks body: ((_ block: [Double]) -> Void) -> Void) {
    let grid = HistogramGrid.shared
    var counts = [Int](repeating: 0, count: grid.bucketCount)
    var least = Double.infinity
    var greatest = -Double.infinity
    body { block in
      for value in block {
        guard value.isFinite else {
          leftOut += 1
          continue
        }
        least = min(least, value)
        greatest = max(greatest, value)
        sum += value
        sumOfSquares += value * value
        counts[grid.bucket(of: value)] += 1
      }
    }
    count = counts.reduce(0, +)
    guard count > 0, let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 })
    else { return }
    minimum = least
    maximum = greatest
    for index in first...last {
      let bucket = Bucket(limit: grid.limit(index), count: counts[index])
      if bucket.count == 0, buckets.last?.count == 0 {
        buckets[buckets.count - 1] = bucket
      } else {
        buckets.append(bucket)
      }
    }
  }
}
