/// The shapes of a dense (affine, fully connected) layer, validated once: the MLP that follows the lecture's
/// flattening.
///
/// ```
/// output[n, k] = f(bias[k] + sum over d of input[n, d] * weights[d, k])
/// ```
///
/// It is computed as a 1x1 convolution of N images of one pixel, by the same matrix product and tiles. Activations of
/// any shape with N D elements are taken as `[N, D]`; flattening NHWC orders d by row, column, channel.
public struct DenseGeometry: Hashable, Sendable {
  /// The same layer as a 1x1 convolution of one-pixel images.
  public let convolution: ConvolutionGeometry

  /// A validated dense layer.
  ///
  /// - Parameters:
  ///   - batch: N.
  ///   - inputs: D.
  ///   - outputs: K.
  /// - Throws: ``UnfoldError`` for numbers below 1 or beyond `Int32`.
  public init(batch: Int, inputs: Int, outputs: Int) throws(UnfoldError) {
    convolution = try ConvolutionGeometry(input: [batch, 1, 1, inputs], filters: outputs, window: 1)
  }

  /// `[N, D]`.
  public var inputShape: Shape { Shape(convolution.batch, convolution.inputChannels) }
  /// `[N, K]`.
  public var outputShape: Shape { Shape(convolution.batch, convolution.outputChannels) }
  /// `[D, K]`.
  public var weightsShape: Shape { Shape(convolution.inputChannels, convolution.outputChannels) }
  /// `[K]`.
  public var biasShape: Shape { Shape(convolution.outputChannels) }
  /// The multiplications and additions of one pass, `2 N D K`.
  public var operations: Double { convolution.operations }

  /// Throws unless a tensor has N D elements, N of them rows.
  func requireRows<Scalar>(_ tensor: Tensor<Scalar>, _ name: String) throws(UnfoldError) {
    guard tensor.shape.rank >= 1, tensor.shape[0] == convolution.batch,
      tensor.count == convolution.batch * convolution.inputChannels
    else { throw .shapeMismatch(of: name, expected: inputShape, found: tensor.shape) }
  }
}
