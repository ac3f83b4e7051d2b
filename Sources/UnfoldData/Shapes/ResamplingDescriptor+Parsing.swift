extension ResamplingDescriptor {
  /// The algorithms by benchdnn's short and long names.
  public static var algorithms: [String: Algorithm] {
    ["nearest": .nearest, "resampling_nearest": .nearest, "linear": .linear, "resampling_linear": .linear]
  }

  /// Reads a descriptor, `mbXicX_ihXiwX_ohXowX_n"name"` (oneDNN, tests/benchdnn/doc: driver_resampling.md).
  ///
  /// `mb` is 2 where it is omitted. Without `iw` the input's width is its height, without `ow` the output's width is its
  /// height; without `ih` and `oh` the resampling is along the width only.
  ///
  /// - Parameters:
  ///   - text: The descriptor.
  ///   - algorithm: What `--alg=` chose before it; nil for benchdnn's default, the nearest pixel.
  ///   - path: The file that errors name.
  ///   - line: The line that errors name.
  /// - Throws: ``DataError/malformedShape(path:line:text:expected:found:)`` for a text that is no descriptor, and
  ///   ``DataError/unsupportedShape(path:line:text:reason:)`` for one with three spatial axes.
  public init(
    _ text: String, algorithm: Algorithm? = nil, path: String = "descriptor", line: Int = 1
  ) throws(DataError) {
    self = try DescriptorFields.read(text, path: path, line: line, Self.fields) { fields throws(DescriptorFault) in
      try ResamplingDescriptor(fields, algorithm ?? .nearest)
    }
  }

  private static let fields: Set<String> = ["mb", "ic", "id", "ih", "iw", "od", "oh", "ow"]

  private init(_ fields: DescriptorFields, _ algorithm: Algorithm) throws(DescriptorFault) {
    self.algorithm = algorithm
    batch = try fields.positive("mb", default: 2)
    channels = try fields.positive("ic")
    // As in benchdnn, an extent of 0 is one that is not there.
    func extent(_ field: String) -> Int? { fields[field].flatMap { $0 > 0 ? $0 : nil } }
    guard extent("id") == nil, extent("od") == nil else { throw .unsupported("three spatial axes") }
    var rows: Axis?
    switch (extent("ih"), extent("oh")) {
    case (let input?, let output?): rows = Axis(input: input, output: output)
    case (_?, nil): throw .malformed(expected: "the field oh beside ih", found: "none")
    case (nil, _?): throw .malformed(expected: "the field ih beside oh", found: "none")
    case (nil, nil): break
    }
    vertical = rows
    guard let input = extent("iw") ?? rows?.input, let output = extent("ow") ?? rows?.output else {
      throw .malformed(expected: "a height (ih, oh) or a width (iw, ow)", found: "none")
    }
    horizontal = Axis(input: input, output: output)
    name = fields.name
    occurrences = fields.occurrences
  }
}
