import Benchmark
import Unfold
import UnfoldReference

/// The layers behind the convolutions of LeNet and ResNet-50. The naive loops are those of the 1x1 convolution that a
/// dense layer is.
func denseSuite() {
  do {
    for (name, batch, inputs, outputs) in [("lenet:dense1", 64, 3136, 128), ("resnet-50:classes", 8, 2048, 1000)] {
      let dense = try DenseGeometry(batch: batch, inputs: inputs, outputs: outputs)
      for direction in ["FWD_B", "BWD_D", "BWD_W"] {
        register("dense", direction, name, Implementation.engine.rawValue, operations: dense.operations) {
          try denseRun(dense, direction)
        }
        register("dense", direction, name, Implementation.naive.rawValue, operations: dense.operations) {
          try convolutionRun(dense.convolution, direction, .naive)
        }
      }
    }
  } catch {
    registerFailure(of: "dense", error)
  }
}

/// One run of one direction: `FWD_B`, `BWD_D` or, for everything else, `BWD_W`.
private func denseRun(_ dense: DenseGeometry, _ direction: String) throws -> () throws -> Void {
  let input = try Tensor.random(dense.inputShape)
  let weights = try Tensor.random(dense.weightsShape)
  let bias = try Tensor.random(dense.biasShape)
  let outputGradient = try Tensor.random(dense.outputShape)
  switch direction {
  case "FWD_B":
    var output = try Tensor<Float>(zeros: dense.outputShape)
    return { try dense.forward(input, weights: weights, bias: bias, into: &output) }
  case "BWD_D":
    var inputGradient = try Tensor<Float>(zeros: dense.inputShape)
    return { try dense.inputGradient(outputGradient, weights: weights, into: &inputGradient) }
  default:
    var weightsGradient = try Tensor<Float>(zeros: dense.weightsShape)
    return { try dense.weightsGradient(input, outputGradient: outputGradient, into: &weightsGradient) }
  }
}
