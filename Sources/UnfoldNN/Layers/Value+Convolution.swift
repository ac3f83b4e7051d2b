import Unfold

/// Convolutions and dense layers.
extension Value {
  /// A convolution, named `conv` and a number unless a name is given.
  ///
  /// - Parameters:
  ///   - filters: K, the channels of the output.
  ///   - window: R and S.
  ///   - stride: The step between two output pixels.
  ///   - padding: Zeros around each image; none unless given, as everywhere.
  ///   - dilation: The step between two taps of the filter.
  ///   - groups: `groups == C` is a depthwise convolution.
  ///   - hasBias: False where a normalisation follows, which has a shift of its own.
  ///   - initializer: The rule for the first weights.
  ///   - name: The node's name; nil for the kind and a number.
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func convolution(
    _ filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid, dilation: Extent = 1,
    groups: Int = 1,
    hasBias: Bool = true, initializer: Initializer = .heNormal, name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(
      ConvolutionLayer(
        filters: filters, window: window, stride: stride, padding: padding, dilation: dilation, groups: groups,
        hasBias: hasBias, initializer: initializer), name: name)
  }

  /// A transposed convolution, named `up` and a number unless a name is given.
  ///
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func transposedConvolution(
    _ filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid, outputPadding: Extent = 0,
    dilation: Extent = 1, groups: Int = 1, hasBias: Bool = true, initializer: Initializer = .heNormal,
    name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(
      TransposedConvolutionLayer(
        filters: filters, window: window, stride: stride, padding: padding, outputPadding: outputPadding,
        dilation: dilation, groups: groups, hasBias: hasBias, initializer: initializer), name: name)
  }

  /// A convolution with filters that are applied under a set of transforms; the largest response counts. So a pattern
  /// is found however it is turned, scaled or mirrored.
  ///
  /// ```
  /// y[p, q, k] = max over t of (x * transformed(t, weight k))[p, q] + bias[k]
  /// ```
  ///
  /// - Parameters:
  ///   - filters: K, the channels of the output.
  ///   - transforms: For example `FilterTransform.rotations(of:count:)`; one or more between the same windows.
  ///   - stride: The step between two output pixels.
  ///   - padding: Zeros around each image; none unless given, as everywhere.
  ///   - hasBias: Whether a bias is added.
  ///   - initializer: The rule for the first weights.
  ///   - name: The node's name; nil for the kind and a number.
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  ///
  /// Source: the lecture's outline, "Transposition, scaling, rotation and deformation invariance".
  public func invariantConvolution(
    _ filters: Int, transforms: [FilterTransform], stride: Extent = 1, padding: Padding = .valid, hasBias: Bool = true,
    initializer: Initializer = .heNormal, name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(
      TransformedConvolutionLayer(
        filters: filters, transforms: transforms, stride: stride, padding: padding, hasBias: hasBias,
        initializer: initializer), name: name
    ).maxout(transforms.count)
  }

  /// The maximum over blocks of channels: of `[..., T K]` the largest of T for each k.
  ///
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func maxout(_ blocks: Int, name: String? = nil) throws(GraphError) -> Value {
    try applying(MaxoutLayer(blocks: blocks), name: name)
  }

  /// A dense layer on the channels of each pixel: a 1x1 convolution whose weights a file holds as those of a dense layer,
  /// as PyTorch's `Linear` on maps has them.
  ///
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func pixelwiseDense(
    _ outputs: Int, hasBias: Bool = true, initializer: Initializer = .heNormal, name: String? = nil
  ) throws(GraphError) -> Value {
    var layer = ConvolutionLayer(filters: outputs, window: 1, hasBias: hasBias, initializer: initializer)
    layer.isPixelwiseDense = true
    return try applying(layer, name: name)
  }

  /// A dense layer on a vector, named `fc` and a number unless a name is given.
  ///
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func dense(
    _ outputs: Int, hasBias: Bool = true, initializer: Initializer = .heNormal, name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(DenseLayer(outputs: outputs, hasBias: hasBias, initializer: initializer), name: name)
  }
}
