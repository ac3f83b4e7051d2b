extension PoolingDescriptor {
  /// The algorithms by benchdnn's short and long names.
  public static var algorithms: [String: Algorithm] {
    [
      "max": .maximum, "pooling_max": .maximum,
      "avg_np": .mean, "pooling_avg_exclude_padding": .mean,
      "avg_p": .meanCountingPadding, "pooling_avg_include_padding": .meanCountingPadding,
    ]
  }

  /// Reads a descriptor, `mbXicX_ihXiwX_ohXowX_khXkwX_shXswX_phXpwX_dhXdwX_n"name"` (oneDNN, tests/benchdnn/doc:
  /// driver_pool.md). What is omitted is filled in as for a convolution, see
  /// ``ConvolutionDescriptor/init(_:algorithm:path:line:)``: strides are 1, not the window's extent.
  ///
  /// - Parameters:
  ///   - text: The descriptor.
  ///   - algorithm: What `--alg=` chose before it; nil for benchdnn's default, the maximum.
  ///   - path: The file that errors name.
  ///   - line: The line that errors name.
  /// - Throws: ``DataError/malformedShape(path:line:text:expected:found:)`` for a text that is no descriptor, and
  ///   ``DataError/unsupportedShape(path:line:text:reason:)`` for one with three spatial axes or negative padding.
  public init(
    _ text: String, algorithm: Algorithm? = nil, path: String = "descriptor", line: Int = 1
  ) throws(DataError) {
    self = try DescriptorFields.read(text, path: path, line: line, Self.fields) { fields throws(DescriptorFault) in
      try PoolingDescriptor(fields, algorithm ?? .maximum)
    }
  }

  private static let fields: Set<String> = [
    "mb", "ic", "id", "ih", "iw", "od", "oh", "ow", "kd", "kh", "kw", "sd", "sh", "sw", "pd", "ph", "pw", "dd", "dh",
    "dw",
  ]

  private init(_ fields: DescriptorFields, _ algorithm: Algorithm) throws(DescriptorFault) {
    self.algorithm = algorithm
    batch = try fields.positive("mb", default: 2)
    channels = try fields.positive("ic")
    (vertical, horizontal) = try DescriptorAxis.pair(fields)
    name = fields.name
    occurrences = fields.occurrences
  }
}
