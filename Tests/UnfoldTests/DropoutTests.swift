import Testing
import UnfoldReference

@testable import Unfold

/// Dropout against its definition, its generator against the authors' known answers, and the masks against chance.
@Suite struct DropoutTests {
  /// The known answers of the authors' library for the counter and key of zeros, of ones, and of the digits of pi.
  @Test func threefryReference() {
    let known: [(counter: (UInt32, UInt32), key: (UInt32, UInt32), words: (UInt32, UInt32))] = [
      ((0, 0), (0, 0), (0x6b20_0159, 0x99ba_4efe)),
      ((.max, .max), (.max, .max), (0x1cb9_96fc, 0xbb00_2be7)),
      ((0x243f_6a88, 0x85a3_08d3), (0x1319_8a2e, 0x0370_7344), (0xc492_3a9c, 0x483d_f7a0)),
    ]
    for (counter, key, words) in known {
      #expect(Threefry(key: key).words(counter.0, counter.1) == words)
    }
  }

  @Test(arguments: [0, 0.1, 0.5, 0.9]) func reference(_ probability: Double) throws {
    var generator = SeededGenerator(seed: 81)
    let dropout = try Dropout(probability: probability, seed: 0xfeed_0000_beef)
    for count in [1, 127, 128, 129, 255, 256, 257, 2047, 2048, 2049, 40_001] {
      for step: UInt64 in [0, 1, 1 << 40] {
        let input: Tensor<Float> = try Tensor(random: [count], &generator)
        var output: Tensor<Float> = try .poisoned([count])
        try dropout.forward(input, step: step, into: &output)
        #expect(try output == dropout.reference.forward(input, step: step), "\(count) elements, step \(step)")
        var gradient: Tensor<Float> = try .poisoned([count])
        try dropout.inputGradient(input, step: step, into: &gradient)
        #expect(gradient == output, "\(count) elements, step \(step)")
        var tensor = input
        try dropout.apply(to: &tensor, step: step)
        #expect(tensor == output, "\(count) elements, step \(step)")
        let doubles = try dropout.forward(input.converted(to: Double.self), step: step).elements
        let same = zip(doubles, output.elements).allSatisfy { ($0 == 0) == ($1 == 0) }
        #expect(same, "\(count) elements, step \(step)")
      }
    }
  }

  /// The counter's upper word takes part.
  @Test func elementsBeyondTwoToTheThirtyThree() throws {
    let dropout = try Dropout(probability: 0.5, seed: 3)
    let mask = dropout.mask(step: 5, as: Float.self)
    let first = 5 << 33
    var elements = [Float](repeating: 1, count: 300)
    elements.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { mask.apply(to: base, first: first, count: 300) }
    }
    let expected = (0..<300).map { dropout.reference.isDropped(first + $0, step: 5) ? Float(0) : 2 }
    #expect(elements == expected)
  }

  /// The share that is dropped, and whether neighbouring elements, steps and seeds drop independently of each other:
  /// five standard errors.
  @Test(arguments: [0.1, 0.5, 0.8]) func masksAreRandom(_ probability: Double) throws {
    let count = 200_000
    let ones = try Tensor<Double>(repeating: 1, shape: [count])
    func dropped(_ seed: UInt64, _ step: UInt64) throws -> [Bool] {
      try Dropout(probability: probability, seed: seed).forward(ones, step: step).elements.map { $0 == 0 }
    }
    let mask = try dropped(1, 1)
    let variance = probability * (1 - probability)
    let share = Double(mask.count(where: \.self)) / Double(count)
    #expect(abs(share - probability) < 5 * (variance / Double(count)).squareRoot(), "\(share)")
    let others = [
      "next element": Array(mask.dropFirst()), "same word pair": Array(mask.dropFirst(128)),
      "next block": Array(mask.dropFirst(256)), "next step": try dropped(1, 2), "next seed": try dropped(2, 1),
      "exchanged": try dropped(0, 2),
    ]
    for (name, other) in others {
      let pairs = zip(mask, other)
      let number = Double(min(mask.count, other.count))
      let covariance = pairs.reduce(0) { sum, pair in
        sum + ((pair.0 ? 1 : 0) - probability) * ((pair.1 ? 1 : 0) - probability)
      }
      #expect(abs(covariance / number) < 5 * variance / number.squareRoot(), "\(name)")
    }
  }

  @Test func whatStaysIsEnlarged() throws {
    let dropout = try Dropout(probability: 0.75, seed: 9)
    let output = try dropout.forward(Tensor<Float>(repeating: 3, shape: [1000]), step: 0)
    #expect(Set(output.elements) == [0, 12])
    let input = try Tensor<Float>(shape: [1000]) { Float($0) }
    #expect(try Dropout(probability: 0, seed: 9).forward(input, step: 4) == input)
  }

  /// The mask is a constant of the step, so that the gradient is exact but for rounding.
  @Test func finiteDifferences() throws {
    var generator = SeededGenerator(seed: 82)
    let dropout = try Dropout(probability: 0.4, seed: 10)
    let input: Tensor<Double> = try Tensor(random: [3, 5, 7, 3], &generator)
    let weights: Tensor<Double> = try Tensor(random: input.shape, &generator)
    try expectDerivative(
      dropout.inputGradient(weights, step: 6), of: input, weights: weights, "dropout"
    ) { try dropout.forward($0, step: 6) }
  }

  @Test func nanStays() throws {
    let output = try Dropout(probability: 0.5, seed: 1).forward(Tensor<Float>(repeating: .nan, shape: [300]), step: 0)
    #expect(output.elements.allSatisfy { $0.isNaN })
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 83)
    let dropout = try Dropout(probability: 0.3, seed: 11)
    let input: Tensor<Float> = try Tensor(random: [300_001], &generator)
    try expectSameBitsForAllThreads("dropout") { context in
      var tensor = input
      try dropout.apply(to: &tensor, step: 3, context: context)
      return [tensor, try dropout.forward(input, step: 3, context: context)]
    }
  }

  /// The expectation stays, also where the probability is rounded: what stays with probability k 2^-32 is multiplied by
  /// 2^32 / k.
  @Test func scaleIsThatOfTheRoundedProbability() throws {
    for (rest, scale) in [(0x1p-32, 0x1p32), (0x1p-34, 0x1p32), (1e-15, 0x1p32), (0x1.4p-31, 0x1p31), (0.5, 2)] {
      #expect(try Dropout(probability: 1 - rest, seed: 0).scale == scale, "1 - \(rest)")
    }
    #expect(try Dropout(probability: 0x1p-40, seed: 0).scale == 1)
  }

  @Test func badArguments() throws {
    for probability in [-0.1, 1, 2, .nan, .infinity, -.infinity] {
      expectRefusal("dropout probability") { _ = try Dropout(probability: probability, seed: 0) }
    }
    // So near to 1 that the threshold would round to 2^32.
    _ = try Dropout(probability: 1 - 0x1p-50, seed: 0).forward(Tensor<Float>(zeros: [300]), step: 0)
    let dropout = try Dropout(probability: 0.5, seed: 0)
    let input = try Tensor<Float>(zeros: [4])
    var wrong = try Tensor<Float>(zeros: [5])
    expectRefusal("dropout output") { try dropout.forward(input, step: 0, into: &wrong) }
    expectRefusal("dropout output") { try dropout.inputGradient(input, step: 0, into: &wrong) }
  }
}
