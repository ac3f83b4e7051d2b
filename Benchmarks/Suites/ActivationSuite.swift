import Benchmark
import Unfold
import UnfoldReference

/// The output of a stage of ResNet-50 through functions of every cost: a comparison, an exponential, an error function.
func activationSuite() {
  let shape: Shape = [8, 56, 56, 64]
  for activation in [Activation.relu, .sigmoid, .tanh, .gelu] {
    for implementation in Implementation.allCases {
      register("activation", "FWD_D", "\(activation)", implementation.rawValue) {
        let input = try Tensor.random(shape)
        switch implementation {
        case .engine:
          var output = try Tensor<Float>(zeros: shape)
          return { try activation.forward(input, into: &output) }
        case .naive:
          return { blackHole(try activation.reference.forward(input)) }
        }
      }
      register("activation", "BWD_D", "\(activation)", implementation.rawValue) {
        let input = try Tensor.random(shape)
        let outputGradient = try Tensor.random(shape, seed: 1)
        switch implementation {
        case .engine:
          var inputGradient = try Tensor<Float>(zeros: shape)
          return { try activation.inputGradient(outputGradient, input: input, into: &inputGradient) }
        case .naive:
          return { blackHole(try activation.reference.inputGradient(outputGradient, input: input)) }
        }
      }
    }
  }
}
