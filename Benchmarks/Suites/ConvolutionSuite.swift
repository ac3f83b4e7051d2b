import Benchmark
import Unfold
import UnfoldData
import UnfoldReference

/// One image through one layer of each kind: the first layer of a network, 3x3 and 1x1, 5x5 with few channels,
/// depthwise, and a dilated one along time. The naive loops need a second for some of them.
func convolutionSuite() {
  do {
    let descriptors: [ConvolutionDescriptor] = try [
      shapes(in: "resnet-50", named: "resnet-50:conv1", "resnet-50:conv3_3x3", "resnet-50:conv4_expand"),
      shapes(in: "googlenet", named: "googlenet:3b_5x5"),
      shapes(in: "mobilenet-v1", named: "mobilenet-v1:depthwise8"),
      shapes(in: "time-delay", named: "x-vector:frame2"),
    ].flatMap { $0 }
    for descriptor in descriptors {
      let geometry = try descriptor.geometry(batch: 1)
      for direction in ["FWD_B", "BWD_D", "BWD_W"] {
        for implementation in Implementation.allCases {
          register(
            "convolution", direction, descriptor.name, implementation.rawValue, operations: geometry.operations
          ) {
            try convolutionRun(geometry, direction, implementation)
          }
        }
      }
    }
  } catch {
    registerFailure(of: "convolution", error)
  }
}

/// One run of one direction: `FWD_B`, `BWD_D` or, for everything else, `BWD_W`.
func convolutionRun(
  _ geometry: ConvolutionGeometry, _ direction: String, _ implementation: Implementation,
  context: ExecutionContext = .shared
) throws -> () throws -> Void {
  let input = try Tensor.random(geometry.inputShape)
  let filter = try Tensor.random(geometry.filterShape)
  let bias = try Tensor.random(geometry.biasShape)
  let outputGradient = try Tensor.random(geometry.outputShape)
  switch (direction, implementation) {
  case ("FWD_B", .engine):
    var output = try Tensor<Float>(zeros: geometry.outputShape)
    return { try geometry.forward(input, filter: filter, bias: bias, into: &output, context: context) }
  case ("FWD_B", .naive):
    return { blackHole(try geometry.reference.forward(input, filter: filter, bias: bias)) }
  case ("BWD_D", .engine):
    var inputGradient = try Tensor<Float>(zeros: geometry.inputShape)
    return { try geometry.inputGradient(outputGradient, filter: filter, into: &inputGradient, context: context) }
  case ("BWD_D", .naive):
    return { blackHole(try geometry.reference.inputGradient(outputGradient, filter: filter)) }
  case (_, .engine):
    var filterGradient = try Tensor<Float>(zeros: geometry.filterShape)
    return {
      try geometry.filterGradient(input, outputGradient: outputGradient, into: &filterGradient, context: context)
    }
  case (_, .naive):
    return { blackHole(try geometry.reference.filterGradient(input, outputGradient: outputGradient)) }
  }
}
