import Foundation
import Testing

@testable import Unfold

@Suite("SeededGenerator")
struct SeededGeneratorTests {
  @Test("xoshiro256** gives the outputs that its authors' program gives for the state 1, 2, 3, 4")
  func xoshiroReference() throws {
    var generator = try SeededGenerator(state: [1, 2, 3, 4])
    let expected: [UInt64] = [
      11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
      16_172_922_978_634_559_625, 8_476_171_486_693_032_832, 10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
    ]
    #expect((0..<10).map { _ in generator.next() } == expected)
  }

  @Test("SplitMix64 gives the outputs that its author's program gives for the seed 1234567")
  func splitMixReference() {
    var counter = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect((0..<5).map { _ in counter.next() } == expected)
    var seeded = SplitMix64(seed: 99)
    #expect(SeededGenerator(seed: 99).state == (0..<4).map { _ in seeded.next() })
  }

  @Test("a state that was written down and read again continues the sequence")
  func statePersists() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<100 { _ = generator.next() }
    var decoded = try JSONDecoder().decode(SeededGenerator.self, from: JSONEncoder().encode(generator))
    var restored = try SeededGenerator(state: generator.state)
    #expect(decoded == generator)
    for _ in 0..<100 {
      let expected = generator.next()
      #expect(decoded.next() == expected)
      #expect(restored.next() == expected)
    }
  }

  @Test(
    "states that cannot run are refused", arguments: [[], [1, 2, 3], [0, 0, 0, 0], [1, 2, 3, 4, 5]] as [[UInt64]])
  func invalidStates(state: [UInt64]) throws {
    #expect(throws: UnfoldError.self) { try SeededGenerator(state: state) }
    let written = try JSONEncoder().encode(state)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(SeededGenerator.self, from: written) }
  }

  @Test("keys give independent generators, whatever their order and size")
  func keys() {
    var states = Set<SeededGenerator>()
    for seed in UInt64(0)..<10 {
      states.insert(SeededGenerator(seed: seed))
      for epoch in UInt64(0)..<10 {
        states.insert(SeededGenerator(seed: seed, keys: epoch))
        for sample in UInt64(0)..<10 { states.insert(SeededGenerator(seed: seed, keys: epoch, sample)) }
      }
    }
    #expect(states.count == 10 + 100 + 1000)
    #expect(SeededGenerator(seed: 3, keys: 4, 5) == SeededGenerator(seed: 3, keys: 4, 5))
  }

  @Test("uniform numbers stay in 0 ..< 1 and have the moments of the uniform distribution")
  func uniform() {
    var generator = SeededGenerator(seed: 1)
    var twin = generator
    let count = 100_000
    var sum = 0.0
    var squares = 0.0
    for _ in 0..<count {
      let double = generator.uniform(as: Double.self)
      let float: Float = twin.uniform()
      #expect(0 <= double && double < 1 && 0 <= float && float < 1)
      #expect(Double(float) <= double && double - Double(float) < 0x1p-24)
      sum += double
      squares += double * double
    }
    // Five standard errors: the mean's is sqrt(1/12/n), that of the mean square sqrt(4/45/n).
    #expect(abs(sum / Double(count) - 1.0 / 2) < 5 * (1.0 / 12 / Double(count)).squareRoot())
    #expect(abs(squares / Double(count) - 1.0 / 3) < 5 * (4.0 / 45 / Double(count)).squareRoot())
  }

  @Test("normal numbers have the first four moments of the normal distribution")
  func normal() {
    var generator = SeededGenerator(seed: 2)
    var twin = generator
    let count = 100_000
    var moments = [0.0, 0, 0, 0]
    for _ in 0..<count {
      let value = generator.normal(as: Double.self)
      #expect(twin.normal(as: Float.self) == Float(value))
      for power in 1...4 { moments[power - 1] += pow(value, Double(power)) / Double(count) }
    }
    // The variance of x^p is E[x^2p] - E[x^p]^2: 1, 2, 15 and 96.
    for (moment, (expected, variance)) in zip(moments, [(0.0, 1.0), (1, 2), (0, 15), (3, 96)]) {
      #expect(abs(moment - expected) < 5 * (variance / Double(count)).squareRoot(), "\(moments)")
    }
  }

  @Test("integers reach both ends, are equally frequent, and extreme ranges do not trap")
  func integers() {
    var generator = SeededGenerator(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.integer(in: -3...3) + 3] += 1 }
    // Chi-squared with 6 degrees of freedom exceeds 27.9 once in 10,000 times.
    let chiSquared = counts.reduce(0.0) { $0 + pow(Double($1 - 10_000), 2) / 10_000 }
    #expect(chiSquared < 27.9, "\(counts)")
    #expect(generator.integer(in: 5...5) == 5)
    for _ in 0..<100 {
      _ = generator.integer(in: .min ... .max)
      #expect(generator.integer(in: .min ... -1) < 0)
      #expect(generator.integer(in: 0 ... .max) >= 0)
    }
  }

  @Test("a shuffle is a permutation, a function of the seed, and the same for ever")
  func shuffle() {
    var generator = SeededGenerator(seed: 4)
    let order = generator.permutation(of: 1000)
    #expect(order != Array(0..<1000))
    #expect(order.sorted() == Array(0..<1000))
    var again = SeededGenerator(seed: 4)
    #expect(again.permutation(of: 1000) == order)
    #expect(generator.permutation(of: 1) == [0])
    #expect(generator.permutation(of: 0) == [])
    #expect(generator.permutation(of: -1) == [])
    var elements = ["a", "b", "c"]
    generator.shuffle(&elements)
    #expect(elements.sorted() == ["a", "b", "c"])
  }

  @Test("each of the 24 orders of four elements is equally frequent")
  func shuffleIsFair() {
    var generator = SeededGenerator(seed: 5)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[generator.permutation(of: 4), default: 0] += 1 }
    // Chi-squared with 23 degrees of freedom exceeds 56 once in 10,000 times.
    let chiSquared = counts.values.reduce(0.0) { $0 + pow(Double($1 - 1000), 2) / 1000 }
    #expect(counts.count == 24)
    #expect(chiSquared < 56, "\(counts)")
  }
}
