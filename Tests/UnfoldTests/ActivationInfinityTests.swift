import Testing
import UnfoldReference

@testable import Unfold

/// Values and derivatives at ±infinity and at the largest finite numbers: the limits, which are exact.
@Suite struct ActivationInfinityTests {
  struct Limits: Sendable {
    let activation: Activation
    /// f and f' at infinity and at -infinity; nil where f is infinite.
    let high, low: Double?
    let slopes: (high: Double, low: Double)
    init(_ activation: Activation, _ high: Double?, _ low: Double?, slopes: (high: Double, low: Double)) {
      (self.activation, self.high, self.low, self.slopes) = (activation, high, low, slopes)
    }
  }

  static let limits = [
    Limits(.identity, nil, nil, slopes: (1, 1)), Limits(.relu, nil, 0, slopes: (1, 0)),
    Limits(.leakyRelu(slope: 0.5), nil, nil, slopes: (1, 0.5)), Limits(.leakyRelu(slope: 0), nil, 0, slopes: (1, 0)),
    Limits(.elu(alpha: 2), nil, -2, slopes: (1, 0)), Limits(.elu(alpha: -0.5), nil, 0.5, slopes: (1, 0)),
    Limits(.elu(alpha: 0), nil, 0, slopes: (1, 0)),
    Limits(.gelu, nil, 0, slopes: (1, 0)), Limits(.silu, nil, 0, slopes: (1, 0)),
    Limits(.sigmoid, 1, 0, slopes: (0, 0)), Limits(.tanh, 1, -1, slopes: (0, 0)),
    Limits(.softplus, nil, 0, slopes: (1, 0)), Limits(.relu6, 6, 0, slopes: (0, 0)),
    Limits(.hardSigmoid, 1, 0, slopes: (0, 0)), Limits(.hardSwish, nil, 0, slopes: (1, 0)),
  ]

  /// What f is at a number far out, where it is its limit or grows in proportion.
  private func value<Scalar: TensorScalar>(_ limits: Limits, at z: Scalar) -> Scalar {
    guard let limit = z > 0 ? limits.high : limits.low else { return z * (z > 0 ? 1 : Scalar(limits.slopes.low)) }
    return Scalar(limit)
  }

  /// Every place of a vector and of its remainder has each of the four numbers in one of the tensors.
  private func check<Scalar: TensorScalar>(_ limits: Limits, _ type: Scalar.Type) throws {
    let activation = limits.activation
    let far: [Scalar] = [.infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]
    for rotation in 0..<4 {
      let z = try Tensor<Scalar>(shape: [39]) { far[($0 + rotation) % 4] }
      let dy = try Tensor<Scalar>(shape: [39]) { Scalar($0 % 3) - 2.5 }
      let name = "\(activation) \(Scalar.self)"
      let values = z.elements.map { value(limits, at: $0) }
      let (high, low) = (Scalar(limits.slopes.high), Scalar(limits.slopes.low))
      let gradients = zip(z.elements, dy.elements).map { z, dy in dy * (z > 0 ? high : low) }

      let y = try activation.forward(z)
      #expect(y.elements == values, "\(name)")
      var inPlace = z
      try activation.apply(to: &inPlace)
      #expect(inPlace.hasSameBits(as: y), "\(name), in place")
      let dz = try activation.inputGradient(dy, input: z)
      #expect(dz.elements == gradients, "\(name), derivative")
      var gradientInPlace = dy
      try activation.applyGradient(to: &gradientInPlace, input: z)
      #expect(gradientInPlace.hasSameBits(as: dz), "\(name), derivative in place")
      if activation.gradientFollowsFromOutput {
        #expect(try activation.inputGradient(dy, output: y).elements == gradients, "\(name), derivative from y")
      }
      let reference = activation.reference
      #expect(try reference.forward(z).elements == values, "\(name), reference")
      #expect(try reference.inputGradient(dy, input: z).elements == gradients, "\(name), reference derivative")

      // The sign of a zero, too, is that of far out.
      for i in 0..<39 where z[i].isInfinite && y[i].isZero {
        let finite = try #require(z.elements.firstIndex(of: z[i] > 0 ? far[2] : far[3]))
        #expect(y[i].sign == y[finite].sign, "\(name) at \(z[i])")
      }

      // In the same pass as a convolution: 0 and a bias.
      let geometry = try ConvolutionGeometry(input: [1, 3, 3, 2], filters: 39, window: 1, padding: .valid)
      let fused = try geometry.forward(
        Tensor(zeros: geometry.inputShape), filter: Tensor(zeros: geometry.filterShape), bias: z,
        activation: activation)
      #expect(fused.elements == [[Scalar]](repeating: values, count: 9).flatMap { $0 }, "\(name), in a convolution")
    }
  }

  @Test(arguments: limits) func areReached(_ limits: Limits) throws {
    try check(limits, Float.self)
    try check(limits, Double.self)
  }

  /// The bounds that keep infinities out of a product change no bit of what finite numbers give.
  private func compareWithPlainProducts<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    var generator = SeededGenerator(seed: 3)
    // Of every size: the exponents are uniform.
    let z = try Tensor<Scalar>(shape: [4001]) { i in
      let exponent = Int((generator.uniform(as: Double.self) - 0.5) * (Scalar.self == Float.self ? 250 : 2000))
      let significand = Scalar(1 + generator.uniform(as: Double.self))
      return Scalar(sign: i % 2 == 0 ? .plus : .minus, exponent: Scalar.Exponent(exponent), significand: significand)
    }
    let sigmoid = try Activation.sigmoid.forward(z)
    let silu = try Tensor<Scalar>(shape: z.shape) { z[$0] * sigmoid[$0] }
    #expect(try Activation.silu.forward(z).hasSameBits(as: silu))
    let gelu = try Tensor<Scalar>(shape: z.shape) { i in
      let tail = Scalar._normalTail(abs(z[i])).tail
      return z[i] * (z[i] > 0 ? 1 - tail : tail)
    }
    #expect(try Activation.gelu.forward(z).hasSameBits(as: gelu))
    let one = try Tensor<Scalar>(repeating: 1, shape: z.shape)
    let complement = try Activation.sigmoid.forward(Tensor(shape: z.shape) { -z[$0] })
    let slopes = try Tensor<Scalar>(shape: z.shape) { sigmoid[$0] * (1 + z[$0] * complement[$0]) }
    #expect(try Activation.silu.inputGradient(one, input: z).hasSameBits(as: slopes))
    let geluSlopes = try Tensor<Scalar>(shape: z.shape) { i in
      let (tail, density) = Scalar._normalTail(abs(z[i]))
      let difference = tail.addingProduct(-abs(z[i]), density)
      return z[i] > 0 ? 1 - difference : difference
    }
    #expect(try Activation.gelu.inputGradient(one, input: z).hasSameBits(as: geluSlopes))
    for slope in [0, 0.1, -0.5] {
      let leaky = try Tensor<Scalar>(shape: z.shape) { z[$0] > 0 ? z[$0] : Scalar(slope) * z[$0] }
      #expect(try Activation.leakyRelu(slope: slope).forward(z).hasSameBits(as: leaky), "\(slope)")
    }
  }

  @Test func finiteNumbersKeepTheirBits() throws {
    try compareWithPlainProducts(Float.self)
    try compareWithPlainProducts(Double.self)
  }
}
