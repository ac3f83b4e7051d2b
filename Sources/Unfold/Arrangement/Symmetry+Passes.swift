extension Symmetry {
  /// The maps, their pixels moved.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - context: The threads to use.
  /// - Returns: `[N, H, W, C]`, or `[N, W, H, C]` if it ``transposes``.
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for another number of axes,
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape(for: input.shape))
    try forward(input, into: &output, context: context)
    return output
  }

  /// As ``forward(_:context:)``, but writes the result to `output`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try output.requireShape(try outputShape(for: input.shape), "symmetry output")
    defer { withExtendedLifetime(input) {} }
    move(input.base, input.shape, into: try output.outputBase(), context)
  }

  /// The gradient of the input: the output gradient, its pixels moved back by the ``inverse``.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, H, W, C]`, or `[N, W, H, C]` if it ``transposes``.
  ///   - context: The threads to use.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: As ``forward(_:context:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try inverse.forward(outputGradient, context: context)
  }

  /// As ``inputGradient(_:context:)``, but writes the result to `inputGradient`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try inverse.forward(outputGradient, into: &inputGradient, context: context)
  }

  /// Where output pixel p, q of an image comes from is linear in p and q: `first + p rowStep + q columnStep`.
  private func move<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ shape: Shape, into output: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let alongRows = readsRowsBackwards ? -width &* channels : width &* channels
    let alongColumns = readsColumnsBackwards ? -channels : channels
    let first =
      (readsRowsBackwards ? (height &- 1) &* width &* channels : 0)
      &+ (readsColumnsBackwards ? (width &- 1) &* channels : 0)
    let (rows, columns) = transposes ? (width, height) : (height, width)
    let (rowStep, columnStep) = transposes ? (alongColumns, alongRows) : (alongRows, alongColumns)
    // Squares of pixels: a transposition reads along one side and writes along the other, and both must stay in cache.
    let side = transposes ? max(4, 64 / channels) : columns
    let bandRows = transposes ? min(side, rows) : 1
    let bandsOfImage = ceilingDivision(rows, bandRows)
    let bands = RowPieces(rows: shape[0] &* bandsOfImage, length: bandRows &* columns &* channels, mostPieces: 1)
    context.forEach(bands.tasks) { task, _ in
      for band in bands.rows(of: task) {
        let (image, number) = band.quotientAndRemainder(dividingBy: bandsOfImage)
        let source = input + (image &* height &* width &* channels &+ first)
        let target = output + image &* height &* width &* channels
        let (top, bottom) = (number &* bandRows, min((number &+ 1) &* bandRows, rows))
        var q = 0
        while q < columns {
          let count = min(side, columns &- q)
          for p in top..<bottom {
            copyRuns(
              count, of: channels, from: source + (p &* rowStep &+ q &* columnStep), step: columnStep,
              to: target + (p &* columns &+ q) &* channels, step: channels)
          }
          q &+= count
        }
      }
    }
  }
}
