extension InstanceNormalization {
  /// Normalises every channel of every image by its own moments and updates the running averages with them.
  ///
  /// - Parameters:
  ///   - input: `[N, ..., C]`.
  ///   - scale: `[C]`.
  ///   - shift: `[C]`.
  ///   - running: The running averages, which are updated.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The output, of the input's shape, and what ``gradients(_:input:scale:saved:context:)`` needs.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``, and
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for one pixel, which has no variance.
  /// - Complexity: O(N H W C): small images are read from memory once, large ones twice.
  ///
  /// Source: Ulyanov, Vedaldi and Lempitsky (2016).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func trainingForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    updating running: inout RunningMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    var output = try Tensor<Scalar>(uninitialized: inputShape)
    var saved = try SavedMoments<Scalar>(uninitialized: savedShape)
    try trainingForward(
      input, scale: scale, shift: shift, updating: &running, into: &output, saved: &saved, context: context)
    return (output, saved)
  }

  /// As ``trainingForward(_:scale:shift:updating:context:)``, but writes the results to `output` and `saved`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func trainingForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    updating running: inout RunningMoments<Scalar>, into output: inout Tensor<Scalar>,
    saved: inout SavedMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    guard pixels > 1 else {
      throw .invalidArgument(
        "instance normalization input", expected: "2 or more pixels an image to train with", found: "\(inputShape)")
    }
    try running.requireShape(parameterShape)
    let averages = RunningMomentsPointers(&running, momentum: momentum)
    let (channels, images, degrees) = (channels, Double(self.images.batch), Double(pixels - 1))
    try self.images.normalize(input, scale, shift, into: &output, &saved, context) { means, squares in
      for c in 0..<channels {
        var (meanSum, squareSum) = (0.0, 0.0)
        for n in 0..<self.images.batch {
          meanSum += means[n * channels + c]
          squareSum += squares[n * channels + c]
        }
        averages.take(c, mean: meanSum / images, variance: squareSum / (images * degrees))
      }
    }
  }

  /// Normalises by the running averages: an affine map of every channel.
  ///
  /// - Returns: The same shape. A negative running variance beyond epsilon makes its channel NaN.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C), one pass.
  public func inferenceForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, running: RunningMoments<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try averages.inferenceForward(input, scale: scale, shift: shift, running: running, context: context)
  }

  /// As ``inferenceForward(_:scale:shift:running:context:)``, but writes the result to `output`.
  public func inferenceForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, running: RunningMoments<Scalar>,
    into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try averages.inferenceForward(
      input, scale: scale, shift: shift, running: running, into: &output, context: context)
  }

  /// The gradients of a loss with respect to input, scale and shift, in training: those of ``GroupNormalization`` with
  /// a group for each channel.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, ..., C]`.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - saved: What ``trainingForward(_:scale:shift:updating:context:)`` returned.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The three gradients.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C): small images are read from memory once, large ones twice.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> NormalizationGradients<Scalar> {
    try images.gradients(outputGradient, input: input, scale: scale, saved: saved, context: context)
  }

  /// As ``gradients(_:input:scale:saved:context:)``, the input gradient in place of the output gradient.
  ///
  /// - Parameters:
  ///   - gradient: `[N, ..., C]`, the output gradient before and the input gradient after the call.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - saved: What the forward pass returned.
  ///   - scaleGradient: Is overwritten with the gradient of the scale.
  ///   - shiftGradient: Is overwritten with the gradient of the shift.
  ///   - context: The threads and the scratch memory.
  public func applyGradients<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try images.applyGradients(
      to: &gradient, input: input, scale: scale, saved: saved, scaleGradient: &scaleGradient,
      shiftGradient: &shiftGradient, context: context)
  }

  /// The gradients where the running averages are frozen, where ``inferenceForward(_:scale:shift:running:context:)``
  /// was the forward pass: see ``BatchNormalization/gradients(_:input:scale:shift:moments:context:)``.
  ///
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C).
  public func frozenGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> NormalizationGradients<Scalar> {
    try averages.gradients(
      outputGradient, input: input, scale: scale, shift: shift, moments: .running(running), context: context)
  }
}
