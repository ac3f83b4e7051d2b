import Glibc
import Testing
import Unfold

/// One activation of the tests, and how its rounding errors scale.
struct ActivationCase: CustomStringConvertible, Sendable {
  let activation: Activation
  var description: String { "\(activation)" }

  static let all: [ActivationCase] = [
    .identity, .relu, .leakyRelu(slope: 0.1), .leakyRelu(slope: 0), .leakyRelu(slope: -0.5), .elu(alpha: 1),
    .elu(alpha: 1.5), .elu(alpha: -0.5), .gelu, .silu, .sigmoid, .tanh, .softplus, .relu6, .hardSigmoid,
    .hardSwish,
  ].map { ActivationCase(activation: $0) }

  static let withOutputForm = all.filter(\.activation.gradientFollowsFromOutput)

  /// What the roundings of f(z) = `value` are relative to: the value itself. A rounding of z / √2 changes gelu's tail
  /// by z² of it, which the C library's erfc sees in Double.
  func scale(_ z: Double, value: Double) -> Double { activation == .gelu ? abs(value) * gelu(z) : abs(value) }

  private func gelu(_ z: Double) -> Double { z < -6 ? z * z : 1 }

  /// What the roundings of f'(z) = `derivative` are relative to. The derivatives of gelu and silu are sums that cancel
  /// where they change sign.
  func derivativeScale(_ z: Double, derivative: Double) -> Double {
    switch activation {
    case .gelu:
      z > 0 ? 1 : (erfc(-z / 2.0.squareRoot()) / 2 - z * exp(-z * z / 2) / (2 * Double.pi).squareRoot()) * gelu(z)
    case .silu: (1 + abs(z)) / (1 + exp(-z))
    default: abs(derivative)
    }
  }
}

/// PyTorch's results, written by `Tests/Fixtures/generate_activations.py`.
struct ActivationFixtures: Decodable {
  struct Elementwise: Decodable {
    let name: String
    let parameter: Double?
    let shape: [Int]?
    let input: [Double]
    let output: [Double]
    let outputGradient: [Double]
    let inputGradient: [Double]
  }

  struct Divergence: Decodable {
    let name: String
    let shape: [Int]
    let prediction: [Double]
    let target: [Double]?
    let labels: [Int]?
    let value: Double
    let gradient: [Double]
    let reduction: String
    let reductionValue: Double
  }

  let activations: [Elementwise]
  let softmax: [Elementwise]
  let losses: [Divergence]

  static func load() throws -> ActivationFixtures { try Fixture.load("activations") }
}

extension Tensor {
  init(doubles: [Double], shape: Shape) throws { try self.init(doubles.map { Scalar($0) }, shape: shape) }
}

/// Contexts of every number of threads that results are compared for.
func contextsOfAllSizes() throws -> [ExecutionContext] {
  try [1, 2, 3, 8].map { threads in try ExecutionContext(threads: threads) }
}
