import Testing

@testable import Unfold
@testable import UnfoldReference

/// Values and derivatives far out, where they are tiny or nearly 1: computed with 40 digits (mpmath).
@Suite struct ActivationTailTests {
  struct Point: Sendable {
    let z, value, derivative: Double
    init(_ z: Double, _ value: Double, _ derivative: Double) {
      (self.z, self.value, self.derivative) = (z, value, derivative)
    }
  }

  static let points: [(activation: Activation, points: [Point])] = [
    (
      .gelu,
      [
        Point(-4, -0.00012668496733247969, -0.00050364966122642149),
        Point(-5.5, -1.0444259356238246e-7, -5.7334723987399248e-7),
        Point(-6, -5.9195258702261888e-9, -3.5468709453902015e-8),
        Point(-8.5, -8.0576045988728206e-17, -6.8465049386970843e-16),
        Point(-10, -7.6198530241605261e-23, -7.6184000964648141e-22),
        Point(-12, -2.1317785344932148e-32, -2.5578956616748956e-31),
        Point(-12.875, -4.0066407735949977e-37, -5.1581853784761257e-36),
        Point(6, 5.9999999940804741, 1.0000000354687095),
      ]
    ),
    (
      .silu,
      [
        Point(-20, -4.1223072363804072e-8, -3.9161918660646783e-8),
        Point(-40, -1.6993417021166356e-16, -1.6568581595637197e-16),
        Point(-80, -1.4438811102763321e-33, -1.425832596397878e-33),
        Point(20, 19.999999958776928, 1.0000000391619187),
      ]
    ),
    (
      .sigmoid,
      [
        Point(-80, 1.8048513878454152e-35, 1.8048513878454152e-35),
        Point(-20, 2.0611536181902036e-9, 2.0611536139418493e-9),
        Point(17, 0.99999995860062453, 4.1399373760035016e-8),
        Point(20, 0.99999999793884638, 2.0611536139418493e-9),
        Point(80, 1, 1.8048513878454152e-35),
      ]
    ),
    (
      .tanh,
      [
        Point(-40, -1, 7.2194055513816607e-35), Point(-20, -1, 1.6993417021166356e-17),
        Point(-9.5, -0.99999998879440719, 2.2411185499018449e-8),
        Point(10, 0.99999999587769276, 8.2446144557673974e-9), Point(20, 1, 1.6993417021166356e-17),
      ]
    ),
    (
      .softplus,
      [
        Point(-80, 1.8048513878454152e-35, 1.8048513878454152e-35),
        Point(-20, 2.0611536203143807e-9, 2.0611536181902036e-9),
        Point(-17, 4.1399376330897474e-8, 4.1399375473943306e-8), Point(20, 20.000000002061154, 0.99999999793884638),
      ]
    ),
    (
      .elu(alpha: 1.5),
      [
        Point(-80, -1.5, 2.7072770817681228e-35), Point(-20, -1.4999999969082696, 3.0917304336578367e-9),
        Point(-17, -1.4999999379009342, 6.20990657817775e-8),
      ]
    ),
    // Near the corners; the numbers are exact in Float.
    (.hardSigmoid, [Point(-2.9990234375, 0.00016276041666666666, 1.0 / 6), Point(2.5, 5.5 / 6, 1.0 / 6)]),
    (
      .hardSwish,
      [
        Point(-2.9990234375, -0.00048812230428059894, -0.49967447916666669),
        Point(-1.5009765625, -0.37499984105428058, -0.00032552083333333332), Point(2.5, 13.75 / 6, 8.0 / 6),
      ]
    ),
  ]

  private func check<Scalar: TensorScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    for (activation, points) in Self.points {
      let shape: Shape = [points.count]
      let z = try Tensor<Scalar>(doubles: points.map(\.z), shape: shape)
      var y = try Tensor<Scalar>.poisoned(shape)
      try activation.forward(z, into: &y)
      var dz = try Tensor<Scalar>.poisoned(shape)
      try activation.inputGradient(Tensor(repeating: 1, shape: shape), input: z, into: &dz)
      for (point, (value, derivative)) in zip(points, zip(y.elements, dz.elements)) {
        let test = "\(activation) \(Scalar.self) at \(point.z)"
        #expect(abs(Double(value) - point.value) <= tolerance * abs(point.value), "\(test): \(value)")
        #expect(
          abs(Double(derivative) - point.derivative) <= tolerance * abs(point.derivative), "\(test): f' \(derivative)")
        // The reference module is judged by the same numbers.
        let exact = activation.reference
        #expect(abs(exact.value(point.z) - point.value) <= 1e-13 * abs(point.value), "\(test), reference")
        #expect(
          abs(exact.derivative(point.z) - point.derivative) <= 1e-13 * abs(point.derivative), "\(test), reference")
      }
    }
  }

  @Test func digitsAreKept() throws {
    try check(Float.self, tolerance: 1e-6)
    try check(Double.self, tolerance: 1e-13)
  }

  /// Where y keeps its digits, the derivative from y does too.
  @Test func digitsAreKeptFromTheOutput() throws {
    for (activation, points) in Self.points where [.sigmoid, .softplus].contains(activation) {
      let near = points.filter { $0.z < 0 }
      let y = try Tensor<Float>(doubles: near.map(\.value), shape: [near.count])
      let dz = try activation.inputGradient(Tensor(repeating: 1, shape: y.shape), output: y).elements
      for (point, derivative) in zip(near, dz) {
        #expect(
          abs(Double(derivative) - point.derivative) <= 1e-6 * point.derivative,
          "\(activation) \(point.z): \(derivative)")
      }
    }
  }
}
