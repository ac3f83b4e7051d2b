extension Lowering {
  /// Multiplies one tile of the column matrix with a block of filters, lowering as much at once as `plan` allows.
  ///
  /// ```
  ///             R S C                 filters              filters
  ///          +---------+            +---------+          +---------+
  ///   tile   | columns |  *  R S C  | weights |  = tile  |  target |
  ///          +---------+            +---------+          +---------+
  /// ```
  ///
  /// - Parameters:
  ///   - weights: The whole right-hand matrix, `[R S C, filters]`.
  ///   - target: Where the tile's block of the output lies.
  ///   - accumulating: Whether `target` holds something to be added to (the bias).
  ///   - columns: Scratch memory for `plan.columnElements`; not touched where the column matrix is the source itself.
  @inline(__always)
  func multiply<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, pixels: Range<Int>, weights: Matrix<Scalar>, plan: TilePlan,
    into target: Matrix<Scalar>, accumulating: Bool, columns scratch: UnsafeMutablePointer<Scalar>
  ) {
    if isSourceItself {
      let columns = Matrix(
        source + pixels.lowerBound * sourceStride + channelOffset, rows: pixels.count, columns: columns,
        stride: sourceStride)
      Unfold.multiply(columns, weights, into: target, accumulating: accumulating)
      return
    }
    var first = 0
    while first < columns {
      let block = first..<min(first + plan.blockReduction, columns)
      unfold(source, pixels: pixels, columns: block, into: scratch)
      Unfold.multiply(
        Matrix(scratch, rows: pixels.count, columns: block.count, stride: block.count), weights.rows(block),
        into: target, accumulating: accumulating || first > 0)
      first = block.upperBound
    }
  }
}
