/// A random generator with a state of 256 bits. The same seed gives the same numbers on every machine and with every
/// version of Swift, and a saved state continues where it stopped.
///
/// ```swift
/// var generator = SeededGenerator(seed: 42)
/// let noise = generator.normal(as: Float.self)
/// let order = generator.permutation(of: 60_000)
/// ```
///
/// The generator is xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021), its
/// state filled by SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014), as the
/// authors of the former recommend. Not for cryptography.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  private var word0, word1, word2, word3: UInt64

  /// A generator for a seed. Every seed, 0 too, is as good as any other.
  public init(seed: UInt64) {
    var counter = SplitMix64(seed: seed)
    word0 = counter.next()
    word1 = counter.next()
    word2 = counter.next()
    word3 = counter.next()
  }

  /// A separate generator for one item among many, such as one sample of one epoch. The `keys` are mixed into the seed
  /// one after another, so that neither neighbouring keys nor keys in another order share numbers.
  ///
  /// Overloads instead of a variadic parameter, which would allocate an array for each sample.
  public init(seed: UInt64, keys first: UInt64, _ second: UInt64? = nil, _ third: UInt64? = nil) {
    var mixed = Self.mixed(seed, first)
    if let second { mixed = Self.mixed(mixed, second) }
    if let third { mixed = Self.mixed(mixed, third) }
    self.init(seed: mixed)
  }

  /// The seed is scrambled before the key is added, else (seed 1, key 2) and (seed 2, key 1) would be the same.
  private static func mixed(_ seed: UInt64, _ key: UInt64) -> UInt64 {
    var counter = SplitMix64(seed: seed)
    return counter.next() ^ key
  }

  /// A generator that continues from a saved ``state``.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` unless there are four words, one of them not zero.
  public init(state: [UInt64]) throws(UnfoldError) {
    guard state.count == 4, state.contains(where: { $0 != 0 }) else {
      throw .invalidArgument("generator state", expected: "four words that are not all zero", found: "\(state)")
    }
    word0 = state[0]
    word1 = state[1]
    word2 = state[2]
    word3 = state[3]
  }

  /// The state, four words.
  public var state: [UInt64] { [word0, word1, word2, word3] }

  /// The next 64 bits, all of them equally random.
  public mutating func next() -> UInt64 {
    let scrambled = (word1 &* 5).rotatedLeft(by: 7) &* 9
    let shifted = word1 &<< 17
    word2 ^= word0
    word3 ^= word1
    word1 ^= word2
    word0 ^= word3
    word2 ^= shifted
    word3 = word3.rotatedLeft(by: 45)
    return scrambled
  }
}

extension SeededGenerator: Codable {
  /// Reads the four words of ``state``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let words = try container.decode([UInt64].self)
    do {
      try self.init(state: words)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  /// Writes the four words of ``state``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(state)
  }
}

/// SplitMix64: a counter in steps of the golden ratio, each value scrambled. It turns similar seeds into unrelated
/// states.
struct SplitMix64 {
  private var counter: UInt64

  init(seed: UInt64) { counter = seed }

  mutating func next() -> UInt64 {
    counter &+= 0x9e37_79b9_7f4a_7c15
    var word = counter
    word = (word ^ (word &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word &>> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word &>> 31)
  }
}

extension UInt64 {
  fileprivate func rotatedLeft(by distance: UInt64) -> UInt64 { (self &<< distance) | (self &>> (64 &- distance)) }
}
