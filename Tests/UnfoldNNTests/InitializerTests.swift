import Testing
import Unfold
import UnfoldNN

@Suite struct InitializerTests {
  private static let all: [Initializer] = [
    .zeros, .heNormal, .heUniform, .glorotNormal, .glorotUniform, .orthogonal(), .orthogonal(gain: 2),
    .lecunNormal(), .logits,
  ]

  @Test func aSeedMeansTheSameWeightsInFloatAndDouble() throws {
    for initializer in Self.all {
      var generators = [SeededGenerator](repeating: SeededGenerator(seed: 9), count: 3)
      let double: Tensor<Double> = try initializer.makeWeights([3, 3, 2, 5], using: &generators[0])
      let float: Tensor<Float> = try initializer.makeWeights([3, 3, 2, 5], using: &generators[1])
      let again: Tensor<Double> = try initializer.makeWeights([3, 3, 2, 5], using: &generators[2])
      #expect(double == again, "\(initializer)")
      #expect(float.elements == double.elements.map { Float($0) }, "\(initializer)")
      #expect(generators[0] == generators[1])
      let other: Tensor<Double> = try initializer.makeWeights([3, 3, 2, 5], using: &generators[0])
      #expect((other == double) == (initializer == .zeros), "\(initializer)")
    }
  }

  @Test func momentsAreTheFormulas() throws {
    // 5 * 5 * 8 = 200 inputs, 25 * 400 = 10,000 outputs reached: 80,000 numbers, so that the sample's variance is within
    // 5 standard errors (normal: 5 √(2/n) = 2.5 %) of the distribution's.
    let shape: Shape = [5, 5, 8, 400]
    let expectations: [(Initializer, variance: Double, limit: Double)] = [
      (.heNormal, 2.0 / 200, .infinity),
      (.heUniform, 2.0 / 200, (6.0 / 200).squareRoot()),
      (.glorotNormal, 2.0 / 10_200, .infinity),
      (.glorotUniform, 2.0 / 10_200, (6.0 / 10_200).squareRoot()),
      (.lecunNormal(gain: 3), 9.0 / 200, .infinity), (.logits, 0.09 / 200, .infinity),
    ]
    for (initializer, variance, limit) in expectations {
      var generator = SeededGenerator(seed: 1)
      let weights: Tensor<Double> = try initializer.makeWeights(
        shape, fanIn: 200, fanOut: 10_000, using: &generator)
      let elements = weights.elements
      let mean = elements.reduce(0, +) / Double(elements.count)
      let found = elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(elements.count)
      #expect(abs(found / variance - 1) < 0.025, "\(initializer): variance \(found), expected \(variance)")
      #expect(abs(mean) < 5 * (variance / Double(elements.count)).squareRoot(), "\(initializer): mean \(mean)")
      let largest = elements.map { abs($0) }.max() ?? 0
      #expect(largest <= limit, "\(initializer)")
      if limit.isFinite { #expect(largest > 0.999 * limit, "\(initializer)") }
    }
  }

  @Test(arguments: [[3, 3, 2, 5], [1, 1, 3, 7], [7, 7], [4, 9], [9, 4], [1, 6], [6, 1]])
  func orthogonalMatricesAre(extents: [Int]) throws {
    var generator = SeededGenerator(seed: 3)
    let weights: Tensor<Double> = try Initializer.orthogonal(gain: 3).makeWeights(Shape(extents), using: &generator)
    let columns = extents[extents.count - 1]
    let matrix = try weights.reshaped(to: [weights.count / columns, columns])
    let transpose = try matrix.transposed([1, 0])
    let gram = try matrix.shape[0] >= columns ? matrixMultiply(transpose, matrix) : matrixMultiply(matrix, transpose)
    for row in 0..<gram.shape[0] {
      for column in 0..<gram.shape[1] {
        let expected: Double = row == column ? 9 : 0
        #expect(abs(gram[row, column] - expected) < 1e-13, "\(extents) at \(row), \(column): \(gram[row, column])")
      }
    }
  }

  @Test func shapesWithoutElementsAreRefused() {
    var generator = SeededGenerator(seed: 1)
    for shape: Shape in [[], [0, 3], [3, 0], [-1, 2]] {
      #expect(throws: UnfoldError.self, "\(shape)") {
        let _: Tensor<Float> = try Initializer.heNormal.makeWeights(shape, using: &generator)
      }
    }
    #expect(throws: UnfoldError.self) {
      let _: Tensor<Float> = try Initializer.heNormal.makeWeights([3], fanIn: 0, using: &generator)
    }
    #expect(throws: UnfoldError.self) {
      let _: Tensor<Float> = try Initializer.orthogonal(gain: .nan).makeWeights([3, 3], using: &generator)
    }
  }
}
