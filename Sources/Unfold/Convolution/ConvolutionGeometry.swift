/// A convolution's shapes, validated once and shared by its forward pass and all its gradients. After it is built no
/// extent can be wrong any more; only a tensor that does not fit it is refused.
///
/// ```swift
/// let geometry = try ConvolutionGeometry(input: [64, 28, 28, 1], filters: 32, window: 5, padding: .same)
/// let output = try geometry.forward(images, filter: filter, bias: bias, activation: .relu)
/// let filterGradient = try geometry.filterGradient(images, outputGradient: outputGradient)
/// ```
///
/// Letters (see the lecture's `z(l, n, x, y) = sum of w(m, n, i, j) y(l - 1, m, x + i, y + j) + b(n)`): N images of
/// H x W pixels and C channels are scanned by K filters of R x S taps and C/groups channels, giving P x Q pixels and
/// K channels.
///
/// ```
/// P = (H + top + bottom - (dilation (R - 1) + 1)) / stride + 1        Q likewise from W and S
/// ```
public struct ConvolutionGeometry: Hashable, Sendable {
  /// N, the number of images.
  public let batch: Int
  /// C, the channels of the input.
  public let inputChannels: Int
  /// K, the channels of the output: the number of filters.
  public let outputChannels: Int
  /// The number of groups; each sees C/groups input channels and makes K/groups output channels.
  public let groups: Int
  /// How it is computed.
  public private(set) var algorithm: ConvolutionAlgorithm
  /// What ``ConvolutionAlgorithm/automatic`` may choose from in this convolution's passes; nil for what the context of the
  /// call says, ``ExecutionContext/accuracy``. So two calls on one context may differ.
  public private(set) var accuracy: ConvolutionAccuracy?
  /// The rows: H, R, P, stride, dilation and padding.
  public private(set) var vertical: WindowAxis
  /// The columns: W, S, Q, stride, dilation and padding.
  public private(set) var horizontal: WindowAxis

  /// A validated convolution.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - filters: K, the number of filters.
  ///   - window: R and S.
  ///   - stride: The step between two output pixels.
  ///   - padding: Zeros around each image.
  ///   - dilation: The step between two taps of the filter.
  ///   - groups: C and K are split into so many groups; `groups == C` is a depthwise convolution.
  ///   - algorithm: How it is computed.
  ///   - accuracy: Which algorithms `automatic` may choose from; nil for what the context says.
  /// - Throws: ``UnfoldError`` with the offending numbers: extents, strides, dilations or groups below 1, negative
  ///   padding, a window larger than the padded input, groups that do not divide the channels, an algorithm that does not
  ///   apply, and sizes that leave `Int32` in one matrix extent or the 47 bits of an address in bytes.
  public init(
    input: Shape, filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid, dilation: Extent = 1,
    groups: Int = 1, algorithm: ConvolutionAlgorithm = .automatic, accuracy: ConvolutionAccuracy? = nil
  ) throws(UnfoldError) {
    guard input.rank == 4 else {
      throw .invalidArgument("convolution input", expected: "[N, H, W, C]", found: "\(input)")
    }
    let limit = Int(Int32.max)
    try require("batch", input[0], in: 1...limit, or: "1 to \(limit)")
    try require("input channels", input[3], in: 1...limit, or: "1 to \(limit)")
    try require("filters", filters, in: 1...limit, or: "1 to \(limit)")
    try require("groups", groups, in: 1...limit, or: "1 to \(limit)")
    guard input[3] % groups == 0 else {
      throw .groupsDoNotDivide(groups: groups, channels: input[3], of: "input channels")
    }
    guard filters % groups == 0 else { throw .groupsDoNotDivide(groups: groups, channels: filters, of: "filters") }
    batch = input[0]
    inputChannels = input[3]
    outputChannels = filters
    self.groups = groups
    self.algorithm = algorithm
    self.accuracy = accuracy
    vertical = try WindowAxis(
      "height", input: input[1], window: window.height, stride: stride.height, dilation: dilation.height,
      padding: padding.vertical)
    horizontal = try WindowAxis(
      "width", input: input[2], window: window.width, stride: stride.width, dilation: dilation.width,
      padding: padding.horizontal)

    // All three tensors can be addressed, and every matrix extent of a lowering fits in Int32.
    try inputShape.requireMemory()
    try outputShape.requireMemory()
    try filterShape.requireMemory()
    try requireInt32("taps times channels (R S C)", window.height * window.width)
    try requireInt32("taps times channels (R S C)", window.height * window.width * input[3])
    try requireInt32("taps times filters (R S K)", window.height * window.width * filters)
    try requireAlgorithm()
  }

  /// `[N, H, W, C]`.
  public var inputShape: Shape { Shape(batch, vertical.input, horizontal.input, inputChannels) }
  /// `[N, P, Q, K]`.
  public var outputShape: Shape { Shape(batch, vertical.output, horizontal.output, outputChannels) }
  /// `[R, S, C/groups, K]`: the right-hand matrix of the product as it lies.
  public var filterShape: Shape { Shape(vertical.window, horizontal.window, inputChannels / groups, outputChannels) }
  /// `[K]`.
  public var biasShape: Shape { Shape(outputChannels) }

  /// Whether each input channel has filters of its own.
  public var isDepthwise: Bool { groups == inputChannels && groups > 1 }

  /// The multiplications and additions of one pass by the direct definition, padding counted as if it were data:
  /// `2 N P Q K R S C/groups`. The same for forward, input gradient and filter gradient.
  public var operations: Double {
    2 * Double(batch * vertical.output * horizontal.output) * Double(outputChannels)
      * Double(vertical.window * horizontal.window) * Double(inputChannels / groups)
  }

  /// The same convolution, computed in another way.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for an algorithm that does not apply.
  public func computed(by algorithm: ConvolutionAlgorithm) throws(UnfoldError) -> ConvolutionGeometry {
    var copy = self
    copy.algorithm = algorithm
    try copy.requireAlgorithm()
    return copy
  }

  /// The same convolution with an accuracy of its own, or, for nil, with that of each call's context.
  ///
  /// ```swift
  /// let strict = try geometry.computed(with: .strict).forward(images, filter: filter)
  /// ```
  public func computed(with accuracy: ConvolutionAccuracy?) -> ConvolutionGeometry {
    var copy = self
    copy.accuracy = accuracy
    return copy
  }

  /// The same convolution without the last rows and columns of its output.
  func withFirstOutputs(height: Int, width: Int) -> ConvolutionGeometry {
    var copy = self
    copy.vertical = vertical.withFirstPositions(height)
    copy.horizontal = horizontal.withFirstPositions(width)
    return copy
  }

  private func requireAlgorithm() throws(UnfoldError) {
    let expected: String
    switch algorithm {
    case .automatic, .blas, .im2col: return
    case .direct:
      if isDepthwise || hasNarrowGroups { return }
      expected = "a depthwise convolution, or one of narrow groups"
    case .winograd(let tile):
      if winogradScheme(tile) != nil { return }
      expected = "a \(tile.windows) window of stride 1 and one group"
    }
    throw .invalidArgument("convolution by \(algorithm)", expected: expected, found: "\(self)")
  }
}
