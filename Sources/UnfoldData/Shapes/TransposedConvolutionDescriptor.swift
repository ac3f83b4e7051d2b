import Unfold

/// A transposed convolution in the words of benchdnn's deconvolution driver:
/// `--deconv mb64ic512ih4oc256oh8kh4sh2ph1n"dcgan:up2"`.
///
/// The input is what the layer reads, the output what it writes: `oh` is about `sh` times `ih`. Its fields are complete:
/// what the text omits was computed or got benchdnn's default when it was read, see ``init(_:algorithm:path:line:)``.
public struct TransposedConvolutionDescriptor: FilterDescriptor {
  /// `g`: the number of groups.
  public let groups: Int
  /// `mb`: the number of images.
  public var batch: Int
  /// `ic`: the channels of the input, of all groups together.
  public let inputChannels: Int
  /// `oc`: the channels of the output, of all groups together.
  public let outputChannels: Int
  /// The rows; nil for a transposed convolution along one axis.
  public let vertical: DescriptorAxis?
  /// The columns.
  public let horizontal: DescriptorAxis
  /// `n`: what follows it, without quotes and without the number of occurrences.
  public let name: String
  /// How often the network has this layer: the number after an asterisk at the end of the name, 1 without.
  public let occurrences: Int
}

extension TransposedConvolutionDescriptor {
  /// The transposed convolution with these shapes: NHWC, with one row for one along one axis.
  ///
  /// - Parameter batch: The number of images; nil for the descriptor's.
  /// - Throws: `UnfoldError` with the numbers where the engine cannot do it: groups that do not divide the channels, an
  ///   output that goes beyond the last window by the stride or more, sizes beyond `Int32`.
  public func geometry(batch: Int? = nil) throws(UnfoldError) -> TransposedConvolutionGeometry {
    try TransposedConvolutionGeometry(
      input: [batch ?? self.batch, vertical?.input ?? 1, horizontal.input, inputChannels], filters: outputChannels,
      window: Extent(vertical?.window ?? 1, horizontal.window),
      stride: Extent(vertical?.stride ?? 1, horizontal.stride),
      padding: Padding(vertical, horizontal),
      outputPadding: Extent(vertical?.outputPadding ?? 0, horizontal.outputPadding),
      dilation: Extent(vertical?.dilation ?? 1, horizontal.dilation), groups: groups)
  }
}

extension DescriptorAxis {
  /// The outputs of a transposed convolution beyond its last window.
  fileprivate var outputPadding: Int { output + low + high - ((input - 1) * stride + (window - 1) * dilation + 1) }
}

extension TransposedConvolutionDescriptor: CustomStringConvertible {
  /// The canonical descriptor, every field written out; ``init(_:algorithm:path:line:)`` gives an equal value for it.
  public var description: String { filterFields + nameField }
}

extension TransposedConvolutionDescriptor {
  public static var driver: ShapeDriver? { .transposedConvolution }

  /// None: benchdnn's `--alg=` of deconvolutions chooses between implementations of oneDNN.
  public static var algorithms: [String: Never] { [:] }

  /// Reads a descriptor with the fields of a convolution's, see ``ConvolutionDescriptor/init(_:algorithm:path:line:)``
  /// (oneDNN, tests/benchdnn/doc: driver_deconv.md).
  ///
  /// Padding is cut off the output. Without `oh`, it follows from the padding, which is 0 without `ph`; without `ph`,
  /// it follows from `oh`: half of what has to be cut off, rounded down. At the bottom and at the right is cut off what
  /// `oh` and `ow` need; where they need more than all windows give, that is the output padding.
  ///
  /// - Throws: ``DataError/malformedShape(path:line:text:expected:found:)`` for a text that is no descriptor, and
  ///   ``DataError/unsupportedShape(path:line:text:reason:)`` for one with three spatial axes.
  public init(
    _ text: String, algorithm: Never? = nil, path: String = "descriptor", line: Int = 1
  ) throws(DataError) {
    self = try DescriptorFields.read(
      text, path: path, line: line, ConvolutionDescriptor.fields, as: TransposedConvolutionDescriptor.init)
  }

  private init(_ fields: DescriptorFields) throws(DescriptorFault) {
    groups = try fields.positive("g", default: 1)
    batch = try fields.positive("mb", default: 2)
    inputChannels = try fields.positive("ic")
    outputChannels = try fields.positive("oc")
    (vertical, horizontal) = try DescriptorAxis.pair(fields, isTransposed: true)
    name = fields.name
    occurrences = fields.occurrences
  }
}
