import Unfold

/// A convolution in the words of benchdnn, oneDNN's driver for tests and benchmarks:
/// `mb8ic64ih56oc64oh56kh3ph1n"res2"`.
///
/// Its fields are complete: what the text omits was computed or got benchdnn's default when it was read, see
/// ``init(_:algorithm:path:line:)``. Two descriptors are equal when they mean the same convolution, name and
/// occurrences.
public struct ConvolutionDescriptor: FilterDescriptor {
  /// `g`: the number of groups.
  public let groups: Int
  /// `mb`: the number of images.
  public var batch: Int
  /// `ic`: the channels of the input, of all groups together.
  public let inputChannels: Int
  /// `oc`: the channels of the output, of all groups together.
  public let outputChannels: Int
  /// The rows; nil for a convolution along one axis.
  public let vertical: DescriptorAxis?
  /// The columns.
  public let horizontal: DescriptorAxis
  /// `n`: what follows it, without quotes and without the number of occurrences.
  public let name: String
  /// How often the network has this layer: the number after an asterisk at the end of the name, 1 without.
  public let occurrences: Int
}

extension ConvolutionDescriptor {
  /// The convolution with these shapes: NHWC, with one row for a convolution along one axis.
  ///
  /// - Parameter batch: The number of images; nil for the descriptor's.
  /// - Throws: `UnfoldError` with the numbers where the engine cannot do it: groups that do not divide the channels,
  ///   a window beyond the padded input, sizes beyond `Int32`.
  public func geometry(batch: Int? = nil) throws(UnfoldError) -> ConvolutionGeometry {
    try ConvolutionGeometry(
      input: [batch ?? self.batch, vertical?.input ?? 1, horizontal.input, inputChannels], filters: outputChannels,
      window: Extent(vertical?.window ?? 1, horizontal.window),
      stride: Extent(vertical?.stride ?? 1, horizontal.stride),
      padding: Padding(vertical, horizontal),
      dilation: Extent(vertical?.dilation ?? 1, horizontal.dilation), groups: groups)
  }
}

extension Padding {
  /// The padding of two axes, none along an axis that is not there.
  init(_ vertical: DescriptorAxis?, _ horizontal: DescriptorAxis) {
    self = .sides(
      top: vertical?.low ?? 0, bottom: vertical?.high ?? 0, left: horizontal.low, right: horizontal.high)
  }
}

extension ConvolutionDescriptor: CustomStringConvertible {
  /// The canonical descriptor, every field written out; ``init(_:algorithm:path:line:)`` gives an equal value for it.
  public var description: String { filterFields + nameField }
}

extension FilterDescriptor {
  /// Every field but the name, in the canonical form.
  var filterFields: String {
    let fields = [
      "g\(groups)mb\(batch)",
      "ic\(inputChannels)" + DescriptorAxis.field("i", vertical, horizontal, \.input),
      "oc\(outputChannels)" + DescriptorAxis.field("o", vertical, horizontal, \.output),
    ]
    return (fields + DescriptorAxis.windowFields(vertical, horizontal)).joined(separator: "_")
  }
}
