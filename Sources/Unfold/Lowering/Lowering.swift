/// The lowering (im2col) of a convolution, or of one phase of its input gradient: how a sliding window over NHWC images
/// becomes a matrix.
///
/// Row m of the column matrix is the window at output pixel m = (n, p, q); column (r, s, c) is one tap of it. Taps that
/// lie outside the image are zero.
///
/// ```
///                     r=0, s=0   r=0, s=1         r=R-1, s=S-1
///                    +---- C ---+---- C ---+     +---- C ---+
///    pixel m=0       |          |          | ... |          |
///    pixel m=1       |  image n at row    p * stride + origin + r * dilation
///       ...          |          and column q * stride + origin + s * dilation
///    pixel m=NPQ-1   |          |          | ... |          |
///                    +----------+----------+     +----------+
/// ```
///
/// The matrix is never whole: ``unfold(_:pixels:columns:into:)`` makes any block of it. The origin is minus the low
/// padding; it may be positive too (an input gradient whose padding is larger than its window crops).
struct Lowering {
  /// H, W and all channels of a source image.
  let height, width, channels: Int
  /// The channels that enter the matrix: one group's.
  let channelOffset, channelCount: Int
  /// R and S.
  let window, stride, dilation: Extent
  /// The source position of tap (0, 0) at output pixel (0, 0).
  let originHeight, originWidth: Int
  /// P and Q, and with N the number of rows.
  let outputHeight, outputWidth, batch: Int

  /// The rows of the column matrix, N P Q.
  var pixels: Int { batch * outputHeight * outputWidth }
  /// The columns of the column matrix, R S C.
  var columns: Int { window.height * window.width * channelCount }

  /// Whether the column matrix is the source as it lies, or some of its channels: a pointwise convolution.
  var isSource: Bool {
    window == 1 && stride == 1 && originHeight == 0 && originWidth == 0 && outputHeight == height
      && outputWidth == width
  }

  /// Whether the column matrix is the whole source.
  var isDense: Bool { isSource && channelCount == channels }

  /// Whether the S taps of a filter row lie side by side in the source row, so that they are copied as one range.
  var rowsAreContiguous: Bool { channelCount == channels && (dilation.width == 1 || window.width == 1) }
}

extension Lowering {
  /// The column matrix of group `group` of a convolution's input.
  init(input geometry: ConvolutionGeometry, group: Int) {
    let count = geometry.inputChannels / geometry.groups
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    self.init(
      height: vertical.input, width: horizontal.input, channels: geometry.inputChannels,
      channelOffset: group * count, channelCount: count,
      window: Extent(vertical.window, horizontal.window), stride: Extent(vertical.stride, horizontal.stride),
      dilation: Extent(vertical.dilation, horizontal.dilation),
      originHeight: -vertical.low, originWidth: -horizontal.low,
      outputHeight: vertical.output, outputWidth: horizontal.output, batch: geometry.batch)
  }
}
