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
  ///   - part: The pixels of the tile and the columns that are summed over.
  ///   - weights: The right-hand matrix, `[R S C, filters]`, with only the part's filters.
  ///   - target: Where the tile's block of the output lies.
  ///   - accumulating: Whether `target` holds something to be added to (the bias).
  ///   - scratch: Memory for `plan.columnElements`; not touched where the column matrix is the source itself.
  @inline(__always)
  func multiply<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, _ part: TilePlan.Part, weights: Matrix<Scalar>, plan: TilePlan,
    into target: Matrix<Scalar>, accumulating: Bool, scratch: UnsafeMutablePointer<Scalar>
  ) {
    if isSourceItself {
      let columns = Matrix(
        source + part.pixels.lowerBound * sourceStride + channelOffset + part.reduction.lowerBound,
        rows: part.pixels.count, columns: part.reduction.count, stride: sourceStride)
      Unfold.multiply(columns, weights.rows(part.reduction), into: target, accumulating: accumulating)
      return
    }
    var first = part.reduction.lowerBound
    while first < part.reduction.upperBound {
      let block = first..<min(first + plan.blockReduction, part.reduction.upperBound)
      unfold(source, pixels: part.pixels, columns: block, into: scratch)
      Unfold.multiply(
        Matrix(scratch, rows: part.pixels.count, columns: block.count, stride: block.count), weights.rows(block),
        into: target, accumulating: accumulating || first > part.reduction.lowerBound)
      first = block.upperBound
    }
  }
}
