import Benchmark
import Unfold
import UnfoldReference

/// The output of a stage of ResNet-50 through functions of every cost: a comparison, an exponential, an error function.
func activationSuite() {
  let shape: Shape = [8, 56, 56, 64]
  for activation in [Activation.relu, .sigmoid, .tanh, .gelu] {
    for implementation in Implementation.allCases {
      register("activation", "FWD_D", "\(activation)", implementation.rawValue) {
        try pass(
          implementation, from: shape, to: shape, engine: { try activation.forward($0, into: &$1) },
          naive: { try activation.reference.forward($0) })
      }
      register("activation", "BWD_D", "\(activation)", implementation.rawValue) {
        let input = try Tensor.random(shape)
        return try pass(
          implementation, from: shape, to: shape, seed: 1,
          engine: { try activation.inputGradient($0, input: input, into: &$1) },
          naive: { try activation.reference.inputGradient($0, input: input) })
      }
    }
  }
}
