import Unfold

/// The lecture's convolution, loop by loop. Slow on purpose, and the judge of the engine.
///
/// The methods have the names and parameters of `ConvolutionGeometry`'s own. Here l - 1 is the input, l the output:
/// `y(l-1, m, x, y)` is `input[n, h, w, c]`, `z(l, n, x, y)` is `output[n, p, q, k]`, `w(l, n, m, i, j)` is
/// `filter[r, s, c, k]`.
public struct ReferenceConvolution {
  /// The shapes.
  public let geometry: ConvolutionGeometry
}

extension ConvolutionGeometry {
  /// The same convolution by the lecture's loops.
  public var reference: ReferenceConvolution { ReferenceConvolution(geometry: self) }
}

extension ReferenceConvolution {
  /// One term of the convolution: the places of its input, its filter weight and its output.
  ///
  /// ```
  /// z[n, p, q, k] += w[r, s, c, k] * y[n, h, w, c]
  /// ```
  struct Term {
    let input: Int
    let filter: Int
    let output: Int
  }

  /// Visits every term whose input lies inside the image: slides "CNN: Forward" and "Convolution with downsampling".
  ///
  /// The group of filter k sees the channels from `firstChannel` on; c counts within the group.
  @inline(__always)
  func forEachTerm(_ visit: (Term) -> Void) {
    let (rows, columns) = (geometry.vertical, geometry.horizontal)
    let (channels, filters) = (geometry.inputChannels, geometry.outputChannels)
    let groupChannels = channels / geometry.groups
    let groupFilters = filters / geometry.groups
    for n in 0..<geometry.batch {
      for p in 0..<rows.output {
        for q in 0..<columns.output {
          for r in 0..<rows.window {
            for s in 0..<columns.window {
              let h = p * rows.stride + r * rows.dilation - rows.low
              let w = q * columns.stride + s * columns.dilation - columns.low
              if h < 0 || h >= rows.input || w < 0 || w >= columns.input { continue }
              for c in 0..<groupChannels {
                for k in 0..<filters {
                  let firstChannel = (k / groupFilters) * groupChannels
                  visit(
                    Term(
                      input: ((n * rows.input + h) * columns.input + w) * channels + firstChannel + c,
                      filter: ((r * columns.window + s) * groupChannels + c) * filters + k,
                      output: ((n * rows.output + p) * columns.output + q) * filters + k))
                }
              }
            }
          }
        }
      }
    }
  }

  /// `z(l, n, x, y) = sum over m, i, j of w(m, n, i, j) y(l-1, m, x+i, y+j) + b(n)`, slide "Recap: Convolution".
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
    forEachTerm { term in z[term.output] += w[term.filter] * y[term.input] }
    return try Tensor(z, shape: geometry.outputShape)
  }

  /// `dY(l-1, i, x+x', y+y') += w(l, j, i, x', y') dz(l, j, x, y)`, slide "Backward layer l".
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
    forEachTerm { term in dy[term.input] += w[term.filter] * dz[term.output] }
    return try Tensor(dy, shape: geometry.inputShape)
  }

  /// `dw(l, j, i, x', y') += dz(l, j, x, y) y(l-1, i, x+x', y+y')`, slide "Backward layer l".
  ///
  /// - Returns: `[R, S, C/groups, K]`.
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
    forEachTerm { term in dw[term.filter] += dz[term.output] * y[term.input] }
    return try Tensor(dw, shape: geometry.filterShape)
  }

  /// `db(l, j) += dz(l, j, x, y)`: the bias enters every output pixel of its map with weight 1.
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
    var db = [Scalar](repeating: 0, count: geometry.outputChannels)
    for i in dz.indices { db[i % db.count] += dz[i] }
    return try Tensor(db, shape: geometry.biasShape)
  }
}
