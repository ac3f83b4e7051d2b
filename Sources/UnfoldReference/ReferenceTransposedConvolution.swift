import Unfold

/// The lecture's transposed convolution, loop by loop: each input pixel adds its window of the filter to the output. Slow
/// on purpose, and the judge of the engine. Nothing of it is an ordinary convolution's gradient.
public struct ReferenceTransposedConvolution {
  /// The shapes.
  public let geometry: TransposedConvolutionGeometry
}

extension TransposedConvolutionGeometry {
  /// The same transposed convolution by the lecture's loops.
  public var reference: ReferenceTransposedConvolution { ReferenceTransposedConvolution(geometry: self) }
}

extension ReferenceTransposedConvolution {
  /// Visits every term whose output lies inside the image, with the places of its input, filter weight and output.
  ///
  /// ```
  /// z[n, h * stride + r * dilation - top, w * stride + s * dilation - left, k] += w[r, s, k, c] * y[n, h, w, c]
  /// ```
  ///
  /// k counts within the group.
  @inline(__always)
  private func forEachTerm(_ visit: (_ input: Int, _ filter: Int, _ output: Int) -> Void) {
    let (input, output) = (geometry.inputShape, geometry.outputShape)
    let (rows, columns) = (geometry.adjoint.vertical, geometry.adjoint.horizontal)
    let (channels, filters, groups) = (input[3], output[3], geometry.adjoint.groups)
    let (groupChannels, groupFilters) = (channels / groups, filters / groups)
    for n in 0..<input[0] {
      for h in 0..<input[1] {
        for w in 0..<input[2] {
          for r in 0..<rows.window {
            for s in 0..<columns.window {
              let p = h * rows.stride + r * rows.dilation - rows.low
              let q = w * columns.stride + s * columns.dilation - columns.low
              if p < 0 || p >= output[1] || q < 0 || q >= output[2] { continue }
              for group in 0..<groups {
                for k in 0..<groupFilters {
                  for c in group * groupChannels..<(group + 1) * groupChannels {
                    visit(
                      ((n * input[1] + h) * input[2] + w) * channels + c,
                      ((r * columns.window + s) * groupFilters + k) * channels + c,
                      ((n * output[1] + p) * output[2] + q) * filters + group * groupFilters + k)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Slide "The Upsampling Layer": the sum of all windows, each weighted by its input pixel, and the bias.
  ///
  /// - Returns: `[N, P, Q, K]`.
  /// - Throws: `UnfoldError` where a tensor does not fit the geometry.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, filter: Tensor<Scalar>, bias: Tensor<Scalar>? = nil
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, geometry.inputShape, "input")
    try expect(filter, geometry.filterShape, "filter")
    let y = input.elements
    let w = filter.elements
    var z = [Scalar](repeating: 0, count: try geometry.outputShape.elementCount())
    if let bias {
      try expect(bias, geometry.biasShape, "bias")
      let b = bias.elements
      for i in z.indices { z[i] = b[i % b.count] }
    }
    forEachTerm { input, filter, output in z[output] += w[filter] * y[input] }
    return try Tensor(z, shape: geometry.outputShape)
  }

  /// The derivative of the forward sum with respect to each input pixel.
  ///
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: `UnfoldError` where a tensor does not fit the geometry.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, geometry.outputShape, "output gradient")
    try expect(filter, geometry.filterShape, "filter")
    let dz = outputGradient.elements
    let w = filter.elements
    var dy = [Scalar](repeating: 0, count: try geometry.inputShape.elementCount())
    forEachTerm { input, filter, output in dy[input] += w[filter] * dz[output] }
    return try Tensor(dy, shape: geometry.inputShape)
  }

  /// The derivative of the forward sum with respect to each weight.
  ///
  /// - Returns: `[R, S, K/groups, C]`.
  /// - Throws: `UnfoldError` where a tensor does not fit the geometry.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, geometry.inputShape, "input")
    try expect(outputGradient, geometry.outputShape, "output gradient")
    let y = input.elements
    let dz = outputGradient.elements
    var dw = [Scalar](repeating: 0, count: try geometry.filterShape.elementCount())
    forEachTerm { input, filter, output in dw[filter] += dz[output] * y[input] }
    return try Tensor(dw, shape: geometry.filterShape)
  }

  /// The bias enters every output pixel of its map with weight 1.
  ///
  /// - Returns: `[K]`.
  /// - Throws: `UnfoldError` where the tensor does not fit the geometry.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, geometry.outputShape, "output gradient")
    let dz = outputGradient.elements
    var db = [Scalar](repeating: 0, count: geometry.biasShape[0])
    for i in dz.indices { db[i % db.count] += dz[i] }
    return try Tensor(db, shape: geometry.biasShape)
  }
}
