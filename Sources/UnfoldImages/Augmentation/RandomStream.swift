/// Random numbers that are a function of a seed, an epoch and an image's number: the same whatever was drawn for other
/// images, in any order and on any thread.
///
/// The generator is a counter whose values are scrambled (SplitMix64: Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", 2014). Its start is the three numbers, scrambled one after another. Not for
/// cryptography.
public struct RandomStream: RandomNumberGenerator, Hashable, Sendable {
  private var counter: UInt64

  /// The stream of one image of one epoch.
  ///
  /// - Parameters:
  ///   - seed: Of the training.
  ///   - epoch: The epoch's number.
  ///   - index: The image's number.
  public init(seed: UInt64, epoch: Int, index: Int) {
    counter = 0
    for key in [seed, UInt64(truncatingIfNeeded: epoch), UInt64(truncatingIfNeeded: index)] {
      counter = Self.scrambled((counter ^ key) &+ Self.step)
    }
  }

  private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// The next 64 bits, all of them equally random.
  public mutating func next() -> UInt64 {
    counter &+= Self.step
    return Self.scrambled(counter)
  }

  static func scrambled(_ value: UInt64) -> UInt64 {
    var word = value
    word = (word ^ (word &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word &>> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word &>> 31)
  }

  /// A number equally likely anywhere in a range, the upper end excluded unless both are equal.
  mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + Double(next() &>> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
  }

  /// A whole number from 0 on, below a count of 1 or more, each equally likely but for one part in 2^64 / count.
  mutating func integer(below count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(count, 1))).high)
  }

  /// True with a probability.
  mutating func chance(_ probability: Double) -> Bool { uniform(in: 0...1) < probability }
}

/// The order of the images of an epoch: a permutation by Fisher and Yates.
///
/// - Complexity: O(count).
func shuffledOrder(count: Int, seed: UInt64, epoch: Int) -> [Int] {
  // No image has the number -1.
  var stream = RandomStream(seed: seed, epoch: epoch, index: -1)
  var order = Array(0..<count)
  for place in stride(from: count - 1, to: 0, by: -1) { order.swapAt(place, stream.integer(below: place + 1)) }
  return order
}
