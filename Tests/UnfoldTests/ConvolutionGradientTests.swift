import Testing
import Unfold

/// The gradients against finite differences of the forward pass, in Double.
@Suite struct ConvolutionGradientTests {
  @Test func everyGradientIsTheSlopeOfTheForwardPass() throws {
    var geometries = RandomGeometry(generator: SeededGenerator(seed: 3))
    var judged = 0
    while judged < 60 {
      let geometry = geometries.next()
      guard geometry.operations < 20_000 else { continue }
      judged += 1
      try expectSlopes(geometry, .tanh, seed: UInt64(judged)) { y in 1 - y * y }
    }
  }

  @Test func theGradientsOfATransposedConvolutionAreItsSlopes() throws {
    for (stride, extra) in [(1, 0), (2, 0), (2, 1), (3, 2)] {
      let geometry = try TransposedConvolutionGeometry(
        input: [2, 3, 4, 4], filters: 6, window: Extent(3, 2), stride: Extent(stride, stride),
        padding: .symmetric(1, 0), outputPadding: Extent(extra, extra), dilation: Extent(1, 2), groups: 2)
      try expectSlopes(geometry, .sigmoid, seed: 5) { y in y * (1 - y) }
    }
  }

  /// Expects the slopes of `loss = sum of weights * f(z)`, whose gradient with respect to y = f(z) is the weights;
  /// `derivative` gives f'(z) by y.
  private func expectSlopes(
    _ geometry: some FilterGeometry, _ activation: Activation, seed: UInt64, derivative: (Double) -> Double
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let x = try Tensor<Double>(random: geometry.inputShape, &generator)
    let w = try Tensor<Double>(random: geometry.filterShape, &generator)
    let b = try Tensor<Double>(random: geometry.biasShape, &generator)
    let weights = try Tensor<Double>(random: geometry.outputShape, &generator)
    func forward(_ x: Tensor<Double>, _ w: Tensor<Double>, _ b: Tensor<Double>) throws -> [Double] {
      try geometry.forward(x, filter: w, bias: b, activation: activation, context: .shared).elements
    }
    func loss(_ x: Tensor<Double>, _ w: Tensor<Double>, _ b: Tensor<Double>) throws -> Double {
      zip(try forward(x, w, b), weights.elements).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let y = try forward(x, w, b)
    let dz = try Tensor<Double>(shape: geometry.outputShape) { weights.elements[$0] * derivative(y[$0]) }
    let dx = try geometry.inputGradient(dz, filter: w, context: .shared)
    let dw = try geometry.filterGradient(x, outputGradient: dz, context: .shared)
    let db = try geometry.biasGradient(dz, context: .shared)
    try expectSlope(geometry, "input", dx, at: x) { try loss($0, w, b) }
    try expectSlope(geometry, "filter", dw, at: w) { try loss(x, $0, b) }
    try expectSlope(geometry, "bias", db, at: b) { try loss(x, w, $0) }
  }

  @Test func theGradientsOfADenseLayerAreItsSlopes() throws {
    let geometry = try DenseGeometry(batch: 3, inputs: 10, outputs: 7)
    var generator = SeededGenerator(seed: 6)
    let x = try Tensor<Double>(random: [3, 1, 5, 2], &generator)
    let w = try Tensor<Double>(random: geometry.weightsShape, &generator)
    let b = try Tensor<Double>(random: geometry.biasShape, &generator)
    let dz = try Tensor<Double>(random: geometry.outputShape, &generator)
    func loss(_ x: Tensor<Double>, _ w: Tensor<Double>, _ b: Tensor<Double>) throws -> Double {
      zip(try geometry.forward(x, weights: w, bias: b).elements, dz.elements).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var inputGradient = try Tensor<Double>.poisoned(x.shape)
    try geometry.inputGradient(dz, weights: w, into: &inputGradient)
    try expectSlope(geometry, "input", inputGradient, at: x) { try loss($0, w, b) }
    try expectSlope(geometry, "weights", try geometry.weightsGradient(x, outputGradient: dz), at: w) {
      try loss(x, $0, b)
    }
    try expectSlope(geometry, "bias", try geometry.biasGradient(dz), at: b) { try loss(x, w, $0) }
  }

  /// Central differences at up to 24 elements, within 1e-6 of the gradient's largest element.
  private func expectSlope(
    _ geometry: some Any, _ name: String, _ gradient: Tensor<Double>, at point: Tensor<Double>,
    _ loss: (Tensor<Double>) throws -> Double
  ) throws {
    let step = 1e-5
    let scale = max(1e-3, gradient.elements.map(abs).max() ?? 0)
    for index in Swift.stride(from: 0, to: point.count, by: max(1, point.count / 24)) {
      func moved(_ distance: Double) throws -> Tensor<Double> {
        var elements = point.elements
        elements[index] += distance
        return try Tensor(elements, shape: point.shape)
      }
      let slope = (try loss(moved(step)) - loss(moved(-step))) / (2 * step)
      #expect(
        abs(slope - gradient.elements[index]) <= 1e-6 * scale, "\(name) gradient, element \(index) of \(geometry)")
    }
  }
}
