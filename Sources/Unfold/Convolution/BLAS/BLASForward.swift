/// A forward pass by BLAS: im2col of a tile, a GEMM, then bias and activation while the tile is in the cache. The lecture's
/// input gradient is one too, see ``BLASInputGradient``.
///
/// ```
///                L = R S C/g                      K/g                        K
///              +-------------+               +--- ------ ---+          +-- ------ --+
///   a tile of  |   columns   |  *  R S C/g   |...|filter|...|  =  tile |..|output|..|
///   pixels     |  (im2col)   |               |   | of g |   |          |  | of g |  |
///              +-------------+               +--- ------ ---+          +-- ------ --+
/// ```
///
/// N P Q pixels have R S C/g columns each: those of a tile are made in the scratch memory of a thread, used, and overwritten by
/// those of the next tile. The filter lies in memory as GEMM reads it. A pointwise convolution's column matrix is its input:
/// nothing is copied.
///
/// Source: the loops of the lecture's "Pseudocode: Vector notation", all pixels at once; Chellapilla, Puri and Simard, "High
/// Performance Convolutional Neural Networks for Document Processing" (2006).
struct BLASForward<Scalar: TensorScalar>: ConvolutionMethod {
  let groups: Int
  /// The column matrix of group 0; those of other groups begin some channels later.
  let lowering: Lowering
  let tiles: BLASTiles

  init(_ geometry: ConvolutionGeometry) {
    self.init(
      groups: geometry.groups, lowering: Lowering(input: geometry, group: 0),
      filters: geometry.outputChannels / geometry.groups)
  }

  /// - Parameters:
  ///   - lowering: The column matrix of group 0.
  ///   - filters: The columns of a group's right-hand matrix.
  ///   - columnsAtOnce: How many columns are lowered at once; nil for as many as fit.
  init(groups: Int, lowering: Lowering, filters: Int, columnsAtOnce: Int? = nil) {
    self.groups = groups
    self.lowering = lowering
    tiles = BLASTiles(
      pixels: lowering.pixels, columns: lowering.columns, filters: filters, groups: groups,
      columnsAtOnce: columnsAtOnce)
  }

  var title: String { "im2col and a BLAS GEMM, tile by tile" }
  var facts: [MethodExplanation.Fact] {
    [
      .init("tile", "\(tiles.tilePixels) of \(tiles.pixels) pixels, \(tiles.blockFilters) of \(tiles.filters) columns"),
      .init(
        "column matrix",
        lowering.isSource ? "the source as it lies" : "\(tiles.columnsAtOnce) of \(tiles.columns) columns at a time"),
      .init("tasks", "\(groups * tiles.tasks)"),
    ]
  }

  func workspaceBytes(threads: Int) -> Int { lowering.isSource ? 0 : threads * tileBytes }

  private var tileBytes: Int { (tiles.elements * MemoryLayout<Scalar>.stride + 63) & ~63 }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { scratch in
      run(operands, scratch: scratch, context) { columns, filters in
        rows(columns, columns: filters, of: operands.filter)
      }
    }
  }

  /// Some rows and columns of a right-hand matrix `[L, K]` of all groups.
  @inline(__always)
  func rows(_ rows: Range<Int>, columns: Range<Int>, of filter: UnsafePointer<Scalar>) -> Matrix<Scalar> {
    let stride = groups * tiles.filters
    return Matrix(
      filter + rows.lowerBound * stride + columns.lowerBound, rows: rows.count, columns: columns.count, stride: stride)
  }

  /// - Parameters:
  ///   - scratch: ``workspaceBytes(threads:)`` bytes.
  ///   - right: Some rows of the right-hand matrix, and some columns of it, counted over all groups.
  @inline(__always)
  func run(
    _ operands: ImageOperands<Scalar>, scratch: UnsafeMutableRawPointer, _ context: ExecutionContext,
    right: (_ rows: Range<Int>, _ columns: Range<Int>) -> Matrix<Scalar>
  ) {
    let filterStride = groups * tiles.filters
    context.forEach(groups * tiles.tasks) { task, worker in
      let (group, task) = task.quotientAndRemainder(dividingBy: tiles.tasks)
      let (pixels, filters) = tiles.ranges(ofTask: task)
      let first = group * tiles.filters + filters.lowerBound
      let images = operands.source + group * lowering.channelCount
      let block = (scratch + worker * tileBytes).assumingMemoryBound(to: Scalar.self)
      let output = Matrix(
        operands.target + pixels.lowerBound * filterStride + first, rows: pixels.count, columns: filters.count,
        stride: filterStride)
      tiles.forEachColumns { columns in
        let left = lowering.matrix(images, pixels: pixels, columns: columns, unfoldedInto: block)
        multiply(
          left, right(columns, first..<first + filters.count), into: output,
          accumulating: operands.accumulates || columns.lowerBound > 0)
      }
      output.finish(bias: operands.bias.map { $0 + first }, operands.activation)
    }
  }
}

extension Lowering {
  /// Some rows and columns of the column matrix: where they lie, or made in `block`.
  @inline(__always)
  func matrix<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, pixels: Range<Int>, columns: Range<Int>,
    unfoldedInto block: UnsafeMutablePointer<Scalar>
  ) -> Matrix<Scalar> {
    if isSource {
      return Matrix(
        source + pixels.lowerBound * channels + columns.lowerBound, rows: pixels.count, columns: columns.count,
        stride: channels)
    }
    unfold(source, pixels: pixels, columns: columns, into: block)
    return Matrix(block, rows: pixels.count, columns: columns.count, stride: columns.count)
  }
}

extension Matrix {
  /// Adds the bias to every row, if there is one, and applies an activation: the epilogue of a GEMM.
  @inline(__always)
  func finish(bias: UnsafePointer<Scalar>?, _ activation: Activation) {
    if bias == nil, activation == .identity { return }
    for row in 0..<rows {
      let elements = base + row * stride
      if let bias {
        for column in 0..<columns { elements[column] += bias[column] }
      }
      if stride != columns { activation.apply(elements, count: columns) }
    }
    if stride == columns { activation.apply(base, count: rows * columns) }
  }
}
