/// An input gradient of stride 1 by BLAS, as the lecture has it: the output gradient, padded with zeros, is convolved with the
/// flipped, transposed filter. It is a ``BLASForward`` whose column matrix is that of the output gradient.
///
/// ```
///              R S K/g                         C/g                       C
///            +---------+                 +-- ------- --+            +-- ----- --+
///     tile   | columns |   *   R S K/g   |..|flipped|..|  =   tile  |..|input|..|
///            | of dz   |                 |  |filter |  |            |  |grad.|  |
///            +---------+                 +-- ------- --+            +-- ----- --+
/// ```
///
/// dz, `[N, P, Q, K]`, is the gradient with respect to the output before the activation. Its zeros are never stored: im2col writes
/// them where a window reaches over the border.
///
/// Source: lecture, "Derivative at Y(l-1, m) from a single Z(l, n) map" and "Computing the derivative for Y(l-1, m)".
struct BLASInputGradient<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  private let product: BLASForward<Scalar>
  /// Whether each tap is a GEMM of its own, whose filter BLAS transposes; so no flipped filter is made.
  let multipliesTaps: Bool

  /// With so many filters a tap is a GEMM large enough. With fewer, flipping the filter costs little.
  private static var tapFilters: ClosedRange<Int> { 192...2048 }

  /// - Parameter geometry: Of stride 1.
  init(_ geometry: ConvolutionGeometry) {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    let groupFilters = geometry.outputChannels / geometry.groups
    self.geometry = geometry
    multipliesTaps = Self.tapFilters.contains(groupFilters)
    product = BLASForward(
      groups: geometry.groups,
      lowering: Lowering(
        height: vertical.output, width: horizontal.output, channels: geometry.outputChannels, channelOffset: 0,
        channelCount: groupFilters, window: Extent(vertical.window, horizontal.window), stride: 1,
        dilation: Extent(vertical.dilation, horizontal.dilation), originHeight: vertical.low - vertical.covered + 1,
        originWidth: horizontal.low - horizontal.covered + 1, outputHeight: vertical.input,
        outputWidth: horizontal.input, batch: geometry.batch),
      filters: geometry.inputChannels / geometry.groups, columnsAtOnce: multipliesTaps ? groupFilters : nil)
  }

  var title: String { "im2col of the output gradient and a BLAS GEMM with the flipped filter, tile by tile" }
  var facts: [MethodExplanation.Fact] { product.facts }

  private var filterBytes: Int {
    multipliesTaps ? 0 : (geometry.filterShape.elements * MemoryLayout<Scalar>.stride + 63) & ~63
  }

  func workspaceBytes(threads: Int) -> Int { filterBytes + product.workspaceBytes(threads: threads) }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { scratch in
      let taps = geometry.vertical.window * geometry.horizontal.window
      if multipliesTaps {
        // From the last tap to the first: that flips the filter.
        product.run(operands, scratch: scratch, context) { rows, columns in
          tap(taps - 1 - rows.lowerBound / rows.count, columns: columns, of: operands.filter).transposed
        }
      } else {
        let flipped = scratch.assumingMemoryBound(to: Scalar.self)
        context.forEach(taps) { tap, _ in geometry.flip(operands.filter, tap: tap, into: flipped) }
        product.run(operands, scratch: scratch + filterBytes, context) { rows, columns in
          product.rows(rows, columns: columns, of: flipped)
        }
      }
    }
  }

  /// One tap of a filter `[R, S, C/g, K]`, of some channels of the input, counted over all groups: `[channels, K/g]`.
  @inline(__always)
  private func tap(_ tap: Int, columns: Range<Int>, of filter: UnsafePointer<Scalar>) -> Matrix<Scalar> {
    let (channels, filters) = (geometry.inputChannels / geometry.groups, geometry.outputChannels)
    let (group, first) = columns.lowerBound.quotientAndRemainder(dividingBy: channels)
    return Matrix(
      filter + (tap * channels + first) * filters + group * (filters / geometry.groups), rows: columns.count,
      columns: filters / geometry.groups, stride: filters)
  }
}
