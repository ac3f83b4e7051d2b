extension ConvolutionDescriptor {
  public static var driver: ShapeDriver? { .convolution }

  /// None: benchdnn's `--alg=` of convolutions chooses between implementations of oneDNN.
  public static var algorithms: [String: Never] { [:] }

  /// Reads a descriptor, `gXmbX_icXihXiwX_ocXohXowX_khXkwX_shXswX_phXpwX_dhXdwX_n"name"`, the fields in any order and
  /// with or without underscores (oneDNN, tests/benchdnn/doc: driver_conv.md, knobs_desc.md).
  ///
  /// What is omitted:
  /// - `g` is 1 and `mb` is 2; strides are 1; dilations are 0, which means none: `dh` and `dw` count the inputs left
  ///   out between two taps.
  /// - Without the fields of the width, the width is as the height. Without those of the height, the convolution is
  ///   along the width only.
  /// - Without `oh`, it follows from the padding, which is 0 without `ph`. Without `ph`, it follows from `oh`: half the
  ///   padding that `oh` needs, rounded down.
  /// - The padding at the bottom and at the right is always what `oh` and `ow` need, whatever is at the top and left.
  ///
  /// A name may end with `*` and a number: how often the network has the layer.
  ///
  /// - Throws: ``DataError/malformedShape(path:line:text:expected:found:)`` for a text that is no descriptor, and
  ///   ``DataError/unsupportedShape(path:line:text:reason:)`` for one with three spatial axes or negative padding.
  public init(
    _ text: String, algorithm: Never? = nil, path: String = "descriptor", line: Int = 1
  ) throws(DataError) {
    self = try DescriptorFields.read(text, path: path, line: line, Self.fields, as: ConvolutionDescriptor.init)
  }

  /// The fields that a descriptor may have.
  static let fields: Set<String> = [
    "g", "mb", "ic", "oc", "id", "ih", "iw", "od", "oh", "ow", "kd", "kh", "kw", "sd", "sh", "sw", "pd", "ph", "pw",
    "dd", "dh", "dw",
  ]

  private init(_ fields: DescriptorFields) throws(DescriptorFault) {
    groups = try fields.positive("g", default: 1)
    batch = try fields.positive("mb", default: 2)
    inputChannels = try fields.positive("ic")
    outputChannels = try fields.positive("oc")
    (vertical, horizontal) = try DescriptorAxis.pair(fields)
    name = fields.name
    occurrences = fields.occurrences
  }
}
