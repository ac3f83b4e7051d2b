import Testing

@testable import UnfoldTensorBoard

struct HistogramTests {
  /// Whole numbers of a linear congruential generator, spread over many powers of ten and both signs.
  static let values: [Float] = {
    var state: UInt64 = 1
    return (0..<20_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let fraction = Float(state >> 40) / Float(1 << 24) - 0.5
      let exponent = Int(state >> 20 & 31) - 16
      return fraction * (0..<abs(exponent)).reduce(1) { product, _ in exponent < 0 ? product / 8 : product * 8 }
    }
  }()

  @Test("sums and extremes are those of the values")
  func sums() {
    let histogram = Histogram([1, -2, 4, 0.5] as [Float])
    #expect(histogram.count == 4)
    #expect(histogram.leftOut == 0)
    #expect(histogram.minimum == -2)
    #expect(histogram.maximum == 4)
    #expect(histogram.sum == 3.5)
    #expect(histogram.sumOfSquares == 21.25)
  }

  @Test("each bucket has the values from the limit before to its own")
  func buckets() {
    let histogram = Histogram(Self.values)
    #expect(histogram.count == Self.values.count)
    var before = -Double.infinity
    for bucket in histogram.buckets {
      #expect(bucket.limit > before)
      let expected = Self.values.count { Double($0) >= before && Double($0) < bucket.limit }
      #expect(bucket.count == expected, "from \(before) to \(bucket.limit)")
      before = bucket.limit
    }
    #expect((histogram.buckets.first?.count ?? 0) > 0)
    #expect((histogram.buckets.last?.count ?? 0) > 0)
    for (first, second) in zip(histogram.buckets, histogram.buckets.dropFirst()) {
      #expect(first.count + second.count > 0, "two empty buckets before \(second.limit)")
    }
  }

  @Test("the limits are those of TensorFlow, and a limit belongs to the bucket above")
  func grid() {
    let grid = HistogramGrid.shared
    // Plain loop of TensorFlow's definition.
    var limits = [0.0]
    var limit = 1e-12
    while limit < 1e20 {
      limits = [-limit] + limits + [limit]
      limit *= 1.1
    }
    limits.append(.greatestFiniteMagnitude)
    #expect((0..<limits.count).map(grid.limit) == limits)
    #expect(grid.bucketCount == limits.count)
    for (index, limit) in limits.enumerated().dropLast() {
      #expect(grid.bucket(of: limit) == index + 1, "\(limit)")
      #expect(grid.bucket(of: limit.nextDown) == index, "below \(limit)")
      #expect(grid.bucket(of: limit.nextUp) == index + 1, "above \(limit)")
    }
    #expect(grid.bucket(of: -0.0) == grid.bucket(of: 0))
    #expect(grid.bucket(of: .leastNonzeroMagnitude) == grid.bucket(of: 0))
    #expect(grid.bucket(of: -.leastNonzeroMagnitude) == grid.bucket(of: 0) - 1)
    #expect(grid.bucket(of: .greatestFiniteMagnitude) == limits.count - 1)
    #expect(grid.bucket(of: -.greatestFiniteMagnitude) == 0)
  }

  @Test("equal values fill one bucket", arguments: [0, 0.1, -3, 1e-30, 1e30, -1e30] as [Float])
  func constant(_ value: Float) {
    let histogram = Histogram([Float](repeating: value, count: 2500))
    #expect(histogram.minimum == Double(value))
    #expect(histogram.maximum == Double(value))
    #expect(histogram.buckets.map(\.count) == [2500])
  }

  @Test("no values, no buckets")
  func empty() {
    #expect(Histogram([] as [Float]) == Histogram([] as [Double]))
    #expect(Histogram([] as [Float]).buckets.isEmpty)
    #expect(Histogram([] as [Float]).minimum == 0)
  }

  @Test("what is not finite is left out and counted")
  func notFinite() {
    let histogram = Histogram([.nan, 1, .infinity, -.infinity, 2] as [Float])
    #expect(histogram.leftOut == 3)
    #expect(histogram.count == 2)
    #expect(histogram.sum == 3)
    #expect(histogram.maximum == 2)
    #expect(Histogram([Double.nan]).leftOut == 1)
    #expect(Histogram([Double.nan]).buckets.isEmpty)
  }
}
