import Testing
import Unfold

/// The same bits for 1, 2, 3 and 8 threads.
@Suite struct ThreadCountTests {
  @Test(arguments: largeGeometries, [ConvolutionAlgorithm.automatic, .blas]) func convolutionsDoNotDependOnTheThreads(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm
  ) throws {
    try check(Float.self, geometry.computed(by: algorithm))
  }

  @Test func doubleConvolutionsDoNotDependOnTheThreads() throws {
    for geometry in largeGeometries.prefix(4) {
      try check(Double.self, geometry)
      try check(Double.self, geometry.computed(by: .blas))
    }
  }

  private func check<Scalar: TensorScalar>(_ type: Scalar.Type, _ geometry: ConvolutionGeometry) throws {
    var generator = SeededGenerator(seed: 4)
    let x = try Tensor<Scalar>(random: geometry.inputShape, &generator)
    let w = try Tensor<Scalar>(random: geometry.filterShape, &generator)
    let b = try Tensor<Scalar>(random: geometry.biasShape, &generator)
    let dz = try Tensor<Scalar>(random: geometry.outputShape, &generator)
    try expectSameBitsForAllThreads("\(geometry)") { context in
      try [
        geometry.forward(x, filter: w, bias: b, activation: .relu, context: context),
        geometry.inputGradient(dz, filter: w, context: context),
        geometry.filterGradient(x, outputGradient: dz, context: context),
        geometry.biasGradient(dz, context: context),
      ]
    }
  }
}
