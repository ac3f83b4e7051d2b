import Unfold

/// A pooling in the words of benchdnn's pooling driver: `--alg=max mb8ic64ih112oh56kh3sh2ph1n"resnet-50:pool1"`.
///
/// Its fields are complete: what the text omits was computed or got benchdnn's default when it was read, see
/// ``init(_:algorithm:path:line:)``.
public struct PoolingDescriptor: ShapeDescriptor {
  /// The value of a window.
  public enum Algorithm: Hashable, Sendable, CaseIterable {
    /// `max`: the largest element.
    case maximum
    /// `avg_np`: the mean of the elements inside the input.
    case mean
    /// `avg_p`: their sum divided by the number of all taps, those in the padding included.
    case meanCountingPadding
  }

  /// The value of a window.
  public let algorithm: Algorithm
  /// `mb`: the number of images.
  public var batch: Int
  /// `ic`: the channels of input and output.
  public let channels: Int
  /// The rows; nil for a pooling along one axis.
  public let vertical: DescriptorAxis?
  /// The columns.
  public let horizontal: DescriptorAxis
  /// `n`: what follows it, without quotes and without the number of occurrences.
  public let name: String
  /// How often the network has this layer: the number after an asterisk at the end of the name, 1 without.
  public let occurrences: Int
}

extension PoolingDescriptor {
  /// The pooling with these shapes: NHWC, with one row for a pooling along one axis. Its floor rounding gives exactly
  /// the descriptor's output, because the padding at the end is what that output needs.
  ///
  /// - Parameter batch: The number of images; nil for the descriptor's.
  /// - Throws: `UnfoldError` with the numbers where the engine cannot do it: a window that holds padding only, sizes
  ///   beyond `Int32`.
  public func geometry(batch: Int? = nil) throws(UnfoldError) -> PoolingGeometry {
    try PoolingGeometry(
      input: [batch ?? self.batch, vertical?.input ?? 1, horizontal.input, channels],
      window: Extent(vertical?.window ?? 1, horizontal.window),
      stride: Extent(vertical?.stride ?? 1, horizontal.stride),
      padding: Padding(vertical, horizontal),
      dilation: Extent(vertical?.dilation ?? 1, horizontal.dilation))
  }
}

extension PoolingDescriptor: CustomStringConvertible {
  /// The canonical descriptor, every field written out; ``init(_:algorithm:path:line:)`` gives an equal value for it
  /// and the same algorithm, which is an option and no field.
  public var description: String {
    let fields = [
      "mb\(batch)ic\(channels)", DescriptorAxis.field("i", vertical, horizontal, \.input),
      DescriptorAxis.field("o", vertical, horizontal, \.output),
    ]
    return (fields + DescriptorAxis.windowFields(vertical, horizontal)).joined(separator: "_") + nameField
  }
}
