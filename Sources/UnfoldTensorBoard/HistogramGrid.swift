/// TensorFlow's limits of buckets: zero, and on both sides 1e-12 and each 1.1 times the one before, below 1e20.
///
/// A bucket holds the values from the limit before it, which it includes, to its own limit. The last limit is the
/// greatest finite number.
struct HistogramGrid: Sendable {
  static let shared = HistogramGrid()

  /// The limits above zero, and infinity, so that every finite number is less than one of them.
  private let positive: [Double]
  /// For each cell of numbers, how many limits are less than the cell's first number.
  private let below: [Int]
  private let firstCell: Int

  /// The bits of a number above these are its cell. A cell's numbers differ by at most one part in 16, so that it holds
  /// no more than one limit, and a comparison with that one finds the bucket.
  private static let cellShift = UInt64(48)

  private init() {
    var limits: [Double] = []
    var limit = 1e-12
    while limit < 1e20 {
      limits.append(limit)
      limit *= 1.1
    }
    let first = Self.cell(limits[0])
    let last = Self.cell(limits[limits.count - 1])
    var below: [Int] = []
    var passed = 0
    for cell in first...last {
      let start = Double(bitPattern: UInt64(cell) << Self.cellShift)
      while passed < limits.count, limits[passed] < start { passed += 1 }
      below.append(passed)
    }
    self.below = below
    firstCell = first
    positive = limits + [.infinity]
  }

  /// Those of the negative numbers, then those of zero and the positive ones.
  var bucketCount: Int { 2 * positive.count }

  /// The upper limit of a bucket.
  func limit(_ bucket: Int) -> Double {
    let place = bucket - positive.count
    if place < 0 { return place == -1 ? 0 : -positive[-place - 2] }
    return min(positive[place], .greatestFiniteMagnitude)
  }

  /// The bucket of a finite number.
  func bucket(of value: Double) -> Int {
    let magnitude = value.magnitude
    let cell = Self.cell(magnitude) - firstCell
    var place = cell < 0 ? 0 : cell < below.count ? below[cell] : positive.count - 1
    if value < 0 {
      // A bucket includes the limit that is farther from zero here.
      if magnitude > positive[place] { place += 1 }
      return positive.count - 1 - place
    }
    if magnitude >= positive[place] { place += 1 }
    return positive.count + place
  }

  private static func cell(_ magnitude: Double) -> Int { Int(magnitude.bitPattern >> cellShift) }
}
