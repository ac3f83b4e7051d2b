import Unfold

/// A convolution in the words of benchdnn, oneDNN's driver for tests and benchmarks: `mb8ic64ih56oc64oh56kh3ph1n"res2"`.
///
/// Its fields are complete: what the text omits was computed or got benchdnn's default when it was read, see
/// ``init(_:)``. Two descriptors are equal when they mean the same convolution, name and occurrences.
public struct ConvolutionDescriptor: Hashable, Sendable {
  /// One spatial axis.
  public struct Axis: Hashable, Sendable {
    /// `ih`, `iw`: the input's extent.
    public let input: Int
    /// `oh`, `ow`: the output's extent.
    public let output: Int
    /// `kh`, `kw`: the number of taps.
    public let window: Int
    /// `sh`, `sw`: the step between two output positions.
    public let stride: Int
    /// The step between two taps: one more than `dh`, `dw`, which count the inputs left out between two taps.
    public let dilation: Int
    /// `ph`, `pw`: the padding before the first input.
    public let low: Int
    /// The padding after the last input: what the output's extent needs, none where inputs are left over.
    public let high: Int
  }

  /// `g`: the number of groups.
  public let groups: Int
  /// `mb`: the number of images.
  public let batch: Int
  /// `ic`: the channels of the input, of all groups together.
  public let inputChannels: Int
  /// `oc`: the channels of the output, of all groups together.
  public let outputChannels: Int
  /// The rows; nil for a convolution along one axis.
  public let vertical: Axis?
  /// The columns.
  public let horizontal: Axis
  /// `n`: what follows it, without quotes and without the number of occurrences.
  public let name: String
  /// How often the network has this layer: the number after an asterisk at the end of the name, 1 without.
  public let occurrences: Int
}

extension ConvolutionDescriptor {
  /// The convolution with these shapes: NHWC, with one row for a convolution along one axis.
  ///
  /// - Parameter batch: The number of images; nil for the descriptor's.
  /// - Throws: ``UnfoldError`` with the numbers where the engine cannot do it: groups that do not divide the channels,
  ///   a window beyond the padded input, sizes beyond `Int32`.
  public func geometry(batch: Int? = nil) throws(UnfoldError) -> ConvolutionGeometry {
    try ConvolutionGeometry(
      input: [batch ?? self.batch, vertical?.input ?? 1, horizontal.input, inputChannels], filters: outputChannels,
      window: Extent(vertical?.window ?? 1, horizontal.window),
      stride: Extent(vertical?.stride ?? 1, horizontal.stride),
      padding: .sides(
        top: vertical?.low ?? 0, bottom: vertical?.high ?? 0, left: horizontal.low, right: horizontal.high),
      dilation: Extent(vertical?.dilation ?? 1, horizontal.dilation), groups: groups)
  }
}

extension ConvolutionDescriptor: CustomStringConvertible {
  /// The canonical descriptor, every field written out; ``init(_:)`` gives an equal value for it.
  public var description: String {
    func spatial(_ letter: String, _ value: (Axis) -> Int) -> String {
      (vertical.map { "\(letter)h\(value($0))" } ?? "") + "\(letter)w\(value(horizontal))"
    }
    let fields = [
      "g\(groups)mb\(batch)",
      "ic\(inputChannels)" + spatial("i", \.input),
      "oc\(outputChannels)" + spatial("o", \.output),
      spatial("k", \.window), spatial("s", \.stride), spatial("p", \.low), spatial("d") { $0.dilation - 1 },
    ]
    let ending = occurrences > 1 ? "*\(occurrences)" : ""
    return fields.joined(separator: "_") + (name.isEmpty && ending.isEmpty ? "" : "_n\"\(name)\(ending)\"")
  }
}
