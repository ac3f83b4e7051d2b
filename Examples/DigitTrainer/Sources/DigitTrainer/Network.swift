import Unfold

/// A small CNN, written out: convolution, pooling, convolution, pooling, dense. Every line is a call of the engine;
/// nothing is hidden in a framework.
///
/// ```
/// [N, 28, 28, 1] -5x5,16-> [N, 28, 28, 16] -pool-> [N, 14, 14, 16] -5x5,32-> [N, 14, 14, 32] -pool->
/// [N, 7, 7, 32] -dense-> [N, 10]
/// ```
struct Network {
  let batch: Int
  private let first: ConvolutionGeometry
  private let firstPool: PoolingGeometry
  private let second: ConvolutionGeometry
  private let secondPool: PoolingGeometry
  private let dense: DenseGeometry

  /// Filters and biases, in the order of the layers.
  var parameters: [Tensor<Float>]

  /// Shapes are checked once, here: after this no layer can have the wrong size.
  init(batch: Int, seed: UInt64) throws {
    self.batch = batch
    first = try ConvolutionGeometry(input: [batch, 28, 28, 1], filters: 16, window: 5, padding: .same)
    firstPool = try PoolingGeometry(input: first.outputShape, window: 2)
    second = try ConvolutionGeometry(input: firstPool.outputShape, filters: 32, window: 5, padding: .same)
    secondPool = try PoolingGeometry(input: second.outputShape, window: 2)
    dense = try DenseGeometry(batch: batch, inputs: 7 * 7 * 32, outputs: 10)

    var generator = SeededGenerator(seed: seed)
    // He et al. 2015: the deviation that keeps the variance of the activations through relu.
    func weights(_ shape: Shape, inputs: Int) throws -> Tensor<Float> {
      let deviation = (2 / Double(inputs)).squareRoot()
      return try Tensor(shape: shape) { _ in Float(deviation * generator.normal(as: Double.self)) }
    }
    parameters = try [
      weights(first.filterShape, inputs: 25), Tensor(zeros: first.biasShape),
      weights(second.filterShape, inputs: 25 * 16), Tensor(zeros: second.biasShape),
      weights(dense.weightsShape, inputs: 7 * 7 * 32), Tensor(zeros: dense.biasShape),
    ]
  }

  /// The scores of each class, `[N, 10]`, and on the way what the backward pass needs.
  private func run(_ images: Tensor<Float>) throws -> (
    y1: Tensor<Float>, pool1: Tensor<Float>, saved1: MaximumPositions, y2: Tensor<Float>, pool2: Tensor<Float>,
    saved2: MaximumPositions, scores: Tensor<Float>
  ) {
    let y1 = try first.forward(images, filter: parameters[0], bias: parameters[1], activation: .relu)
    let (pool1, saved1) = try firstPool.maximum(y1)
    let y2 = try second.forward(pool1, filter: parameters[2], bias: parameters[3], activation: .relu)
    let (pool2, saved2) = try secondPool.maximum(y2)
    let scores = try dense.forward(pool2, weights: parameters[4], bias: parameters[5])
    return (y1, pool1, saved1, y2, pool2, saved2, scores)
  }

  /// The scores of each class, `[N, 10]`.
  func scores(_ images: Tensor<Float>) throws -> Tensor<Float> { try run(images).scores }

  /// The loss of a batch and its gradient with respect to every parameter: the lecture's backward pass, layer by layer.
  func gradients(_ images: Tensor<Float>, labels: [Int]) throws -> (loss: Float, gradients: [Tensor<Float>]) {
    let forward = try run(images)
    let (loss, scoreGradient) = try LabelCrossEntropy().valueAndGradient(forward.scores, labels: labels)

    let denseGradient = try dense.weightsGradient(forward.pool2, outputGradient: scoreGradient)
    let denseBias = try dense.biasGradient(scoreGradient)

    let pool2Gradient = try dense.inputGradient(scoreGradient, weights: parameters[4])
      .reshaped(to: secondPool.outputShape)
    let y2Gradient = try secondPool.maximumInputGradient(pool2Gradient, saved: forward.saved2)
    let z2Gradient = try Activation.relu.inputGradient(y2Gradient, output: forward.y2)
    let secondGradient = try second.filterGradient(forward.pool1, outputGradient: z2Gradient)
    let secondBias = try second.biasGradient(z2Gradient)

    let pool1Gradient = try second.inputGradient(z2Gradient, filter: parameters[2])
    let y1Gradient = try firstPool.maximumInputGradient(pool1Gradient, saved: forward.saved1)
    let z1Gradient = try Activation.relu.inputGradient(y1Gradient, output: forward.y1)
    let firstGradient = try first.filterGradient(images, outputGradient: z1Gradient)
    let firstBias = try first.biasGradient(z1Gradient)

    return (loss, [firstGradient, firstBias, secondGradient, secondBias, denseGradient, denseBias])
  }
}
