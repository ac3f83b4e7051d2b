import Glibc
import Unfold

/// How often samples of one class were taken for another.
public struct ConfusionMatrix: Hashable, Sendable {
  /// The number of classes.
  public let classes: Int
  /// The number of samples for each actual class and, within it, each predicted one.
  public private(set) var counts: [Int]

  /// A matrix of zeros.
  ///
  /// - Throws: `UnfoldError` where the machine cannot hold a matrix of that size.
  public init(classes: Int) throws(UnfoldError) {
    self.classes = max(classes, 0)
    let (count, tooMany) = self.classes.multipliedReportingOverflow(by: self.classes)
    let (bytes, tooLarge) = count.multipliedReportingOverflow(by: MemoryLayout<Int>.stride)
    guard !tooMany, !tooLarge else {
      throw .tooLarge("classes of a confusion matrix", size: "\(classes)", limit: 1 << 30)
    }
    // An array whose allocation fails ends the process, so the allocation is tried before.
    free(try allocateMemory(bytes: bytes))
    counts = [Int](repeating: 0, count: count)
  }

  /// The number of samples of class `actual` that were taken for `predicted`; 0 for a class that does not exist.
  public subscript(actual actual: Int, predicted predicted: Int) -> Int {
    guard 0..<classes ~= actual, 0..<classes ~= predicted else { return 0 }
    return counts[actual * classes + predicted]
  }

  /// The number of samples.
  public var total: Int { counts.reduce(0, +) }

  /// The number of samples that were recognised.
  public var correct: Int { (0..<classes).reduce(0) { $0 + self[actual: $1, predicted: $1] } }

  /// The part of the samples that were recognised, 0 without samples.
  public var accuracy: Double { total == 0 ? 0 : Double(correct) / Double(total) }

  /// The mean, over the classes that occur, of intersection over union: the samples of a class that were recognised,
  /// divided by those that are of it or were taken for it. 0 without samples. The measure of segmentations (Everingham
  /// et al. 2010).
  public var meanOverlap: Double {
    var (sum, seen) = (0.0, 0)
    for label in 0..<classes {
      let actual = (0..<classes).reduce(0) { $0 + self[actual: label, predicted: $1] }
      let predicted = (0..<classes).reduce(0) { $0 + self[actual: $1, predicted: label] }
      let both = self[actual: label, predicted: label]
      guard actual + predicted > 0 else { continue }
      sum += Double(both) / Double(actual + predicted - both)
      seen += 1
    }
    return seen == 0 ? 0 : sum / Double(seen)
  }

  /// Counts one sample. Classes that do not exist are not counted.
  public mutating func add(actual: Int, predicted: Int) {
    guard 0..<classes ~= actual, 0..<classes ~= predicted else { return }
    counts[actual * classes + predicted] += 1
  }
}
