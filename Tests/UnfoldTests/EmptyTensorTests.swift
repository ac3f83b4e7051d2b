import Testing
import UnfoldReference

@testable import Unfold

/// One rule for extents of 0: tensors may have them, no operator takes them.
@Suite struct EmptyTensorTests {
  /// What an operator does with maps `[N, H, W, C]` of which one extent is 0.
  private struct Operator: Sendable {
    let name: String
    let run: @Sendable (Shape) throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (Shape) throws -> Void) {
      self.name = name
      self.run = run
    }
  }

  private static func zeros(_ shape: Shape) throws -> Tensor<Float> { try Tensor(zeros: shape) }

  private static let operators: [Operator] =
    [
      Operator("activation") { _ = try Activation.gelu.forward(zeros($0)) },
      Operator("activation in place") {
        var tensor = try zeros($0)
        try Activation.relu.apply(to: &tensor)
      },
      Operator("activation gradient of the input") {
        _ = try Activation.gelu.inputGradient(zeros($0), input: zeros($0))
      },
      Operator("activation gradient of the output") {
        _ = try Activation.tanh.inputGradient(zeros($0), output: zeros($0))
      },
      Operator("activation gradient in place") {
        var gradient = try zeros($0)
        try Activation.tanh.applyGradient(to: &gradient, output: zeros($0))
      },
      Operator("activation gradient in place, of the input") {
        var gradient = try zeros($0)
        try Activation.gelu.applyGradient(to: &gradient, input: zeros($0))
      },
      Operator("reference activation") { _ = try Activation.gelu.reference.forward(zeros($0)) },
      Operator("reference activation gradient") {
        _ = try Activation.gelu.reference.inputGradient(zeros($0), input: zeros($0))
      },
      Operator("softmax") { _ = try Softmax.probabilities.forward(zeros($0)) },
      Operator("softmax gradient") { _ = try Softmax.logarithms.inputGradient(zeros($0), output: zeros($0)) },
      Operator("reference softmax") { _ = try Softmax.probabilities.reference.forward(zeros($0)) },
      Operator("addition") { _ = try Addition.identity.forward(zeros($0), zeros($0)) },
      Operator("addition in place") {
        var sum = try zeros($0)
        try Addition.relu.apply(to: &sum, adding: zeros($0))
      },
      Operator("addition gradient") { _ = try Addition.relu.inputGradient(zeros($0), output: zeros($0)) },
      Operator("addition gradient in place") {
        var gradient = try zeros($0)
        try Addition.identity.applyGradient(to: &gradient, output: zeros($0))
      },
      Operator("reference addition") { _ = try Addition.relu.reference.forward(zeros($0), zeros($0)) },
      Operator("multiplication") { _ = try Multiplication().forward(zeros($0), zeros($0)) },
      Operator("multiplication in place") {
        var product = try zeros($0)
        try Multiplication().apply(to: &product, multiplyingBy: zeros($0))
      },
      Operator("multiplication gradients") {
        _ = try Multiplication().inputGradients(zeros($0), zeros($0), zeros($0))
      },
      Operator("reference multiplication") { _ = try Multiplication().reference.forward(zeros($0), zeros($0)) },
      Operator("channel scaling") { _ = try ChannelScaling(input: $0) },
      Operator("dropout") { _ = try Dropout(probability: 0.5, seed: 1).forward(zeros($0), step: 1) },
      Operator("dropout in place") {
        var tensor = try zeros($0)
        try Dropout(probability: 0.5, seed: 1).apply(to: &tensor, step: 1)
      },
      Operator("reference dropout") {
        _ = try Dropout(probability: 0.5, seed: 1).reference.forward(zeros($0), step: 1)
      },
      Operator("maxout") { _ = try Maxout(input: $0, blocks: 1) },
      Operator("convolution") { _ = try ConvolutionGeometry(input: $0, filters: 2, window: 1) },
      Operator("transposed convolution") {
        _ = try TransposedConvolutionGeometry(input: $0, filters: 2, window: 2, stride: 2)
      },
      Operator("dense") { _ = try DenseGeometry(batch: $0[0], inputs: $0[1] * $0[2] * $0[3], outputs: 2) },
      Operator("pooling") { _ = try PoolingGeometry(input: $0, window: 1) },
      Operator("global pooling") { _ = try PoolingGeometry.global(input: $0) },
      Operator("adaptive pooling") { _ = try AdaptivePooling(input: $0, output: 1) },
      Operator("resampling") { _ = try Resampling(input: $0, kind: .nearest(to: 2)) },
      Operator("batch normalisation") { _ = try BatchNormalization(input: $0) },
      Operator("group normalisation") { _ = try GroupNormalization(input: $0, groups: 1) },
      Operator("layer normalisation") { _ = try LayerNormalization(input: $0, axes: 3) },
      Operator("concatenation") { _ = try Concatenation(inputs: [$0, $0]) },
      Operator("cropping") { _ = try Cropping(input: $0, by: 0) },
      Operator("padding") { _ = try BorderPadding(input: $0, by: 1) },
      Operator("replicated padding") { _ = try BorderPadding(input: $0, by: 1, with: .replicated) },
      Operator("pixel shuffle") { _ = try PixelShuffle(input: $0, factor: 1) },
      Operator("pixel unshuffle") { _ = try PixelUnshuffle(input: $0, factor: 1) },
      Operator("symmetry") { _ = try Symmetry.rotation90.forward(zeros($0)) },
      Operator("identity") { _ = try Symmetry.identity.forward(zeros($0)) },
      Operator("reference symmetry") { _ = try Symmetry.rotation90.reference(input: $0) },
      Operator("loss of labels") { shape in
        let rows = shape[0] * shape[1] * shape[2]
        _ = try LabelCrossEntropy().valueAndGradient(zeros(shape), labels: Array(repeating: 0, count: rows))
      },
      Operator("reference loss") { _ = try Loss.huber().reference.valueAndGradient(zeros($0), target: zeros($0)) },
    ]
    + losses.flatMap { loss in
      [
        Operator("\(loss)") { _ = try loss.valueAndGradient(zeros($0), target: zeros($0)) },
        Operator("terms of \(loss)") { _ = try loss.termsAndGradient(zeros($0), target: zeros($0)) },
      ]
    }

  private static let losses: [Loss] = [
    .softmaxCrossEntropy, .meanSquaredError, .absoluteError, .smoothAbsoluteError(), .huber(), .klDivergence,
    .binaryCrossEntropy,
  ]

  @Test(arguments: 0..<operators.count) func operatorsRefuseThem(index: Int) throws {
    let tested = Self.operators[index]
    // The operator itself is sound.
    try tested.run([1, 2, 2, 4])
    for axis in 0..<4 {
      var shape: Shape = [1, 2, 2, 4]
      shape[axis] = 0
      do {
        try tested.run(shape)
        Issue.record("\(tested.name) accepted \(shape)")
      } catch let error as UnfoldError {
        guard case .invalidArgument(_, let expected, _) = error else {
          Issue.record("\(tested.name), \(shape): \(error)")
          continue
        }
        #expect(expected.contains("1"), "\(tested.name), \(shape): \(error)")
      }
    }
  }

  @Test func filtersAndMatrices() throws {
    let transform = try FilterTransform.symmetry(.rotation90, of: 3)
    #expect(throws: UnfoldError.self) { try transform.forward(Tensor<Float>(zeros: [3, 3, 0, 4])) }
    #expect(throws: UnfoldError.self) { try transform.filterGradient(Tensor<Float>(zeros: [3, 3, 2, 0])) }
    #expect(throws: UnfoldError.self) {
      try matrixMultiply(Tensor<Float>(zeros: [2, 0]), Tensor<Float>(zeros: [0, 3]))
    }
    #expect(throws: UnfoldError.self) { try orthonormalBasis(Tensor<Float>(zeros: [0, 0])) }
  }

  /// What is no operator: memory, shapes and layouts.
  @Test func tensorsMayBeEmpty() throws {
    let empty = try Tensor<Float>(zeros: [0, 3, 2, 1])
    #expect(empty.count == 0 && empty.elements.isEmpty && empty == empty)
    #expect(try empty.reshaped(to: [3, 0]).shape == [3, 0])
    #expect(try empty.transposed([1, 0, 2, 3]).shape == [3, 0, 2, 1])
    #expect(try Tensor(nchw: empty).shape == [0, 2, 1, 3])
    #expect(try empty.converted(to: Double.self).shape == [0, 3, 2, 1])
  }
}
